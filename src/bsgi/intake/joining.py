"""Which row of the table of labels is a study's own, and why a row is nobody's.

A row is joined only if it can be of no other study: a label that may be another
woman's, or another exam's of hers, is left empty and said to be.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from bsgi.intake.found import Study
from bsgi.intake.labels import LabelRow, LabelTable

TWINS: Final = (
    "its id is a number in the spreadsheet, and ids of several patients differ from it "
    "in zeros in front only"
)
_NO_FILE: Final = "its id is in no file"
OTHER_ZEROS: Final = "its id is in the files with other zeros in front only"
_NO_VIEW: Final = "no file of its patient gave a view"
_OTHER_DATE: Final = "its study_date is not that of an exam of its patient"
_LEFT_EMPTY: Final = (
    "it may be of several exams, or of none: see the notes of the exams"
)


@dataclass(frozen=True, slots=True)
class Archive:
    """What a folder has of patients, to find the rows of a table in it.

    Args:
        days: Of each patient with an exam, the study dates of each exam: none if they
            are unknown, several if its files differ.
        patients: All patient ids that files have, also those of refused files.
    """

    days: Mapping[str, Sequence[frozenset[date]]]
    patients: frozenset[str]

    def count_bare(self) -> Counter[str]:
        """How many patient ids are the same without zeros in front."""
        return Counter(patient_id.lstrip("0") for patient_id in self.patients)


def match_labels(
    studies: Sequence[Study], rows: Sequence[LabelRow], lost: int, *, twins: bool
) -> list[tuple[LabelRow | None, str]]:
    """The row of each study of a patient, or why it has none.

    Args:
        studies: The studies of a patient that gave a view.
        rows: The rows under her id.
        lost: How many more studies of hers gave no view.
        twins: Whether other patients' ids differ from hers in zeros in front only.
    """
    if not rows:
        return [(None, "no row in the label table")] * len(studies)
    if twins and any(map(may_lack_zeros, rows)):
        return [(None, f"label left empty: {TWINS}")] * len(studies)
    if rows[0].study_date is None:
        return [_match_patient(each, rows[0], len(studies), lost) for each in studies]
    days = Counter(day for study in studies for day in study.days)
    return [_match_day(study, rows, days) for study in studies]


def may_lack_zeros(row: LabelRow) -> bool:
    """Whether a spreadsheet may have dropped zeros in front of its id.

    Args:
        row: A row of the table.
    """
    return row.numeric_id and not row.patient_id.startswith("0")


def _match_patient(
    study: Study, row: LabelRow, studies: int, lost: int
) -> tuple[LabelRow | None, str]:
    """The only row of a patient, if it has no date."""
    if studies + lost > 1:
        without = f" ({lost} without a view)" if lost else ""
        return None, (
            f"label left empty: the patient has {studies + lost} studies{without} and "
            "her row no study_date"
        )
    return _give(study, row)


def _match_day(
    study: Study, rows: Sequence[LabelRow], days: Mapping[date, int]
) -> tuple[LabelRow | None, str]:
    """The row of a patient that has the date of a study."""
    if not study.days:
        return None, "label left empty: the files have no study date to match"
    found = [row for row in rows if row.study_date in study.days]
    if not found:
        return None, "no row in the label table for this study date"
    if len(study.days) > 1:
        return None, "label left empty: its files differ in study date"
    (day,) = study.days
    if days[day] > 1:
        return None, (
            f"label left empty: {days[day]} studies of the patient have one study "
            "date, and the table one row for it"
        )
    return _give(study, found[0])


def _give(study: Study, row: LabelRow) -> tuple[LabelRow | None, str]:
    if study.of_two_women:
        return None, "label left empty: the files name two women"
    return row, ""


def explain_unused(
    rows: Iterable[LabelRow], used: Collection[int], archive: Archive
) -> list[tuple[int, str]]:
    """The rows that no exam takes, and why, without the id.

    Args:
        rows: The rows of the table.
        used: Lines of the rows that exams take.
        archive: What the folder has.

    Returns:
        Pairs of line and reason, by line.
    """
    bare = archive.count_bare()
    return sorted(
        (row.line, _explain(row, archive, bare)) for row in rows if row.line not in used
    )


def _explain(row: LabelRow, archive: Archive, bare: Mapping[str, int]) -> str:
    alike = bare.get(row.patient_id.lstrip("0"), 0)
    if row.patient_id not in archive.patients:
        return OTHER_ZEROS if alike else _NO_FILE
    if alike > 1 and may_lack_zeros(row):
        return TWINS
    exams = archive.days.get(row.patient_id, ())
    if not exams:
        return _NO_VIEW
    known = frozenset[date]().union(*exams)
    if row.study_date is not None and all(exams) and row.study_date not in known:
        return _OTHER_DATE
    return _LEFT_EMPTY


def find_used(rows: Iterable[LabelRow], archive: Archive) -> set[int]:
    """Lines of the rows that some exam may take, where labels are not joined yet.

    Args:
        rows: The rows of the table.
        archive: What the folder has.
    """
    return {
        row.line
        for row in rows
        for exams in [archive.days.get(row.patient_id, ())]
        if exams and (row.study_date is None or _is_possible(row.study_date, exams))
    }


def _is_possible(day: date, exams: Iterable[frozenset[date]]) -> bool:
    return any(not days or day in days for days in exams)


def count_other_zeros(table: LabelTable, archive: Archive) -> int:
    """Ids of the table that no file has, but would without zeros in front.

    A hint for whoever wrote the table, and never taken as a match.

    Args:
        table: The labels.
        archive: What the folder has.
    """
    bare = archive.count_bare()
    return sum(
        patient_id not in archive.patients and bare[patient_id.lstrip("0")] > 0
        for patient_id in table.by_patient()
    )


def count_women_under_two_ids(persons: Mapping[str, Iterable[str]]) -> int:
    """How many names with a birth date stand under several ids.

    Args:
        persons: Of each patient id, the digests of names and birth dates in its files.
    """
    under = Counter(person for each in persons.values() for person in set(each))
    return sum(ids > 1 for ids in under.values())
