"""Several trainings scored on the same exams: what holds for new ones of both.

The areas of several trainings spread for two reasons: each training ended elsewhere,
and all of them saw the same test exams. Multi-reader multi-case analysis parts the two;
here the trainings stand in the place of readers. Its intervals hold for another
training and other patients, where an interval of DeLong holds for other patients alone.

References:
    Obuchowski and Rockette 1995, doi 10.1080/03610919508813243. Hillis 2007,
    doi 10.1002/sim.2532, for the degrees of freedom.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.stats import norm, t

from bsgi.evaluation.areas.auc import Placements, compute_placements
from bsgi.evaluation.estimate import LEVEL, check_level
from bsgi.evaluation.scored import Scored


@dataclass(frozen=True, slots=True)
class AreaInterval:
    """A mean AUC, or a difference of two, with its interval.

    Args:
        value: What was observed.
        lower: Lower limit; a mean's may lie below 0.
        upper: Upper limit; a mean's may lie above 1.
        freedom: Degrees of freedom of Student's t; infinite for the normal quantile.
    """

    value: float
    lower: float
    upper: float
    freedom: float


def delong_covariance(
    trainings: Sequence[Placements],
) -> Float[np.ndarray, "training training"]:
    """Covariance of the AUCs of all trainings that comes from the test exams.

    Args:
        trainings: Placements of the same exams, in the same order.

    Raises:
        ValueError: If a label has fewer than two exams.

    References:
        DeLong, DeLong and Clarke-Pearson 1988, doi 10.2307/2531595.
    """
    malignant = np.array([each.malignant for each in trainings], np.float64)
    benign = np.array([each.benign for each in trainings], np.float64)
    if min(malignant.shape[1], benign.shape[1]) < 2:
        raise ValueError("there must be two exams of each label.")
    found = np.atleast_2d(np.cov(malignant)) / malignant.shape[1]
    found += np.atleast_2d(np.cov(benign)) / benign.shape[1]
    return np.asarray(found, np.float64)


def estimate_mean_area(
    aucs: Float[np.ndarray, " training"],
    covariance: Float[np.ndarray, "training training"],
    level: float = LEVEL,
) -> AreaInterval:
    """Mean AUC of trainings; with one training, for new patients alone.

    The variance between trainings holds the spread that comes from the test exams once;
    what the trainings share of that spread, their covariance, comes on top.

    Args:
        aucs: AUC of each training.
        covariance: From `delong_covariance`.
        level: Confidence level.
    """
    count = len(aucs)
    if count == 1:
        return _span(float(aucs[0]), float(covariance[0, 0]), math.inf, level)
    between = float(aucs.var(ddof=1))
    total = between + count * max(_mean_apart(covariance), 0.0)
    freedom = _freedom(total, between, count)
    return _span(float(aucs.mean()), total / count, freedom, level)


def estimate_area_difference(
    first: Float[np.ndarray, " first"],
    second: Float[np.ndarray, " second"],
    covariance: Float[np.ndarray, "both both"],
    level: float = LEVEL,
) -> AreaInterval:
    """Mean AUC of the first trainings less that of the second, pair by pair.

    Args:
        first: AUC of each training of one kind.
        second: AUC of each of the other kind, in pairs with the first.
        covariance: From `delong_covariance` of the first trainings, then the second.
        level: Confidence level.

    Raises:
        ValueError: If the trainings do not come in pairs.
    """
    count = len(first)
    if len(second) != count or len(covariance) != 2 * count:
        raise ValueError(
            f"trainings must come in pairs, got {count} and {len(second)} with a "
            f"covariance of {len(covariance)}."
        )
    own, other = covariance[:count, :count], covariance[count:, count:]
    across = covariance[:count, count:]
    apart = first - second
    if count == 1:
        variance = float(own[0, 0] + other[0, 0] - 2.0 * across[0, 0])
        return _span(float(apart[0]), max(variance, 0.0), math.inf, level)
    # The mean square of kind times training is half the variance of the differences.
    interaction = float(apart.var(ddof=1)) / 2.0
    same_kind = (_mean_apart(own) + _mean_apart(other)) / 2.0
    total = interaction + count * max(same_kind - _mean_apart(across), 0.0)
    freedom = _freedom(total, interaction, count)
    return _span(float(apart.mean()), 2.0 * total / count, freedom, level)


def compare_areas(first: Scored, second: Scored, level: float = LEVEL) -> AreaInterval:
    """DeLong's paired comparison of two readings of the same exams.

    Args:
        first: Labels and scores of one reading.
        second: The same exams in the same order, read otherwise.
        level: Confidence level.

    Raises:
        ValueError: If the exams differ, or a label has fewer than two exams.

    References:
        DeLong, DeLong and Clarke-Pearson 1988, doi 10.2307/2531595.
    """
    if not np.array_equal(first.labels, second.labels):
        raise ValueError("both readings must be of the same exams.")
    both = compute_placements(first), compute_placements(second)
    one, other = (np.array([each.auc]) for each in both)
    return estimate_area_difference(one, other, delong_covariance(both), level)


def _mean_apart(covariance: Float[np.ndarray, "one other"]) -> float:
    """Mean covariance of two different trainings."""
    count = len(covariance)
    return float((covariance.sum() - np.trace(covariance)) / (count * (count - 1)))


def _freedom(total: float, part: float, count: int) -> float:
    """Hillis' degrees of freedom; no limit where trainings do not differ at all."""
    return math.inf if part == 0 else (count - 1) * (total / part) ** 2


def _span(value: float, variance: float, freedom: float, level: float) -> AreaInterval:
    check_level(level)
    above = 0.5 + level / 2.0
    quantile = norm.ppf(above) if math.isinf(freedom) else t.ppf(above, freedom)
    half = float(quantile) * math.sqrt(variance)
    return AreaInterval(value, value - half, value + half, freedom)
