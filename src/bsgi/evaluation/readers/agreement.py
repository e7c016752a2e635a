"""Do readers agree beyond chance? Kappa for calls and grades, ICC for ratings.

Agreement is not accuracy: readers may agree and be wrong together.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import numpy as np
from jaxtyping import Float, Integer
from scipy.stats import f, norm

from bsgi.evaluation.estimate import LEVEL, check_level


class Weights(StrEnum):
    """How much two grades that differ still agree."""

    NONE = "unweighted"
    LINEAR = "linear weights"
    QUADRATIC = "quadratic weights"


class Correlation(StrEnum):
    """Intraclass correlations, by the names of Shrout and Fleiss.

    The first number is the model: 1 each case has its own readers, 2 readers are a
    sample, absolute agreement, 3 these readers only, consistency. The second is what is
    judged: one reading, or the mean of all k.
    """

    ONE = "ICC(1,1)"
    TWO = "ICC(2,1)"
    THREE = "ICC(3,1)"
    ONE_MEAN = "ICC(1,k)"
    TWO_MEAN = "ICC(2,k)"
    THREE_MEAN = "ICC(3,k)"


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far readers agree, with its interval.

    Args:
        name: Which measure.
        value: 1 is perfect, 0 as by chance; it may be negative.
        lower: Lower limit; None where there is no interval.
        upper: Upper limit; None likewise.
        cases: Number of cases.
        readers: Number of readers.

    Raises:
        ValueError: If they do not rise, or are not finite.
    """

    name: str
    value: float
    lower: float | None
    upper: float | None
    cases: int
    readers: int

    def __post_init__(self) -> None:
        known = [one for one in (self.lower, self.value, self.upper) if one is not None]
        rising = all(one <= other for one, other in pairwise(known))
        if not (rising and np.isfinite(known).all()):
            raise ValueError(f"an agreement must lie in its interval, got {self}.")


def compare_grades(
    first: Integer[np.ndarray, " case"],
    second: Integer[np.ndarray, " case"],
    grades: int,
    weights: Weights = Weights.NONE,
    level: float = LEVEL,
) -> Agreement | None:
    """Cohen's kappa of two readers.

    Args:
        first: Grade that one reader gave each case, from 0.
        second: Grade that the other gave.
        grades: How many grades there are, in their order.
        weights: Credit for grades that differ.
        level: Confidence level.

    Returns:
        Kappa with its large-sample interval, cut at -1 and 1; None where both gave one
        grade to all cases, so that chance alone agrees.

    Raises:
        ValueError: If the grades do not fit.

    References:
        Cohen 1960, doi 10.1177/001316446002000104. Cohen 1968, doi 10.1037/h0026256.
        Fleiss, Cohen and Everitt 1969, doi 10.1037/h0028106, for the variance.
    """
    check_level(level)
    if first.shape != second.shape or first.size == 0:
        raise ValueError("both readers must have graded the same cases.")
    _check_grades(np.stack([first, second]), grades)
    table = np.zeros((grades, grades))
    np.add.at(table, (first, second), 1.0 / first.size)
    credit = _credit(grades, weights)
    one, other = table.sum(axis=1), table.sum(axis=0)
    chance = float(one @ credit @ other)
    if 1.0 - chance < 1e-12:
        return None
    observed = float((table * credit).sum())
    kappa = (observed - chance) / (1.0 - chance)
    mean = credit @ other
    turned = credit.T @ one
    spread = credit - (mean[:, None] + turned[None, :]) * (1.0 - kappa)
    variance = float((table * spread**2).sum())
    variance -= (kappa - chance * (1.0 - kappa)) ** 2
    variance = max(variance, 0.0) / (first.size * (1.0 - chance) ** 2)
    name = f"Cohen's kappa, {weights}"
    return _span(name, kappa, math.sqrt(variance), level, (first.size, 2))


def compare_many_grades(
    ratings: Integer[np.ndarray, "reader case"], grades: int, level: float = LEVEL
) -> Agreement | None:
    """Fleiss' kappa of two or more readers.

    Args:
        ratings: Grade that each reader gave each case, from 0.
        grades: How many grades there are.
        level: Confidence level.

    Returns:
        Kappa with a jackknife interval over cases, cut at -1 and 1; None where all gave
        one grade. Without an interval where leaving out one case leaves one grade.

    Raises:
        ValueError: If there is one reader, or the grades do not fit.

    References:
        Fleiss 1971, doi 10.1037/h0031619. Efron 1982, doi 10.1137/1.9781611970319, for
        the jackknife.
    """
    check_level(level)
    readers, cases = ratings.shape
    if readers < 2 or cases < 2:
        raise ValueError(f"there must be two readers and cases, got {ratings.shape}.")
    _check_grades(ratings, grades)
    counts = np.stack([(ratings == grade).sum(axis=0) for grade in range(grades)])
    agreed = (counts * (counts - 1)).sum(axis=0) / (readers * (readers - 1))
    kappa = _fleiss(float(agreed.mean()), counts.sum(axis=1) / ratings.size)
    if kappa is None:
        return None
    shape = (cases, readers)
    left_out = []
    for case in range(cases):
        share = (counts.sum(axis=1) - counts[:, case]) / (ratings.size - readers)
        one = _fleiss((float(agreed.sum()) - float(agreed[case])) / (cases - 1), share)
        if one is None:
            return Agreement("Fleiss' kappa", kappa, None, None, *shape)
        left_out.append(one)
    error = math.sqrt((cases - 1) ** 2 / cases * float(np.var(left_out, ddof=1)))
    return _span("Fleiss' kappa", kappa, error, level, shape)


def correlate_ratings(
    ratings: Float[np.ndarray, "reader case"],
    form: Correlation = Correlation.TWO,
    level: float = LEVEL,
) -> Agreement | None:
    """The intraclass correlation of ratings, with its interval by F.

    Args:
        ratings: Rating that each reader gave each case.
        form: Which of the six.
        level: Confidence level.

    Returns:
        The correlation; None where all cases have one rating.

    Raises:
        ValueError: If there is one reader or one case.

    References:
        Shrout and Fleiss 1979, doi 10.1037/0033-2909.86.2.420. McGraw and Wong 1996,
        doi 10.1037/1082-989X.1.1.30.
    """
    check_level(level)
    readers, cases = ratings.shape
    if readers < 2 or cases < 2:
        raise ValueError(f"there must be two readers and cases, got {ratings.shape}.")
    squares = _mean_squares(ratings)
    alone = form in (Correlation.ONE, Correlation.TWO, Correlation.THREE)
    if form in (Correlation.TWO, Correlation.TWO_MEAN):
        found = _two_way(squares, readers, cases, level)
    else:
        within = form in (Correlation.ONE, Correlation.ONE_MEAN)
        found = _one_way(squares, readers, cases, level, within=within)
    if found is None:
        return None
    if not alone:
        found = tuple(_judge_mean(one, readers) for one in found)
    value, lower, upper = found
    if value is None:
        return None
    if lower is None or upper is None:
        return Agreement(form.value, value, None, None, cases, readers)
    lower, upper = min(lower, value), max(upper, value)
    return Agreement(form.value, value, lower, upper, cases, readers)


def _judge_mean(one: float | None, readers: int) -> float | None:
    """The correlation of the mean of all readers, by Spearman and Brown."""
    below = 0.0 if one is None else 1.0 + (readers - 1) * one
    return None if one is None or below < 1e-12 else readers * one / below


_Found = tuple[float | None, ...]
"""A value with its limits, where it has some."""


@dataclass(frozen=True, slots=True)
class _Squares:
    """Mean squares: between cases, between readers, of the rest, and within cases."""

    cases: float
    readers: float
    rest: float
    within: float


def _mean_squares(ratings: Float[np.ndarray, "reader case"]) -> _Squares:
    readers, cases = ratings.shape
    by_case, by_reader = ratings.mean(axis=0), ratings.mean(axis=1)
    rest = ratings - by_case - by_reader[:, None] + ratings.mean()
    return _Squares(
        cases=readers * float(by_case.var(ddof=1)),
        readers=cases * float(by_reader.var(ddof=1)),
        rest=float((rest**2).sum()) / ((readers - 1) * (cases - 1)),
        within=float(((ratings - by_case) ** 2).sum()) / ((readers - 1) * cases),
    )


def _one_way(
    squares: _Squares, readers: int, cases: int, level: float, *, within: bool
) -> _Found | None:
    """ICC(1,1) or ICC(3,1): a function of one F ratio, and so are its limits."""
    below = squares.within if within else squares.rest
    freedom = (readers - 1) * (cases if within else cases - 1)
    if squares.cases + (readers - 1) * below <= 0:
        return None
    if below <= 0:
        return 1.0, None, None
    ratio, above = squares.cases / below, 0.5 + level / 2.0
    limits = (
        ratio,
        ratio / float(f.ppf(above, cases - 1, freedom)),
        ratio * float(f.ppf(above, freedom, cases - 1)),
    )
    value, lower, upper = ((one - 1.0) / (one + readers - 1.0) for one in limits)
    return value, lower, upper


def _two_way(
    squares: _Squares, readers: int, cases: int, level: float
) -> _Found | None:
    """ICC(2,1) with the interval of Shrout and Fleiss, by Satterthwaite's freedom."""
    between = readers * (squares.readers - squares.rest) / cases
    whole = squares.cases + (readers - 1) * squares.rest + between
    if whole <= 0:
        return None
    value = (squares.cases - squares.rest) / whole
    if squares.rest <= 0 and squares.readers <= 0:
        return 1.0, None, None
    part = readers * value * squares.readers
    rest = (cases * (1.0 + (readers - 1) * value) - readers * value) * squares.rest
    below = part**2 + rest**2 / (cases - 1)
    freedom = (readers - 1) * (part + rest) ** 2 / below if below > 0 else 0.0
    if freedom <= 0:
        return value, None, None
    above = 0.5 + level / 2.0
    high = float(f.ppf(above, cases - 1, freedom))
    low = float(f.ppf(above, freedom, cases - 1))
    error = readers * squares.readers
    error += (readers * cases - readers - cases) * squares.rest
    lower = cases * (squares.cases - high * squares.rest)
    lower /= high * error + cases * squares.cases
    upper = cases * (low * squares.cases - squares.rest)
    upper /= error + cases * low * squares.cases
    return value, lower, upper


def _credit(grades: int, weights: Weights) -> Float[np.ndarray, "grade grade"]:
    if weights is Weights.NONE or grades == 1:
        return np.eye(grades)
    apart = np.abs(np.subtract.outer(np.arange(grades), np.arange(grades)))
    power = 1 if weights is Weights.LINEAR else 2
    return np.asarray(1.0 - (apart / (grades - 1)) ** power, np.float64)


def _fleiss(agreed: float, shares: Float[np.ndarray, " grade"]) -> float | None:
    chance = float((shares**2).sum())
    return None if 1.0 - chance < 1e-12 else (agreed - chance) / (1.0 - chance)


def _check_grades(ratings: Integer[np.ndarray, "reader case"], grades: int) -> None:
    if ratings.min() < 0 or ratings.max() >= grades:
        raise ValueError(
            f"grades must be 0 to {grades - 1}, got {ratings.min()} to {ratings.max()}."
        )


def _span(
    name: str, value: float, error: float, level: float, shape: tuple[int, int]
) -> Agreement:
    """A large-sample interval; none where no case tells of a spread."""
    if error < 1e-9:
        return Agreement(name, value, None, None, *shape)
    half = float(norm.ppf(0.5 + level / 2.0)) * error
    lower, upper = max(value - half, -1.0), min(value + half, 1.0)
    return Agreement(name, value, min(lower, value), max(upper, value), *shape)
