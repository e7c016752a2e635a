"""The making of a cohort on disk, exam by exam and in one piece."""

import errno
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Final

from bsgi.cohort.arrays import save_truth, save_views
from bsgi.cohort.store import COLUMNS, Cohort, ExamRow, format_row
from bsgi.errors import CohortError, OutputError
from bsgi.exam.record import Exam, Label, Truth
from bsgi.files import new_folder, save_csv, save_json
from bsgi.provenance import Provenance, save_provenance

_NUMBER: Final = re.compile(r"[0-9]+")


class CohortWriter:
    """Writes a cohort exam by exam; nothing is there before `finish`.

    Used in a `with` block. Leaving it without `finish`, by an error or not, leaves
    nothing behind.

    Args:
        folder: The cohort to make. It must not exist, or be empty.

    Raises:
        OutputError: If something is there already, or the disk is full.

    Example:
        >>> with CohortWriter(folder) as writer:  # doctest: +SKIP
        ...     writer.add(exam)
        ...     writer.finish(describe("bsgi import"))
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._context = new_folder(folder)
        self._partial: Path | None = None
        self._rows: list[ExamRow] = []
        self._names: set[str] = set()
        self._rejected: list[tuple[str, str]] = []
        self._notes: list[tuple[str, str, str]] = []
        self._truths = 0

    def __enter__(self) -> "CohortWriter":
        with explain_disk_errors(self._folder):
            self._partial = self._context.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._partial is None:
            return
        self._partial = None
        if error is None:
            error = CohortError(f"{self._folder} was begun and not finished.")
            self._context.__exit__(type(error), error, None)
            raise error
        self._context.__exit__(kind, error, trace)

    @property
    def rows(self) -> tuple[ExamRow, ...]:
        """The exams so far, in the order they came."""
        return tuple(self._rows)

    def add(
        self,
        exam: Exam,
        truth: Truth | None = None,
        *,
        split: str = "",
        quality: str = "",
        time_order: int | None = None,
        notes: Iterable[tuple[str, str]] = (),
    ) -> None:
        """Write one exam.

        Args:
            exam: The exam.
            truth: What a simulator knows of it.
            split: Part that the source has given.
            quality: What makes it doubtful.
            time_order: Rank of its study date in the cohort, from 1; None if unknown.
            notes: Pairs of file and note: accepted, but worth a look.

        Raises:
            CohortError: If its name is taken or cannot name a file.
            OutputError: If it cannot be written.
        """
        row = _build_row(exam, split, quality, time_order)
        # Compared without case: some file systems do not tell A from a.
        if row.exam_id.lower() in self._names:
            raise CohortError(f"exam_id must be unique, got {row.exam_id} twice.")
        folder = self._open_folder()
        with explain_disk_errors(self._folder):
            save_views(folder / "exams" / f"{row.exam_id}.npz", exam.views)
            if truth is not None:
                save_truth(folder / "truth" / f"{row.exam_id}.npz", truth)
                self._truths += 1
        self._rows.append(row)
        self._names.add(row.exam_id.lower())
        self._notes.extend((row.exam_id, file, note) for file, note in notes)

    def reject(self, file: str, reason: str) -> None:
        """List a file that gave no view."""
        self._rejected.append((file, reason))

    def note(self, file: str, note: str) -> None:
        """List something worth a look that belongs to no exam."""
        self._notes.append(("", file, note))

    def finish(
        self,
        provenance: Provenance | None = None,
        *,
        files: int | None = None,
        used: int | None = None,
    ) -> Cohort:
        """Write the tables and give the folder its name.

        Args:
            provenance: What made the cohort.
            files: How many files came; None if the cohort was not made from files.
            used: How many of them gave a view of the cohort. The others are rejected,
                or left out, as duplicates, repeats or by decision.

        Returns:
            The cohort, opened.

        Raises:
            OutputError: If it cannot be written.
        """
        folder = self._open_folder()
        rows = sorted(self._rows, key=lambda row: row.exam_id)
        with explain_disk_errors(self._folder):
            (folder / "exams").mkdir(exist_ok=True)
            save_csv(folder / "exams.csv", COLUMNS, map(format_row, rows))
            save_rejected(folder / "rejected.csv", self._rejected)
            notes = sorted(self._notes, key=_note_order)
            save_csv(folder / "notes.csv", ("exam_id", "file", "note"), notes)
            counts = {
                "exams": len(rows),
                "patients": len({row.patient_id for row in rows}),
                "views": sum(len(row.views) for row in rows),
                "malignant": sum(row.label is Label.MALIGNANT for row in rows),
                "benign": sum(row.label is Label.BENIGN for row in rows),
                "unknown": sum(row.label is Label.UNKNOWN for row in rows),
                "simulated": sum(row.simulated for row in rows),
                "truths": self._truths,
                "rejected_files": len(self._rejected),
                "notes": len(self._notes),
            }
            if files is not None:
                counts |= {"files": files, "used_files": used or 0}
            save_json(folder / "cohort.json", counts)
            if provenance is not None:
                save_provenance(folder, provenance)
            self._partial = None
            self._context.__exit__(None, None, None)
        return Cohort(self._folder, tuple(rows))

    def _open_folder(self) -> Path:
        if self._partial is None:
            raise ValueError("a CohortWriter must be used inside its with block.")
        return self._partial


def _note_order(row: tuple[str, str, str]) -> tuple[str, ...]:
    """Notes by exam and file, then by their text: line 9 of a table before line 10."""
    exam_id, file, note = row
    return exam_id, file, _NUMBER.sub(lambda found: found[0].zfill(9), note), note


def save_rejected(path: Path, rejected: Iterable[tuple[str, str]]) -> None:
    """Write the table of files that gave no view, sorted by file.

    Args:
        path: The CSV file to make or replace.
        rejected: Pairs of file and reason.
    """
    save_csv(path, ("file", "reason"), sorted(rejected))


@contextmanager
def explain_disk_errors(path: Path) -> Iterator[None]:
    """Turn what the operating system says of a full disk into one line.

    Args:
        path: The output that was being written.

    Raises:
        OutputError: If anything inside the block raises OSError.
    """
    try:
        yield
    except OSError as reason:
        if reason.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            why = "the disk is full; make room and start again"
        else:
            why = f"{reason.strerror or reason}; choose another place"
        raise OutputError(f"{path} cannot be written: {why}.") from None


def _build_row(exam: Exam, split: str, quality: str, time_order: int | None) -> ExamRow:
    return ExamRow(
        exam_id=exam.exam_id,
        patient_id=exam.patient_id,
        site=exam.site,
        camera=exam.camera,
        label=exam.label,
        label_left=exam.label_left,
        label_right=exam.label_right,
        age_years=exam.age_years,
        dose_mbq=exam.dose_mbq,
        views=exam.present(),
        split=split,
        quality=quality,
        simulated=exam.simulated,
        time_order=time_order,
    )
