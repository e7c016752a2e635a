"""Probabilities that a recalibration gives, with how sure it is of them."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float


@dataclass(frozen=True, slots=True)
class Probabilities:
    """Chance of malignancy of some exams.

    Args:
        value: The probability of each, 0 to 1.
        lower: The lower of the two that Venn-Abers gives; else the same as `value`.
        upper: The upper of the two; else the same as `value`.

    Raises:
        ValueError: If they are not 0 to 1, or not in this order.
    """

    value: Float[np.ndarray, " exam"]
    lower: Float[np.ndarray, " exam"]
    upper: Float[np.ndarray, " exam"]

    def __post_init__(self) -> None:
        good = (
            (self.lower >= 0)
            & (self.lower <= self.value)
            & (self.value <= self.upper)
            & (self.upper <= 1)
        )
        if not bool(np.all(good)):
            raise ValueError(
                "probabilities must have 0 <= lower <= value <= upper <= 1."
            )

    @classmethod
    def of(cls, value: Float[np.ndarray, " exam"]) -> "Probabilities":
        """Probabilities without an interval.

        Args:
            value: The probability of each exam.
        """
        return cls(value, value, value)
