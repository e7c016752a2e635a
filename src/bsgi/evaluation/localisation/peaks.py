"""Marks from a heat map: its peaks, by a rule that is the same for every map."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float
from scipy import ndimage

APART_MM = 10.0
"""No two marks lie closer. A design choice: about the camera's resolution at a few
centimetres' depth, within which two places cannot be told apart."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A place that was pointed at.

    Args:
        row: Row of the pixel, from 0; it may lie between two.
        col: Column of the pixel, likewise.
        score: The rating; the higher, the more malignant.
    """

    row: float
    col: float
    score: float


def stretch_map(
    heat: Float[np.ndarray, "map_row map_col"], shape: tuple[int, int]
) -> Float[np.ndarray, "row col"]:
    """A map at the size of the image it covers.

    Linear between the centres of its pixels, constant beyond the outermost ones.

    Args:
        heat: The map.
        shape: Rows and columns of the image.
    """
    zoom = [wanted / given for wanted, given in zip(shape, heat.shape, strict=True)]
    wide = ndimage.zoom(
        heat.astype(np.float64), zoom, order=1, mode="nearest", grid_mode=True
    )
    return np.asarray(wide, np.float64)


def find_peaks(
    heat: Float[np.ndarray, "row col"],
    spacing_mm: tuple[float, float],
    apart_mm: float = APART_MM,
) -> tuple[Mark, ...]:
    """The peaks of a heat map, the highest first.

    A peak is a pixel above zero with none higher within `apart_mm`. Where pixels in
    touch are equally high they are one peak, at the one nearest to their centre. Of
    peaks that are equally high and still too close the one above, then to the left,
    stays.

    Args:
        heat: Evidence at the size of the image, not negative.
        spacing_mm: Distance between pixel centres down a column and along a row.
        apart_mm: Least distance of two peaks.

    Raises:
        ValueError: If the map is negative somewhere or not finite.
    """
    if not (np.isfinite(heat).all() and heat.min() >= 0):
        raise ValueError("a heat map must be finite and not negative.")
    reach = [int(apart_mm // step) for step in spacing_mm]
    row, col = np.ogrid[-reach[0] : reach[0] + 1, -reach[1] : reach[1] + 1]
    disc = np.hypot(row * spacing_mm[0], col * spacing_mm[1]) <= apart_mm
    highest = ndimage.maximum_filter(heat, footprint=disc, mode="constant")
    candidates = (heat == highest) & (heat > 0)
    plateaus, count = ndimage.label(candidates, np.ones((3, 3)))
    places = [_middle(plateaus == number) for number in range(1, count + 1)]
    places.sort(key=lambda place: (-heat[place], place))
    kept: list[tuple[int, int]] = []
    for place in places:
        distance = [
            np.hypot(
                (place[0] - other[0]) * spacing_mm[0],
                (place[1] - other[1]) * spacing_mm[1],
            )
            for other in kept
        ]
        if min(distance, default=np.inf) > apart_mm:
            kept.append(place)
    return tuple(Mark(float(r), float(c), float(heat[r, c])) for r, c in kept)


def _middle(plateau: Bool[np.ndarray, "row col"]) -> tuple[int, int]:
    """The pixel of a plateau that is nearest to its centre."""
    pixels = np.argwhere(plateau)
    away = ((pixels - pixels.mean(axis=0)) ** 2).sum(axis=1)
    row, col = pixels[int(np.argmin(away))]
    return int(row), int(col)
