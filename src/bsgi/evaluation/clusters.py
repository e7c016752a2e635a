"""Variance of an AUC where patients, and not exams, are the independent units.

A woman's exams resemble each other, so ten exams of five women tell less than those of
ten. Here the placements of one woman are summed before their spread is taken.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from bsgi.evaluation.auc import Placements


def compute_clustered_variance(
    placements: Placements,
    malignant_patients: Sequence[str],
    benign_patients: Sequence[str],
) -> float | None:
    """Obuchowski's variance of an AUC for several exams per patient.

    Where every patient has one exam it is DeLong's. A patient may have exams of both
    labels; their covariance counts.

    Args:
        placements: Those of the exams, or their means over repeats on the same exams.
        malignant_patients: The patient of each malignant exam.
        benign_patients: The patient of each benign exam.

    Returns:
        The variance, or None with fewer than two patients of a label.

    Raises:
        ValueError: If an exam lacks its patient.

    References:
        Obuchowski 1997, Nonparametric analysis of clustered ROC curve data,
        doi 10.2307/2533958.
    """
    sizes = placements.malignant.size, placements.benign.size
    if sizes != (len(malignant_patients), len(benign_patients)):
        raise ValueError("every exam must have its patient.")
    number = (len(set(malignant_patients)), len(set(benign_patients)))
    if min(number) < 2:
        return None
    everyone = sorted({*malignant_patients, *benign_patients})
    auc = placements.auc
    malignant = _sum_by_patient(
        placements.malignant - auc, malignant_patients, everyone
    )
    benign = _sum_by_patient(placements.benign - auc, benign_patients, everyone)
    # Each sum of squares is divided by what makes it unbiased for its own patients.
    spread = [
        float(np.sum(sums**2)) * count / (count - 1) / size**2
        for sums, count, size in zip((malignant, benign), number, sizes, strict=True)
    ]
    count = len(everyone)
    shared = float(np.sum(malignant * benign)) * count / (count - 1)
    # A negative covariance of few patients must not make the whole negative.
    return max(spread[0] + spread[1] + 2.0 * shared / (sizes[0] * sizes[1]), 0.0)


def _sum_by_patient(
    values: Float[np.ndarray, " exam"], patients: Sequence[str], everyone: Sequence[str]
) -> Float[np.ndarray, " patient"]:
    place = {patient: index for index, patient in enumerate(everyone)}
    sums = np.zeros(len(everyone))
    np.add.at(sums, [place[patient] for patient in patients], values)
    return sums
