"""What a threshold makes of the scores: right and wrong calls, and their rates."""

from dataclasses import dataclass

import numpy as np

from bsgi.evaluation.estimate import LEVEL, Estimate
from bsgi.evaluation.rates.proportions import ProportionInterval, estimate_proportion
from bsgi.evaluation.scored import Scored


@dataclass(frozen=True, slots=True)
class Confusion:
    """Right and wrong calls; positive is malignant.

    Args:
        tp: Malignant exams called malignant.
        fp: Benign exams called malignant.
        tn: Benign exams called benign.
        fn: Malignant exams called benign.

    Raises:
        ValueError: If a count is negative.
    """

    tp: int
    fp: int
    tn: int
    fn: int

    def __post_init__(self) -> None:
        if min(self.tp, self.fp, self.tn, self.fn) < 0:
            raise ValueError(f"counts must not be negative, got {self}.")

    @property
    def malignant(self) -> int:
        """Number of malignant exams."""
        return self.tp + self.fn

    @property
    def benign(self) -> int:
        """Number of benign exams."""
        return self.tn + self.fp

    def accuracy(
        self,
        method: ProportionInterval = ProportionInterval.WILSON,
        level: float = LEVEL,
    ) -> Estimate | None:
        """Share of all exams that were called right; None without exams."""
        total = self.malignant + self.benign
        return estimate_proportion(self.tp + self.tn, total, method, level)

    def sensitivity(
        self,
        method: ProportionInterval = ProportionInterval.WILSON,
        level: float = LEVEL,
    ) -> Estimate | None:
        """Share of malignant exams called malignant; None without malignant exams."""
        return estimate_proportion(self.tp, self.malignant, method, level)

    def specificity(
        self,
        method: ProportionInterval = ProportionInterval.WILSON,
        level: float = LEVEL,
    ) -> Estimate | None:
        """Share of benign exams called benign; None without benign exams."""
        return estimate_proportion(self.tn, self.benign, method, level)


def count_confusion(scored: Scored, threshold: float) -> Confusion:
    """The right and wrong calls at a threshold.

    Args:
        scored: Labels and scores.
        threshold: A score of this much or more is called malignant.

    Raises:
        ValueError: If the threshold is NaN.
    """
    if np.isnan(threshold):
        raise ValueError("threshold must be a number, got nan.")
    called = scored.scores >= threshold
    malignant = scored.labels == 1
    return Confusion(
        tp=int(np.count_nonzero(called & malignant)),
        fp=int(np.count_nonzero(called & ~malignant)),
        tn=int(np.count_nonzero(~called & ~malignant)),
        fn=int(np.count_nonzero(~called & malignant)),
    )
