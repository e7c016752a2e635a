"""Temperature scaling: log odds divided by one number, the temperature.

It keeps the order of the scores and where they say 50 %, and makes all of them more or
less sure together. So it suits outputs of a softmax that are too sure, and nothing
else.
"""

import math
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from jaxtyping import Float, Integer
from scipy.optimize import brentq
from scipy.special import expit

from bsgi.errors import ConfigError
from bsgi.evaluation.calibration.probabilities import Probabilities

LIMITS: Final = (0.01, 100.0)
"""Temperatures are looked for between these; separated labels end at the first."""

_EDGE: Final = 2.0**-53
"""Scores of exactly 0 and 1 are taken as this far from it, which a softmax rounds."""


@dataclass(frozen=True, slots=True)
class Temperature:
    """Scores from 0 to 1 to probabilities: log odds over the temperature.

    Args:
        temperature: Above 1 the scores were too sure.
        name: Name of the method.

    Raises:
        ValueError: If the temperature is not above 0.

    References:
        Guo, Pleiss, Sun and Weinberger 2017, On calibration of modern neural networks,
        doi 10.48550/arXiv.1706.04599.
    """

    temperature: float
    name: Literal["temperature"] = "temperature"

    def __post_init__(self) -> None:
        if not 0 < self.temperature < math.inf:
            raise ValueError(f"temperature must be above 0, got {self.temperature}.")

    def apply(self, scores: Float[np.ndarray, " exam"]) -> Probabilities:
        """The probability of each score.

        Args:
            scores: Outputs of a softmax, 0 to 1.

        Raises:
            ConfigError: If a score is not from 0 to 1.
        """
        return Probabilities.of(expit(_log_odds(scores) / self.temperature))


def fit_temperature(
    scores: Float[np.ndarray, " exam"], labels: Integer[np.ndarray, " exam"]
) -> Temperature:
    """The temperature under which the labels are most likely, 0.01 to 100.

    Args:
        scores: Score of each exam that calibrates, 0 to 1.
        labels: 1 malignant, 0 benign.

    Raises:
        ConfigError: If a score is not from 0 to 1.
    """
    odds = _log_odds(scores)

    def slope(inverse: float) -> float:
        """Derivative of the loss, which rises with the inverse temperature."""
        return float(np.sum((expit(inverse * odds) - labels) * odds))

    least, most = 1.0 / LIMITS[1], 1.0 / LIMITS[0]
    if slope(least) >= 0:
        return Temperature(LIMITS[1])
    if slope(most) <= 0:
        return Temperature(LIMITS[0])
    return Temperature(1.0 / float(brentq(slope, least, most, xtol=1e-14, rtol=1e-14)))


def _log_odds(scores: Float[np.ndarray, " exam"]) -> Float[np.ndarray, " exam"]:
    if np.any((scores < 0) | (scores > 1)):
        raise ConfigError(
            "temperature must have scores from 0 to 1, such as a softmax gives, got "
            f"{float(scores.min()):g} to {float(scores.max()):g}; choose platt."
        )
    inside = np.clip(scores.astype(np.float64), _EDGE, 1.0 - _EDGE)
    return np.log(inside) - np.log1p(-inside)
