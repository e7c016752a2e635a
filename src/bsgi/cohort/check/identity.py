"""What the tables of a cohort say of one woman under two ids."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bsgi.cohort.check.parts import Parts
from bsgi.cohort.store import Cohort, ExamRow
from bsgi.errors import CohortError
from bsgi.files import TableRow, load_csv

TWO_IDS: Final = "stands under two patient ids"
"""What the import notes of an exam whose study has two patients."""

ONE_WOMAN: Final = "one woman may be under two ids"
"""What it notes of patients with equal name and birth date."""

_OTHERS: Final = re.compile(rf"{ONE_WOMAN}: .* of patient (.+)")


@dataclass(frozen=True, slots=True)
class OneWoman:
    """Patients of whom name and birth date are equal in the files: perhaps one woman.

    Args:
        patients: Their pseudonyms, in order.
        parted: How many splits have them in different parts.
    """

    patients: tuple[str, ...]
    parted: int = 0


def find_shared_studies(cohort: Path) -> tuple[str, ...]:
    """Exams whose study stood under two patient ids in the files they came from.

    Args:
        cohort: The COHORT; without ``notes.csv`` nothing is known.

    Raises:
        CohortError: If its notes cannot be read.
    """
    rows = _load_notes(cohort)
    return tuple(sorted({row["exam_id"] for row in rows if TWO_IDS in row["note"]}))


def find_one_woman(cohort: Cohort, splits: Sequence[Parts]) -> tuple[OneWoman, ...]:
    """Patients whom the import noted as perhaps one woman, and how splits part them.

    Args:
        cohort: An opened cohort; without ``notes.csv`` nothing is known.
        splits: Splits of it.

    Raises:
        CohortError: If its notes cannot be read.
    """
    own = {row.exam_id: row.patient_id for row in cohort.rows}
    groups: list[set[str]] = []
    for row in _load_notes(cohort.folder):
        match = _OTHERS.fullmatch(row["note"].rstrip("."))
        if match is None or row["exam_id"] not in own:
            continue
        group = {own[row["exam_id"]], *match[1].split(", ")}
        joined = [each for each in groups if each & group]
        groups = [each for each in groups if each not in joined]
        groups.append(group.union(*joined))
    return tuple(
        OneWoman(
            tuple(sorted(group)), sum(_is_parted(group, own, each) for each in splits)
        )
        for group in sorted(groups, key=sorted)
    )


def _is_parted(group: set[str], own: Mapping[str, str], split: Parts) -> bool:
    """Whether exams of a group of patients are in more than one part."""
    parts = {
        part for exam_id, part in split.of_exam.items() if own.get(exam_id) in group
    }
    return len(parts) > 1


def _load_notes(cohort: Path) -> list[TableRow]:
    path = cohort / "notes.csv"
    if not path.is_file():
        return []
    return load_csv(path, ("exam_id", "note"), CohortError)


def find_alike_rows(rows: Sequence[ExamRow]) -> tuple[tuple[str, ...], ...]:
    """Exams of different patients with equal site, date, age and dose: hints only.

    Two women of one age may well come on one day; but so does one under two ids.

    Args:
        rows: Exams of a cohort; those without date or age are not compared.

    Returns:
        Groups of exam ids, each of at least two patients.
    """
    groups: dict[tuple[object, ...], list[ExamRow]] = defaultdict(list)
    for row in rows:
        if row.time_order is not None and row.age_years is not None:
            key = (row.site, row.camera, row.time_order, row.age_years, row.dose_mbq)
            groups[key].append(row)
    return tuple(
        tuple(sorted(row.exam_id for row in group))
        for group in groups.values()
        if len({row.patient_id for row in group}) > 1
    )
