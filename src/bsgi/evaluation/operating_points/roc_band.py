"""The ROC curve averaged over repeats, with a band that knows that they share patients.

Curves are averaged at equal false-positive rates. For the band patients are drawn anew,
each with all of her exams and her scores in every repeat, so that five trainings on 45
patients vary as 45 patients do and not as 225.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Integer

from bsgi.evaluation.clusters import count_effective, count_patients
from bsgi.evaluation.estimate import LEVEL, check_level
from bsgi.evaluation.rates.proportions import estimate_mean_share
from bsgi.evaluation.scored import Scored

RESAMPLES = 2000
"""How often the patients are drawn anew."""
FEWEST_RESAMPLES = 200
"""How often at least, however many exams there are."""
_DRAWN_IN_ALL = 50_000_000
"""Resamples times exams at which they are drawn less often, above 25,000 exams."""
_AT_ONCE = 4_000_000
"""Resamples times exams that are held in memory together."""
_ONE_BY_ONE = 2000
"""Above so many patients of a stratum they are drawn one by one and counted."""


@dataclass(frozen=True, slots=True)
class RocBand:
    """A mean ROC curve with pointwise limits; all four rise with the first.

    Args:
        false_positive_rate: From 0 to 1 in steps of 0.01.
        mean: Mean over the repeats of the sensitivity reached at that rate.
        lower: Lower limit of it.
        upper: Upper limit of it.
    """

    false_positive_rate: Float[np.ndarray, " point"]
    mean: Float[np.ndarray, " point"]
    lower: Float[np.ndarray, " point"]
    upper: Float[np.ndarray, " point"]


def build_roc_band(
    labels: Integer[np.ndarray, " exam"],
    scores_by_repeat: Float[np.ndarray, "repeat exam"],
    *,
    patients: Sequence[str] | None = None,
    seed: int = 0,
    level: float = LEVEL,
    resamples: int = RESAMPLES,
) -> RocBand:
    """The mean ROC curve of several repeats on the same exams, with its band.

    At each false-positive rate the band spans the percentiles of the mean curves of the
    resampled patients, drawn apart among those with a malignant exam and those without.
    It also spans Wilson's interval of the mean sensitivity at the number of malignant
    patients, since a few exams that are all right show no spread however often they are
    drawn. And below the share of one benign patient, of which the exams tell nothing,
    its lower limit falls in a straight line to 0.

    The band is pointwise: at one rate chosen beforehand it holds the truth at about its
    level, the whole curve more seldom.

    Args:
        labels: 1 malignant, 0 benign.
        scores_by_repeat: Score of every exam in every repeat.
        patients: The patient of each exam; None if each exam is of another.
        seed: Where the draws come from.
        level: Confidence level at each false-positive rate.
        resamples: How often patients are drawn; see `count_resamples` for many exams.

    Raises:
        ValueError: If a label is missing, a score is not finite, or the level is none.

    References:
        Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapter 13.
        Wilson 1927, doi 10.1080/01621459.1927.10502953.
    """
    check_level(level)
    for scores in scores_by_repeat:
        Scored(labels, scores).check_both()
    owners = tuple(patients or map(str, range(labels.size)))
    # Rounded correctly, so that 7 of 28 false alarms stand at the point 0.25.
    grid = np.arange(101) / 100
    orders = [_Order(labels, scores) for scores in scores_by_repeat]
    whole = np.ones((1, labels.size), dtype=np.int64)
    mean = np.mean([order.curves(whole, grid)[0] for order in orders], axis=0)
    number = count_resamples(labels.size, resamples)
    drawn = np.concatenate(
        [
            np.mean([order.curves(weights, grid) for order in orders], axis=0)
            for weights in _draw_patients(labels, owners, seed, number)
        ]
    )
    tail = 0.5 - level / 2.0
    lower, upper = np.quantile(drawn, [tail, 1.0 - tail], axis=0)
    malignant = count_effective(owners, labels == 1)
    wilson = [estimate_mean_share(min(float(m), 1.0), malignant, level) for m in mean]
    lower = np.minimum(lower, [estimate.lower for estimate in wilson])
    upper = np.maximum(upper, [estimate.upper for estimate in wilson])
    lower = _fall_to_zero(lower, grid * count_patients(owners, labels == 0))
    return RocBand(grid, mean, lower, upper)


def _fall_to_zero(
    lower: Float[np.ndarray, " point"], benign: Float[np.ndarray, " point"]
) -> Float[np.ndarray, " point"]:
    """A lower limit cut by a straight line to 0 below the share of one benign patient.

    Args:
        lower: Lower limit of the sensitivity.
        benign: Benign patients called malignant at each point, rising from 0.
    """
    line = benign * np.interp(1.0, benign, lower)
    return np.where(benign < 1, np.minimum(lower, line), lower)


def count_resamples(exams: int, most: int = RESAMPLES) -> int:
    """How often patients are drawn: less often where there are very many exams.

    A percentile of fewer draws is rougher, but among so many exams the band is narrow.

    Args:
        exams: Number of exams.
        most: Where there are not so many.
    """
    return min(most, max(FEWEST_RESAMPLES, _DRAWN_IN_ALL // exams))


def _draw_patients(
    labels: Integer[np.ndarray, " exam"],
    patients: Sequence[str],
    seed: int,
    resamples: int,
) -> Iterator[Integer[np.ndarray, "resample exam"]]:
    """How often each exam is in each resample, a block of resamples at a time."""
    rng = np.random.default_rng(seed)
    names, place = np.unique(np.asarray(patients), return_inverse=True)
    malignant = np.zeros(names.size, dtype=bool)
    malignant[place[labels == 1]] = True
    step = max(1, _AT_ONCE // labels.size)
    for start in range(0, resamples, step):
        block = min(step, resamples - start)
        drawn = np.zeros((block, names.size), dtype=np.int64)
        for stratum in (np.flatnonzero(malignant), np.flatnonzero(~malignant)):
            if stratum.size:
                drawn[:, stratum] = _draw_stratum(rng, stratum.size, block)
        weights = drawn[:, place]
        # Benign exams of malignant patients only may all be missed by a draw.
        there = [weights[:, labels == label].any(axis=1) for label in (0, 1)]
        yield weights[there[0] & there[1]]


def _draw_stratum(
    rng: np.random.Generator, patients: int, resamples: int
) -> Integer[np.ndarray, "resample patient"]:
    """How often each of some patients is in each resample of as many."""
    if patients <= _ONE_BY_ONE:
        share = np.full(patients, 1.0 / patients)
        return rng.multinomial(patients, share, size=resamples)
    # The same distribution, several times faster for many patients.
    return np.array(
        [
            np.bincount(rng.integers(patients, size=patients), minlength=patients)
            for _ in range(resamples)
        ]
    )


class _Order:
    """The exams of each label from the highest score on, and where ties end."""

    def __init__(
        self, labels: Integer[np.ndarray, " exam"], scores: Float[np.ndarray, " exam"]
    ) -> None:
        order = np.argsort(-scores, kind="stable")
        last_of_tie = np.append(np.flatnonzero(np.diff(scores[order])), labels.size - 1)
        self.own = [order[labels[order] == label] for label in (0, 1)]
        self.corners = [
            np.append(0, np.cumsum(labels[order] == label)[last_of_tie])
            for label in (0, 1)
        ]

    def curves(
        self,
        weights: Integer[np.ndarray, "resample exam"],
        grid: Float[np.ndarray, " point"],
    ) -> Float[np.ndarray, "resample point"]:
        """The sensitivity that each resample's ROC curve reaches at each rate."""
        found = np.empty((len(weights), grid.size))
        for number, drawn in enumerate(weights):
            rates = []
            for own, corners in zip(self.own, self.corners, strict=True):
                counted = np.append(0, np.cumsum(drawn[own]))
                rates.append(counted[corners] / counted[-1])
            # Where the curve is vertical np.interp takes its upper end.
            found[number] = np.interp(grid, *rates)
        return found
