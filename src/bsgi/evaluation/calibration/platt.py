"""Platt scaling: a logistic curve through the scores, its targets smoothed.

Two numbers are fitted, so it suits small calibration sets. The smoothing puts as many
exams to each label as a uniform prior is worth, so that separated labels do not end in
probabilities of 0 and 1.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float, Integer
from scipy.special import expit, logit

from bsgi.evaluation.calibration.logistic import fit_logistic, is_constant
from bsgi.evaluation.calibration.probabilities import Probabilities


@dataclass(frozen=True, slots=True)
class Platt:
    """Scores to probabilities: 1 / (1 + exp(-(slope * score + intercept))).

    Args:
        slope: Log odds per unit of the score, from 0.
        intercept: Log odds at a score of 0.
        name: Name of the method.

    Raises:
        ValueError: If the slope is negative, or either is not finite.

    References:
        Platt 1999, Probabilistic outputs for support vector machines. Lin, Lin and Weng
        2007, doi 10.1007/s10994-007-5018-6.
    """

    slope: float
    intercept: float
    name: Literal["platt"] = "platt"

    def __post_init__(self) -> None:
        if not (0 <= self.slope < math.inf and math.isfinite(self.intercept)):
            raise ValueError(
                "slope must be finite and from 0 and intercept finite, got "
                f"{self.slope}, {self.intercept}."
            )

    def apply(self, scores: Float[np.ndarray, " exam"]) -> Probabilities:
        """The probability of each score.

        Args:
            scores: Any finite numbers.
        """
        return Probabilities.of(expit(self.slope * scores + self.intercept))


def fit_platt(
    scores: Float[np.ndarray, " exam"], labels: Integer[np.ndarray, " exam"]
) -> Platt:
    """Platt's logistic curve; flat where higher scores are not more malignant.

    It is flat too where all scores are the same but for rounding.

    Of N malignant exams each has the target (N + 1) / (N + 2), of M benign ones
    1 / (M + 2).

    Args:
        scores: Score of each exam that calibrates.
        labels: 1 malignant, 0 benign.
    """
    malignant = float(np.count_nonzero(labels))
    benign = labels.size - malignant
    high, low = (malignant + 1.0) / (malignant + 2.0), 1.0 / (benign + 2.0)
    targets = np.where(labels == 1, high, low)
    flat = Platt(0.0, float(logit(np.mean(targets))))
    if is_constant(scores):
        return flat
    mean, spread = float(np.mean(scores)), float(np.std(scores))
    # In units of their own spread, so that Newton's steps have one scale.
    design = np.column_stack([(scores - mean) / spread, np.ones(scores.size)])
    slope, intercept = map(float, fit_logistic(design, targets).coefficients)
    if slope <= 0:
        return flat
    return Platt(slope / spread, intercept - slope * mean / spread)
