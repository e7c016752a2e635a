"""A cohort on disk: its table, and the way to its exams.

The layout is described in `docs/reference/files.md`; `writer.py` makes it.
"""

import hashlib
import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bsgi.cohort.arrays import load_truth, load_views
from bsgi.errors import CohortError, ExamError
from bsgi.exam.record import Exam, Label, Truth, ViewName
from bsgi.files import load_csv, load_json
from bsgi.provenance import hash_file

COLUMNS: Final = (
    "exam_id", "patient_id", "site", "camera", "label", "label_left", "label_right",
    "age", "dose_mbq", *ViewName, "split", "quality", "simulated",
    "time_order",
)  # fmt: skip
"""Columns of exams.csv, in their order."""

# Cohorts that were written before the order in time was recorded do not know it.
_REQUIRED: Final = tuple(name for name in COLUMNS if name != "time_order")

_SAFE_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def is_safe_id(text: str) -> bool:
    """Whether an identifier can be the name of a file on every system."""
    return _SAFE_ID.fullmatch(text) is not None and not text.endswith(".")


@dataclass(frozen=True, slots=True)
class ExamRow:
    """One exam as the table of a cohort lists it.

    Args:
        exam_id: Name of the exam, and of its files.
        patient_id: Pseudonym of the woman.
        site: Hospital; empty if unknown.
        camera: Camera model; empty if unknown.
        label: Pathology of the exam.
        label_left: Pathology of the left breast.
        label_right: Pathology of the right breast.
        age_years: Age at the exam; None if unknown.
        dose_mbq: Injected activity; None if unknown.
        views: Views that are there, in canonical order.
        split: Part that a source has given, such as ``test``; empty if none.
        quality: What makes the exam doubtful; empty if nothing is known.
        simulated: Whether the exam comes from a simulator.
        time_order: Rank of the study date among those of the cohort, from 1; exams of
            one date share a rank. None if the date is unknown.

    Raises:
        CohortError: If an identifier cannot name a file, there is no view, or the rank
            is below 1.
    """

    exam_id: str
    patient_id: str
    site: str = ""
    camera: str = ""
    label: Label = Label.UNKNOWN
    label_left: Label = Label.UNKNOWN
    label_right: Label = Label.UNKNOWN
    age_years: float | None = None
    dose_mbq: float | None = None
    views: tuple[ViewName, ...] = tuple(ViewName)
    split: str = ""
    quality: str = ""
    simulated: bool = False
    time_order: int | None = None

    def __post_init__(self) -> None:
        if not is_safe_id(self.exam_id):
            raise CohortError(
                "exam_id must be 1 to 100 letters, digits, points, hyphens or "
                "underscores, to name a file; import without keeping ids."
            )
        if not self.patient_id:
            raise CohortError(f"exam {self.exam_id} must have a patient_id.")
        if not self.views:
            raise CohortError(f"exam {self.exam_id} must have at least one view.")
        if self.time_order is not None and self.time_order < 1:
            raise CohortError(
                f"time_order of {self.exam_id} must be 1 or more, got "
                f"{self.time_order}."
            )


@dataclass(frozen=True, slots=True)
class Cohort:
    """A cohort that has been opened: its table in memory, its arrays on disk.

    Args:
        folder: Where it lies.
        rows: Its exams, in the order of exam_id.
    """

    folder: Path
    rows: tuple[ExamRow, ...]

    @property
    def simulated(self) -> bool:
        """Whether any exam comes from a simulator."""
        return any(row.simulated for row in self.rows)

    def find_row(self, exam_id: str) -> ExamRow:
        """The table's row of one exam.

        Raises:
            CohortError: If the cohort has no exam of that name.
        """
        place = bisect_left(self.rows, exam_id, key=lambda row: row.exam_id)
        if place < len(self.rows) and self.rows[place].exam_id == exam_id:
            return self.rows[place]
        raise CohortError(
            f"{self.folder} has no exam {exam_id!r}; see its exams.csv for the names."
        )

    def hash_labelled(self) -> str:
        """SHA-256 over the table and the pixels of all exams with a label.

        A RUN records it, so that nobody joins its results to other images.

        Raises:
            CohortError: If the file of an exam is missing.
        """
        digest = hashlib.sha256(hash_file(self.folder / "exams.csv").encode())
        for row in self.rows:
            if row.label is Label.UNKNOWN:
                continue
            path = self.folder / "exams" / f"{row.exam_id}.npz"
            if not path.exists():
                raise CohortError(
                    f"{path} is missing, though exams.csv lists the exam."
                )
            digest.update(hash_file(path).encode())
        return digest.hexdigest()

    def load_exam(self, exam_id: str) -> Exam:
        """Read one exam with its counts.

        Raises:
            CohortError: If there is no such exam, or its file is missing or damaged.
        """
        row = self.find_row(exam_id)
        path = self.folder / "exams" / f"{exam_id}.npz"
        views = load_views(path)
        if tuple(views) != row.views:
            raise CohortError(
                f"{path} must hold the views that exams.csv names, "
                f"got {', '.join(views)}; import the cohort again."
            )
        try:
            return Exam(
                exam_id=row.exam_id,
                patient_id=row.patient_id,
                views=views,
                site=row.site,
                camera=row.camera,
                dose_mbq=row.dose_mbq,
                age_years=row.age_years,
                label=row.label,
                label_left=row.label_left,
                label_right=row.label_right,
                simulated=row.simulated,
            )
        except ExamError as reason:
            raise CohortError(f"{self.folder}/exams.csv: {reason}") from None

    def load_truth(self, exam_id: str) -> Truth | None:
        """Read what the simulator knows of one exam; None for an exam without it.

        Raises:
            CohortError: If there is no such exam, or its file is damaged.
        """
        self.find_row(exam_id)
        path = self.folder / "truth" / f"{exam_id}.npz"
        return load_truth(path) if path.exists() else None


def load_cohort(folder: Path) -> Cohort:
    """Open a cohort.

    Args:
        folder: A folder that `CohortWriter` made.

    Raises:
        CohortError: If it is no cohort, of another version, or its tables are damaged.
    """
    described = load_json(folder / "cohort.json", CohortError)
    path = folder / "exams.csv"
    rows = []
    for fields in load_csv(path, _REQUIRED, CohortError):
        try:
            rows.append(_parse_row(fields))
        except (ValueError, CohortError) as reason:
            raise CohortError(f"{path}, line {fields.line}: {reason}") from None
    twice = [name for name, n in Counter(row.exam_id for row in rows).items() if n > 1]
    if twice:
        raise CohortError(f"{path} must name each exam once, got {twice[0]} twice.")
    if described.get("exams") != len(rows):
        raise CohortError(
            f"{path} must have {described.get('exams')} exams as cohort.json says, "
            f"got {len(rows)}."
        )
    return Cohort(folder, tuple(sorted(rows, key=lambda row: row.exam_id)))


def format_row(row: ExamRow) -> tuple[str, ...]:
    """One exam as the texts of a line of exams.csv, in the order of `COLUMNS`."""
    return (
        row.exam_id,
        row.patient_id,
        row.site,
        row.camera,
        str(row.label),
        str(row.label_left),
        str(row.label_right),
        _format_number(row.age_years),
        _format_number(row.dose_mbq),
        *(str(int(name in row.views)) for name in ViewName),
        row.split,
        row.quality,
        str(int(row.simulated)),
        "" if row.time_order is None else str(row.time_order),
    )


def _format_number(value: float | None) -> str:
    """The shortest text that gives the same number again; empty for unknown."""
    return "" if value is None else repr(float(value)).removesuffix(".0")


def _parse_row(fields: dict[str, str]) -> ExamRow:
    """One line of exams.csv.

    Raises:
        ValueError: If a field is no label, number or flag.
        CohortError: If an identifier is not usable.
    """
    return ExamRow(
        exam_id=fields["exam_id"],
        patient_id=fields["patient_id"],
        site=fields["site"],
        camera=fields["camera"],
        label=Label(fields["label"]),
        label_left=Label(fields["label_left"]),
        label_right=Label(fields["label_right"]),
        age_years=float(fields["age"]) if fields["age"] else None,
        dose_mbq=float(fields["dose_mbq"]) if fields["dose_mbq"] else None,
        views=tuple(name for name in ViewName if _parse_flag(fields, name)),
        split=fields["split"],
        quality=fields["quality"],
        simulated=_parse_flag(fields, "simulated"),
        time_order=_parse_rank(fields.get("time_order", "")),
    )


def _parse_flag(fields: dict[str, str], column: str) -> bool:
    if fields[column] not in {"0", "1"}:
        raise ValueError(f"{column} must be 0 or 1, got {fields[column]!r}.")
    return fields[column] == "1"


def _parse_rank(text: str) -> int | None:
    if text and not (text.isascii() and text.isdecimal() and len(text) <= 9):
        raise ValueError(f"time_order must be a rank from 1 or empty, got {text!r}.")
    return int(text) if text else None
