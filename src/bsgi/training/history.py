"""Loss and accuracy per epoch: the training curve.

No times stand here, so that the same training writes the same bytes.
"""

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from bsgi.files import save_csv


@dataclass(frozen=True, slots=True)
class EpochRecord:
    """One pass over the training exams.

    Args:
        epoch: Number of the epoch, from 1, counted on through all phases.
        phase: ``train`` where the labels are learned; before that the steps of an
            unsupervised pre-training, such as ``pre-train 1``.
        loss: Mean over the exams, each as its batch was met; so the first exams of an
            epoch saw an older network than the last. Cross-entropy in the phase
            ``train``, the mean squared error of the reconstruction before.
        accuracy: Share of exams called right, met in the same way; None in
            pre-training, which knows no labels.
        learning_rate: Step size.
    """

    epoch: int
    phase: str
    loss: float
    accuracy: float | None
    learning_rate: float

    def __post_init__(self) -> None:
        if self.epoch < 1:
            raise ValueError(f"epoch must be at least 1, got {self.epoch}.")


def save_history(path: Path, history: Sequence[EpochRecord]) -> None:
    """Write `history.csv`; an accuracy that is not known stays empty.

    Args:
        path: The file to make or replace.
        history: Epochs in order.
    """
    columns = [column.name for column in fields(EpochRecord)]
    save_csv(path, columns, (astuple(record) for record in history))
