"""The table of pathology: one row per patient, or per patient and study date."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from bsgi.errors import LabelTableError
from bsgi.exam.record import Label
from bsgi.intake.tables.fields import Fields, TableWords
from bsgi.intake.tables.read import Columns, read_table

REQUIRED: Final = ("patient_id", "label")
OPTIONAL: Final = ("study_date", "label_left", "label_right", "age", "site")
AGE: Final = (0.0, 130.0, "0 to 130 years")
"""Ages that are believed: from, below, and in words."""

_COLUMNS: Final = Columns(REQUIRED, OPTIONAL, ids=("patient_id",))


@dataclass(frozen=True, slots=True)
class LabelRow:
    """What pathology says of one patient, or of one of her exams.

    Args:
        line: Line of the table, counted from 1 with the header.
        patient_id: As in the DICOM files; a text, leading zeros count.
        label: Pathology of the exam.
        study_date: Date of the exam it belongs to; None if the table does not say.
        label_left: Pathology of the left breast.
        label_right: Pathology of the right breast.
        age_years: Age at the exam; None if the table does not say.
        site: Hospital; empty if the table does not say.
        numeric_id: Whether a spreadsheet keeps its id as a number, perhaps without
            zeros that stood in front.
    """

    line: int
    patient_id: str
    label: Label
    study_date: date | None = None
    label_left: Label = Label.UNKNOWN
    label_right: Label = Label.UNKNOWN
    age_years: float | None = None
    site: str = ""
    numeric_id: bool = False


@dataclass(frozen=True, slots=True)
class LabelTable:
    """All rows of a table, at most one for each patient and study date.

    Args:
        rows: The rows, in the order of the table.
        where: Name of the table, for messages.
        notes: What was decided to read it, each a sentence.
        numeric_ids: How many ids a spreadsheet keeps as numbers, perhaps without zeros
            that stood in front.
        given: Whether there is a table at all, in which an exam should have a row.

    Raises:
        LabelTableError: If a patient stands there twice, unless every row of hers has
            a study date of its own.
    """

    rows: tuple[LabelRow, ...]
    where: str = "the label table"
    notes: tuple[str, ...] = ()
    numeric_ids: int = 0
    given: bool = True

    def __post_init__(self) -> None:
        for rows in self.by_patient().values():
            first: dict[date | None, LabelRow] = {}
            for row in rows:
                undated = row.study_date is None or None in first
                other = first.get(row.study_date) or (rows[0] if undated else None)
                if other is not None and other is not row:
                    raise LabelTableError(
                        f"{self.where}, lines {other.line} and {row.line}: a patient "
                        "may stand there twice only with different study_date; fill "
                        "the column study_date."
                    )
                first[row.study_date] = row

    def by_patient(self) -> dict[str, tuple[LabelRow, ...]]:
        """The rows of each patient."""
        rows: dict[str, list[LabelRow]] = defaultdict(list)
        for row in self.rows:
            rows[row.patient_id].append(row)
        return {patient_id: tuple(group) for patient_id, group in rows.items()}


NO_LABELS: Final = LabelTable(
    (), notes=("No table of labels was given: no exam has a label.",), given=False
)
"""What stands for the table where an archive is to be looked at first."""


def load_labels(path: Path, words: TableWords | None = None) -> LabelTable:
    """Read a table of labels from a CSV file or an XLSX workbook.

    Args:
        path: A table with the columns `patient_id` and `label` (0, 1, benign,
            malignant, negative, positive; empty for unknown), and optionally
            `study_date` (YYYY-MM-DD or YYYYMMDD), `label_left`, `label_right`, `age`
            and `site`.
        words: What it calls its columns and labels; None for our own names.

    Raises:
        ConfigError: If `words` name columns that are not there.
        LabelTableError: If a column is missing or named twice, a field is none of the
            allowed, labels contradict each other, or a patient stands there twice.
    """
    words = words or TableWords()
    table = read_table(path, _COLUMNS, words.columns)
    meanings = words.meanings
    rows = tuple(_parse_row(Fields(table, row, meanings)) for row in table.rows)
    numeric = sum(row.numeric_id for row in rows)
    return LabelTable(rows, str(path), table.notes, numeric)


def _parse_row(fields: Fields) -> LabelRow:
    row = LabelRow(
        line=fields.row.line,
        patient_id=fields.required("patient_id"),
        label=fields.label("label"),
        study_date=fields.date("study_date"),
        label_left=fields.label("label_left"),
        label_right=fields.label("label_right"),
        age_years=fields.number("age", *AGE),
        site=fields.text("site"),
        numeric_id=(fields.row.line, "patient_id") in fields.table.numbers,
    )
    check_sides(fields, row.label, row.label_left, row.label_right)
    return row


def check_sides(fields: Fields, label: Label, left: Label, right: Label) -> None:
    """Refuse labels of breasts that contradict the label of their exam.

    Args:
        fields: The row they stand in, for the message.
        label: Pathology of the exam.
        left: Pathology of the left breast.
        right: Pathology of the right breast.

    Raises:
        LabelTableError: If they contradict each other.
    """
    sides = {left, right}
    if label is Label.BENIGN and Label.MALIGNANT in sides:
        raise fields.refuse(
            "label", "label must be 1 where a breast is malignant, got 0."
        )
    if label is Label.MALIGNANT and sides == {Label.BENIGN}:
        raise fields.refuse(
            "label", "label must be 0 where both breasts are benign, got 1."
        )
