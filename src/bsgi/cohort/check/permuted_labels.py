"""The labels of a cohort dealt anew among its patients, so that they mean nothing."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from bsgi.cohort.patients import group_patients
from bsgi.cohort.store import ExamRow
from bsgi.exam.record import Label

_STREAM: Final = 77


def permute_labels(rows: Sequence[ExamRow], seed: int) -> tuple[ExamRow, ...]:
    """Every patient gets the label of a patient who is drawn, each given once.

    A patient's label is malignant if any of her exams is, and holds for all of her
    exams then. Exams without a label stay without one, and labels of single breasts,
    which would give the old one away, are taken out.

    Args:
        rows: Exams of a cohort, with benign and malignant patients.
        seed: Seed of the draw.

    Returns:
        The exams in the order they came, with their new labels.

    Raises:
        CohortError: If there is no benign or no malignant patient.
    """
    patients = group_patients(rows)
    rng = np.random.default_rng((seed, _STREAM))
    labels = [patients[place].malignant for place in rng.permutation(len(patients))]
    new = {
        patient.patient_id: Label.MALIGNANT if malignant else Label.BENIGN
        for patient, malignant in zip(patients, labels, strict=True)
    }
    return tuple(
        replace(
            row,
            label=row.label if row.label is Label.UNKNOWN else new[row.patient_id],
            label_left=Label.UNKNOWN,
            label_right=Label.UNKNOWN,
        )
        for row in rows
    )
