"""What can be seen only before identities are removed, and nobody can find later."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations, starmap
from typing import Final

from bsgi.dicom.deidentify.file import CleanFile
from bsgi.dicom.persons import may_be_one
from bsgi.dicom.pseudonyms import Pseudonyms
from bsgi.intake.joining import (
    OTHER_ZEROS,
    TWINS,
    Archive,
    count_women_under_two_ids,
    explain_unused,
    find_used,
    may_lack_zeros,
)
from bsgi.intake.labels import LabelRow

Studies = Mapping[tuple[str, str], Sequence[CleanFile]]
"""Files by the pseudonyms of patient and study."""

_LONGEST: Final = 64
"""Letters of a Patient ID."""

_NOT_WRITTEN: Final = "no file under its id was written"


@dataclass(frozen=True, slots=True)
class LastLook:
    """What a table and the files of a folder say while identities are known.

    Args:
        notes: What is worth a look, without identities; patients by their pseudonyms.
        unmatched: Lines of the rows that no study takes, and why.
        doubtful: Lines of the rows that may be another woman's, and must not be kept.
        ids_without_zeros: How many of the rows would match with other zeros in front.
        women_under_two_ids: How many names with a birth date stand under several ids.
        studies_of_two_women: How many studies have files that name two women.
    """

    notes: tuple[str, ...]
    unmatched: tuple[tuple[int, str], ...]
    doubtful: frozenset[int]
    ids_without_zeros: int
    women_under_two_ids: int
    studies_of_two_women: int


def look_once_more(
    studies: Studies,
    rows: Mapping[int, tuple[LabelRow, LabelRow]],
    pseudonyms: Pseudonyms,
) -> LastLook:
    """Look at all that is lost with names, birth dates and ids.

    Args:
        studies: The files that were written.
        rows: By line, each row of the table as it was and under pseudonyms.
        pseudonyms: The names of patients.
    """
    days: dict[str, list[frozenset[date]]] = defaultdict(list)
    persons: dict[str, set[str]] = defaultdict(set)
    mixed = []
    for (patient_id, _), files in studies.items():
        found = (_read_day(each.study_date) for each in files)
        days[patient_id].append(frozenset(day for day in found if day is not None))
        named = {each.person for each in files if each.person}
        persons[patient_id] |= named
        if not all(starmap(may_be_one, combinations(sorted(named), 2))):
            mixed.append(patient_id)
    archive = Archive(days, frozenset(days))
    alike = {
        line: _count_alike(row.patient_id, pseudonyms, archive)
        for line, (row, _) in rows.items()
    }
    doubtful = frozenset(
        line
        for line, (row, _) in rows.items()
        if alike[line] > 1 and may_lack_zeros(row)
    )
    unmatched = _explain(rows, archive, alike, doubtful)
    notes = [
        f"two women may be in one study of patient {patient_id}: its files differ in "
        "name or birth date"
        for patient_id in mixed
    ]
    return LastLook(
        notes=(*notes, *_tell_women(persons)),
        unmatched=unmatched,
        doubtful=doubtful,
        ids_without_zeros=sum(why == OTHER_ZEROS for _, why in unmatched),
        women_under_two_ids=count_women_under_two_ids(persons),
        studies_of_two_women=len(mixed),
    )


def _read_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _count_alike(patient_id: str, pseudonyms: Pseudonyms, archive: Archive) -> int:
    """How many patients have an id that differs in zeros in front only, or not."""
    bare = patient_id.lstrip("0")
    names = {
        pseudonyms.name_patient(bare.zfill(length))
        for length in range(len(bare), _LONGEST + 1)
    }
    return len(names & archive.patients)


def _explain(
    rows: Mapping[int, tuple[LabelRow, LabelRow]],
    archive: Archive,
    alike: Mapping[int, int],
    doubtful: frozenset[int],
) -> tuple[tuple[int, str], ...]:
    """The rows that no study takes, and why."""
    hidden = [row for _, row in rows.values()]
    found = dict(explain_unused(hidden, find_used(hidden, archive), archive))
    for row in hidden:
        if row.line in found and row.patient_id not in archive.patients:
            found[row.line] = OTHER_ZEROS if alike[row.line] else _NOT_WRITTEN
    return tuple(sorted((found | dict.fromkeys(doubtful, TWINS)).items()))


def _tell_women(persons: Mapping[str, set[str]]) -> list[str]:
    """One note on each woman under several ids."""
    under: dict[str, list[str]] = defaultdict(list)
    for patient_id, found in persons.items():
        for person in found:
            under[person].append(patient_id)
    return [
        f"patients {' and '.join(sorted(ids))} may be one woman: name and birth date "
        "are equal in the originals"
        for ids in under.values()
        if len(ids) > 1
    ]
