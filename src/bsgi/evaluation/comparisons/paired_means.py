"""Two means of the same exams: their difference and ratio, by a studentised bootstrap.

The share of a heat map on a small region is skewed: under chance most exams have
nothing there and a few have much. Tests that take the values as symmetric, and
intervals that take means of some tens of them as normal, then find too often what is
not there. The studentised bootstrap carries the skew over to the interval.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from bsgi.evaluation.estimate import LEVEL, check_level

FEWEST = 6
"""Below it even exams that all agree have a sign test above 5 %: no interval."""

RESAMPLES = 2000
_NONE = 1e-12
"""Shares that differ by less differ by rounding."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A difference or ratio with its interval.

    Args:
        value: What was observed.
        lower: Lower limit.
        upper: Upper limit.

    Raises:
        ValueError: If they do not rise, or are not finite.
    """

    value: float
    lower: float
    upper: float

    def __post_init__(self) -> None:
        finite = np.isfinite([self.value, self.lower, self.upper]).all()
        if not finite or not self.lower <= self.value <= self.upper:
            raise ValueError(f"an interval must hold its value, got {self}.")


@dataclass(frozen=True, slots=True)
class PairedMeans:
    """Mean of one share against that of another, over the same exams.

    Args:
        difference: Mean of the first less mean of the second, -1 to 1.
        ratio: Mean of the first over mean of the second, from 0.
    """

    difference: Interval
    ratio: Interval


def compare_means(
    first: Float[np.ndarray, " exam"],
    second: Float[np.ndarray, " exam"],
    level: float = LEVEL,
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> PairedMeans | None:
    """Difference and ratio of two means, with intervals by drawing exams anew.

    Of each resample the distance to what was observed is taken in its own standard
    errors; the quantiles of these are those that Student's table would give for normal
    values. The ratio has the standard error of its linear part. Where all exams have
    the same difference the interval has no width. The order of exams does not matter.

    Args:
        first: A share of each exam, 0 to 1.
        second: Another share of each exam, above 0.
        level: Confidence level.
        seed: Seed of the draws.
        resamples: Number of draws.

    Returns:
        Difference and ratio; None with fewer than `FEWEST` exams.

    Raises:
        ValueError: If a second share is not above 0.

    References:
        Hall 1988, doi 10.1214/aos/1176350933. Efron and Tibshirani 1993, An
        Introduction to the Bootstrap, chapter 12.
    """
    check_level(level)
    number = len(first)
    if not np.all(second > 0):
        raise ValueError("every exam must have two shares, the second above 0.")
    if number < FEWEST:
        return None
    order = np.lexsort((second, first))
    first, second = first[order], second[order]
    rng = np.random.default_rng(seed)
    drawn = rng.integers(number, size=(resamples, number))
    whole = np.arange(number)[None, :]
    found = []
    for take in (_take_difference, _take_ratio):
        value, error = (float(each[0]) for each in take(first[whole], second[whole]))
        values, errors = take(first[drawn], second[drawn])
        quantiles = _find_quantiles(values - value, errors, level)
        found.append((value, *_set_limits(value, error, quantiles)))
    most = 1.0 / float(second.mean())
    return PairedMeans(_cut(found[0], -1.0, 1.0), _cut(found[1], 0.0, most))


_Draws = Float[np.ndarray, "draw exam"]
_Found = tuple[Float[np.ndarray, " draw"], Float[np.ndarray, " draw"]]


def _take_difference(first: _Draws, second: _Draws) -> _Found:
    apart = first - second
    return apart.mean(axis=1), _standard_error(apart)


def _take_ratio(first: _Draws, second: _Draws) -> _Found:
    below = second.mean(axis=1)
    ratio = first.mean(axis=1) / below
    return ratio, _standard_error((first - ratio[:, None] * second) / below[:, None])


def _standard_error(values: _Draws) -> Float[np.ndarray, " draw"]:
    return np.asarray(values.std(axis=1, ddof=1) / np.sqrt(values.shape[1]))


def _find_quantiles(
    apart: Float[np.ndarray, " draw"], errors: Float[np.ndarray, " draw"], level: float
) -> tuple[float, float]:
    """Lower and upper quantile of the distances, each in its own standard errors."""
    # A resample of equal exams has no error of its own: it is infinitely far away,
    # unless it lies where the exams lie.
    far = np.where(np.abs(apart) < _NONE, 0.0, np.copysign(np.inf, apart))
    with np.errstate(divide="ignore", invalid="ignore"):
        scaled = np.where(errors > _NONE, apart / errors, far)
    tail = 0.5 - level / 2.0
    return (
        float(np.quantile(scaled, tail, method="lower")),
        float(np.quantile(scaled, 1.0 - tail, method="higher")),
    )


def _set_limits(
    value: float, error: float, quantiles: tuple[float, float]
) -> tuple[float, float]:
    if error <= _NONE:
        return value, value
    return value - quantiles[1] * error, value - quantiles[0] * error


def _cut(found: tuple[float, float, float], least: float, most: float) -> Interval:
    value, lower, upper = found
    value = round(value, 12)
    return Interval(
        value,
        min(round(max(lower, least), 12), value),
        max(round(min(upper, most), 12), value),
    )
