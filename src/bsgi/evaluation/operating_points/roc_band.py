"""The ROC curve averaged over repeats, with a band that knows that they share patients.

Curves are averaged at equal false-positive rates. For the band patients are drawn anew,
each with all of her exams and her scores in every repeat, so that five trainings on 45
patients vary as 45 patients do and not as 225.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Integer

from bsgi.evaluation.clusters import count_effective, count_patients
from bsgi.evaluation.estimate import LEVEL, check_level
from bsgi.evaluation.rates.proportions import estimate_mean_share
from bsgi.evaluation.scored import Scored

RESAMPLES = 2000
"""How often the patients are drawn anew."""


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
        resamples: How often patients are drawn.

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
    weights = _draw_patients(labels, owners, seed, resamples)
    # Rounded correctly, so that 7 of 28 false alarms stand at the point 0.25.
    grid = np.arange(101) / 100
    whole = np.ones((1, labels.size), dtype=np.int64)
    mean = np.mean(
        [_curves(labels, scores, whole, grid)[0] for scores in scores_by_repeat], axis=0
    )
    drawn = np.mean(
        [_curves(labels, scores, weights, grid) for scores in scores_by_repeat], axis=0
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


def _draw_patients(
    labels: Integer[np.ndarray, " exam"],
    patients: Sequence[str],
    seed: int,
    resamples: int,
) -> Integer[np.ndarray, "resample exam"]:
    """How often each exam is in each resample."""
    rng = np.random.default_rng(seed)
    names, place = np.unique(np.asarray(patients), return_inverse=True)
    malignant = np.zeros(names.size, dtype=bool)
    malignant[place[labels == 1]] = True
    drawn = np.zeros((resamples, names.size), dtype=np.int64)
    for stratum in (np.flatnonzero(malignant), np.flatnonzero(~malignant)):
        if stratum.size:
            share = np.full(stratum.size, 1.0 / stratum.size)
            drawn[:, stratum] = rng.multinomial(stratum.size, share, size=resamples)
    weights = drawn[:, place]
    # Benign exams of malignant patients only may all be missed by a draw.
    there = [weights[:, labels == label].any(axis=1) for label in (0, 1)]
    return weights[there[0] & there[1]]


def _curves(
    labels: Integer[np.ndarray, " exam"],
    scores: Float[np.ndarray, " exam"],
    weights: Integer[np.ndarray, "resample exam"],
    grid: Float[np.ndarray, " point"],
) -> Float[np.ndarray, "resample point"]:
    """The sensitivity that each resample's empirical ROC curve reaches at each rate."""
    order = np.argsort(-scores, kind="stable")
    last_of_tie = np.append(np.flatnonzero(np.diff(scores[order])), labels.size - 1)
    corners = []
    for label in (0, 1):
        counted = np.cumsum(weights[:, order] * (labels[order] == label), axis=1)
        rates = counted[:, last_of_tie] / counted[:, -1:]
        corners.append(np.pad(rates, ((0, 0), (1, 0))))
    # Where the curve is vertical np.interp takes its upper end.
    return np.array([np.interp(grid, *corner) for corner in zip(*corners, strict=True)])
