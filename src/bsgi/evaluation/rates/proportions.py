"""Intervals of a proportion, such as a sensitivity: so many right out of so many."""

from enum import StrEnum

import numpy as np
from scipy.stats import beta, binomtest, norm

from bsgi.evaluation.estimate import LEVEL, Estimate, check_level


class ProportionInterval(StrEnum):
    """Methods for the interval of a proportion."""

    WILSON = "wilson"
    EXACT = "clopper-pearson"


_SCIPY_NAMES = {
    ProportionInterval.WILSON: "wilson",
    ProportionInterval.EXACT: "exact",
}


def estimate_proportion(
    successes: int,
    total: int,
    method: ProportionInterval = ProportionInterval.WILSON,
    level: float = LEVEL,
) -> Estimate | None:
    """A proportion with its interval; None where there is nothing to count.

    Wilson's interval is the default: it holds its level on average, also near 1 and at
    some twenty exams, where the textbook's Wald interval fails. The exact one never
    falls below its level and is wider for it.

    Args:
        successes: How often it happened.
        total: How often it could have happened.
        method: How to make the interval.
        level: Confidence level.

    Raises:
        ValueError: If the counts are impossible or the level is none.

    References:
        Wilson 1927, doi 10.1080/01621459.1927.10502953. Clopper and Pearson 1934,
        doi 10.1093/biomet/26.4.404. Brown, Cai and DasGupta 2001,
        doi 10.1214/ss/1009213286.
    """
    check_level(level)
    if not 0 <= successes <= total:
        raise ValueError(
            f"successes must be 0 to total, got {successes} of a total of {total}."
        )
    if total == 0:
        return None
    test = binomtest(successes, total)
    limits = test.proportion_ci(level, method=_SCIPY_NAMES[method])
    value = successes / total
    # At 0 and 1 the limit is the value itself; rounding must not put it inside.
    lower = min(max(float(limits.low), 0.0), value)
    upper = max(min(float(limits.high), 1.0), value)
    return Estimate(value, lower, upper, method.value)


def estimate_mean_share(
    share: float,
    number: int | float,
    level: float = LEVEL,
    method: ProportionInterval = ProportionInterval.WILSON,
) -> Estimate:
    """A share averaged over repeats, with the interval that its patients deserve.

    Repeats that test the same patients are no new patients. Their mean has at most the
    variance p (1 - p) / n of one repeat on n patients, so the interval of n patients
    with share * n right, a number that need not be whole, holds its level or more.

    With z the normal quantile, Wilson's limits are those p for which
    ``|share - p| = z * sqrt(p (1 - p) / n)``; the exact ones are the quantiles of beta
    distributions with parameters (x, n - x + 1) and (x + 1, n - x), x = share * n.

    Args:
        share: Mean share over the repeats, 0 to 1.
        number: Number of patients, at least 1, never that of pooled predictions; where
            they have unequal numbers of exams that of `clusters.count_effective`, which
            need not be whole.
        level: Confidence level.
        method: How to make the interval.

    Raises:
        ValueError: If the share, the number or the level is impossible.

    References:
        Wilson 1927, doi 10.1080/01621459.1927.10502953. Clopper and Pearson 1934,
        doi 10.1093/biomet/26.4.404.
    """
    check_level(level)
    if not 0 <= share <= 1 or number < 1:
        raise ValueError(
            f"share must be 0 to 1 of at least one patient, got {share} of {number}."
        )
    if method is ProportionInterval.WILSON:
        lower, upper = _wilson_limits(share, number, level)
    else:
        lower, upper = _exact_limits(share * number, number, level)
    # At 0 and 1 the limit is the value itself; rounding must not put it inside.
    lower, upper = min(max(lower, 0.0), share), max(min(upper, 1.0), share)
    return Estimate(share, lower, upper, method.value)


def _wilson_limits(
    share: float, number: int | float, level: float
) -> tuple[float, float]:
    z2 = float(norm.ppf(0.5 + level / 2.0)) ** 2
    centre = (share + z2 / (2.0 * number)) / (1.0 + z2 / number)
    spread = share * (1.0 - share) / number + z2 / (4.0 * number**2)
    half = float(np.sqrt(z2 * spread)) / (1.0 + z2 / number)
    return centre - half, centre + half


def _exact_limits(
    count: float, number: int | float, level: float
) -> tuple[float, float]:
    tail = 0.5 - level / 2.0
    lower, upper = 0.0, 1.0
    if count > 0:
        lower = float(beta.ppf(tail, count, number - count + 1.0))
    if count < number:
        upper = float(beta.ppf(1.0 - tail, count + 1.0, number - count))
    return lower, upper
