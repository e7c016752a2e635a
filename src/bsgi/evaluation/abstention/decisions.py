"""What two conformal thresholds make of a score: benign, malignant, or refer."""

from dataclasses import dataclass
from enum import StrEnum

from bsgi.evaluation.abstention.thresholds import ConformalThresholds


class Decision(StrEnum):
    """Which labels are left for an exam.

    - ``BENIGN``: only benign; called benign.
    - ``MALIGNANT``: only malignant; called malignant.
    - ``BOTH``: either would be no surprise; referred.
    - ``NEITHER``: too high for benign and too low for malignant, as it happens where
      the scores part the labels well. Referred, and counted as an error, since the true
      label was excluded.
    """

    BENIGN = "benign"
    MALIGNANT = "malignant"
    BOTH = "both"
    NEITHER = "neither"

    @property
    def is_referred(self) -> bool:
        """Whether a physician has to decide."""
        return self in (Decision.BOTH, Decision.NEITHER)

    def excludes(self, label: int) -> bool:
        """Whether a label was excluded; an error if it is the true one.

        Args:
            label: 1 malignant, 0 benign.
        """
        kept = Decision.MALIGNANT if label else Decision.BENIGN
        return self not in (kept, Decision.BOTH)


@dataclass(frozen=True, slots=True)
class DecidedExam:
    """One test exam of one repeat, with what was decided.

    Args:
        repeat: Number of the repeat.
        exam_id: Name of the exam.
        patient_id: Pseudonym of the woman.
        label: 1 malignant, 0 benign.
        decision: Which labels were left.
    """

    repeat: int
    exam_id: str
    patient_id: str
    label: int
    decision: Decision


def decide(thresholds: ConformalThresholds, score: float) -> Decision:
    """Which labels are left for a score.

    Args:
        thresholds: From where on a score speaks against a label.
        score: Raw score of an exam, of the network that the thresholds are for.
    """
    lowest, highest = thresholds.malignant_from, thresholds.benign_up_to
    if lowest is None or highest is None:
        return Decision.BOTH
    may_be_malignant, may_be_benign = score >= lowest, score <= highest
    if may_be_malignant and may_be_benign:
        return Decision.BOTH
    if may_be_malignant:
        return Decision.MALIGNANT
    return Decision.BENIGN if may_be_benign else Decision.NEITHER
