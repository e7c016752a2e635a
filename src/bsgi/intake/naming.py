"""Which exam a study becomes, and which row of the label table is its own."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from bsgi.cohort.store import is_safe_id
from bsgi.dicom.pseudonyms import Pseudonyms
from bsgi.intake.found import Collection, Study
from bsgi.intake.joining import (
    Archive,
    count_other_zeros,
    count_women_under_two_ids,
    explain_unused,
    match_labels,
)
from bsgi.intake.labels import LabelRow, LabelTable

_DIFFERENT: Final = "files under its patient id differ in name or birth date"
_ISSUERS: Final = "files under its patient id name two issuers of the id"
_UNSAFE: Final = "its patient id cannot name a file; import it under pseudonyms."
_MOVED: Final = (
    "time_order is left empty for exams whose files say that dates were changed or "
    "removed (Longitudinal Temporal Information Modified): such dates have no order "
    "between patients (exams: {})."
)


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
            one date share a rank. It tells no date. None if its files have none, or say
            that dates were changed.
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
        remarks: What holds for many of them, each a sentence.
        unused: Line of each row of the table that no exam takes, and why.
        exams_of_two_women: How many exams have files that name two women.
    """

    studies: tuple[NamedStudy, ...]
    unsafe: Mapping[str, str]
    women_under_two_ids: int
    remarks: tuple[str, ...] = ()
    unused: tuple[tuple[int, str], ...] = ()
    exams_of_two_women: int = 0


def name_studies(
    collection: Collection, table: LabelTable, pseudonyms: Pseudonyms
) -> Naming:
    """The exam id, the label and the rank in time of every study.

    The exams of a patient are numbered by time. A label is taken only if there is one
    way to: by patient if she has one study, counting those that gave no view, and one
    row without a date; otherwise by patient and study date, if she has one study of
    that date. One woman under two ids is noted and not made one.

    Args:
        collection: What was found in the folder.
        table: The labels.
        pseudonyms: The names of patients.
    """
    by_patient: dict[str, list[Study]] = defaultdict(list)
    # A study is there once under each patient id.
    sharing = Counter(study.study_uid for study in collection.studies)
    for study in collection.studies:
        by_patient[study.patient_id].append(study)
    women = _Women(collection.studies)
    archive = _survey(collection)
    bare = archive.count_bare()
    labels = table.by_patient()
    named: list[NamedStudy] = []
    unsafe: dict[str, str] = {}
    for patient_id, studies in by_patient.items():
        name = pseudonyms.name_patient(patient_id)
        notes = women.note(patient_id, pseudonyms)
        ordered = sorted(studies, key=lambda study: _study_order(study, pseudonyms))
        matched: list[tuple[LabelRow | None, str]] = [(None, "")] * len(ordered)
        if table.given:
            matched = match_labels(
                ordered,
                labels.get(patient_id, ()),
                collection.lost.get(patient_id, 0),
                twins=bare[patient_id.lstrip("0")] > 1,
            )
        pairs = zip(ordered, matched, strict=True)
        for rank, (study, (row, note)) in enumerate(pairs, start=1):
            exam_id = f"{name}-{rank}"
            if not is_safe_id(exam_id):
                unsafe |= dict.fromkeys(_files(study), _UNSAFE)
                continue
            said = [note, *notes] if note else list(notes)
            if sharing[study.study_uid] > 1:
                said.append("its Study Instance UID stands under two patient ids")
            named.append(NamedStudy(exam_id, name, study, row, tuple(said)))
    ranked = sorted(_rank_dates(named), key=lambda item: item.exam_id)
    moved = sum(is_moved(item.study) for item in ranked)
    remarks = (_MOVED.format(moved),) if moved else ()
    used = {item.label.line for item in named if item.label is not None}
    return Naming(
        studies=tuple(ranked),
        unsafe=unsafe,
        women_under_two_ids=women.under_two_ids,
        remarks=remarks,
        unused=tuple(explain_unused(table.rows, used, archive)),
        exams_of_two_women=sum(item.study.of_two_women for item in named),
    )


def count_lost_zeros(collection: Collection, table: LabelTable) -> int:
    """Ids of the table that no exam has, but would without zeros in front.

    A hint for whoever wrote the table, and never taken as a match.

    Args:
        collection: What was found in the folder.
        table: The labels.
    """
    return count_other_zeros(table, _survey(collection))


def _survey(collection: Collection) -> Archive:
    """What the folder has of patients."""
    days: dict[str, list[frozenset[date]]] = defaultdict(list)
    for study in collection.studies:
        days[study.patient_id].append(study.days)
    return Archive(days, collection.patients)


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
            for item in study.views:
                if item.issuer:
                    self._issuers[study.patient_id].add(item.issuer)
            for person in study.persons:
                self._ids[person].add(study.patient_id)
                self._persons[study.patient_id].add(person)

    @property
    def under_two_ids(self) -> int:
        """How many women stand under several ids."""
        return count_women_under_two_ids(self._persons)

    def note(self, patient_id: str, pseudonyms: Pseudonyms) -> tuple[str, ...]:
        """What is to be said of a patient whose id and person do not go together."""
        persons = self._persons.get(patient_id, set())
        ids = set().union(*(self._ids[person] for person in persons)) - {patient_id}
        notes = [_DIFFERENT] if len(persons) > 1 else []
        if len(self._issuers.get(patient_id, ())) > 1:
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
    dates = [_comparable_date(item.study) for item in named]
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
    return min(study.days, default=None)


def _comparable_date(study: Study) -> date | None:
    """The date that may be compared with those of other patients.

    Whoever removes identities moves dates by another number of days for each patient.
    """
    return None if is_moved(study) else _study_date(study)


def is_moved(study: Study) -> bool:
    """Whether its files say that dates were changed or removed.

    Args:
        study: The study.
    """
    return any(item.dates_moved for item in study.views)


def _study_order(study: Study, pseudonyms: Pseudonyms) -> tuple[date, datetime, str]:
    acquired = min(item.acquired or datetime.max for item in study.views)
    # The pseudonym: of studies of one time the order is the same where identities
    # were removed before.
    uid = pseudonyms.name_uid(study.study_uid)
    return _study_date(study) or date.max, acquired, uid
