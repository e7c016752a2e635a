"""Anyone's table of labels and scores, as predictions, readers and groups.

``label`` and ``score`` are enough. What else a full `predictions.csv` has gets a stated
default, and every default is said in a note, since each one decides how the results may
be read: without patients, for example, every exam counts as a woman of her own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from bsgi.errors import ConfigError, RunError
from bsgi.evaluation.predictions import (
    PredictionRow,
    check_predictions,
    parse_prediction,
)
from bsgi.evaluation.readers.rating_table import ReaderRow
from bsgi.evaluation.tables.columns import (
    READER,
    ColumnTable,
    list_groupings,
    name_grouping,
    read_columns,
)
from bsgi.files import TableRow

LABELS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("1", "1.0", "malignant", "positive", "pos"), "1"),
    **dict.fromkeys(("0", "0.0", "benign", "negative", "neg"), "0"),
}
"""Texts of a label, in lower case, and what they mean."""

Groups = Mapping[str, Mapping[str, str]]
"""Grouping, then exam, then its group."""


@dataclass(frozen=True, slots=True)
class AnyTable:
    """What a table of labels and scores holds.

    Args:
        rows: Its predictions. Where it has readers each of them counts as a method of
            its own.
        groups: The group of each exam by grouping; exams without one are left out.
        readers: What each reader said; empty without a column of readers.
        notes: What was taken for what the table does not say, each a sentence.
        known_patients: Whether it names exams or patients.
    """

    rows: tuple[PredictionRow, ...]
    groups: Groups
    readers: tuple[ReaderRow, ...]
    notes: tuple[str, ...]
    known_patients: bool = True


def load_any_table(
    path: Path,
    mapping: Mapping[str, str] | None = None,
    *,
    method: str | None = None,
) -> AnyTable:
    """Read a table of labels and scores, refusing whatever would have to be guessed.

    Columns ``label`` (0 or 1, benign or malignant, negative or positive) and ``score``
    must be there; ``exam_id``, ``patient_id``, ``reader``, ``method``, ``repeat``,
    ``fold``, ``part``, ``probability``, ``group`` and any ``group_NAME`` may be.

    Args:
        path: The file: fields parted by commas, semicolons or tabs.
        mapping: What the file calls a column of ours, such as ``Pathology`` for
            ``label``.
        method: Name of the method of a table without such a column; None takes the
            name of the file.

    Raises:
        ConfigError: If the mapping or the method cannot be followed.
        RunError: If the file cannot be used; the message names line and column.
    """
    table = read_columns(path, mapping)
    if method is not None and "method" in table.names:
        raise ConfigError(
            f"{path} must have no column of methods where one is named, got "
            f"{table.names['method']!r}; leave --method away, or change the names in "
            "that column."
        )
    filled, notes = _fill_defaults(path, table, method or path.stem)
    rows = [
        parse_prediction(f"{path}, line {row.line}", row, table.names) for row in filled
    ]
    readers: tuple[ReaderRow, ...] = ()
    if READER in table.names:
        named = [_read_reader(path, table, row) for row in filled]
        readers = _collect_readers(path, rows, named)
        several = len({row.method for row in rows}) > 1
        rows = [
            replace(row, method=_name_reader(row.method if several else "", reader))
            for row, reader in zip(rows, named, strict=True)
        ]
    lines = [row.line for row in filled]
    check_predictions(path, lines, rows)
    return AnyTable(
        rows=tuple(rows),
        groups=_collect_groups(path, table, filled, rows),
        readers=readers,
        notes=(*table.notes, *notes, *_note_content(rows)),
        known_patients=bool({"exam_id", "patient_id"} & set(table.names)),
    )


def _fill_defaults(
    path: Path, table: ColumnTable, method: str
) -> tuple[list[TableRow], list[str]]:
    """The lines with every column of predictions, and what was taken for which."""
    notes = []
    defaults = {"repeat": "0", "fold": "0", "part": "test", "probability": ""}
    if "method" not in table.names:
        defaults["method"] = method
        notes.append(f"The method is taken to be {method!r}, as the table names none.")
    if "part" not in table.names:
        notes.append("All rows are taken as test exams, as the table names no part.")
    rows = [TableRow(row.line, {**defaults, **row}) for row in table.rows]
    exams, said = _name_exams(path, table, rows)
    notes += said
    if "patient_id" not in table.names:
        notes.append(
            "Every exam is taken as a patient of her own, as the table names none; if "
            "patients have several exams, the intervals are too narrow."
        )
    commas = False
    for row, exam in zip(rows, exams, strict=True):
        row["exam_id"] = exam
        row.setdefault("patient_id", exam)
        row["label"] = _read_label(path, table, row)
        if table.decimal_comma:
            commas |= _turn_commas(row)
    if commas:
        notes.append("Numbers are written with a decimal comma.")
    return rows, notes


def _name_exams(
    path: Path, table: ColumnTable, rows: Sequence[TableRow]
) -> tuple[list[str], list[str]]:
    """The exam of each line, and what was taken for it."""
    if "exam_id" in table.names:
        return [row["exam_id"] for row in rows], []
    runs = ("method", READER, "repeat", "fold", "part")
    if "patient_id" in table.names:
        patients = [row["patient_id"] for row in rows]
        keys = {(row["patient_id"], *(row.get(name) for name in runs)) for row in rows}
        if len(keys) == len(rows):
            return patients, [
                "Each patient is taken to have one exam, as none is named."
            ]
    for name in (READER, "repeat"):
        if len({row.get(name) for row in rows}) > 1:
            raise RunError(
                f"{path} must have the column exam_id, since it has several "
                f"{'readers' if name == READER else 'repeats'} of the same exams; say "
                "which it is with --column exam_id=NAME."
            )
    notes = ["Every row is taken as an exam of its own, as the table names none."]
    if len({row["method"] for row in rows}) > 1:
        notes.append(
            "The methods are not compared in pairs, as the table does not say which of "
            "their rows are of the same exam."
        )
    return [f"line {row.line}" for row in rows], notes


def _read_label(path: Path, table: ColumnTable, row: TableRow) -> str:
    text = row["label"].strip()
    label = LABELS.get(text.casefold())
    if label is None:
        raise RunError(
            f"{path}, line {row.line}, column {table.names['label']}: must be 0 or 1 "
            f"(or benign, malignant, negative, positive), got {text!r}."
        )
    return label


def _turn_commas(row: TableRow) -> bool:
    """Write numbers with a point; whether one was written with a comma."""
    turned = False
    for name in ("score", "probability"):
        if row[name].count(",") == 1 and "." not in row[name]:
            row[name] = row[name].replace(",", ".")
            turned = True
    return turned


def _read_reader(path: Path, table: ColumnTable, row: TableRow) -> str:
    reader = row[READER].strip()
    if not reader:
        raise RunError(
            f"{path}, line {row.line}, column {table.names[READER]}: must not be "
            "empty; give a network a name too."
        )
    return reader


def _collect_readers(
    path: Path, rows: Sequence[PredictionRow], named: Sequence[str]
) -> tuple[ReaderRow, ...]:
    if len({(row.repeat, row.fold) for row in rows}) > 1:
        raise RunError(
            f"{path} must have one repeat and one fold where it has readers; give "
            "networks that were trained several times as readers."
        )
    return tuple(
        ReaderRow(
            reader=reader,
            modality=row.method,
            patient=row.patient_id,
            label=row.label,
            score=row.score,
            exam=row.exam_id,
        )
        for row, reader in zip(rows, named, strict=True)
        if row.part == "test"
    )


def _name_reader(method: str, reader: str) -> str:
    return f"{method}, reader {reader}" if method else f"reader {reader}"


def _collect_groups(
    path: Path,
    table: ColumnTable,
    texts: Sequence[TableRow],
    rows: Sequence[PredictionRow],
) -> Groups:
    found: dict[str, dict[str, str]] = {}
    for column in list_groupings(table.names):
        groups = found.setdefault(name_grouping(column), {})
        for text, row in zip(texts, rows, strict=True):
            group = text[column].strip()
            if group and groups.setdefault(row.exam_id, group) != group:
                raise RunError(
                    f"{path}, line {text.line}, column {table.names[column]}: an exam "
                    f"must be in one group, got {group!r} here and "
                    f"{groups[row.exam_id]!r} before."
                )
    return found


def _note_content(rows: Sequence[PredictionRow]) -> tuple[str, ...]:
    """What a reader should know of the labels and scores."""
    tested = [row for row in rows if row.part == "test"]
    labels = {row.label for row in tested}
    notes = []
    if len(labels) == 1:
        word = "malignant" if labels == {1} else "benign"
        notes.append(
            f"All test exams are {word}: there is no ROC curve and no area, and only "
            "one of sensitivity and specificity."
        )
    if len(tested) > 1 and len({row.score for row in tested}) == 1:
        notes.append("All scores are the same, so that they tell nothing apart.")
    elif len(tested) > 2 and {row.score for row in tested} <= {0.0, 1.0}:
        notes.append(
            "All scores are 0 or 1, which are calls and no scores: the area under the "
            "ROC curve is then only the mean of sensitivity and specificity."
        )
    return tuple(notes)
