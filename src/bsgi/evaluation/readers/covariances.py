"""Covariances of the areas of several readings of the same cases.

A reading is one reader in one modality. Two readings of the same cases go up and down
together with the luck of the cases; how much is estimated here in three ways, which
differ by a share of about one over the number of patients.
"""

from enum import StrEnum

import numpy as np
from jaxtyping import Bool, Float, Integer

from bsgi.evaluation.areas.auc import Placements, compute_placements
from bsgi.evaluation.clusters import compute_clustered_covariance
from bsgi.evaluation.readers.mrmc import delong_covariance
from bsgi.evaluation.readers.rating_table import RatingTable

_AT_ONCE = 2_000_000
"""Pairs of cases times readings that are held in memory together."""


class CovarianceMethod(StrEnum):
    """Ways to estimate how areas vary with the cases."""

    DELONG = "DeLong"
    JACKKNIFE = "jackknife"
    UNBIASED = "unbiased"


def compute_areas(table: RatingTable) -> Float[np.ndarray, "reader modality"]:
    """The empirical AUC of every reader in every modality.

    Args:
        table: The ratings.
    """
    return np.array(
        [
            [compute_placements(table.reading(r, m)).auc for m in _range(table, 1)]
            for r in _range(table, 0)
        ]
    )


def estimate_covariances(
    table: RatingTable, method: CovarianceMethod = CovarianceMethod.DELONG
) -> Float[np.ndarray, "reading reading"]:
    """Covariances of the areas of all readings that come from the cases.

    Args:
        table: The ratings.
        method: How to estimate them.

    Returns:
        Readings in the order of readers, and of modalities within a reader.

    Raises:
        ValueError: If a label has fewer than two patients, or the unbiased estimate is
            asked for where patients have several cases.
    """
    for label, word in enumerate(("benign", "malignant")):
        of_label = {p for p, own in zip(table.patients, table.labels, strict=True)
                    if own == label}  # fmt: skip
        if len(of_label) < 2:
            raise ValueError(
                f"covariances must have two patients of each label, got {len(of_label)}"
                f" {word}."
            )
    if method is CovarianceMethod.JACKKNIFE:
        return _jackknife(table)
    if method is CovarianceMethod.UNBIASED:
        return _unbiased(table)
    return _delong(table)


def _delong(table: RatingTable) -> Float[np.ndarray, "reading reading"]:
    """DeLong's covariances, or Obuchowski's where patients have several cases.

    References:
        DeLong, DeLong and Clarke-Pearson 1988, doi 10.2307/2531595. Obuchowski 1997,
        doi 10.2307/2533958.
    """
    readings = [
        compute_placements(table.reading(r, m))
        for r in _range(table, 0)
        for m in _range(table, 1)
    ]
    if not table.clustered:
        return delong_covariance(readings)
    owners = np.asarray(table.patients)
    found = compute_clustered_covariance(
        [Placements(each.malignant, each.benign) for each in readings],
        owners[table.labels == 1].tolist(),
        owners[table.labels == 0].tolist(),
    )
    if found is None:  # cannot be: two patients of each label are there
        raise ValueError("covariances must have two patients of each label.")
    return found


def _jackknife(table: RatingTable) -> Float[np.ndarray, "reading reading"]:
    """Covariances of the areas that are left where each patient is left out.

    The area without a patient has those pairs less to which she belongs, so nothing is
    counted anew.

    References:
        Efron 1982, The Jackknife, the Bootstrap and Other Resampling Plans,
        doi 10.1137/1.9781611970319.
    """
    names, place = np.unique(np.asarray(table.patients), return_inverse=True)
    malignant = table.labels == 1
    left_out = np.zeros((names.size, _count_readings(table)))
    for reading, scores in enumerate(_flat(table)):
        placements = compute_placements(
            table.reading(*divmod(reading, len(table.modalities)))
        )
        # Pairs that a case wins, in all and against those of its own patient.
        wins = np.zeros(table.labels.size)
        wins[malignant] = placements.malignant * table.benign
        wins[~malignant] = placements.benign * table.malignant
        total = float(wins[malignant].sum())
        gone = np.bincount(place, wins, names.size)
        gone -= _own_wins(scores, malignant, place, names.size)
        cases = [
            np.bincount(place, kind, names.size) for kind in (malignant, ~malignant)
        ]
        pairs = (table.malignant - cases[0]) * (table.benign - cases[1])
        left_out[:, reading] = (total - gone) / pairs
    apart = left_out - left_out.mean(axis=0)
    return np.asarray(apart.T @ apart * (names.size - 1) / names.size, np.float64)


def _own_wins(
    scores: Float[np.ndarray, " case"],
    malignant: Bool[np.ndarray, " case"],
    place: Integer[np.ndarray, " case"],
    patients: int,
) -> Float[np.ndarray, " patient"]:
    """Pairs won between cases of the same patient, which are counted on both sides."""
    found = np.zeros(patients)
    both = np.bincount(place[malignant], minlength=patients) * np.bincount(
        place[~malignant], minlength=patients
    )
    for patient in np.flatnonzero(both):
        own = place == patient
        found[patient] = _wins(scores[own & malignant], scores[own & ~malignant]).sum()
    return found


def _unbiased(table: RatingTable) -> Float[np.ndarray, "reading reading"]:
    """The estimate whose mean over studies is the true covariance.

    The product of two areas is a sum over pairs of pairs of cases; the square of the
    true area is the mean over those that share no case. Both are sums over rows,
    columns and single pairs.

    References:
        Gallas 2006, One-shot estimate of MRMC variance: AUC,
        doi 10.1016/j.acra.2005.11.030. Gallas, Pennello and Myers 2007,
        doi 10.1364/JOSAA.24.000B70.
    """
    if table.clustered:
        raise ValueError(
            "the unbiased covariances must have one case per patient; take those of "
            "DeLong or the jackknife."
        )
    flat, malignant = _flat(table), table.labels == 1
    ill, well = flat[:, malignant], flat[:, ~malignant]
    count = (ill.shape[1], well.shape[1])
    rows = np.zeros(ill.shape)
    columns = np.zeros(well.shape)
    pairs = np.zeros((len(flat), len(flat)))
    step = max(1, _AT_ONCE // (well.shape[1] * len(flat)))
    for start in range(0, count[0], step):
        won = _wins(ill[:, start : start + step], well)
        rows[:, start : start + step] = won.sum(axis=2)
        columns += won.sum(axis=1)
        pairs += np.einsum("amn,bmn->ab", won, won, optimize=True)
    total = rows.sum(axis=1)
    share = count[0] * count[1] / ((count[0] - 1) * (count[1] - 1))
    sums = rows @ rows.T + columns @ columns.T - pairs
    found = (1.0 - share) * np.outer(total, total) + share * sums
    return np.asarray(found / (count[0] * count[1]) ** 2, np.float64)


def _wins(
    ill: Float[np.ndarray, "*reading ill"], well: Float[np.ndarray, "*reading well"]
) -> Float[np.ndarray, "*reading ill well"]:
    """1 where a malignant case scores above a benign one, a half where they tie."""
    above, below = ill[..., :, None], well[..., None, :]
    return np.asarray((above > below) + 0.5 * (above == below), np.float64)


def _flat(table: RatingTable) -> Float[np.ndarray, "reading case"]:
    return table.scores.reshape(_count_readings(table), -1)


def _count_readings(table: RatingTable) -> int:
    return len(table.readers) * len(table.modalities)


def _range(table: RatingTable, axis: int) -> range:
    return range(table.scores.shape[axis])
