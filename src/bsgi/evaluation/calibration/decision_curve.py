"""Decision curves: is it of use to act on the probabilities.

Who acts from a probability t on, such as by a biopsy, takes a false alarm to weigh
t / (1 - t) of a missed cancer. Net benefit counts both on the scale of found cancers
per exam. It is compared with acting on everybody and on nobody.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float, Integer

from bsgi.evaluation.calibration.forecasts import Forecasts, name_patients
from bsgi.evaluation.estimate import LEVEL, check_level

RESAMPLES: Final = 2000
"""How often the patients are drawn anew."""

_CELLS: Final = 4_000_000
"""Draws of so many patients are held in memory at a time."""


@dataclass(frozen=True, slots=True)
class DecisionCurve:
    """Net benefit at threshold probabilities from 1 % to 99 %.

    Acting on nobody has a net benefit of 0 at all of them.

    Args:
        thresholds: Threshold probabilities, in steps of 1 %.
        net_benefit: Of acting on exams with that probability or more.
        lower: Lower limit of it, pointwise.
        upper: Upper limit of it, pointwise.
        treat_all: Net benefit of acting on everybody.
        method: How the limits were made.

    Raises:
        ValueError: If the lists differ in length.
    """

    thresholds: tuple[float, ...]
    net_benefit: tuple[float, ...]
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    treat_all: tuple[float, ...]
    method: str = "percentile-bootstrap"

    def __post_init__(self) -> None:
        lists = (self.net_benefit, self.lower, self.upper, self.treat_all)
        if any(len(each) != len(self.thresholds) for each in lists):
            raise ValueError("a decision curve must have all values at each threshold.")


def decision_curve(
    labels: Integer[np.ndarray, " exam"],
    probabilities: Float[np.ndarray, " exam"],
    patients: Sequence[str] | None = None,
    *,
    seed: int = 0,
    level: float = LEVEL,
    resamples: int = RESAMPLES,
) -> DecisionCurve:
    """Net benefit of acting on probabilities, with limits by drawing patients anew.

    net benefit = TP / n - FP / n * t / (1 - t)

    Args:
        labels: 1 malignant, 0 benign.
        probabilities: Chance of malignancy, 0 to 1.
        patients: The patient of each exam; None if each is of another. Each is drawn
            with all of her exams and repeats.
        seed: Where the draws come from.
        level: Confidence level at each threshold.
        resamples: How often patients are drawn.

    Raises:
        ValueError: If a label, a probability or the level is impossible, or there is no
            exam.

    References:
        Vickers and Elkin 2006, Decision curve analysis, doi 10.1177/0272989X06295361.
        Vickers, Cronin, Elkin and Gonen 2008, doi 10.1186/1472-6947-8-53, for the
        bootstrap.
    """
    check_level(level)
    names = name_patients(patients, labels.size)
    forecasts = Forecasts(labels, probabilities, names)
    thresholds = np.arange(1, 100) / 100
    benefit, exams = _sum_by_patient(forecasts, thresholds)
    # No interval of patients without malignant and without benign ones is of use, but
    # it is what the draws say; a single patient has none of any width.
    drawn = np.concatenate(list(_draw(benefit, exams, seed, resamples)))
    tail = 0.5 - level / 2.0
    lower, upper = np.quantile(drawn, [tail, 1.0 - tail], axis=0)
    value = benefit.sum(axis=0) / exams.sum()
    odds = thresholds / (1.0 - thresholds)
    everybody = forecasts.prevalence - (1.0 - forecasts.prevalence) * odds
    return DecisionCurve(
        thresholds=_plain(thresholds),
        net_benefit=_plain(value),
        lower=_plain(np.minimum(lower, value)),
        upper=_plain(np.maximum(upper, value)),
        treat_all=_plain(everybody),
    )


def _sum_by_patient(
    forecasts: Forecasts, thresholds: Float[np.ndarray, " threshold"]
) -> tuple[Float[np.ndarray, "patient threshold"], Float[np.ndarray, " patient"]]:
    """Benefit less harm of each patient's exams, and their number."""
    names, place = np.unique(np.asarray(forecasts.patients), return_inverse=True)
    odds = thresholds / (1.0 - thresholds)
    sums = np.zeros((names.size, thresholds.size))
    for number, (threshold, weight) in enumerate(zip(thresholds, odds, strict=True)):
        worth = np.where(forecasts.labels == 1, 1.0, -weight)
        worth = worth * (forecasts.probabilities >= threshold)
        sums[:, number] = np.bincount(place, weights=worth, minlength=names.size)
    return sums, np.bincount(place, minlength=names.size).astype(np.float64)


def _draw(
    benefit: Float[np.ndarray, "patient threshold"],
    exams: Float[np.ndarray, " patient"],
    seed: int,
    resamples: int,
) -> Iterator[Float[np.ndarray, "resample threshold"]]:
    """Net benefits of patients drawn anew, some draws at a time."""
    rng = np.random.default_rng(seed)
    number = exams.size
    share = np.full(number, 1.0 / number)
    step = max(_CELLS // number, 1)
    for begin in range(0, resamples, step):
        size = min(step, resamples - begin)
        weights = rng.multinomial(number, share, size=size).astype(np.float64)
        yield (weights @ benefit) / (weights @ exams)[:, None]


def _plain(values: Float[np.ndarray, " threshold"]) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
