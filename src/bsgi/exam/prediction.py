"""What a model says of one exam, as it travels to tables, results and reports."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from jaxtyping import Float32

from bsgi.exam.record import Projection, ViewName


class Decision(StrEnum):
    """What the model proposes; research use only, whatever it is.

    - ``BENIGN``, ``MALIGNANT``: only this label is left by thresholds fixed before.
    - ``REFER``: the model does not know, and a physician has to decide without it.
    """

    BENIGN = "benign"
    MALIGNANT = "malignant"
    REFER = "refer"


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Where in one view the evidence for malignant lies.

    Args:
        view: The view it is laid on.
        evidence: Evidence in the pixels of the first head as the camera saved them, in
            units of the logit per pixel of the network's feature maps; 0 or more, on
            one scale for all views and exams of a model. What the network did not see
            of a detector is 0.

    Raises:
        ValueError: If a number is negative or not finite.
    """

    view: ViewName
    evidence: Float32[np.ndarray, "row col"]

    def __post_init__(self) -> None:
        if not bool(np.isfinite(self.evidence).all() and (self.evidence >= 0).all()):
            raise ValueError(f"the evidence in {self.view} must be finite, 0 or more.")


@dataclass(frozen=True, slots=True)
class ViewValues:
    """What a physician measures in one view.

    Args:
        lesion_to_background: Greatest uptake of a spot outside the chest-wall strip
            over the normal tissue of the exam; None if the view holds no breast.
        counts_per_cm2: Counts of all heads in the breast over its area; None likewise.

    Raises:
        ValueError: If a number is negative or not finite.
    """

    lesion_to_background: float | None
    counts_per_cm2: float | None

    def __post_init__(self) -> None:
        for value in (self.lesion_to_background, self.counts_per_cm2):
            if value is not None and not (math.isfinite(value) and value >= 0):
                raise ValueError(f"a measured value must be 0 or more, got {value}.")


@dataclass(frozen=True, slots=True)
class SemiQuantitative:
    """The values that a physician knows, of all views of an exam.

    Args:
        views: The values of each view that is there.
        left_over_right: For each projection with both views, the greatest uptake of the
            left breast over that of the right; 1 is symmetrical.

    Raises:
        ValueError: If a ratio is not positive and finite.
    """

    views: Mapping[ViewName, ViewValues]
    left_over_right: Mapping[Projection, float]

    def __post_init__(self) -> None:
        for ratio in self.left_over_right.values():
            if not (math.isfinite(ratio) and ratio > 0):
                raise ValueError(f"a ratio of sides must be positive, got {ratio}.")


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a model says of one exam. Research use only, not a medical device.

    Args:
        exam_id: Name of the exam.
        patient_id: Pseudonym of the woman.
        method: Name of the model.
        bundle_sha256: Which bundle it was, as 64 hexadecimal digits.
        precision: Arithmetic of the network, such as ``"float32"``.
        score: Raw output, 0 to 1; the higher, the more malignant.
        probability: Calibrated chance of malignancy; None if nothing was calibrated.
        probability_interval: The two probabilities of Venn-Abers, the lower first; None
            under any other calibration.
        decision: What it proposes.
        reasons: Why the exam is referred, or what else speaks for doubt.
        maps: A heat map for each view that is there, in canonical order.
        values: What a physician measures.
        simulated_training: Whether the model learned from simulated exams, so that it
            makes no claim about patients.

    Raises:
        ValueError: If a value breaks these rules, or a referral has no reason.
    """

    exam_id: str
    patient_id: str
    method: str
    bundle_sha256: str
    precision: str
    score: float
    probability: float | None
    probability_interval: tuple[float, float] | None
    decision: Decision
    reasons: tuple[str, ...]
    maps: tuple[HeatMap, ...]
    values: SemiQuantitative
    simulated_training: bool

    def __post_init__(self) -> None:
        for name in ("exam_id", "patient_id", "method", "precision"):
            if not getattr(self, name):
                raise ValueError(f"{name} must not be empty.")
        if len(self.bundle_sha256) != 64:
            raise ValueError("bundle_sha256 must have 64 hexadecimal digits.")
        if not 0 <= self.score <= 1:
            raise ValueError(f"score must be 0 to 1, got {self.score}.")
        if self.decision is Decision.REFER and not self.reasons:
            raise ValueError("a referral must have a reason.")
        low, high = self.probability_interval or (0.0, 1.0)
        value = self.probability
        if self.probability_interval is not None and value is None:
            raise ValueError("an interval must have its probability.")
        if not 0 <= low <= (low if value is None else value) <= high <= 1:
            raise ValueError(
                f"a probability must be 0 to 1 and lie in its interval, got {value} "
                f"and {self.probability_interval}."
            )


@dataclass(frozen=True, slots=True)
class Refusal:
    """An exam that could not be put to the model at all.

    Args:
        exam_id: Name of the exam.
        patient_id: Pseudonym of the woman.
        reason: Why, without anything that identifies her.
    """

    exam_id: str
    patient_id: str
    reason: str
