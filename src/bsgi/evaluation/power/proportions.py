"""Power for proportions: McNemar's test exactly, two independent groups approximately.

For two methods on the same patients only those whom one alone calls right can tell. So
the power of McNemar's test depends on how many of these are to be expected, and it is
summed over all numbers of them that chance may bring: nothing is approximated.
"""

import math
from functools import cache

import numpy as np
from jaxtyping import Integer
from scipy.stats import binom, norm

from bsgi.evaluation.estimate import LEVEL, check_level
from bsgi.evaluation.power.areas import POWER, check_power
from bsgi.evaluation.power.search import search_smallest

SEARCHED = 1_000_000
"""Above so many patients a search for a number gives up."""

_TABLED = 1000
"""Up to so many discordant patients critical counts are kept."""

_ALSO_BEYOND = 10
"""Power is saw-toothed in the number of patients: it has to last for so many more."""


def compute_mcnemar_power(
    patients: int,
    only_first: float,
    only_second: float,
    *,
    mid_p: bool = True,
    level: float = LEVEL,
) -> float:
    """The chance that McNemar's test tells two methods apart.

    Args:
        patients: How many both methods call.
        only_first: Chance that a patient is called right by the first method alone.
        only_second: Chance that she is called right by the second alone.
        mid_p: Whether the mid-P value decides, otherwise the exact one.
        level: 1 less the two-sided significance level.

    Raises:
        ValueError: If the chances are impossible or there is no patient.

    References:
        Duffy 1984, Asymptotic and exact power for the McNemar test and its analogue
        with R controls per case, doi 10.2307/2531151. Fagerland, Lydersen and Laake
        2013, doi 10.1186/1471-2288-13-91, for the mid-P value.
    """
    discordant = only_first + only_second
    if min(only_first, only_second) < 0 or discordant > 1 or patients < 1:
        raise ValueError(
            "there must be a patient, and chances of being called right by one method "
            f"alone that add up to 1 at most, got {patients}, {only_first} and "
            f"{only_second}."
        )
    if discordant == 0:
        return 0.0
    numbers = _likely_numbers(patients, discordant)
    fewest = find_critical_counts(numbers, mid_p=mid_p, level=level)
    share = only_first / discordant
    found = binom.cdf(fewest, numbers, share)
    found += binom.sf(numbers - fewest - 1, numbers, share)
    weights = binom.pmf(numbers, patients, discordant)
    return float(np.sum(np.where(fewest >= 0, found, 0.0) * weights))


def find_critical_counts(
    discordant: Integer[np.ndarray, " number"],
    *,
    mid_p: bool = True,
    level: float = LEVEL,
) -> Integer[np.ndarray, " number"]:
    """The largest number on the smaller side that is still significant; -1 if none.

    Args:
        discordant: Patients whom one method alone called right.
        mid_p: Whether the mid-P value decides, otherwise the exact one.
        level: 1 less the two-sided significance level.
    """
    check_level(level)
    if discordant.size and discordant.max() <= _TABLED:
        return np.asarray(_tabulate(mid_p=mid_p, level=level)[discordant])
    return _compute_critical(discordant, mid_p=mid_p, level=level)


@cache
def _tabulate(*, mid_p: bool, level: float) -> Integer[np.ndarray, " number"]:
    """The same for 0, 1, 2, ..., once for all searches."""
    return _compute_critical(np.arange(_TABLED + 1), mid_p=mid_p, level=level)


def _compute_critical(
    discordant: Integer[np.ndarray, " number"], *, mid_p: bool, level: float
) -> Integer[np.ndarray, " number"]:
    tail = 0.5 - level / 2.0
    found = np.full(discordant.shape, -1)
    # The quantile is the first count whose chance reaches the tail: look around it.
    near = binom.ppf(tail, discordant, 0.5).astype(np.int64)
    for count in (near - 1, near, near + 1):
        chance = binom.cdf(count, discordant, 0.5)
        if mid_p:
            chance = chance - binom.pmf(count, discordant, 0.5) / 2.0
        # As the p value is compared with 0.05 in floating point, without a hair.
        significant = (count >= 0) & (2 * count < discordant) & (chance <= tail)
        found = np.where(significant, count, found)
    return found


def _likely_numbers(patients: int, discordant: float) -> Integer[np.ndarray, " number"]:
    """Numbers of discordant patients; what is left out has a chance below 1e-14."""
    ends = binom.ppf([1e-15, 1.0 - 1e-15], patients, discordant)
    return np.arange(int(ends[0]), int(ends[1]) + 1)


def find_detectable_share(
    patients: int,
    discordant: float,
    power: float = POWER,
    *,
    mid_p: bool = True,
    level: float = LEVEL,
) -> float | None:
    """The smallest true difference of two paired rates that is found so often.

    A difference cannot exceed the share of patients called differently, so the share
    given is raised to the difference where it is less.

    Args:
        patients: How many both methods call.
        discordant: Share of patients whom one method alone calls right.
        power: The chance to prove it.
        mid_p: Whether the mid-P value decides, otherwise the exact one.
        level: 1 less the two-sided significance level.

    Returns:
        The difference, to four digits; None if none at all is found so often.

    Raises:
        ValueError: If a value is impossible.
    """
    check_power(power)
    if not 0 <= discordant <= 1:
        raise ValueError(f"discordant must be 0 to 1, got {discordant}.")

    def reaches(difference: float) -> bool:
        both = max(discordant, difference)
        first = (both + difference) / 2.0
        second = max(both - first, 0.0)
        return power <= compute_mcnemar_power(
            patients, first, second, mid_p=mid_p, level=level
        )

    return search_smallest(reaches, 1.0, steps=1, within=1e-4)


def count_for_mcnemar(
    only_first: float,
    only_second: float,
    power: float = POWER,
    *,
    mid_p: bool = True,
    level: float = LEVEL,
) -> int | None:
    """Patients needed for McNemar's test to tell two methods apart.

    The power of an exact test is saw-toothed in the number of patients; the number
    returned is one from which on it lasts for the next ten.

    Args:
        only_first: Chance that a patient is called right by the first method alone.
        only_second: Chance that she is called right by the second alone.
        power: The chance to tell them apart.
        mid_p: Whether the mid-P value decides, otherwise the exact one.
        level: 1 less the two-sided significance level.

    Returns:
        The number; None if the two chances are equal, or it exceeds `SEARCHED`.

    Raises:
        ValueError: If a value is impossible.
    """
    check_power(power)

    def reaches(patients: int) -> bool:
        return power <= compute_mcnemar_power(
            patients, only_first, only_second, mid_p=mid_p, level=level
        )

    difference = abs(only_first - only_second)
    reach = norm.ppf(0.5 + level / 2.0) + norm.ppf(power)
    if difference == 0 or (only_first + only_second) * reach**2 > (
        SEARCHED * difference**2
    ):
        return None
    low, high = 0, 1
    while not reaches(high):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if reaches(middle) else (middle, high)
    lasting = high
    while lasting <= high + _ALSO_BEYOND:
        high = high if reaches(lasting) else lasting + 1
        lasting += 1
    return high


def compute_group_power(
    first: float, second: float, patients: int, level: float = LEVEL
) -> float:
    """The chance that rates of two independent groups of one size prove to differ.

    Args:
        first: True rate of one group.
        second: True rate of the other.
        patients: Patients in each group.
        level: 1 less the two-sided significance level.

    Raises:
        ValueError: If a rate is impossible, both are 0 or 1, or there is no patient.

    References:
        Fleiss, Levin and Paik 2003, Statistical Methods for Rates and Proportions, 4.2.
    """
    check_level(level)
    apart, pooled = _spread(first, second)
    if patients < 1:
        raise ValueError(f"each group must have a patient, got {patients}.")
    shift = math.sqrt(patients) * abs(first - second)
    beyond = float(norm.ppf(0.5 + level / 2.0)) * math.sqrt(pooled)
    return float(norm.cdf((shift - beyond) / math.sqrt(apart)))


def count_for_groups(
    first: float, second: float, power: float = POWER, level: float = LEVEL
) -> int:
    """Patients needed in each of two independent groups to prove that rates differ.

    Args:
        first: True rate of one group.
        second: True rate of the other, not the same.
        power: The chance to prove it.
        level: 1 less the two-sided significance level.

    Raises:
        ValueError: If a value is impossible.

    References:
        Fleiss, Levin and Paik 2003, Statistical Methods for Rates and Proportions, 4.2.
    """
    check_level(level)
    check_power(power)
    if first == second:
        raise ValueError(f"the two rates must differ, got {first} twice.")
    apart, pooled = _spread(first, second)
    reach = float(norm.ppf(0.5 + level / 2.0)) * math.sqrt(pooled)
    reach += float(norm.ppf(power)) * math.sqrt(apart)
    return math.ceil((reach / (first - second)) ** 2)


def _spread(first: float, second: float) -> tuple[float, float]:
    """Variance of a difference times patients: as it is, and if there were none."""
    if not (0 <= first <= 1 and 0 <= second <= 1):
        raise ValueError(f"rates must be 0 to 1, got {first} and {second}.")
    apart = first * (1.0 - first) + second * (1.0 - second)
    if apart == 0:
        raise ValueError(f"one rate must be neither 0 nor 1, got {first}, {second}.")
    total = first + second
    return apart, total * (1.0 - total / 2.0)
