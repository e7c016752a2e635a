"""A quantity that is no share, such as a slope, with its interval by patients.

Many quantities are smooth functions of means over exams. Such a one varies as the mean
of its influence values does: how much each exam moves it. Those of one patient are
summed first, since her exams resemble each other.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.stats import t

from bsgi.evaluation.estimate import check_level


@dataclass(frozen=True, slots=True)
class RealEstimate:
    """A finite number with its confidence interval.

    Args:
        value: What was observed.
        lower: Lower limit of the interval.
        upper: Upper limit of the interval.
        method: How the interval was made, such as ``"profile-likelihood"``.

    Raises:
        ValueError: If the four do not fit together.
    """

    value: float
    lower: float
    upper: float
    method: str

    def __post_init__(self) -> None:
        finite = all(map(math.isfinite, (self.value, self.lower, self.upper)))
        if not finite or not self.lower <= self.value <= self.upper:
            raise ValueError(
                "an estimate must have lower <= value <= upper, all finite, got "
                f"{self.lower}, {self.value}, {self.upper}."
            )
        if not self.method:
            raise ValueError("an estimate must name the method of its interval.")


def sum_by_patient(
    values: Float[np.ndarray, " exam"], patients: Sequence[str]
) -> Float[np.ndarray, " patient"]:
    """The sum of some values of each patient, in the order of their names.

    Args:
        values: A value of each exam.
        patients: The patient of each exam.
    """
    names, place = np.unique(np.asarray(patients), return_inverse=True)
    return np.bincount(place, weights=values, minlength=names.size)


def measure_error(
    influence: Float[np.ndarray, " exam"], patients: Sequence[str]
) -> float | None:
    """Standard error of a smooth function of means, from its influence values.

    Args:
        influence: How much each exam moves the quantity; their mean is 0.
        patients: The patient of each exam.

    Returns:
        The standard error; None with one patient only, of whom nothing follows.

    References:
        Huber 1981, Robust Statistics, 6.3. Liang and Zeger 1986,
        doi 10.1093/biomet/73.1.13, for the sums by patient.
    """
    sums = sum_by_patient(influence, patients)
    if sums.size < 2:
        return None
    scale = sums.size / (sums.size - 1)
    return math.sqrt(scale * float(np.sum(sums**2))) / influence.size


def find_quantile(patients: Sequence[str], level: float, fitted: int = 1) -> float:
    """Student's quantile for an interval on some patients.

    Args:
        patients: The patient of each exam.
        level: Confidence level.
        fitted: Numbers that were fitted to the exams.

    Raises:
        ValueError: If the level is none.
    """
    check_level(level)
    freedom = max(len(set(patients)) - fitted, 1)
    return float(t.ppf(0.5 + level / 2.0, freedom))
