"""Which exam a study becomes, and which row of the label table is its own."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from bsgi.cohort.store import is_safe_id
from bsgi.dicom.pseudonyms import Pseudonyms
from bsgi.intake.found import Collection, Study
from bsgi.intake.labels import LabelRow, LabelTable

_DIFFERENT: Final = "files under its patient id differ in name or birth date"
_ISSUERS: Final = "files under its patient id name two issuers of the id"
_UNSAFE: Final = "its patient id cannot name a file; import it under pseudonyms."


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


@dataclass(frozen=True, slots=True)
class Naming:
    """The studies of a folder under the names of their exams.

    Args:
        studies: In the order of their exam ids.
        unsafe: The reason of each file whose patient id is kept and cannot name a file.
        women_under_two_ids: How many names with a birth date stand under several ids.
    """

    studies: tuple[NamedStudy, ...]
    unsafe: Mapping[str, str]
    women_under_two_ids: int


def name_studies(
    collection: Collection, table: LabelTable, pseudonyms: Pseudonyms
) -> Naming:
    """The exam id, the label and the rank in time of every study.

    The exams of a patient are numbered by time. A label is taken only if there is one
    way to: by patient if she has one study and one row without a date, otherwise by
    patient and study date. One woman under two ids is noted and not made one.

    Args:
        collection: What was found in the folder.
        table: The labels.
        pseudonyms: The names of patients.
    """
    by_patient: dict[str, list[Study]] = defaultdict(list)
    sharing: dict[str, set[str]] = defaultdict(set)
    for study in collection.studies:
        by_patient[study.patient_id].append(study)
        sharing[study.study_uid].add(study.patient_id)
    women = _Women(collection.studies)
    labels = table.by_patient()
    named: list[NamedStudy] = []
    unsafe: dict[str, str] = {}
    for patient_id, studies in by_patient.items():
        name = pseudonyms.name_patient(patient_id)
        notes = women.note(patient_id, pseudonyms)
        rows = labels.get(patient_id, ())
        for rank, study in enumerate(sorted(studies, key=_study_order), start=1):
            exam_id = f"{name}-{rank}"
            if not is_safe_id(exam_id):
                unsafe |= dict.fromkeys(_files(study), _UNSAFE)
                continue
            row, note = _match_label(study, rows, len(studies))
            said = [note, *notes] if note else list(notes)
            if len(sharing[study.study_uid]) > 1:
                said.append("its Study Instance UID stands under two patient ids")
            named.append(NamedStudy(exam_id, name, study, row, tuple(said)))
    ranked = sorted(_rank_dates(named), key=lambda item: item.exam_id)
    return Naming(tuple(ranked), unsafe, women.under_two_ids)


def count_lost_zeros(collection: Collection, table: LabelTable) -> int:
    """Ids of the table that no exam has, but would without zeros in front.

    A hint for whoever wrote the table, and never taken as a match.

    Args:
        collection: What was found in the folder.
        table: The labels.
    """
    found = {study.patient_id for study in collection.studies}
    bare = {patient_id.lstrip("0") for patient_id in found}
    return sum(
        patient_id not in found and patient_id.lstrip("0") in bare
        for patient_id in table.by_patient()
    )


def _files(study: Study) -> set[str]:
    """All files that a study stands for, those left out too."""
    left_out = (part.file for part, _ in study.left_out)
    return {*(item.file for item in study.views), *left_out}


class _Women:
    """Who stands under which patient ids, told by name and birth date."""

    def __init__(self, studies: Iterable[Study]) -> None:
        self._ids: dict[str, set[str]] = defaultdict(set)
        self._persons: dict[str, set[str]] = defaultdict(set)
        self._issuers: dict[str, set[str]] = defaultdict(set)
        for study in studies:
            for source in (item.source for item in study.views):
                self._issuers[study.patient_id].add(source.issuer)
                if source.person:
                    self._ids[source.person].add(study.patient_id)
                    self._persons[study.patient_id].add(source.person)

    @property
    def under_two_ids(self) -> int:
        """How many women stand under several ids."""
        return sum(len(ids) > 1 for ids in self._ids.values())

    def note(self, patient_id: str, pseudonyms: Pseudonyms) -> tuple[str, ...]:
        """What is to be said of a patient whose id and person do not go together."""
        persons = self._persons[patient_id]
        ids = set().union(*(self._ids[person] for person in persons)) - {patient_id}
        notes = [_DIFFERENT] if len(persons) > 1 else []
        if len(self._issuers[patient_id] - {""}) > 1:
            notes.append(_ISSUERS)
        if ids:
            others = ", ".join(sorted(map(pseudonyms.name_patient, ids)))
            notes.append(
                "one woman may be under two ids: name and birth date are also those of "
                f"patient {others}"
            )
        return tuple(notes)


def _rank_dates(named: Sequence[NamedStudy]) -> list[NamedStudy]:
    """The studies with the ranks of their dates: consecutive numbers from 1."""
    dates = [_study_date(item.study) for item in named]
    ranks = rank_dates(dates)
    return [
        replace(item, time_order=None if day is None else ranks[day])
        for item, day in zip(named, dates, strict=True)
    ]


def rank_dates(dates: Iterable[date | None]) -> dict[date, int]:
    """Consecutive ranks from 1 for the dates that are known.

    Args:
        dates: Dates of studies, in any order.
    """
    known = sorted({day for day in dates if day is not None})
    return {day: rank for rank, day in enumerate(known, start=1)}


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
