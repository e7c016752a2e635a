"""Which exam a study becomes, and which row of the label table is its own."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from bsgi.cohort.store import is_safe_id
from bsgi.intake.collect import Collection, Study
from bsgi.intake.labels import LabelRow, LabelTable
from bsgi.intake.pseudonyms import Pseudonyms


@dataclass(frozen=True, slots=True)
class NamedStudy:
    """A study under the name of its exam.

    Args:
        exam_id: Name of the exam.
        patient_id: Pseudonym of the patient, or her id where ids are kept.
        study: Its views and notes.
        label: Its row in the label table; None if none can be told to be.
        notes: What is worth a look.
        time_order: Rank of its study date among those of the folder, from 1; studies of
            one date share a rank. It tells no date. None if its files have none.
    """

    exam_id: str
    patient_id: str
    study: Study
    label: LabelRow | None
    notes: tuple[str, ...]
    time_order: int | None = None


def name_studies(
    collection: Collection, table: LabelTable, pseudonyms: Pseudonyms
) -> tuple[list[NamedStudy], list[tuple[str, str]]]:
    """The exam id, the label and the rank in time of every study.

    The exams of a patient are numbered by time. A label is taken only if there is one
    way to: by patient if she has one study and one row without a date, otherwise by
    patient and study date.

    Args:
        collection: What was found in the folder.
        table: The labels.
        pseudonyms: The names of patients.

    Returns:
        The studies in the order of their exam ids, and pairs of file and reason for
        those whose patient id is kept and cannot name a file.
    """
    by_patient: dict[str, list[Study]] = defaultdict(list)
    patients: dict[str, set[str]] = defaultdict(set)
    for study in collection.studies:
        by_patient[study.patient_id].append(study)
        patients[study.study_uid].add(study.patient_id)
    labels = table.by_patient()
    named: list[NamedStudy] = []
    unsafe: list[tuple[str, str]] = []
    for patient_id, studies in by_patient.items():
        name = pseudonyms.name_patient(patient_id)
        rows = labels.get(patient_id, ())
        for rank, study in enumerate(sorted(studies, key=_study_order), start=1):
            exam_id = f"{name}-{rank}"
            if not is_safe_id(exam_id):
                reason = (
                    "its patient id cannot name a file; import it under pseudonyms."
                )
                unsafe.extend((file, reason) for file in study.files)
                continue
            row, note = _match_label(study, rows, len(studies))
            notes = [note] if note else []
            if len(patients[study.study_uid]) > 1:
                notes.append("its Study Instance UID stands under two patient ids")
            named.append(NamedStudy(exam_id, name, study, row, tuple(notes)))
    return sorted(_rank_dates(named), key=lambda item: item.exam_id), unsafe


def _rank_dates(named: Sequence[NamedStudy]) -> list[NamedStudy]:
    """The studies with the ranks of their dates: consecutive numbers from 1."""
    dates = [_study_date(item.study) for item in named]
    known = sorted({day for day in dates if day is not None})
    ranks = {day: rank for rank, day in enumerate(known, start=1)}
    return [
        replace(item, time_order=None if day is None else ranks[day])
        for item, day in zip(named, dates, strict=True)
    ]


def _study_date(study: Study) -> date | None:
    return next((item.source.study_date for item in study.views), None)


def _study_order(study: Study) -> tuple[date, datetime, str]:
    acquired = min(item.source.acquired or datetime.max for item in study.views)
    return _study_date(study) or date.max, acquired, study.study_uid


def _match_label(
    study: Study, rows: Sequence[LabelRow], studies: int
) -> tuple[LabelRow | None, str]:
    """The row of the table that belongs to a study, or why there is none."""
    if not rows:
        return None, "no row in the label table"
    if rows[0].study_date is None:
        if studies == 1:
            return rows[0], ""
        return None, (
            f"label left empty: the patient has {studies} studies and her row no "
            "study_date"
        )
    day = _study_date(study)
    if day is None:
        return None, "label left empty: the files have no study date to match"
    for row in rows:
        if row.study_date == day:
            return row, ""
    return None, "no row in the label table for this study date"
