"""Two readings of the same exams: the difference of their areas, with interval."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from bsgi.evaluation.auc import Placements, compute_placements
from bsgi.evaluation.estimate import LEVEL, check_level
from bsgi.evaluation.scored import Scored


@dataclass(frozen=True, slots=True)
class AreaDifference:
    """Area under the first ROC curve less that under the second.

    Args:
        value: The difference.
        lower: Lower limit of its interval.
        upper: Upper limit.
    """

    value: float
    lower: float
    upper: float


def compare_areas(
    first: Scored, second: Scored, level: float = LEVEL
) -> AreaDifference:
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
    check_level(level)
    if not np.array_equal(first.labels, second.labels):
        raise ValueError("both readings must be of the same exams.")
    if min(first.malignant, first.benign) < 2:
        raise ValueError("there must be two exams of each label.")
    one, two = compute_placements(first), compute_placements(second)
    # The same exam stands in both, so the difference is taken exam by exam.
    apart = Placements(one.malignant - two.malignant, one.benign - two.benign)
    half = float(norm.ppf(0.5 + level / 2.0)) * math.sqrt(apart.variance or 0.0)
    value = one.auc - two.auc
    return AreaDifference(value, value - half, value + half)
