"""Loss and accuracy per epoch: the training curve."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from bsgi.files import save_csv


@dataclass(frozen=True, slots=True)
class EpochRecord:
    """One pass over the training exams.

    Args:
        epoch: Number of the epoch, from 1.
        loss: Mean cross-entropy of the exams, each as its batch was met; so the first
            exams of an epoch saw an older network than the last.
        accuracy: Share of exams called right, met in the same way.
        learning_rate: Step size.
        seconds: Wall time.
    """

    epoch: int
    loss: float
    accuracy: float
    learning_rate: float
    seconds: float


def save_history(path: Path, history: Sequence[EpochRecord]) -> None:
    """Write `history.csv`.

    Args:
        path: The file to make or replace.
        history: Epochs in order.
    """
    columns = [column.name for column in fields(EpochRecord)]
    save_csv(path, columns, (astuple(record) for record in history))
