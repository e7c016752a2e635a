"""Do modalities differ, for readers and patients like these? Obuchowski and Rockette.

Readers may be a sample or the only ones that matter, and so may cases; the question
decides, not the data. Both as samples is the usual one: will other readers find the
same in other patients?

The test with both random is approximate. Where modalities do not differ its p value was
below 5 % in 2.4 to 8.5 % of drawn studies, 4.9 % on average (`runs/reader_tests.py`,
ratings of Roe and Metz, 3 to 10 readers, 45 to 231 cases; 1,000 studies per cell); the
most with three readers who differ much, since its degrees of freedom are estimated from
very few. Its level is not warranted.

References:
    Obuchowski and Rockette 1995, doi 10.1080/03610919508813243. Hillis, Obuchowski,
    Schartz and Berbaum 2005, doi 10.1002/sim.2024. Hillis 2007, doi 10.1002/sim.2532.
"""

import math
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from jaxtyping import Float
from scipy.stats import chi2, f, norm, t

from bsgi.evaluation.estimate import LEVEL, Estimate, check_level
from bsgi.evaluation.multiplicity import adjust_by_holm
from bsgi.evaluation.readers.reader_model import (
    Difference,
    EqualityTest,
    ModalityArea,
    ReaderModel,
    Samples,
)
from bsgi.evaluation.readers.variances import compute_mean_squares, part_variances

INTERVAL = "obuchowski-rockette"
"""Name of the interval of a mean area."""
_NONE = 1e-18
"""A variance of areas below this is rounding."""


@dataclass(frozen=True, slots=True)
class Readings:
    """Areas of all readings with what their names are.

    Args:
        readers: Names of the readers.
        modalities: Names of the modalities.
        areas: Area of each.
        covariances: Those of the areas, of modalities within readers.

    Raises:
        ValueError: If the numbers do not fit together.
    """

    readers: tuple[str, ...]
    modalities: tuple[str, ...]
    areas: Float[np.ndarray, "reader modality"]
    covariances: Float[np.ndarray, "reading reading"]

    def __post_init__(self) -> None:
        shape = (len(self.readers), len(self.modalities))
        if self.areas.shape != shape or len(self.covariances) != self.areas.size:
            raise ValueError(
                f"areas must be of {shape} readers and modalities with a covariance of "
                f"each pair, got {self.areas.shape} and {self.covariances.shape}."
            )

    def chosen(
        self, readers: tuple[int, ...], modalities: tuple[int, ...]
    ) -> "Readings":
        """Some readers in some modalities.

        Args:
            readers: Places of the readers.
            modalities: Places of the modalities.
        """
        places = [r * len(self.modalities) + m for r in readers for m in modalities]
        return Readings(
            tuple(self.readers[r] for r in readers),
            tuple(self.modalities[m] for m in modalities),
            self.areas[np.ix_(readers, modalities)],
            self.covariances[np.ix_(places, places)],
        )


def analyse_model(
    readings: Readings,
    samples: Samples,
    level: float = LEVEL,
    covariances: str = "",
) -> ReaderModel:
    """The analysis of Obuchowski and Rockette for one question.

    With r readers, mean squares MS and covariances as in `variances`, the denominator
    of the test is MS(modality x reader) + r max(Cov2 - Cov3, 0) with both random,
    error - Cov1 + (r - 1)(Cov2 - Cov3) with fixed readers and MS(modality x reader)
    with fixed cases. The error of a difference is the root of 2/r of it.

    Args:
        readings: Areas and their covariances.
        samples: What the result shall hold for.
        level: Confidence level.
        covariances: How those of the readings were estimated.

    Raises:
        ValueError: If readers shall be random and there is one.

    References:
        Hillis 2007, doi 10.1002/sim.2532, for the degrees of freedom.
    """
    check_level(level)
    if samples is not Samples.CASES and len(readings.readers) < 2:
        raise ValueError("random readers must be two or more, got one.")
    squares = compute_mean_squares(readings.areas)
    components = part_variances(readings.areas, readings.covariances)
    everyone = tuple(range(len(readings.readers)))
    fixed_cases = samples is Samples.READERS
    return ReaderModel(
        samples=samples.value,
        squares=squares,
        components=None if fixed_cases else components,
        test=_test(readings, samples),
        areas=tuple(
            _find_area(readings.chosen(everyone, (place,)), samples, level)
            for place in range(len(readings.modalities))
        ),
        differences=_compare(readings, samples, level),
        by_reader=_compare_each(readings, level) if samples is Samples.CASES else (),
        covariances="" if fixed_cases else covariances,
    )


def _compare_each(readings: Readings, level: float) -> tuple[Difference, ...]:
    """Every two modalities of every reader; empty with one reader."""
    if len(readings.readers) < 2:
        return ()
    found = [
        difference
        for reader, name in enumerate(readings.readers)
        for pair in combinations(range(len(readings.modalities)), 2)
        for difference in _compare(
            readings.chosen((reader,), pair), Samples.CASES, level, name
        )
    ]
    known = [one.p for one in found if one.p is not None]
    adjusted = iter(adjust_by_holm(known))
    return tuple(
        replace(one, p_adjusted=None if one.p is None else next(adjusted))
        for one in found
    )


def _find_area(readings: Readings, samples: Samples, level: float) -> ModalityArea:
    """Mean area of one modality, from the ratings in it alone."""
    squares = compute_mean_squares(readings.areas)
    parts = part_variances(readings.areas, readings.covariances)
    count = len(readings.readers)
    shared = max(parts.same_modality or 0.0, 0.0)
    freedom: float | None = None
    if samples is Samples.CASES:
        variance = (parts.error + (count - 1) * shared) / count
    else:
        between = squares.reader or 0.0
        total = between + (count * shared if samples is Samples.BOTH else 0.0)
        variance = total / count
        freedom = _hillis(total, between, count - 1)
    value, error = float(readings.areas.mean()), math.sqrt(max(variance, 0.0))
    half = _quantile(freedom, level) * error
    area = None
    if variance > _NONE:
        lower, upper = max(value - half, 0.0), min(value + half, 1.0)
        area = Estimate(value, lower, upper, INTERVAL)
    return ModalityArea(readings.modalities[0], area, value, error, freedom)


def _divide_by(readings: Readings, samples: Samples) -> tuple[float, float | None]:
    """Denominator of the test of modalities, and its degrees of freedom."""
    squares = compute_mean_squares(readings.areas)
    parts = part_variances(readings.areas, readings.covariances)
    count, modalities = readings.areas.shape
    apart = (parts.same_modality or 0.0) - (parts.neither or 0.0)
    if samples is Samples.CASES:
        whole = parts.error - (parts.same_reader or 0.0) + (count - 1) * apart
        return max(whole, 0.0), None
    whole = part = squares.interaction or 0.0
    if samples is Samples.BOTH:
        whole += count * max(apart, 0.0)
    return whole, _hillis(whole, part, (modalities - 1) * (count - 1))


def _test(readings: Readings, samples: Samples) -> EqualityTest | None:
    squares = compute_mean_squares(readings.areas)
    if squares.modality is None:
        return None
    denominator, below = _divide_by(readings, samples)
    if denominator <= _NONE:
        return None
    freedom = len(readings.modalities) - 1
    ratio = squares.modality / denominator
    statistic = ratio * freedom if samples is Samples.CASES else ratio
    if below is None:
        p = float(chi2.sf(ratio * freedom, freedom))
    else:
        p = float(f.sf(ratio, freedom, below))
    return EqualityTest(statistic, denominator, freedom, below, p)


def _compare(
    readings: Readings, samples: Samples, level: float, reader: str = ""
) -> tuple[Difference, ...]:
    """Every two modalities, with the denominator of all of them."""
    if len(readings.modalities) < 2:
        return ()
    denominator, freedom = _divide_by(readings, samples)
    error = math.sqrt(2.0 * denominator / len(readings.readers))
    half = _quantile(freedom, level) * error if denominator > _NONE else None
    means = readings.areas.mean(axis=0)
    pairs = list(combinations(range(len(readings.modalities)), 2))
    statistics, values = [], []
    for first, second in pairs:
        values.append(float(means[first] - means[second]))
        statistics.append(values[-1] / error if denominator > _NONE else None)
    p_values = [_p(statistic, freedom) for statistic in statistics]
    known = [p for p in p_values if p is not None]
    adjusted = adjust_by_holm(known) if known else (None,) * len(pairs)
    names = readings.modalities
    return tuple(
        Difference(
            names[first], names[second], value, error,
            None if half is None else value - half,
            None if half is None else value + half,
            statistic, freedom, p, one, reader,
        )
        for (first, second), value, statistic, p, one in zip(
            pairs, values, statistics, p_values, adjusted, strict=True
        )
    )  # fmt: skip


def _hillis(whole: float, part: float, count: int) -> float | None:
    """Hillis' degrees of freedom; None, no limit, where the part that varies is 0."""
    return count * (whole / part) ** 2 if part > _NONE else None


def _quantile(freedom: float | None, level: float) -> float:
    above = 0.5 + level / 2.0
    return float(norm.ppf(above) if freedom is None else t.ppf(above, freedom))


def _p(statistic: float | None, freedom: float | None) -> float | None:
    if statistic is None:
        return None
    size = abs(statistic)
    return float(2.0 * (norm.sf(size) if freedom is None else t.sf(size, freedom)))
