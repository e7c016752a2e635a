"""Whole patients to training, calibration and test.

References:
    Yu et al., Technology and Health Care (2023), doi:10.3233/THC-236007: 80/20 per
    class, the test rounded down: 28 of 144 benign and 17 of 87 malignant exams.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Final

import numpy as np

from bsgi.cohort.patients import group_patients, part_by_label, shuffle
from bsgi.cohort.store import ExamRow
from bsgi.errors import CohortError
from bsgi.exam.record import Label
from bsgi.files import load_csv, save_csv

COLUMNS: Final = ("exam_id", "patient_id", "part")
"""Columns of split.csv."""


class Part(StrEnum):
    """What an exam is used for."""

    TRAIN = "train"
    CALIBRATE = "calibrate"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class SplitRow:
    """One exam and the part it belongs to."""

    exam_id: str
    patient_id: str
    part: Part


@dataclass(frozen=True, slots=True)
class Split:
    """The part of every exam; all exams of one patient are in one part.

    Args:
        rows: One row per exam.

    Raises:
        CohortError: If an exam stands there twice or a patient in two parts.
    """

    rows: tuple[SplitRow, ...]

    def __post_init__(self) -> None:
        parts: dict[str, SplitRow] = {}
        exams: set[str] = set()
        for row in self.rows:
            if row.exam_id in exams:
                raise CohortError(f"a split must name {row.exam_id} once.")
            exams.add(row.exam_id)
            first = parts.setdefault(row.patient_id, row)
            if first.part is not row.part:
                raise CohortError(
                    "a patient must be in one part only, got "
                    f"{first.exam_id} in {first.part} and {row.exam_id} in {row.part}."
                )

    @property
    def parts(self) -> dict[str, Part]:
        """The part of each exam by its exam_id, in the order of the rows."""
        return {row.exam_id: row.part for row in self.rows}

    def exam_ids(self, part: Part) -> tuple[str, ...]:
        """The exams of one part, in the order of the rows."""
        return tuple(row.exam_id for row in self.rows if row.part is part)


def split_stratified(
    rows: Sequence[ExamRow],
    rng: np.random.Generator,
    test_fraction: float = 0.2,
) -> Split:
    """Draw the test patients per class, or take the parts that the cohort gives.

    A patient is malignant if any of her exams is. The test takes the whole number
    below `test_fraction` times the patients of a class. Exams without a label are left
    out. If the column `split` is filled for every labelled exam it is taken, and
    nothing is drawn.

    Args:
        rows: Exams of a cohort; their order does not matter to the draw.
        rng: Source of randomness.
        test_fraction: Share of the patients for testing, above 0 and below 1.

    Returns:
        Train and test, or the given parts, in the order of `rows`.

    Raises:
        CohortError: If a class has too few patients for both parts, or the given
            parts are incomplete, unknown or divide a patient.
        ValueError: If `test_fraction` is out of range.
    """
    if not 0 < test_fraction < 1:
        raise ValueError(f"test_fraction must lie in (0, 1), got {test_fraction}.")
    labelled = [row for row in rows if row.label is not Label.UNKNOWN]
    if any(row.split for row in labelled):
        return _take_given(labelled)
    by_label = part_by_label(group_patients(labelled))
    test: set[str] = set()
    for patients, name in zip(by_label, ("benign", "malignant"), strict=True):
        # As the fraction that is meant: 0.29 * 100 is 28.999... in floating point.
        fraction = Fraction(test_fraction).limit_denominator(1000)
        number = int(fraction * len(patients))
        if not 0 < number < len(patients):
            raise CohortError(
                f"a split needs {name} patients for training and test, got "
                f"{len(patients)}; at a test fraction of {test_fraction} there must be "
                f"at least {int(np.ceil(1 / test_fraction))}."
            )
        test.update(one.patient_id for one in shuffle(patients, rng)[:number])
    return Split(
        tuple(
            SplitRow(
                row.exam_id,
                row.patient_id,
                Part.TEST if row.patient_id in test else Part.TRAIN,
            )
            for row in labelled
        )
    )


def save_split(path: Path, split: Split) -> None:
    """Write split.csv.

    Args:
        path: The file to make or replace.
        split: The split.
    """
    rows = ((row.exam_id, row.patient_id, str(row.part)) for row in split.rows)
    save_csv(path, COLUMNS, rows)


def load_split(path: Path) -> Split:
    """Read split.csv.

    Args:
        path: A file that `save_split` wrote, or one made by hand.

    Raises:
        CohortError: If it is missing, names an unknown part, or divides a patient.
    """
    rows = []
    for fields in load_csv(path, COLUMNS, CohortError):
        part = parse_part(fields["part"], f"{path}, line {fields.line}")
        rows.append(SplitRow(fields["exam_id"], fields["patient_id"], part))
    return Split(tuple(rows))


def _take_given(rows: Sequence[ExamRow]) -> Split:
    missing = [row.exam_id for row in rows if not row.split]
    if missing:
        raise CohortError(
            "the column split must be filled for every labelled exam or for none, "
            f"got {len(missing)} empty, the first {missing[0]}."
        )
    split = Split(
        tuple(
            SplitRow(
                row.exam_id,
                row.patient_id,
                parse_part(row.split, f"exam {row.exam_id}"),
            )
            for row in rows
        )
    )
    for part in (Part.TRAIN, Part.TEST):
        if not split.exam_ids(part):
            raise CohortError(f"the given column split must have exams for {part}.")
    return split


def parse_part(text: str, where: str) -> Part:
    """The part that a field of a table names.

    Args:
        text: The field.
        where: Where it stands, for the message.

    Raises:
        CohortError: If there is no such part.
    """
    try:
        return Part(text)
    except ValueError:
        raise CohortError(
            f"{where}: part must be {', '.join(Part)}, got {text!r}."
        ) from None
