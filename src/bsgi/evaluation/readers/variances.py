"""The parts of the spread of areas: modalities, readers, both, and the cases.

References:
    Obuchowski and Rockette 1995, doi 10.1080/03610919508813243. Hillis 2014, A
    marginal-mean ANOVA approach for analyzing multireader multicase radiological
    imaging data, doi 10.1002/sim.5926.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float


@dataclass(frozen=True, slots=True)
class MeanSquares:
    """Mean squares of the areas of readers and modalities.

    Args:
        modality: Between modalities; None with one modality.
        reader: Between readers; None with one reader.
        interaction: Of modality and reader together; None with one of either.
    """

    modality: float | None
    reader: float | None
    interaction: float | None


@dataclass(frozen=True, slots=True)
class Components:
    """Variances and covariances of the model of Obuchowski and Rockette.

    Args:
        error: Mean variance of an area that comes from the cases.
        same_reader: Cov1: mean covariance of one reader in two modalities; None with
            one modality.
        same_modality: Cov2: of two readers in one modality; None with one reader.
        neither: Cov3: of two readers in two modalities; None with one of either.
        reader: Variance between readers; an estimate, which may be negative.
        interaction: Variance of how modalities differ between readers; likewise.
    """

    error: float
    same_reader: float | None
    same_modality: float | None
    neither: float | None
    reader: float | None
    interaction: float | None


def compute_mean_squares(
    areas: Float[np.ndarray, "reader modality"],
) -> MeanSquares:
    """Mean squares of a two-way table with one area per cell.

    Args:
        areas: Area of each reader in each modality.
    """
    readers, modalities = areas.shape
    by_reader, by_modality = areas.mean(axis=1), areas.mean(axis=0)
    rest = areas - by_reader[:, None] - by_modality + areas.mean()
    both = (readers - 1) * (modalities - 1)
    return MeanSquares(
        modality=(readers * float(by_modality.var(ddof=1)) if modalities > 1 else None),
        reader=modalities * float(by_reader.var(ddof=1)) if readers > 1 else None,
        interaction=float((rest**2).sum()) / both if both else None,
    )


def part_variances(
    areas: Float[np.ndarray, "reader modality"],
    covariances: Float[np.ndarray, "reading reading"],
) -> Components:
    """Variances of readers and cases, from the areas and their covariances.

    Args:
        areas: Area of each reader in each modality.
        covariances: From `covariances.estimate_covariances`.

    References:
        Hillis 2014, doi 10.1002/sim.5926: the expected mean squares solved for the
        variances.
    """
    readers, modalities = areas.shape
    parts = covariances.reshape(readers, modalities, readers, modalities)
    same_reader = np.eye(readers, dtype=bool)[:, None, :, None]
    same_modality = np.eye(modalities, dtype=bool)[None, :, None, :]

    def mean(reader: bool, modality: bool) -> float | None:
        chosen = (same_reader == reader) & (same_modality == modality)
        return float(parts[chosen].mean()) if chosen.any() else None

    error = float(np.trace(covariances)) / len(covariances)
    cov1, cov2, cov3 = mean(True, False), mean(False, True), mean(False, False)
    squares = compute_mean_squares(areas)
    interaction = reader = None
    whole, between = squares.interaction, squares.reader
    if cov2 is not None and between is not None:
        reader = between - error + cov2
        if cov1 is not None and cov3 is not None and whole is not None:
            reader = (between - whole) / modalities - cov1 + cov3
            interaction = whole - error + cov1 + cov2 - cov3
    return Components(error, cov1, cov2, cov3, reader, interaction)
