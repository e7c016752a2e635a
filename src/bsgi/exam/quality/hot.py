"""Pixels, rows and columns that count far more than those around them."""

from typing import Final

import numpy as np
from jaxtyping import Float32
from scipy import special

from bsgi.exam.quality.look import Look

POINT_SHARE: Final = 0.15
"""Least share of its excess that a point source gives to each of the four pixels beside
it: that of a Gaussian as wide (FWHM) as a pixel, in the middle of a pixel. No lesion is
sharper, as no camera resolves less than its own pixels."""

CHANCE: Final = 1e-4
"""Chance of one such pixel in a head, by counting alone, under which it is told."""

_PREFILTER = (1.5, 10.0)
_LINE = (1.5, 10.0)
_LINE_SHARE = 0.7
_LINE_PIXELS = 8
_MOST_CANDIDATES = 500


def find_hot(look: Look) -> str:
    """Pixels far above their neighbours, and lines of them.

    A pixel is hot if its excess over the ring of 16 pixels at two pixels' distance is
    beyond chance (Poisson), and the four pixels beside it have less of an excess than
    the sharpest point source would give them.

    Args:
        look: The view.
    """
    ratios: list[float] = []
    for counts in look.view.counts:
        image = counts.astype(np.float32)
        line = _find_hot_line(image)
        if line:
            return line
        ratios += _find_hot_pixels(image)
    if not ratios:
        return ""
    if len(ratios) == 1:
        return f"a hot pixel, {ratios[0]:.0f} times its surroundings"
    return (
        f"{len(ratios):,} hot pixels, up to {max(ratios):.0f} times their surroundings"
    )


def _find_hot_pixels(image: Float32[np.ndarray, "row col"]) -> list[float]:
    """Counts of each hot pixel over those of its surroundings."""
    if min(image.shape) < 3:
        return []
    times, more = _PREFILTER
    # First along the rows alone, which is half of the work; few pixels are left.
    limit = image[1:-1, :-2] + image[1:-1, 2:]
    limit *= np.float32(times / 2)
    limit += np.float32(more)
    above = image[1:-1, 1:-1] > limit
    if not above.any():
        return []
    rows, cols = np.nonzero(above)
    rows, cols = rows + 1, cols + 1
    beside = image[rows, cols - 1] + image[rows, cols + 1]
    beside = (beside + image[rows - 1, cols] + image[rows + 1, cols]) / 4
    kept = np.flatnonzero(image[rows, cols] > times * beside + more)[:_MOST_CANDIDATES]
    ratios = []
    for at in kept:
        ratio = _judge(image, int(rows[at]), int(cols[at]), float(beside[at]))
        if ratio is not None:
            ratios.append(ratio)
    return ratios


def _judge(
    image: Float32[np.ndarray, "row col"], row: int, col: int, beside: float
) -> float | None:
    """How often a pixel has the counts of its surroundings, if it is hot."""
    high, left = max(row - 2, 0), max(col - 2, 0)
    window = image[high : row + 3, left : col + 3]
    near = image[row - 1 : row + 2, col - 1 : col + 2]
    ring = (float(window.sum()) - float(near.sum())) / max(window.size - near.size, 1)
    own = float(image[row, col])
    noise = 3.0 * ((beside + 1.0) / 4.0) ** 0.5
    if beside - ring + noise >= POINT_SHARE * (own - ring):
        return None
    chance = float(special.pdtrc(own - 1, max(ring, beside, 0.1))) * image.size
    return own / max(ring, 1.0) if chance < CHANCE else None


def _find_hot_line(image: Float32[np.ndarray, "row col"]) -> str:
    """A row or column far above both beside it."""
    times, sigmas = _LINE
    for axis, name in ((1, "row"), (0, "column")):
        sums = image.sum(axis=axis)
        beside = np.maximum(sums[:-2], sums[2:])
        over = sums[1:-1] > times * beside + sigmas * np.sqrt(beside + 1.0)
        lines = image if axis == 1 else image.T
        if any(_is_hot_line(lines, int(at) + 1) for at in np.flatnonzero(over)):
            return f"a hot {name} of pixels"
    return ""


def _is_hot_line(lines: Float32[np.ndarray, "line pixel"], at: int) -> bool:
    """Whether most pixels of a line are above both beside it, and not one or two."""
    beside = np.maximum(lines[at - 1], lines[at + 1])
    filled = (beside > 0) | (lines[at] > 0)
    above = lines[at][filled] > beside[filled]
    return len(above) >= _LINE_PIXELS and float(above.mean()) > _LINE_SHARE
