"""Patients, and not exams, are the independent units: numbers and variances of them.

A woman's exams resemble each other, so ten exams of five women tell less than those of
ten. Here the placements of one woman are summed before their spread is taken, and a
rate of unequal numbers of exams counts as that of fewer women.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float

from bsgi.evaluation.areas.auc import Placements


def count_patients(patients: Sequence[str], chosen: Bool[np.ndarray, " exam"]) -> int:
    """How many patients some exams come from.

    Args:
        patients: The patient of each exam.
        chosen: The exams to count.
    """
    return len({patients[int(place)] for place in np.flatnonzero(chosen)})


def count_effective(
    patients: Sequence[str], chosen: Bool[np.ndarray, " exam"]
) -> float:
    """How many patients with equal numbers of exams would tell as much of a rate.

    Kish's effective number, (sum of m)^2 / (sum of m^2) over patients with m exams: the
    number of patients where each has as many exams as another, fewer otherwise. It
    takes the exams of one woman as all right or all wrong together, the worst case.

    Args:
        patients: The patient of each exam.
        chosen: The exams to count.

    References:
        Kish 1965, Survey Sampling, 11.7.
    """
    exams = Counter(patients[int(place)] for place in np.flatnonzero(chosen))
    squares = sum(number**2 for number in exams.values())
    return sum(exams.values()) ** 2 / squares if squares else 0.0


def compute_clustered_covariance(
    trainings: Sequence[Placements],
    malignant_patients: Sequence[str],
    benign_patients: Sequence[str],
) -> Float[np.ndarray, "training training"] | None:
    """Covariance of the AUCs of several trainings that comes from the test patients.

    Where every patient has one exam it is `mrmc.delong_covariance`.

    Args:
        trainings: Placements of the same exams, in the same order.
        malignant_patients: The patient of each malignant exam.
        benign_patients: The patient of each benign exam.

    Returns:
        The matrix, or None with fewer than two patients of a label.
    """
    count = len(trainings)
    found = np.zeros((count, count))
    for i, one in enumerate(trainings):
        for j, other in enumerate(trainings[: i + 1]):
            # Var(a + b) - Var(a - b) = 4 Cov(a, b), each by the rule for one training.
            parts = [
                compute_clustered_variance(
                    Placements(
                        one.malignant + sign * other.malignant,
                        one.benign + sign * other.benign,
                    ),
                    malignant_patients,
                    benign_patients,
                )
                for sign in (1.0, -1.0)
            ]
            if parts[0] is None or parts[1] is None:
                return None
            found[i, j] = found[j, i] = (parts[0] - parts[1]) / 4.0
    return found


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
