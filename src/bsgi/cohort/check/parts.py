"""Patients in two parts of a split, and what parts a copied exam joins.

A split is read here as it stands, faults and all, since they are what is looked for.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bsgi.cohort.fold_table import COLUMNS as FOLD_COLUMNS
from bsgi.cohort.split import COLUMNS, parse_part
from bsgi.cohort.store import ExamRow
from bsgi.errors import CohortError
from bsgi.files import load_csv

GIVEN: Final = "column split"
"""Name of the split that a cohort brings itself."""

_SPLITS: Final = "splits.csv"


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of exams in one split.

    Args:
        name: What a reader calls the split, such as ``repeat 0, fold 1``.
        of_exam: The part of each exam by its exam_id.
        patients: The patient whom the split gives each exam to.
    """

    name: str
    of_exam: Mapping[str, str]
    patients: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DividedPatient:
    """A patient in two parts of a split.

    Args:
        patient_id: Her pseudonym.
        split: Name of the first split that divides her.
        parts: The parts she is in, with the first exam in each: ``test: p1-1``.
        splits: How many splits divide her.
    """

    patient_id: str
    split: str
    parts: tuple[str, ...]
    splits: int


def list_given_parts(rows: Sequence[ExamRow]) -> tuple[Parts, ...]:
    """The split that a cohort brings itself; empty where its column is.

    Args:
        rows: Exams of the cohort.

    Raises:
        CohortError: If a part is none.
    """
    given = [row for row in rows if row.split]
    if not given:
        return ()
    parts = {row.exam_id: str(parse_part(row.split, row.exam_id)) for row in given}
    return (Parts(GIVEN, parts, {row.exam_id: row.patient_id for row in given}),)


def load_parts(path: Path) -> tuple[Parts, ...]:
    """The splits of a file, or of a RUN or STUDY folder.

    Args:
        path: A ``split.csv`` or ``splits.csv``, or a folder that has one of them.

    Raises:
        CohortError: If there is none, or a part is unknown.
    """
    if path.is_dir():
        found = [
            path / name for name in (_SPLITS, "split.csv") if (path / name).exists()
        ]
        if not found:
            raise CohortError(
                f"{path} must hold splits.csv or split.csv, and it holds neither; name "
                "a RUN, a STUDY or a table of a split."
            )
        path = found[0]
    parts: dict[str, dict[str, str]] = defaultdict(dict)
    patients: dict[str, dict[str, str]] = defaultdict(dict)
    rows = load_csv(path, COLUMNS, CohortError)
    several = bool(rows) and set(FOLD_COLUMNS) <= set(rows[0])
    for row in rows:
        name = path.name
        if several:
            name = f"repeat {row['repeat']}, fold {row['fold']}"
        where = f"{path}, line {row.line}"
        if row["exam_id"] in parts[name]:
            raise CohortError(f"{where}: {name} must name {row['exam_id']} once.")
        parts[name][row["exam_id"]] = str(parse_part(row["part"], where))
        patients[name][row["exam_id"]] = row["patient_id"]
    return tuple(Parts(name, parts[name], patients[name]) for name in parts)


def find_divided(
    rows: Sequence[ExamRow], splits: Sequence[Parts]
) -> tuple[DividedPatient, ...]:
    """Patients, as the cohort knows them, who are in two parts of a split.

    Args:
        rows: Exams of the cohort.
        splits: Splits of it.

    Raises:
        CohortError: If a split names an exam that the cohort does not have.
    """
    patients = {row.exam_id: row.patient_id for row in rows}
    first: dict[str, tuple[str, dict[str, str]]] = {}
    times: dict[str, int] = defaultdict(int)
    for split in splits:
        there: dict[str, dict[str, str]] = defaultdict(dict)
        for exam_id, part in split.of_exam.items():
            if exam_id not in patients:
                raise CohortError(
                    f"{split.name} must name exams of the cohort, got {exam_id}, which "
                    "is none; name the cohort that was split."
                )
            there[patients[exam_id]].setdefault(part, exam_id)
        for patient_id, parts in there.items():
            if len(parts) > 1:
                times[patient_id] += 1
                first.setdefault(patient_id, (split.name, parts))
    return tuple(
        DividedPatient(
            patient_id=patient_id,
            split=name,
            parts=tuple(f"{part}: {exam}" for part, exam in sorted(parts.items())),
            splits=times[patient_id],
        )
        for patient_id, (name, parts) in sorted(first.items())
    )


def count_crossings(first: str, second: str, splits: Sequence[Parts]) -> int:
    """In how many splits two exams are in different parts.

    Args:
        first: An exam.
        second: Another.
        splits: The splits.
    """
    pairs = ((each.of_exam.get(first), each.of_exam.get(second)) for each in splits)
    return sum(None not in pair and pair[0] != pair[1] for pair in pairs)
