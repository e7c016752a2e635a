"""Labels and scores side by side, checked once for everything that reads them."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Integer


@dataclass(frozen=True, slots=True)
class Scored:
    """The true labels of some exams and the scores that a method gave them.

    Args:
        labels: 1 malignant, 0 benign.
        scores: The higher, the more malignant; any finite number.

    Raises:
        ValueError: If the two differ in length, are empty, or hold anything else.
    """

    labels: Integer[np.ndarray, " exam"]
    scores: Float[np.ndarray, " exam"]

    def __post_init__(self) -> None:
        if self.labels.ndim != 1 or self.labels.shape != self.scores.shape:
            raise ValueError(
                "labels and scores must be two lists of one length, got shapes "
                f"{self.labels.shape} and {self.scores.shape}."
            )
        if self.labels.size == 0:
            raise ValueError("labels and scores must not be empty.")
        wrong = np.flatnonzero((self.labels != 0) & (self.labels != 1))
        if wrong.size:
            raise ValueError(
                f"labels must be 0 or 1, got {self.labels[wrong[0]]} at index "
                f"{wrong[0]}."
            )
        wrong = np.flatnonzero(~np.isfinite(self.scores))
        if wrong.size:
            raise ValueError(
                f"scores must be finite, got {self.scores[wrong[0]]} at index "
                f"{wrong[0]}."
            )

    @property
    def malignant(self) -> int:
        """Number of malignant exams."""
        return int(np.count_nonzero(self.labels))

    @property
    def benign(self) -> int:
        """Number of benign exams."""
        return int(self.labels.size) - self.malignant

    @property
    def has_both(self) -> bool:
        """Whether both labels occur, without which there is no ROC curve."""
        return self.malignant > 0 and self.benign > 0

    def check_both(self) -> None:
        """Refuse data of one label only.

        Raises:
            ValueError: If there is no malignant or no benign exam.
        """
        if not self.has_both:
            raise ValueError(
                "a ROC curve must have malignant and benign exams, got "
                f"{self.malignant} and {self.benign}."
            )
