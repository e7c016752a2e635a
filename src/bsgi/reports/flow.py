"""Which exams went in and out on the way from files to results, counted from files."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bsgi.cohort.split import Part
from bsgi.cohort.store import Cohort, ExamRow
from bsgi.exam.record import Label, ViewName
from bsgi.files import load_csv
from bsgi.reports.wording import count_of

_MOST_REASONS: Final = 5
"""Reasons that are told by name; the rest are told by their number."""
_LONGEST: Final = 64
"""Letters of a reason that are told."""


@dataclass(frozen=True, slots=True)
class FlowCount:
    """Exams at one place of the flow.

    Args:
        exams: Number of exams.
        patients: Number of patients.
        malignant: Malignant exams.
        benign: Benign exams.
    """

    exams: int
    patients: int
    malignant: int
    benign: int


@dataclass(frozen=True, slots=True)
class PartCount:
    """Exams of one part, over all runs of a study.

    Args:
        part: Which part.
        ever: Exams that some run had in this part.
        fewest: Exams of this part in the run that has the fewest.
        most: Exams of this part in the run that has the most.
    """

    part: Part
    ever: FlowCount
    fewest: int
    most: int


@dataclass(frozen=True, slots=True)
class Flow:
    """The way from files to results.

    Args:
        views: Views that were read.
        refused: Files that gave no view.
        reasons: Why, each with the number of files, the most frequent first.
        exams: All exams of the cohort.
        doubtful: Exams whose quality is in doubt; they stay in.
        incomplete: Exams that lack a view; they stay in.
        unlabelled: Exams without a label, which no run can use.
        unused: Labelled exams that are in no part of any run.
        parts: Exams of each part that occurs.
        runs: Number of splits that the parts are counted over.
        never_tested: Labelled exams that are in some run but tested by none.
    """

    views: int
    refused: int
    reasons: tuple[tuple[str, int], ...]
    exams: FlowCount
    doubtful: int
    incomplete: int
    unlabelled: FlowCount
    unused: FlowCount
    parts: tuple[PartCount, ...]
    runs: int
    never_tested: int

    @property
    def labelled(self) -> int:
        """Exams with a label."""
        return self.exams.exams - self.unlabelled.exams


def count_flow(cohort: Cohort, splits: Sequence[Mapping[str, Part]]) -> Flow:
    """Count the exams of a cohort on their way through some splits.

    Args:
        cohort: The cohort.
        splits: The part of each exam in every run; a learning curve and folds have
            several.

    Raises:
        CohortError: If its table of refused files is broken.
    """
    rows = cohort.rows
    reasons = _load_reasons(cohort.folder / "rejected.csv")
    labelled = [row for row in rows if row.label is not Label.UNKNOWN]
    used = {exam_id for split in splits for exam_id in split}
    tested = _ever(splits, Part.TEST)
    return Flow(
        views=sum(len(row.views) for row in rows),
        refused=sum(reasons.values()),
        reasons=tuple(sorted(reasons.items(), key=lambda item: (-item[1], item[0]))),
        exams=_count(rows),
        doubtful=sum(bool(row.quality) for row in rows),
        incomplete=sum(len(row.views) < len(ViewName) for row in rows),
        unlabelled=_count([row for row in rows if row.label is Label.UNKNOWN]),
        unused=_count([row for row in labelled if row.exam_id not in used]),
        parts=tuple(
            _count_part(rows, splits, part) for part in Part if _ever(splits, part)
        ),
        runs=len(splits),
        never_tested=len(used - tested),
    )


def list_reasons(flow: Flow) -> tuple[str, ...]:
    """The most frequent reasons for refusing a file, each with its number.

    Args:
        flow: The flow.
    """
    lines = [f"{text}: {number:,}" for text, number in flow.reasons[:_MOST_REASONS]]
    rest = flow.reasons[_MOST_REASONS:]
    if rest:
        number = sum(count for _, count in rest)
        lines.append(f"{count_of(len(rest), 'other reason')}: {number:,}")
    return tuple(lines)


def describe_flow(flow: Flow) -> str:
    """The flow in sentences.

    Args:
        flow: The flow.
    """
    texts = [
        f"{count_of(flow.views, 'view')} were read and "
        f"{count_of(flow.refused, 'file')} refused.",
        f"They make {count_of(flow.exams.exams, 'exam')} of "
        f"{count_of(flow.exams.patients, 'patient')}; {flow.incomplete:,} lack a view "
        f"and the quality of {flow.doubtful:,} is in doubt, and they stay in.",
        f"{flow.unlabelled.exams:,} without a label were not used.",
    ]
    if flow.unused.exams:
        texts.append(f"{flow.unused.exams:,} labelled ones are in no part.")
    for part in flow.parts:
        spread = f"{part.fewest:,}"
        if part.most > part.fewest:
            spread += f" to {part.most:,}"
        ever = f", {part.ever.exams:,} in all" if flow.runs > 1 else ""
        texts.append(
            f"{name_part(part.part)}: {spread} exams{ever} "
            f"({part.ever.malignant:,} malignant, {part.ever.benign:,} benign)."
        )
    if flow.never_tested and flow.runs > 1:
        texts.append(f"{flow.never_tested:,} exams in use were never tested.")
    return " ".join(texts)


def name_part(part: Part) -> str:
    """What a reader calls a part.

    Args:
        part: The part.
    """
    names = {Part.TRAIN: "Training", Part.CALIBRATE: "Calibration", Part.TEST: "Test"}
    return names[part]


def _load_reasons(path: Path) -> Counter[str]:
    """Files refused, by reason; numbers and names in a reason are taken out of it."""
    if not path.is_file():
        return Counter()
    rows = load_csv(path, ("file", "reason"))
    return Counter(_shorten(row["reason"]) for row in rows)


def _shorten(reason: str) -> str:
    text = re.sub(r"'[^']*'|\"[^\"]*\"|\d+(\.\d+)*", "…", " ".join(reason.split()))
    text = text.rstrip(".")
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 2].rstrip()} …"


def _count(rows: Sequence[ExamRow]) -> FlowCount:
    return FlowCount(
        exams=len(rows),
        patients=len({row.patient_id for row in rows}),
        malignant=sum(row.label is Label.MALIGNANT for row in rows),
        benign=sum(row.label is Label.BENIGN for row in rows),
    )


def _ever(splits: Sequence[Mapping[str, Part]], part: Part) -> set[str]:
    return {
        exam_id for split in splits for exam_id, own in split.items() if own is part
    }


def _count_part(
    rows: Sequence[ExamRow], splits: Sequence[Mapping[str, Part]], part: Part
) -> PartCount:
    ever = _ever(splits, part)
    sizes = [sum(own is part for own in split.values()) for split in splits]
    return PartCount(
        part=part,
        ever=_count([row for row in rows if row.exam_id in ever]),
        fewest=min(sizes),
        most=max(sizes),
    )
