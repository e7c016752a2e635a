"""Intervals of a proportion, such as a sensitivity: so many right out of so many."""

from enum import StrEnum

from scipy.stats import binomtest

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
