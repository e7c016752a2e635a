"""The mean ROC curve of several readers in one modality."""

import numpy as np
from jaxtyping import Float

from bsgi.evaluation.areas.roc import build_roc
from bsgi.evaluation.readers.rating_table import RatingTable

GRID = 100
"""Steps of the false positive rate."""


def average_roc(
    table: RatingTable, modality: int
) -> tuple[Float[np.ndarray, " point"], Float[np.ndarray, " point"]]:
    """Mean sensitivity of the readers at equal false positive rates.

    The area below it is the mean of the readers' areas, up to the steps of its grid.

    Args:
        table: The ratings.
        modality: Place of the modality.

    Returns:
        False positive rates from 0 to 1, and the mean sensitivity at each.

    References:
        Chen and Samuelson 2014, doi 10.1259/bjr.20140016.
    """
    # Rounded correctly, so that 7 of 28 false alarms stand at the point 0.25.
    grid = np.arange(GRID + 1) / GRID
    curves = [
        build_roc(table.reading(reader, modality))
        for reader in range(len(table.readers))
    ]
    # Where a curve is vertical np.interp takes its upper end.
    drawn = [
        np.interp(grid, curve.false_positive_rate, curve.true_positive_rate)
        for curve in curves
    ]
    return grid, np.asarray(np.mean(drawn, axis=0), np.float64)
