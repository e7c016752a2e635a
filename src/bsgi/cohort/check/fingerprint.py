"""What is kept of a view to find its copies among thousands of others.

Two things: a perceptual hash, the filter, that ranks a copy before other views; and the
fine structure of the image, counting noise included, on which the judge decides
(`resemblance.py`). Two acquisitions never share their noise; a copy does, whatever was
done to its gain, place, size or orientation.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Bool, Float32
from scipy import fft, ndimage

from bsgi.exam.orientation import find_pose, view_image
from bsgi.exam.record import View
from bsgi.exam.uptake import find_breast

TURNS: Final = 8
"""Ways to lay an image on another: as it is or transposed, each with its mirrors."""

_FREQUENCIES: Final = 12
"""Frequencies of the hash in each direction."""

_WINDOW: Final = 32
"""Samples of the hash's window in each direction."""

_WINDOW_REACH: Final = 1.7
"""Side of that window over the square root of the breast's area."""

_FINE_MM, _COARSE_MM = 4.0, 14.0
"""The hash sees structures between these two widths of a blur."""

_SMOOTH_PIXELS: Final = 1.0
"""The judge sees structures finer than this blur."""

_MARGIN_PIXELS: Final = 2
"""Edge of the breast that the judge leaves out: all breasts have one."""

_EVEN_PIXELS: Final = 3.0
"""Blur over which what it sees is made equally strong everywhere."""

_CLIP: Final = 2.0
"""Standard deviations of the noise beyond which a pixel counts no more: a lesion's."""

_NORMAL_QUARTILE: Final = 0.6745
"""Median of the absolute values of a standard normal number."""

MINIMUM_PIXELS: Final = 250
"""Pixels of inner breast without which a view cannot be told from another."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What tells a view from every other acquisition.

    Args:
        hashes: Low frequencies of the log counts, for each turn of the view.
        residue: Fine structure in the common pose, cut to the inner breast; mean 0 and
            standard deviation 1 there, 0 elsewhere.
        inside: The inner breast.
        spacing_mm: Distance between its pixels, equal in both directions.
        size_mm: Square root of the breast's area.
    """

    hashes: Float32[np.ndarray, "turn frequency"]
    residue: Float32[np.ndarray, "row col"]
    inside: Bool[np.ndarray, "row col"]
    spacing_mm: float
    size_mm: float


def take_fingerprint(view: View) -> Fingerprint | None:
    """What tells a view from every other acquisition; None if it holds too little.

    Args:
        view: A view of an exam.
    """
    image, breast, step = _make_isotropic(
        view_image(view), find_breast(view), find_pose(view).spacing_mm(view)
    )
    inside = ndimage.binary_erosion(breast, iterations=_MARGIN_PIXELS, border_value=1)
    if np.count_nonzero(inside) < MINIMUM_PIXELS:
        return None
    residue = take_residue(image, inside)
    if residue is None:
        return None
    size_mm = float(np.sqrt(np.count_nonzero(breast))) * step
    rows, cols = (np.flatnonzero(inside.any(axis=axis)) for axis in (1, 0))
    cut = np.s_[rows[0] : rows[-1] + 1, cols[0] : cols[-1] + 1]
    return Fingerprint(
        hashes=_hash(image, breast, step, size_mm),
        residue=residue[cut].copy(),
        inside=inside[cut].copy(),
        spacing_mm=step,
        size_mm=size_mm,
    )


def take_residue(
    image: Float32[np.ndarray, "row col"], inside: Bool[np.ndarray, "row col"]
) -> Float32[np.ndarray, "row col"] | None:
    """The fine structure of an image: stabilised counts less what is smooth in them.

    Args:
        image: Counts, or something in proportion to them.
        inside: Where to look; the local mean is that of these pixels alone.

    Returns:
        Mean 0 and standard deviation 1 inside, 0 elsewhere; None if there is none.

    References:
        Square root as that which makes the noise of counts equal everywhere: Anscombe
        1948, doi 10.1093/biomet/35.3-4.246; without his 3/8, which a gain would move.
    """
    residue = np.sqrt(image)
    for _ in range(2):  # once leaves too much of a hot lesion
        residue = np.where(
            inside, residue - blur_inside(residue, inside, _SMOOTH_PIXELS), 0.0
        ).astype(np.float32)
    strength = np.sqrt(blur_inside(residue**2, inside, _EVEN_PIXELS))
    residue = np.where(inside, residue / np.maximum(strength, np.float32(1e-6)), 0.0)
    # By ranks, so that a lesion or a hot pixel does not hide the noise of the rest.
    spread = float(np.median(np.abs(residue[inside]))) / _NORMAL_QUARTILE
    if not spread > 1e-6:
        return None
    residue = np.clip(residue / spread, -_CLIP, _CLIP)
    residue = np.where(inside, residue - residue[inside].mean(), 0.0)
    return np.asarray(residue / residue[inside].std(), np.float32)


def blur_inside(
    image: Float32[np.ndarray, "row col"],
    inside: Bool[np.ndarray, "row col"],
    width: float,
) -> Float32[np.ndarray, "row col"]:
    """A Gaussian mean over the pixels of a region alone.

    Args:
        image: What to blur; pixels outside do not count.
        inside: The region.
        width: Standard deviation in pixels.
    """
    weight = ndimage.gaussian_filter(inside.astype(np.float32), width)
    total = ndimage.gaussian_filter(np.where(inside, image, np.float32(0)), width)
    return np.asarray(total / np.maximum(weight, np.float32(1e-6)))


def turn_image(image: np.ndarray, turn: int) -> np.ndarray:
    """An image laid down in one of eight ways.

    Args:
        image: Rows and columns.
        turn: Bits: 1 turns the order of the rows round, 2 that of the columns, and 4
            then exchanges rows and columns.
    """
    turned = image[:: -1 if turn & 1 else 1, :: -1 if turn & 2 else 1]
    return turned.T if turn & 4 else turned


def _make_isotropic(
    image: Float32[np.ndarray, "row col"],
    breast: Bool[np.ndarray, "row col"],
    spacing: tuple[float, float],
) -> tuple[Float32[np.ndarray, "r c"], Bool[np.ndarray, "r c"], float]:
    """Image and breast with square pixels; most cameras have them."""
    step = float(max(spacing))
    if min(spacing) > 0.999 * step:
        return image, breast, step
    factors = [each / step for each in spacing]
    coarse, mask = (
        ndimage.zoom(each, factors, order=1, grid_mode=True, mode="nearest")
        for each in (image, breast.astype(np.float32))
    )
    return np.maximum(coarse, np.float32(0)), mask > 0.5, step


def _hash(
    image: Float32[np.ndarray, "row col"],
    breast: Bool[np.ndarray, "row col"],
    step: float,
    size_mm: float,
) -> Float32[np.ndarray, "turn frequency"]:
    """Low frequencies of the log counts in a window about the breast, for each turn.

    The window has the breast's centre and scale, so that neither place nor size of a
    copy matters, and the logarithm takes the gain away. A mirror changes the sign of
    the odd frequencies, and a transposition exchanges them.
    """
    smooth, coarse = (
        np.log(np.maximum(blur_inside(image, breast, width / step), 1e-3))
        for width in (_FINE_MM, _COARSE_MM)
    )
    band = np.where(breast, smooth - coarse, 0.0)
    band -= np.where(breast, band[breast].mean(), 0.0)
    centre = ndimage.center_of_mass(breast)
    reach = _WINDOW_REACH * size_mm / step
    along = ((np.arange(_WINDOW) + 0.5) / _WINDOW - 0.5) * reach
    grid = np.meshgrid(centre[0] + along, centre[1] + along, indexing="ij")
    window = ndimage.map_coordinates(band, grid, order=1, mode="constant")
    found = fft.dctn(window, norm="ortho")[:_FREQUENCIES, :_FREQUENCIES]
    odd = np.where(np.arange(_FREQUENCIES) % 2, -1.0, 1.0)
    turned = []
    for turn in range(TURNS):
        rows = odd[:, None] if turn & 1 else 1.0
        cols = odd[None, :] if turn & 2 else 1.0
        laid = found * rows * cols
        turned.append((laid.T if turn & 4 else laid).ravel()[1:])
    return np.array(turned, dtype=np.float32)
