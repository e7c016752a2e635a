"""What came into a cohort and what became of it, counted from its tables."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bsgi.cohort.check.doubts import Doubt, list_doubts, tally_checks
from bsgi.cohort.check.identity import ONE_WOMAN, TWO_IDS
from bsgi.cohort.check.noted import tally_notes
from bsgi.cohort.check.tally import Tally, tally_texts
from bsgi.cohort.store import Cohort
from bsgi.errors import CohortError
from bsgi.exam.record import Label, ViewName
from bsgi.files import TableRow, load_csv, load_json

LEFT_OUT: Final = "left out"
"""What the import notes of a file that is a duplicate or another acquisition."""

OVERRULED: Final = "overruled by"
"""What it notes of a finding that a physicist accepted."""

_TOLD: Final = (
    LEFT_OUT, "gave no view", "views missing", OVERRULED, ONE_WOMAN, TWO_IDS
)  # fmt: skip
"""Notes that other lines of a check tell."""

_FRAMES: Final = re.compile(r", frames? .*")


@dataclass(frozen=True, slots=True)
class Arrival:
    """What came, and what became of it. Every file is counted in one place.

    Args:
        files: Files that came.
        used: Files that gave a view of the cohort.
        left_out: Files that were left out: duplicates, other acquisitions, and views
            that a physicist left out.
        reasons: Why files gave no view, the most frequent first.
        exams: Exams of the cohort.
        patients: Their patients.
        views: Their views.
        simulated: Exams that come from a simulator.
        benign: Exams by label.
        malignant: The same.
        unlabelled: The same.
        incomplete: Exams that lack a view.
        doubts: Exams whose quality is in doubt, the first to look at first.
        checks: How many exams each check doubts, the most urgent check first.
        overruled: Findings that a physicist has accepted.
        notes: What else is noted, the most important first.
    """

    files: int
    used: int
    left_out: int
    reasons: tuple[Tally, ...]
    exams: int
    patients: int
    views: int
    simulated: int
    benign: int
    malignant: int
    unlabelled: int
    incomplete: int
    doubts: tuple[Doubt, ...]
    checks: tuple[Tally, ...]
    overruled: int
    notes: tuple[Tally, ...]

    @property
    def refused(self) -> int:
        """Files that gave no view."""
        return sum(each.number for each in self.reasons)


def describe_arrival(cohort: Cohort) -> Arrival:
    """What came into a cohort and what became of it.

    Args:
        cohort: The cohort; tables that it lacks are taken to be empty.

    Raises:
        CohortError: If a table cannot be read.
    """
    rows = cohort.rows
    refused = _load(cohort, "rejected.csv", ("file", "reason"))
    notes = _load(cohort, "notes.csv", ("exam_id", "file", "note"))
    files, used, left_out = _count_files(cohort, refused, notes)
    labels = Counter(row.label for row in rows)
    doubts = list_doubts(rows)
    return Arrival(
        files=files,
        used=used,
        left_out=left_out,
        reasons=tally_texts(row["reason"].rstrip(".") for row in refused),
        exams=len(rows),
        patients=len({row.patient_id for row in rows}),
        views=sum(len(row.views) for row in rows),
        simulated=sum(row.simulated for row in rows),
        benign=labels[Label.BENIGN],
        malignant=labels[Label.MALIGNANT],
        unlabelled=labels[Label.UNKNOWN],
        incomplete=sum(len(row.views) < len(ViewName) for row in rows),
        doubts=doubts,
        checks=tally_checks(doubts),
        overruled=sum(OVERRULED in row["note"] for row in notes),
        notes=tally_notes(
            row["note"].rstrip(".")
            for row in notes
            if not any(word in row["note"] for word in _TOLD)
        ),
    )


def _load(cohort: Cohort, name: str, columns: Sequence[str]) -> list[TableRow]:
    path = cohort.folder / name
    return load_csv(path, columns, CohortError) if path.is_file() else []


def _count_files(
    cohort: Cohort, refused: Sequence[TableRow], notes: Sequence[TableRow]
) -> tuple[int, int, int]:
    """Files that came, that gave views and that were left out.

    The import counts them. Cohorts that were written before it did have one view in
    each file.
    """
    told = load_json(cohort.folder / "cohort.json", CohortError)
    files, used = told.get("files"), told.get("used_files")
    if isinstance(files, int) and isinstance(used, int):
        return files, used, files - used - len(refused)
    used = sum(len(row.views) for row in cohort.rows)
    left_out = len(
        {
            _FRAMES.sub("", row["file"])
            for row in notes
            if row["file"] and LEFT_OUT in row["note"]
        }
    )
    return used + left_out + len(refused), used, left_out
