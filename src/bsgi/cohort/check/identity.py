"""What the tables of a cohort say of one woman under two ids."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bsgi.cohort.store import ExamRow
from bsgi.errors import CohortError
from bsgi.files import load_csv

TWO_IDS: Final = "stands under two patient ids"
"""What the import notes of an exam whose study has two patients."""


def find_shared_studies(cohort: Path) -> tuple[str, ...]:
    """Exams whose study stood under two patient ids in the files they came from.

    Args:
        cohort: The COHORT; without ``notes.csv`` nothing is known.

    Raises:
        CohortError: If its notes cannot be read.
    """
    path = cohort / "notes.csv"
    if not path.is_file():
        return ()
    rows = load_csv(path, ("exam_id", "note"), CohortError)
    return tuple(sorted({row["exam_id"] for row in rows if TWO_IDS in row["note"]}))


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
