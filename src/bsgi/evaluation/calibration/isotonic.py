"""The rising step function that fits labels best, by pooling adjacent violators.

It asks nothing of the scores but that a higher one is not less malignant. On a few tens
of exams it has few steps and says 0 and 1 at its ends, which nobody should believe.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float, Integer
from scipy.optimize import isotonic_regression

from bsgi.evaluation.calibration.forecasts import Forecasts
from bsgi.evaluation.calibration.probabilities import Probabilities


@dataclass(frozen=True, slots=True)
class Tally:
    """Labels counted at each score that occurs.

    Args:
        scores: The scores that occur, rising.
        malignant: Malignant exams at each.
        exams: Exams at each.
    """

    scores: Float[np.ndarray, " score"]
    malignant: Float[np.ndarray, " score"]
    exams: Float[np.ndarray, " score"]


def tally_labels(
    scores: Float[np.ndarray, " exam"], labels: Integer[np.ndarray, " exam"]
) -> Tally:
    """Count the labels at each score, so that exams with one score stay together.

    Args:
        scores: Score of each exam.
        labels: 1 malignant, 0 benign.
    """
    values, place = np.unique(scores.astype(np.float64), return_inverse=True)
    return Tally(
        scores=values,
        malignant=np.bincount(place, weights=labels, minlength=values.size),
        exams=np.bincount(place, minlength=values.size).astype(np.float64),
    )


def fit_rising(
    malignant: Float[np.ndarray, " score"], exams: Float[np.ndarray, " score"]
) -> Float[np.ndarray, " score"]:
    """Shares of malignant exams that rise with the score and fit best by least squares.

    Args:
        malignant: Malignant exams at each score, in the order of the scores.
        exams: Exams at each score, at least one.

    References:
        Barlow, Bartholomew, Bremner and Brunk 1972, Statistical Inference under Order
        Restrictions; SciPy's `isotonic_regression` does it.
    """
    fit = isotonic_regression(malignant / exams, weights=exams).x
    return np.clip(np.asarray(fit, dtype=np.float64), 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Isotonic:
    """Scores to probabilities by isotonic regression; straight lines between steps.

    Args:
        scores: Corners of the function, rising.
        probabilities: Its value at each, 0 to 1, not falling.
        name: Name of the method.

    Raises:
        ValueError: If there is no corner, or the corners do not rise.

    References:
        Zadrozny and Elkan 2002, doi 10.1145/775047.775151.
    """

    scores: tuple[float, ...]
    probabilities: tuple[float, ...]
    name: Literal["isotonic"] = "isotonic"

    def __post_init__(self) -> None:
        if not self.scores or len(self.scores) != len(self.probabilities):
            raise ValueError("an isotonic function must have a value at each corner.")
        if not np.all(np.diff(self.scores) > 0):
            raise ValueError("the corners of an isotonic function must rise.")
        if not np.all(np.diff(self.probabilities) >= 0):
            raise ValueError("an isotonic function must not fall.")
        Probabilities.of(np.asarray(self.probabilities))

    def apply(self, scores: Float[np.ndarray, " exam"]) -> Probabilities:
        """The probability of each score; beyond the corners that of the outermost.

        Args:
            scores: Any finite numbers.
        """
        return Probabilities.of(np.interp(scores, self.scores, self.probabilities))


def fit_isotonic(
    scores: Float[np.ndarray, " exam"], labels: Integer[np.ndarray, " exam"]
) -> Isotonic:
    """Isotonic regression of labels on scores.

    Args:
        scores: Score of each exam that calibrates.
        labels: 1 malignant, 0 benign.
    """
    tally = tally_labels(scores, labels)
    fit = fit_rising(tally.malignant, tally.exams)
    # Within a step only its two ends matter to the straight lines.
    inner = (fit[1:-1] == fit[:-2]) & (fit[1:-1] == fit[2:])
    kept = np.concatenate([[True], ~inner, [True]])[: fit.size]
    return Isotonic(
        scores=tuple(map(float, tally.scores[kept])),
        probabilities=tuple(map(float, fit[kept])),
    )


def rise_with(forecasts: Forecasts) -> tuple[Tally, Float[np.ndarray, " score"]]:
    """What the labels say at each probability that occurs, rising with it.

    Args:
        forecasts: Labels and probabilities of some exams.
    """
    tally = tally_labels(forecasts.probabilities, forecasts.labels)
    return tally, fit_rising(tally.malignant, tally.exams)
