"""Whether two views are of one acquisition: the correlation of their fine structure.

Two acquisitions, of two women or of one, have each their own counting noise, and the
noise is most of what is finer than the camera's resolution. A copy keeps it.
"""

from typing import Final

import numpy as np
from jaxtyping import Bool, Float32
from scipy import fft, ndimage

from bsgi.cohort.check.fingerprint import Fingerprint, turn_image

SHIFT_MM: Final = 20.0
"""Two images are laid on each other up to this far from where their breasts agree."""

SAME_SCALE: Final = 0.02
"""Breasts whose sizes differ by less than this share are compared as they are."""

SHARED: Final = 0.6
"""Share of the smaller breast that must be under the other to compare them."""


def compare_views(
    first: Fingerprint, second: Fingerprint, turn: int, *, any_scale: bool = True
) -> float:
    """Greatest correlation of the fine structure of two views, over place and scale.

    Args:
        first: A view.
        second: Another.
        turn: How to lay the second down, see `fingerprint.turn_image`.
        any_scale: Whether to try also the scale at which both breasts have one size,
            as for a copy whose file states another distance of pixels.

    Returns:
        -1 to 1. About 1 for a copy; the square root of the share of counts that is left
        for a thinned one; of two acquisitions little above 0.
    """
    one = (first.residue, first.inside)
    other = (turn_image(second.residue, turn), turn_image(second.inside, turn))
    scale = second.spacing_mm / first.spacing_mm
    scales = [scale]
    if any_scale and abs(first.size_mm / second.size_mm - 1.0) > SAME_SCALE:
        scales.append(scale * first.size_mm / second.size_mm)
    found = []
    for each in scales:
        # Fine pixels are made coarse, never the other way round.
        step_mm = max(first.spacing_mm, first.spacing_mm * each)
        reach = max(int(SHIFT_MM / step_mm), 1)
        if each <= 1.0:
            found.append(_correlate(one, _make_coarse(other, each), reach))
        else:
            found.append(_correlate(_make_coarse(one, 1.0 / each), other, reach))
    return max(found)


_Structure = tuple[Float32[np.ndarray, "_ _"], Bool[np.ndarray, "_ _"]]


def _make_coarse(structure: _Structure, factor: float) -> _Structure:
    """A view with pixels that are larger by 1 / factor, the factor at most 1."""
    if abs(factor - 1.0) < 1e-3:
        return structure
    residue, inside = structure
    # The blur of the larger pixel, as far as the linear interpolation does not have it.
    fine = ndimage.gaussian_filter(residue, 0.4 * np.sqrt(factor**-2 - 1.0))
    coarse, mask = (
        ndimage.zoom(each, factor, order=1, grid_mode=True, mode="nearest")
        for each in (fine, inside.astype(np.float32))
    )
    kept = mask > 0.5
    if not kept.any() or not coarse[kept].std() > 0:
        return np.zeros_like(coarse), np.zeros_like(kept)
    coarse = np.where(kept, coarse - coarse[kept].mean(), 0.0) / coarse[kept].std()
    return coarse.astype(np.float32), kept


def _correlate(first: _Structure, second: _Structure, reach: int) -> float:
    """Greatest correlation over shifts about the place where both breasts agree.

    Shifts go in half pixels, since a copy may have been interpolated. The structure is
    equally strong everywhere, so the number of pixels in common is the norm.
    """
    inside, other = first[1], second[1]
    if not inside.any() or not other.any():
        return 0.0
    # Shifts are looked at within the reach only, so the images may wrap beyond it.
    shape = tuple(
        fft.next_fast_len(max(a, b) + 2 * reach + 2, real=True)
        for a, b in zip(inside.shape, other.shape, strict=True)
    )
    product = _correlate_fine(first[0], second[0], shape)
    shared = _correlate_fine(inside.astype(np.float32), other.astype(np.float32), shape)
    steps = np.arange(-2 * reach, 2 * reach + 1)
    rows, cols = (
        (round(2.0 * float(np.mean(a) - np.mean(b))) + steps) % (2 * length)
        for a, b, length in zip(
            np.nonzero(inside), np.nonzero(other), shape, strict=True
        )
    )
    near = np.ix_(rows, cols)
    smaller = min(np.count_nonzero(inside), np.count_nonzero(other))
    enough = shared[near] >= SHARED * smaller
    if not enough.any():
        return 0.0
    best = float((product[near][enough] / shared[near][enough]).max())
    return min(max(best, -1.0), 1.0)


def _correlate_fine(
    first: Float32[np.ndarray, "r1 c1"],
    second: Float32[np.ndarray, "r2 c2"],
    shape: tuple[int, ...],
) -> Float32[np.ndarray, "r c"]:
    """Sums of products at all shifts, in steps of half a pixel."""
    found = fft.rfft2(first, shape) * np.conj(fft.rfft2(second, shape))
    # Zeros beyond the highest frequency: values between those of whole pixels.
    half, rows = shape[0] // 2, 2 * shape[0]
    spectrum = np.zeros((rows, shape[1] + 1), found.dtype)
    spectrum[:half, : found.shape[1]] = found[:half]
    spectrum[rows - half :, : found.shape[1]] = found[shape[0] - half :]
    return np.asarray(fft.irfft2(spectrum, (rows, 2 * shape[1])) * 4.0)
