"""The table of pathology: one row per patient, or per patient and study date."""

import csv
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from bsgi.errors import LabelTableError
from bsgi.exam.record import Label

REQUIRED: Final = ("patient_id", "label")
OPTIONAL: Final = ("study_date", "label_left", "label_right", "age", "site")
_LABELS: Final = {
    "0": Label.BENIGN,
    "benign": Label.BENIGN,
    "1": Label.MALIGNANT,
    "malignant": Label.MALIGNANT,
    "": Label.UNKNOWN,
}
_DATE: Final = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})")


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
    """

    line: int
    patient_id: str
    label: Label
    study_date: date | None = None
    label_left: Label = Label.UNKNOWN
    label_right: Label = Label.UNKNOWN
    age_years: float | None = None
    site: str = ""


@dataclass(frozen=True, slots=True)
class LabelTable:
    """All rows of a table, at most one for each patient and study date.

    Args:
        rows: The rows, in the order of the table.
        where: Name of the table, for messages.

    Raises:
        LabelTableError: If a patient stands there twice, unless every row of hers has
            a study date of its own.
    """

    rows: tuple[LabelRow, ...]
    where: str = "the label table"

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


def load_labels(path: Path) -> LabelTable:
    """Read a table of labels from a CSV file.

    Args:
        path: A CSV file in UTF-8, fields separated by commas, with the columns
            `patient_id` and `label` (0, 1, benign, malignant; empty for unknown), and
            optionally `study_date` (YYYY-MM-DD or YYYYMMDD), `label_left`,
            `label_right`, `age` and `site`.

    Raises:
        LabelTableError: If a column is missing or named twice, a field is none of the
            allowed, labels contradict each other, or a patient stands there twice.
    """
    lines = _read_lines(path)
    if not lines:
        raise LabelTableError(f"{path} must have a header line, got an empty file.")
    header = [name.strip().lower() for name in lines[0][1]]
    for name in REQUIRED:
        if name not in header:
            raise LabelTableError(
                f"{path} must have the column {name!r}, got "
                f"{', '.join(repr(column) for column in header)}; "
                "fields are separated by commas."
            )
    for name in (*REQUIRED, *OPTIONAL):
        if header.count(name) > 1:
            raise LabelTableError(f"{path} must name the column {name!r} once.")
    rows = []
    for line, fields in lines[1:]:
        if len(fields) != len(header):
            raise LabelTableError(
                f"{path}, line {line}: must have {len(header)} fields, "
                f"got {len(fields)}."
            )
        named = {
            name: field.strip() for name, field in zip(header, fields, strict=True)
        }
        rows.append(_parse_row(named, line, f"{path}, line {line}"))
    return LabelTable(tuple(rows), str(path))


def _read_lines(path: Path) -> list[tuple[int, Sequence[str]]]:
    """The lines that hold something, each with its number in the file."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            reader = csv.reader(stream, strict=True)
            return [
                (reader.line_num, fields)
                for fields in reader
                if any(field.strip() for field in fields)
            ]
    except FileNotFoundError:
        raise LabelTableError(f"the label table {path} does not exist.") from None
    except OSError as reason:
        raise LabelTableError(
            f"the label table {path} cannot be opened: {reason.strerror}."
        ) from None
    except (UnicodeDecodeError, csv.Error):
        raise LabelTableError(
            f"{path} must be a CSV table in UTF-8; save it as such."
        ) from None


def _parse_row(fields: Mapping[str, str], line: int, where: str) -> LabelRow:
    if not fields["patient_id"]:
        raise LabelTableError(f"{where}: patient_id must not be empty.")
    row = LabelRow(
        line=line,
        patient_id=fields["patient_id"],
        label=_parse_label(fields, "label", where),
        study_date=_parse_date(fields.get("study_date", ""), where),
        label_left=_parse_label(fields, "label_left", where),
        label_right=_parse_label(fields, "label_right", where),
        age_years=_parse_age(fields.get("age", ""), where),
        site=fields.get("site", ""),
    )
    sides = {row.label_left, row.label_right}
    if row.label is Label.BENIGN and Label.MALIGNANT in sides:
        raise LabelTableError(
            f"{where}: label must be 1 where a breast is malignant, got 0."
        )
    if row.label is Label.MALIGNANT and sides == {Label.BENIGN}:
        raise LabelTableError(
            f"{where}: label must be 0 where both breasts are benign, got 1."
        )
    return row


def _parse_label(fields: Mapping[str, str], column: str, where: str) -> Label:
    text = fields.get(column, "")
    label = _LABELS.get(text.lower())
    if label is None:
        raise LabelTableError(
            f"{where}: {column} must be 0, 1, benign, malignant or empty, got {text!r}."
        )
    return label


def _parse_date(text: str, where: str) -> date | None:
    if not text:
        return None
    match = _DATE.fullmatch(text)
    try:
        if match is None:
            raise ValueError
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        raise LabelTableError(
            f"{where}: study_date must be YYYY-MM-DD, got {text!r}."
        ) from None


def _parse_age(text: str, where: str) -> float | None:
    if not text:
        return None
    try:
        age_years = float(text)
    except ValueError:
        age_years = -1.0
    if not 0 <= age_years < 130:
        raise LabelTableError(f"{where}: age must be 0 to 130 years, got {text!r}.")
    return age_years
