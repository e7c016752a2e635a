"""The table of plain images: one row per view, and the exams that rows make."""

import os
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from bsgi.cohort.split import Part
from bsgi.errors import LabelTableError
from bsgi.exam.record import Label, ViewName
from bsgi.intake.archive import escape
from bsgi.intake.labels import AGE, check_sides
from bsgi.intake.tables.fields import Fields, TableWords, show_field
from bsgi.intake.tables.read import Columns, NamedTable, read_table

REQUIRED: Final = ("path", "patient_id", "view", "label")
OF_EXAM: Final = (
    "label", "label_left", "label_right", "split", "age", "site", "camera", "dose_mbq",
    "study_date",
)  # fmt: skip
"""Columns of the exam and not of the view: all rows of an exam say the same."""

OF_VIEW: Final = ("spacing_mm", "duration_s")
OPTIONAL: Final = ("exam_id", *OF_EXAM[1:], *OF_VIEW)
LONGEST_NAME: Final = 64
"""Letters of a patient id, exam id, site or camera."""

_COLUMNS: Final = Columns(REQUIRED, OPTIONAL, ids=("path", "patient_id", "exam_id"))
_LIMITS: Final = {
    "dose_mbq": (1e-3, 5000.0, "above 0 and below 5000 MBq"),
    "spacing_mm": (0.01, 100.0, "0.01 to 100 mm"),
    "duration_s": (1e-3, 1e5, "above 0 and below 100,000 s"),
}


@dataclass(frozen=True, slots=True)
class ImageRow:
    """One view.

    Args:
        line: Line of the table, counted from 1 with the header.
        path: The image file.
        shown: Its path as in the table, as one line of letters that can be shown.
        view: Which of the four views it is.
        spacing_mm: Distance of pixel centres; None if the table does not say.
        duration_s: Acquisition time; None if the table does not say.
    """

    line: int
    path: Path
    shown: str
    view: ViewName
    spacing_mm: float | None
    duration_s: float | None


@dataclass(frozen=True, slots=True)
class ImageExam:
    """The rows of one exam, and what they say of it.

    Args:
        patient_id: As in the table.
        exam_id: As in the table; empty if it names none.
        rows: Its views.
        label: Pathology of the exam.
        label_left: Pathology of the left breast.
        label_right: Pathology of the right breast.
        split: Part that is given, such as ``test``; empty if none.
        age_years: Age at the exam; None if unknown.
        site: Hospital; empty if unknown.
        camera: Camera model; empty if unknown.
        dose_mbq: Injected activity; None if unknown.
        study_date: Date of the exam; None if unknown.
    """

    patient_id: str
    exam_id: str
    rows: tuple[ImageRow, ...]
    label: Label
    label_left: Label
    label_right: Label
    split: str
    age_years: float | None
    site: str
    camera: str
    dose_mbq: float | None
    study_date: date | None


@dataclass(frozen=True, slots=True)
class ImageTable:
    """The exams of a table.

    Args:
        exams: In the order in which the table begins them.
        notes: What was decided to read the table, each a sentence.
    """

    exams: tuple[ImageExam, ...]
    notes: tuple[str, ...]


def load_image_table(path: Path, words: TableWords) -> ImageTable:
    """Read a table of images.

    Rows of one patient and one `exam_id` are an exam; without that column, rows of one
    patient and one `study_date`.

    Args:
        path: A CSV file or an XLSX workbook with the columns `REQUIRED`, and those of
            `OPTIONAL` that it has.
        words: What it calls its columns and labels.

    Raises:
        ConfigError: If `words` name columns that are not there.
        LabelTableError: If a field is none of the allowed, a file or a view of an exam
            stands there twice, rows of an exam contradict each other, or the given
            split is incomplete or divides a patient; the message names the lines.
    """
    table = read_table(path, _COLUMNS, words.columns)
    meanings = words.meanings
    groups: dict[tuple[str, str], list[Fields]] = defaultdict(list)
    for row in table.rows:
        fields = Fields(table, row, meanings)
        patient_id = _name(fields, "patient_id", required=True)
        named = "exam_id" in table.names
        exam = _name(fields, "exam_id", required=True) if named else ""
        groups[patient_id, exam or str(fields.date("study_date"))].append(fields)
    exams = tuple(_build_exam(rows, path.parent) for rows in groups.values())
    lines = [row for exam in exams for row in exam.rows]
    _check_files(table, lines)
    _check_split(table, exams)
    return ImageTable(exams, table.notes)


def _build_exam(rows: list[Fields], folder: Path) -> ImageExam:
    first = rows[0]
    for other in rows[1:]:
        _check_same(first, other)
    views = [_build_row(fields, folder) for fields in rows]
    seen: dict[ViewName, int] = {}
    for fields, view in zip(rows, views, strict=True):
        line = seen.setdefault(view.view, view.line)
        if line != view.line:
            raise fields.refuse(
                "view",
                f"an exam must have each view once, got {view.view} on line {line} "
                "too; the column exam_id tells exams of a patient apart.",
            )
    label, left, right = map(first.label, ("label", "label_left", "label_right"))
    check_sides(first, label, left, right)
    return ImageExam(
        patient_id=first.text("patient_id"),
        exam_id=first.text("exam_id"),
        rows=tuple(views),
        label=label,
        label_left=left,
        label_right=right,
        split=_read_split(first),
        age_years=first.number("age", *AGE),
        site=_name(first, "site"),
        camera=_name(first, "camera"),
        dose_mbq=first.number("dose_mbq", *_LIMITS["dose_mbq"]),
        study_date=first.date("study_date"),
    )


def _build_row(fields: Fields, folder: Path) -> ImageRow:
    text = fields.required("view")
    name = "".join(letter for letter in text if letter not in " -_").upper()
    if name not in set(ViewName):
        raise fields.refuse(
            "view", f"view must be {', '.join(ViewName)}, got {show_field(text)}."
        )
    path = fields.required("path")
    if "\0" in path:
        raise fields.refuse("path", "path must be the name of a file.")
    return ImageRow(
        line=fields.row.line,
        path=folder / path,
        shown=escape(path),
        view=ViewName(name),
        spacing_mm=fields.number("spacing_mm", *_LIMITS["spacing_mm"]),
        duration_s=fields.number("duration_s", *_LIMITS["duration_s"]),
    )


def _name(fields: Fields, column: str, *, required: bool = False) -> str:
    """A short text in one line."""
    text = fields.required(column) if required else fields.text(column)
    if len(text) > LONGEST_NAME or not text.isprintable():
        raise fields.refuse(
            column, f"{column} must be at most {LONGEST_NAME} printable characters."
        )
    return text


def _read_split(fields: Fields) -> str:
    text = fields.text("split").casefold()
    if text and text not in set(Part):
        raise fields.refuse(
            "split",
            f"split must be {', '.join(Part)} or empty, got {show_field(text)}.",
        )
    return text


def _check_same(first: Fields, other: Fields) -> None:
    """Refuse rows of one exam that say different things of it."""
    for column in OF_EXAM:
        if first.text(column).casefold() != other.text(column).casefold():
            hint = (
                "; labels of breasts stand in label_left and label_right"
                if column == "label"
                else ""
            )
            raise other.refuse(
                column,
                f"all rows of an exam must have one {column}, and line "
                f"{first.row.line} has another{hint}.",
            )


def _check_files(table: NamedTable, rows: Iterable[ImageRow]) -> None:
    """Refuse an image file that stands for two views."""
    seen: dict[str, int] = {}
    for row in sorted(rows, key=lambda row: row.line):
        place = os.path.realpath(row.path)
        line = seen.setdefault(place, row.line)
        if line != row.line:
            raise LabelTableError(
                f"{table.place(row.line, 'path')}: an image file must stand there "
                f"once, and line {line} has it too."
            )


def _check_split(table: NamedTable, exams: Iterable[ImageExam]) -> None:
    """Refuse a given split that is incomplete or divides a patient."""
    labelled = [exam for exam in exams if exam.label is not Label.UNKNOWN]
    given = [exam for exam in labelled if exam.split]
    if not given:
        return
    parts: dict[str, ImageExam] = {}
    for exam in labelled:
        where = table.place(exam.rows[0].line, "split")
        if not exam.split:
            raise LabelTableError(
                f"{where}: split must be filled for every exam with a label or for "
                "none."
            )
        first = parts.setdefault(exam.patient_id, exam)
        if first.split != exam.split:
            raise LabelTableError(
                f"{where}: a patient must be in one part, and line "
                f"{first.rows[0].line} has hers in another."
            )
