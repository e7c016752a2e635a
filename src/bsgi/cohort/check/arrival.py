"""What came into a cohort and what became of it, counted from its tables."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from bsgi.cohort.store import Cohort, ExamRow
from bsgi.errors import CohortError
from bsgi.exam.quality.catalogue import CHECKS, rank_check, read_findings
from bsgi.exam.quality.finding import Finding
from bsgi.exam.record import Label, ViewName
from bsgi.files import TableRow, load_csv, load_json

LEFT_OUT: Final = "left out"
"""What the import notes of a file that is a duplicate or another acquisition."""

OVERRULED: Final = "overruled by"
"""What it notes of a finding that a physicist accepted."""

_REPEATED: Final = (LEFT_OUT, "gave no view", "views missing", OVERRULED)
_FRAMES: Final = re.compile(r", frames? .*")
_CHANGING: Final = re.compile(r"\d[\d.,]*|'[^']*'")


@dataclass(frozen=True, slots=True)
class Tally:
    """One kind of reason, note or doubt, and how often it stands in a table.

    Args:
        text: The first of its texts; others may differ in numbers and quoted words.
        number: How many there are.
    """

    text: str
    number: int


@dataclass(frozen=True, slots=True)
class Doubt:
    """An exam whose quality is in doubt.

    Args:
        exam_id: The exam.
        findings: What was found, the most urgent first.
    """

    exam_id: str
    findings: tuple[Finding, ...]

    @property
    def urgency(self) -> tuple[int, int, str]:
        """The smaller, the earlier it should be looked at."""
        return rank_check(self.findings[0].check), -len(self.findings), self.exam_id


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
        notes: What else is noted, the most frequent first.
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
        reasons=_tally(row["reason"].rstrip(".") for row in refused),
        exams=len(rows),
        patients=len({row.patient_id for row in rows}),
        views=sum(len(row.views) for row in rows),
        simulated=sum(row.simulated for row in rows),
        benign=labels[Label.BENIGN],
        malignant=labels[Label.MALIGNANT],
        unlabelled=labels[Label.UNKNOWN],
        incomplete=sum(len(row.views) < len(ViewName) for row in rows),
        doubts=doubts,
        checks=_tally_checks(doubts),
        overruled=sum(OVERRULED in row["note"] for row in notes),
        notes=_tally(
            row["note"].rstrip(".")
            for row in notes
            if not any(word in row["note"] for word in _REPEATED)
        ),
    )


def list_doubts(rows: Iterable[ExamRow]) -> tuple[Doubt, ...]:
    """Exams whose quality is in doubt, the first to look at first.

    Args:
        rows: Exams of a cohort.
    """
    doubts = [
        Doubt(
            row.exam_id,
            tuple(
                sorted(
                    read_findings(row.quality),
                    key=lambda finding: rank_check(finding.check),
                )
            ),
        )
        for row in rows
        if row.quality
    ]
    return tuple(sorted(doubts, key=lambda doubt: doubt.urgency))


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


def _tally(texts: Iterable[str]) -> tuple[Tally, ...]:
    """Texts of one kind together, whatever their numbers and quoted words."""
    kinds: dict[str, list[str]] = defaultdict(list)
    for text in texts:
        kinds[_CHANGING.sub("#", text)].append(text)
    tallies = [Tally(group[0], len(group)) for group in kinds.values()]
    return tuple(sorted(tallies, key=lambda each: (-each.number, each.text)))


def _tally_checks(doubts: Iterable[Doubt]) -> tuple[Tally, ...]:
    exams = Counter(
        check for doubt in doubts for check in {each.check for each in doubt.findings}
    )
    return tuple(
        Tally(CHECKS[check].title if check in CHECKS else "other", exams[check])
        for check in sorted(exams, key=rank_check)
    )
