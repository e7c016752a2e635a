"""Where a heat map is hottest, as an ellipse in the pixels of its source."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float32
from scipy import ndimage

HOT_SHARE: Final = 0.5
"""Share of a map's maximum down to which its hot spot reaches. A design choice: the
width at half maximum is how nuclear medicine measures spots."""


@dataclass(frozen=True, slots=True)
class HotSpot:
    """The connected pixels around a map's maximum that reach half of it, as an ellipse.

    The ellipse has the second moments of these pixels. Its axes are cut where they
    would leave the image. Places are pairs of column and row in pixels; the centre of
    the first pixel is (0.5, 0.5).

    Args:
        peak: Place of the maximum.
        maximum: Evidence there.
        axes: Ends of the longer axis, then of the shorter.
    """

    peak: tuple[float, float]
    maximum: float
    axes: tuple[tuple[float, float], ...]


def find_hot_spot(evidence: Float32[np.ndarray, "row col"]) -> HotSpot | None:
    """The hot spot of a map; None where it shows no evidence.

    Args:
        evidence: Evidence in the pixels of a view, at least 0.
    """
    maximum = float(evidence.max())
    if maximum <= 0:
        return None
    row, col = divmod(int(evidence.argmax()), evidence.shape[1])
    labels, _ = ndimage.label(evidence >= HOT_SHARE * maximum)
    rows, cols = np.nonzero(labels == labels[row, col])
    places = np.stack([cols, rows]).astype(float) + 0.5
    centre = places.mean(axis=1)
    offsets = places - centre[:, None]
    # A pixel is a square and no point: the square has a second moment of 1/12.
    moments = offsets @ offsets.T / places.shape[1] + np.eye(2) / 12
    variances, directions = np.linalg.eigh(moments)
    ends: list[tuple[float, float]] = []
    size = np.array([evidence.shape[1], evidence.shape[0]], float)
    for place in (1, 0):
        half = 2 * np.sqrt(variances[place]) * directions[:, place]
        half *= _share_inside(centre, half, size)
        # Rounding may put the end of a cut axis a hair outside.
        ends.extend(_pair(np.clip(centre + sign * half, 0, size)) for sign in (-1, 1))
    return HotSpot((col + 0.5, row + 0.5), maximum, tuple(ends))


def _pair(place: np.ndarray) -> tuple[float, float]:
    """A place in single precision, in which spatial coordinates are stored."""
    col, row = np.asarray(place, np.float32)
    return float(col), float(row)


def _share_inside(centre: np.ndarray, half: np.ndarray, size: np.ndarray) -> float:
    """How much of half an axis fits into the image on both sides of the centre."""
    room = np.minimum(centre, size - centre)
    reach = np.abs(half)
    return float(min(1.0, *(room[reach > 0] / reach[reach > 0])))
