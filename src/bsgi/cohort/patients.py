"""The labelled exams of a cohort by woman: a split draws women and divides none."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bsgi.cohort.store import ExamRow
from bsgi.errors import CohortError
from bsgi.exam.record import Label


@dataclass(frozen=True, slots=True)
class Patient:
    """One woman with all of her labelled exams.

    Args:
        patient_id: Her pseudonym.
        exams: Her labelled exams in the order of exam_id, at least one.

    Raises:
        ValueError: If there is no exam, one of another woman, or one without a label.
    """

    patient_id: str
    exams: tuple[ExamRow, ...]

    def __post_init__(self) -> None:
        if not self.exams:
            raise ValueError("a patient must have a labelled exam.")
        for row in self.exams:
            if row.patient_id != self.patient_id or row.label is Label.UNKNOWN:
                raise ValueError(f"{row.exam_id} must be a labelled exam of hers.")

    @property
    def malignant(self) -> bool:
        """Whether any of her exams is malignant: her label in every draw."""
        return any(row.label is Label.MALIGNANT for row in self.exams)


def group_patients(rows: Sequence[ExamRow]) -> tuple[Patient, ...]:
    """Labelled exams by patient, in the order of patient_id; others are left out.

    Args:
        rows: Exams of a cohort, in any order.

    Raises:
        CohortError: If there is no benign or no malignant patient.
    """
    exams: dict[str, list[ExamRow]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.exam_id):
        if row.label is not Label.UNKNOWN:
            exams[row.patient_id].append(row)
    patients = tuple(Patient(key, tuple(exams[key])) for key in sorted(exams))
    benign, malignant = part_by_label(patients)
    if not benign or not malignant:
        raise CohortError(
            "a split needs benign and malignant patients, got "
            f"{len(benign)} and {len(malignant)}; import the cohort with a label table."
        )
    return patients


def part_by_label(
    patients: Sequence[Patient],
) -> tuple[tuple[Patient, ...], tuple[Patient, ...]]:
    """Benign patients and malignant ones, each in the order they came."""
    return (
        tuple(patient for patient in patients if not patient.malignant),
        tuple(patient for patient in patients if patient.malignant),
    )


def shuffle(
    patients: Sequence[Patient], rng: np.random.Generator
) -> tuple[Patient, ...]:
    """The same patients in an order that is drawn."""
    return tuple(patients[index] for index in rng.permutation(len(patients)))
