"""`stress.csv`: scores of test exams under each stress; `refused.csv` beside it."""

import math
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Final

from bsgi.errors import RunError
from bsgi.files import load_csv, save_csv

NO_STRESS: Final = "none"
"""Name under which the exam as it was stands among the stresses."""


@dataclass(frozen=True, slots=True)
class StressRow:
    """What one method said of one exam under one stress.

    Args:
        method: Name of the method.
        repeat: Number of the repeat, from 0.
        fold: Number of the fold, from 0.
        exam_id: Name of the exam.
        stress: Name of the stress, or `NO_STRESS`.
        score: Raw output; the higher, the more malignant.

    Raises:
        ValueError: If a name is empty, a number negative or the score not finite.
    """

    method: str
    repeat: int
    fold: int
    exam_id: str
    stress: str
    score: float

    def __post_init__(self) -> None:
        if not (self.method and self.exam_id and self.stress):
            raise ValueError("method, exam_id and stress must not be empty.")
        if min(self.repeat, self.fold) < 0:
            raise ValueError(
                f"repeat and fold must be 0 or more, got {self.repeat}, {self.fold}."
            )
        if not math.isfinite(self.score):
            raise ValueError(f"score must be finite, got {self.score}.")


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """An exam that could not be brought under a stress, or not be scored under it.

    Args:
        method: Name of the method.
        exam_id: Name of the exam.
        stress: Name of the stress.
        reason: Why, in one sentence.
    """

    method: str
    exam_id: str
    stress: str
    reason: str


COLUMNS: Final = tuple(column.name for column in fields(StressRow))
REFUSED_COLUMNS: Final = tuple(column.name for column in fields(RefusedRow))


def save_stress_rows(path: Path, rows: Iterable[StressRow]) -> None:
    """Write `stress.csv`; scores keep every digit.

    Args:
        path: The file to make or replace.
        rows: What to write, in this order.
    """
    save_csv(path, COLUMNS, map(astuple, rows))


def save_refused(path: Path, rows: Iterable[RefusedRow]) -> None:
    """Write `refused.csv`.

    Args:
        path: The file to make or replace.
        rows: What to write, in this order.
    """
    save_csv(path, REFUSED_COLUMNS, map(astuple, rows))


def load_stress_rows(path: Path) -> tuple[StressRow, ...]:
    """Read `stress.csv`.

    Args:
        path: The file.

    Raises:
        RunError: If it is missing or damaged; the message names the line.
    """
    rows = []
    for row in load_csv(path, COLUMNS, RunError):
        try:
            rows.append(
                StressRow(
                    method=row["method"],
                    repeat=int(row["repeat"]),
                    fold=int(row["fold"]),
                    exam_id=row["exam_id"],
                    stress=row["stress"],
                    score=float(row["score"]),
                )
            )
        except ValueError as reason:
            raise RunError(f"{path}, line {row.line}: {reason}") from None
    return tuple(rows)


def load_refused(path: Path) -> tuple[RefusedRow, ...]:
    """Read `refused.csv`.

    Args:
        path: The file.

    Raises:
        RunError: If it is missing or damaged.
    """
    return tuple(
        RefusedRow(**{name: row[name] for name in REFUSED_COLUMNS})
        for row in load_csv(path, REFUSED_COLUMNS, RunError)
    )
