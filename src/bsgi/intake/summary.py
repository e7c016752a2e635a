"""What came of an import, for its user."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bsgi.cohort.store import Cohort
from bsgi.exam.record import Label


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What came of an import.

    Args:
        cohort: The folder that was made.
        files: Files that were looked at.
        views: Views in the cohort.
        exams: Exams in the cohort.
        patients: Patients in the cohort.
        malignant: Exams labelled malignant.
        benign: Exams labelled benign.
        unlabelled: Exams without a label.
        rejected: Files that gave no view, listed in rejected.csv.
        in_part: Files that gave some of their views, noted at their exams.
        left_out: Files left out as duplicates or other acquisitions of a view, listed
            in notes.csv.
        repeats: Acquisitions among them.
        rule: Which acquisition of a view was kept: first, last or refuse (none).
        labels_without_images: Rows of the label table that no exam matched.
        ids_without_zeros: Ids of the table that would match without zeros in front.
        numeric_ids: Ids of the table that a spreadsheet keeps as numbers.
        women_under_two_ids: Women whose name and birth date stand under several ids.
        exams_of_two_women: Exams whose files name two women; they have no label.
        doubtful: Exams whose quality raises a doubt, listed in exams.csv.
        views_left_out: Views left out by the decision of a physicist.
        reasons: Reasons of refusal and how many files had them, most frequent first.
        remarks: What was decided to read the table, and what holds for many exams, each
            a sentence.
    """

    cohort: Path
    files: int
    views: int
    exams: int
    patients: int
    malignant: int
    benign: int
    unlabelled: int
    rejected: int
    in_part: int
    left_out: int
    repeats: int
    rule: str
    labels_without_images: int
    ids_without_zeros: int
    numeric_ids: int
    women_under_two_ids: int
    exams_of_two_women: int
    doubtful: int
    views_left_out: int
    reasons: tuple[tuple[str, int], ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """What an import counted beside its cohort; the fields are those of the summary."""

    files: int
    reasons: Iterable[str]
    in_part: int = 0
    left_out: int = 0
    repeats: int = 0
    rule: str = ""
    labels_without_images: int = 0
    ids_without_zeros: int = 0
    numeric_ids: int = 0
    women_under_two_ids: int = 0
    exams_of_two_women: int = 0
    views_left_out: int = 0
    remarks: tuple[str, ...] = ()


def summarize(cohort: Cohort, counted: Counted) -> ImportSummary:
    """The summary of an import.

    Args:
        cohort: What was made.
        counted: What was counted beside it.
    """
    rows = cohort.rows
    reasons = Counter(counted.reasons)
    labels = Counter(row.label for row in rows)
    return ImportSummary(
        cohort=cohort.folder,
        files=counted.files,
        views=sum(len(row.views) for row in rows),
        exams=len(rows),
        patients=len({row.patient_id for row in rows}),
        malignant=labels[Label.MALIGNANT],
        benign=labels[Label.BENIGN],
        unlabelled=labels[Label.UNKNOWN],
        rejected=reasons.total(),
        in_part=counted.in_part,
        left_out=counted.left_out,
        repeats=counted.repeats,
        rule=counted.rule,
        labels_without_images=counted.labels_without_images,
        ids_without_zeros=counted.ids_without_zeros,
        numeric_ids=counted.numeric_ids,
        women_under_two_ids=counted.women_under_two_ids,
        exams_of_two_women=counted.exams_of_two_women,
        doubtful=sum(bool(row.quality) for row in rows),
        views_left_out=counted.views_left_out,
        reasons=tuple(reasons.most_common()),
        remarks=counted.remarks,
    )
