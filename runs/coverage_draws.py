"""Scores whose true AUC is known: normal, skewed, and in five grades with many ties.

Malignant scores are higher. Normal scores are shifted by sqrt(2) times the normal
quantile of the AUC. Skewed ones are exponential; those of malignant exams have a mean
AUC / (1 - AUC) times as large, so that few of them reach far out. Grades are normal
scores cut into five, as a reader gives them.
"""

from collections.abc import Callable
from functools import cache

import numpy as np
from jaxtyping import Float, Int64
from scipy.optimize import brentq
from scipy.stats import norm

SIZES = {45: (17, 28), 100: (38, 62), 231: (87, 144)}
"""Malignant and benign patients of each number, at the paper's share of 87 / 231."""

AREAS = (0.80, 0.85, 0.90, 0.95, 0.98)

_CUTS = np.array([-0.5, 0.5, 1.5, 2.5])


def list_labels(malignant: int, benign: int) -> Int64[np.ndarray, " exam"]:
    """Labels of a data set, the malignant ones first."""
    return np.repeat([1, 0], [malignant, benign])


def draw_normal(
    rng: np.random.Generator, labels: Int64[np.ndarray, " exam"], area: float
) -> Float[np.ndarray, " exam"]:
    """Normal scores of equal variance."""
    return rng.normal(size=labels.size) + find_shift(area) * labels


def draw_skewed(
    rng: np.random.Generator, labels: Int64[np.ndarray, " exam"], area: float
) -> Float[np.ndarray, " exam"]:
    """Exponential scores."""
    mean = np.where(labels == 1, area / (1.0 - area), 1.0)
    return rng.exponential(mean)


def draw_graded(
    rng: np.random.Generator, labels: Int64[np.ndarray, " exam"], area: float
) -> Float[np.ndarray, " exam"]:
    """Normal scores in five grades."""
    scores = rng.normal(size=labels.size) + _find_graded_shift(area) * labels
    return grade(scores)


FAMILIES: dict[
    str,
    Callable[
        [np.random.Generator, Int64[np.ndarray, " exam"], float],
        Float[np.ndarray, " exam"],
    ],
] = {"normal": draw_normal, "skewed": draw_skewed, "five grades": draw_graded}


def draw_correlated(
    rng: np.random.Generator,
    labels: Int64[np.ndarray, " exam"],
    areas: tuple[float, ...],
    correlation: float,
    *,
    graded: bool = False,
) -> Float[np.ndarray, "method exam"]:
    """Scores of several methods on the same patients.

    Args:
        rng: Where they come from.
        labels: 1 malignant, 0 benign.
        areas: True AUC of each method.
        correlation: Of the scores of two methods within a class, before grading.
        graded: Whether in five grades.
    """
    find = _find_graded_shift if graded else find_shift
    shifts = np.array([find(area) for area in areas])
    shared = np.sqrt(correlation) * rng.normal(size=labels.size)
    own = np.sqrt(1.0 - correlation) * rng.normal(size=(len(areas), labels.size))
    scores = shifts[:, None] * labels + shared + own
    return grade(scores) if graded else scores


def grade(scores: Float[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape"]:
    """Scores in five grades."""
    return np.asarray(np.digitize(scores, _CUTS), np.float64)


def find_shift(area: float) -> float:
    """By how much malignant normal scores are shifted."""
    return float(np.sqrt(2) * norm.ppf(area))


@cache
def _find_graded_shift(area: float) -> float:
    """The shift of normal scores whose grades have this AUC."""

    def miss(shift: float) -> float:
        malignant, benign = (
            np.diff(np.concatenate([[0.0], norm.cdf(_CUTS - mean), [1.0]]))
            for mean in (shift, 0.0)
        )
        below = np.cumsum(benign) - benign / 2.0
        return float(malignant @ below) - area

    return float(brentq(miss, 0.0, 12.0))
