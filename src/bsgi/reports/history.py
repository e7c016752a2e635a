"""`history.csv`: how a training went, epoch by epoch and phase by phase."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bsgi.errors import RunError
from bsgi.files import TableRow, load_csv

TRAIN: Final = "train"
"""The phase in which a network learns to tell benign from malignant."""


@dataclass(frozen=True, slots=True)
class Epoch:
    """One pass over the training exams.

    Args:
        number: Which one, counted from 1 through all phases.
        loss: Mean loss over the training exams.
        accuracy: Share of training exams called right while learning; None in a phase
            that calls none.
        phase: What was learned: `TRAIN`, or a phase of pre-training without labels.

    Raises:
        ValueError: If a number is not finite, or the phase has no name.
    """

    number: int
    loss: float
    accuracy: float | None = None
    phase: str = TRAIN

    def __post_init__(self) -> None:
        if not self.phase:
            raise ValueError("phase must not be empty")
        accuracy = 0.0 if self.accuracy is None else self.accuracy
        if not (math.isfinite(self.loss) and math.isfinite(accuracy)):
            raise ValueError(
                f"loss and accuracy must be finite, got {self.loss} and "
                f"{self.accuracy}; train again"
            )


def load_history(path: Path) -> tuple[Epoch, ...]:
    """Read the epochs of a run.

    Args:
        path: `history.csv` of a RUN. One without a column ``phase`` has no phase but
            the training.

    Raises:
        RunError: If it is missing, without an epoch, or holds something else.
    """
    rows = load_csv(path, ("epoch", "loss", "accuracy"), RunError)
    if not rows:
        raise RunError(f"{path} must have an epoch; is the run finished?")
    return tuple(_parse_epoch(path, row) for row in rows)


def group_phases(history: Sequence[Epoch]) -> dict[str, tuple[Epoch, ...]]:
    """The epochs of each phase, in the order in which the phases came.

    Args:
        history: All epochs.
    """
    phases: dict[str, list[Epoch]] = {}
    for epoch in history:
        phases.setdefault(epoch.phase, []).append(epoch)
    return {phase: tuple(epochs) for phase, epochs in phases.items()}


def phase_in_words(phase: str) -> str:
    """A phase as a reader knows it, such as ``"pre-training 1"``.

    Args:
        phase: Its name in `history.csv`, such as ``"pre-train 1"``.
    """
    return phase.replace("train", "training", 1) if "training" not in phase else phase


def _parse_epoch(path: Path, row: TableRow) -> Epoch:
    try:
        return Epoch(
            number=int(row["epoch"]),
            loss=float(row["loss"]),
            accuracy=float(row["accuracy"]) if row["accuracy"] else None,
            phase=row.get("phase", TRAIN),
        )
    except ValueError as reason:
        raise RunError(f"{path}, line {row.line}: {reason}.") from None
