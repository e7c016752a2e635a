"""`predictions.csv`: one row for each exam, method and repeat."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import TypeVar

import numpy as np

from bsgi.errors import RunError
from bsgi.evaluation.scored import Scored
from bsgi.files import load_csv, save_csv

PARTS = ("train", "calibrate", "test")
"""What an exam was used for."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PredictionRow:
    """What one method said of one exam.

    Args:
        exam_id: Name of the exam in its cohort.
        patient_id: Pseudonym of the woman.
        method: Name of the method, such as that of its recipe.
        repeat: Number of the repeat, from 0.
        fold: Number of the fold within the repeat, from 0.
        part: What the exam was used for: train, calibrate or test.
        label: 1 malignant, 0 benign.
        score: Raw output; the higher, the more malignant.
        probability: Calibrated chance of malignancy; None if nothing was calibrated.

    Raises:
        ValueError: If a value breaks these rules.
    """

    exam_id: str
    patient_id: str
    method: str
    repeat: int
    fold: int
    part: str
    label: int
    score: float
    probability: float | None = None

    def __post_init__(self) -> None:
        for name in ("exam_id", "patient_id", "method"):
            if not getattr(self, name):
                raise ValueError(f"{name} must not be empty.")
        if min(self.repeat, self.fold) < 0:
            raise ValueError(
                f"repeat and fold must be 0 or more, got {self.repeat}, {self.fold}."
            )
        if self.part not in PARTS:
            raise ValueError(f"part must be one of {PARTS}, got {self.part!r}.")
        if self.label not in (0, 1):
            raise ValueError(f"label must be 0 or 1, got {self.label!r}.")
        if not math.isfinite(self.score):
            raise ValueError(f"score must be finite, got {self.score}.")
        if self.probability is not None and not 0 <= self.probability <= 1:
            raise ValueError(f"probability must be 0 to 1, got {self.probability}.")


COLUMNS = tuple(column.name for column in fields(PredictionRow))


def save_predictions(path: Path, rows: Iterable[PredictionRow]) -> None:
    """Write `predictions.csv`; scores keep every digit.

    Args:
        path: The file to make or replace.
        rows: What to write, in this order.
    """
    save_csv(path, COLUMNS, (_fields_of(row) for row in rows))


def load_predictions(path: Path) -> tuple[PredictionRow, ...]:
    """Read `predictions.csv`, refusing whatever would have to be guessed.

    Args:
        path: The file.

    Returns:
        Its rows, in order; at least one.

    Raises:
        RunError: If it is missing, empty, lacks a column, holds an impossible value or
            contradicts itself; the message names line and column.
    """
    table = load_csv(path, COLUMNS, RunError)
    if not table:
        raise RunError(f"{path} must have at least one row below its header.")
    rows = [parse_prediction(f"{path}, line {row.line}", row) for row in table]
    check_predictions(path, [row.line for row in table], rows)
    return tuple(rows)


def parse_prediction(
    place: str, row: Mapping[str, str], names: Mapping[str, str] | None = None
) -> PredictionRow:
    """A row out of its texts, refusing whatever would have to be guessed.

    Args:
        place: File and line, for messages.
        row: The text of each column of `COLUMNS`.
        names: What the file calls a column, where it has a name of its own.

    Raises:
        RunError: If a value is impossible; the message names the column.
    """
    text = {name: row[name].strip() for name in COLUMNS}
    called = names or {}

    def parse(column: str, read: Callable[[str], T], rule: str) -> T:
        try:
            return read(text[column])
        except ValueError:
            raise RunError(
                f"{place}, column {called.get(column, column)}: {rule}, got "
                f"{text[column]!r}."
            ) from None

    return PredictionRow(
        exam_id=parse("exam_id", _as_name, "must not be empty"),
        patient_id=parse("patient_id", _as_name, "must not be empty"),
        method=parse("method", _as_name, "must not be empty"),
        repeat=parse("repeat", _as_count, "must be a number from 0"),
        fold=parse("fold", _as_count, "must be a number from 0"),
        part=parse("part", _as_part, f"must be one of {PARTS}"),
        label=parse("label", _as_label, "must be 0 or 1"),
        score=parse("score", _as_number, "must be a finite number"),
        probability=parse("probability", _as_probability, "must be empty or 0 to 1"),
    )


def check_predictions(
    path: Path, lines: Sequence[int], rows: Sequence[PredictionRow]
) -> None:
    """Refuse an exam twice, an exam with two labels, and a woman on both sides.

    An exam may be in both train and calibrate, with its score from a fold that did not
    see it; nobody may be in test and in another part.

    Args:
        path: The file, for messages.
        lines: The line of each row.
        rows: The rows.

    Raises:
        RunError: If rows contradict each other; the message names line and column.
    """
    seen: dict[tuple[object, ...], int] = {}
    labels: dict[str, tuple[int, int]] = {}
    sides: dict[tuple[object, ...], tuple[str, int]] = {}
    for line, row in zip(lines, rows, strict=True):
        trained = (row.method, row.repeat, row.fold)
        first = seen.setdefault((row.exam_id, row.part, *trained), line)
        if first != line:
            raise RunError(
                f"{path}, line {line}, column exam_id: an exam must stand once per "
                f"method, repeat, fold and part, but it stands in line {first} too."
            )
        label, first = labels.setdefault(row.exam_id, (row.label, line))
        if label != row.label:
            raise RunError(
                f"{path}, line {line}, column label: an exam must have one label, got "
                f"{row.label} here and {label} in line {first}."
            )
        part, first = sides.setdefault((row.patient_id, *trained), (row.part, line))
        if (part == "test") != (row.part == "test"):
            raise RunError(
                f"{path}, line {line}, column part: a patient who is tested must be in "
                f"no other part, got {row.part} here and {part} in line {first}."
            )


def collect_scores(rows: Iterable[PredictionRow]) -> Scored:
    """The labels and scores of some rows, side by side.

    Args:
        rows: At least one row.

    Raises:
        ValueError: If there is no row.
    """
    listed = list(rows)
    return Scored(
        labels=np.array([row.label for row in listed], dtype=np.int64),
        scores=np.array([row.score for row in listed], dtype=np.float64),
    )


def _fields_of(row: PredictionRow) -> tuple[object, ...]:
    values = astuple(row)
    return tuple("" if value is None else value for value in values)


def _as_name(text: str) -> str:
    if not text:
        raise ValueError
    return text


def _as_count(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise ValueError
    return int(text)


def _as_part(text: str) -> str:
    if text not in PARTS:
        raise ValueError
    return text


def _as_label(text: str) -> int:
    if text not in ("0", "1"):
        raise ValueError
    return int(text)


def _as_number(text: str) -> float:
    # Python reads 1_000 as a number; in a table it is a slip.
    value = float(text) if "_" not in text else math.nan
    if not math.isfinite(value):
        raise ValueError
    return value


def _as_probability(text: str) -> float | None:
    if not text:
        return None
    value = _as_number(text)
    if not 0 <= value <= 1:
        raise ValueError
    return value
