"""Power for areas under ROC curves: one against chance, and two on the same patients.

What a study could have shown depends on how far chance carries an area, or a difference
of two, at its size. For one area that variance comes from a binormal formula; for two
readings of the same patients it comes from the patients themselves, so that the
correlation of the two is theirs. All is on the scale of large samples.
"""

import math
from collections.abc import Callable

from scipy.stats import norm

from bsgi.evaluation.estimate import LEVEL, check_level
from bsgi.evaluation.power.search import search_smallest

POWER = 0.8
"""Power of a study that is planned, unless another is asked for."""

_STEP = 0.001
"""Differences of areas are looked at in such steps, then more closely."""


def compute_hanley_variance(auc: float, malignant: int, benign: int) -> float:
    """Variance of an area by Hanley and McNeil's exponential model.

    Args:
        auc: The true area, 0 to 1.
        malignant: Malignant patients.
        benign: Benign patients.

    Raises:
        ValueError: If the area or a number is impossible.

    References:
        Hanley and McNeil 1982, doi 10.1148/radiology.143.1.7063747.
    """
    if not 0 <= auc <= 1 or min(malignant, benign) < 1:
        raise ValueError(
            "auc must be 0 to 1 and both classes must have a patient, got "
            f"{auc}, {malignant} and {benign}."
        )
    above = auc / (2.0 - auc) - auc**2
    below = 2.0 * auc**2 / (1.0 + auc) - auc**2
    total = auc * (1.0 - auc) + (malignant - 1) * above + (benign - 1) * below
    return max(total / (malignant * benign), 0.0)


def compute_area_power(
    auc: float, malignant: int, benign: int, level: float = LEVEL
) -> float:
    """The chance that an area proves to differ from one half.

    Args:
        auc: The true area, above 0.5 and below 1.
        malignant: Malignant patients.
        benign: Benign patients.
        level: 1 less the two-sided significance level.

    Raises:
        ValueError: If the area or a number is impossible.

    References:
        Obuchowski, Lieber and Wians 2004, doi 10.1373/clinchem.2004.031823.
    """
    if min(malignant, benign) < 1:
        raise ValueError(
            f"both classes must have a patient, got {malignant} and {benign}."
        )
    chance, there = _unit_variances(auc, benign / malignant)
    shift = math.sqrt(malignant) * (auc - 0.5)
    return float(
        norm.cdf((shift - _critical(level) * math.sqrt(chance)) / math.sqrt(there))
    )


def count_for_area(
    auc: float, benign_per_malignant: float, power: float = POWER, level: float = LEVEL
) -> int:
    """Malignant patients needed to prove that an area differs from one half.

    Args:
        auc: The true area, above 0.5 and below 1.
        benign_per_malignant: Benign patients for each malignant one.
        power: The chance to prove it.
        level: 1 less the two-sided significance level.

    Raises:
        ValueError: If the area, the ratio or the power is impossible.

    References:
        Obuchowski, Lieber and Wians 2004, doi 10.1373/clinchem.2004.031823.
    """
    check_power(power)
    chance, there = _unit_variances(auc, benign_per_malignant)
    return math.ceil(_reach(chance, there, power, level) ** 2 / (auc - 0.5) ** 2)


def compute_difference_power(
    difference: float, null_variance: float, variance: float, level: float = LEVEL
) -> float:
    """The chance that a true difference of two areas proves significant.

    With z the normal quantile, it is the chance that a normal variable is below
    ``(|difference| - z * sqrt(null_variance)) / sqrt(variance)``.

    Args:
        difference: The true difference.
        null_variance: Variance of the observed difference if there were none.
        variance: Its variance as things are.
        level: 1 less the two-sided significance level.

    Raises:
        ValueError: If a variance is not positive.

    References:
        Obuchowski and McClish 1997, doi
        10.1002/(SICI)1097-0258(19970715)16:13<1529::AID-SIM565>3.0.CO;2-H.
    """
    if not min(null_variance, variance) > 0:
        raise ValueError(
            f"variances must be positive, got {null_variance}, {variance}."
        )
    distance = abs(difference) - _critical(level) * math.sqrt(null_variance)
    return float(norm.cdf(distance / math.sqrt(variance)))


def find_detectable_area(
    variance: float, power: float = POWER, level: float = LEVEL
) -> float | None:
    """The smallest true difference of two areas that proves significant so often.

    Args:
        variance: Variance of the observed difference, such as DeLong's.
        power: The chance to prove it.
        level: 1 less the two-sided significance level.

    Returns:
        The difference; None if it is above 1, which no two areas have.

    Raises:
        ValueError: If the variance is not positive or the power impossible.
    """
    check_power(power)
    if not variance > 0:
        raise ValueError(f"variance must be positive, got {variance}.")
    found = _reach(variance, variance, power, level)
    return found if found <= 1 else None


def search_detectable_area(
    variance_of: Callable[[float], float],
    highest: float,
    power: float = POWER,
    level: float = LEVEL,
) -> float | None:
    """The same where the variance depends on the true difference.

    Args:
        variance_of: Variance of the observed difference by the true one.
        highest: The largest difference that there can be.
        power: The chance to prove it.
        level: 1 less the two-sided significance level.

    Returns:
        The difference; None if none up to the highest is found so often.

    Raises:
        ValueError: If the power is impossible.
    """
    check_power(power)
    reach = _reach(1.0, 1.0, power, level)

    def reaches(difference: float) -> bool:
        return difference >= reach * math.sqrt(variance_of(difference))

    steps = max(math.ceil(highest / _STEP), 1)
    return search_smallest(reaches, highest, steps=steps, within=1e-9)


def count_for_difference(
    difference: float,
    variance: float,
    patients: int,
    power: float = POWER,
    level: float = LEVEL,
) -> int:
    """Patients needed to prove a difference of two areas.

    The variance is taken to fall as 1 / patients, with the labels in their proportion.

    Args:
        difference: The true difference, not 0.
        variance: Variance of the observed difference.
        patients: Patients at whom it has this variance.
        power: The chance to prove it.
        level: 1 less the two-sided significance level.

    Raises:
        ValueError: If a value is impossible.
    """
    check_power(power)
    if difference == 0 or not variance > 0:
        raise ValueError(
            f"difference and variance must not be 0, got {difference} and {variance}."
        )
    reach = _reach(variance, variance, power, level)
    return math.ceil(patients * (reach / difference) ** 2)


def check_power(power: float) -> None:
    """Refuse a power that is none.

    Raises:
        ValueError: If it does not lie between 0 and 1.
    """
    if not 0 < power < 1:
        raise ValueError(f"power must lie between 0 and 1, got {power}.")


def _unit_variances(auc: float, ratio: float) -> tuple[float, float]:
    """Variance of an area times malignant patients: at one half, and at the area."""
    if not 0.5 < auc < 1 or not ratio > 0:
        raise ValueError(
            "auc must lie between 0.5 and 1 and there must be benign patients, got "
            f"{auc} and {ratio} per malignant one."
        )
    # The constants are printed so in the paper, 1.414 for the root of two included.
    squared = (1.414 * float(norm.ppf(auc))) ** 2
    there = 0.0099 * math.exp(-squared / 2.0)
    there *= 5.0 * squared + 8.0 + (squared + 8.0) / ratio
    return 0.0792 * (1.0 + 1.0 / ratio), there


def _reach(null_variance: float, variance: float, power: float, level: float) -> float:
    beyond = _critical(level) * math.sqrt(null_variance)
    return beyond + float(norm.ppf(power)) * math.sqrt(variance)


def _critical(level: float) -> float:
    check_level(level)
    return float(norm.ppf(0.5 + level / 2.0))
