"""How far the breast moved between two frames of a dynamic acquisition.

Both frames are smoothed. The peak of their cross correlation gives the shift to a
pixel, and least squares on the gradient give the rest. What enters or leaves at the
border of the field is left out, since the breast goes on beyond it.
"""

from typing import Final

import numpy as np
from jaxtyping import Bool, Float, Shaped
from scipy import ndimage

from bsgi.exam.quality.finding import FileFacts

LIMIT_MM: Final = 2.85
"""Shift from which on a patient is said to have moved: half of the 5.7 mm that all
cameras of the catalogue resolve (FWHM) at 3 cm from the collimator. Of dynamic views
without motion none came to half of it (`runs/quality_rates.py`)."""

SMOOTHING_MM: Final = 6.0
"""Width (standard deviation) of the blur before images are compared: a design choice,
wide enough for the counts of a third of a view."""

FARTHEST_MM: Final = 30.0
"""Largest shift that is looked for. A design choice: a breast under compression that
moves farther has left it, and the view is another one."""

_STEPS: Final = 12


def find_motion(facts: FileFacts) -> str:
    """A patient who moved between the frames of a dynamic acquisition.

    Args:
        facts: What the file says; a static acquisition shows no motion.
    """
    if facts.motion_mm is None or facts.motion_mm <= LIMIT_MM:
        return ""
    return f"the breast moved by {facts.motion_mm:.0f} mm between frames"


def measure_shift_mm(
    first: Shaped[np.ndarray, "row col"],
    second: Shaped[np.ndarray, "later_row later_col"],
    spacing_mm: tuple[float, float],
) -> float:
    """How far the breast lies from its place in an earlier image.

    Args:
        first: Counts of one frame, or of several together, of one head.
        second: Counts of later ones, of the same head and shape; it may have been
            shorter or longer.
        spacing_mm: Distance between pixel centres down a column and along a row.

    Returns:
        Length of the shift in the plane of the detector, 0 to about `FARTHEST_MM`;
        0 where one of the images is too empty to tell.

    Raises:
        ValueError: If the shapes differ.

    References:
        B. D. Lucas, T. Kanade, Proc. 7th IJCAI (1981) 674-679: registration by least
        squares on the gradient.
    """
    if first.shape != second.shape:
        raise ValueError(
            f"images must have one shape, got {first.shape} and {second.shape}."
        )
    sigma = [SMOOTHING_MM / step for step in spacing_mm]
    totals = [float(image.sum()) for image in (first, second)]
    if min(totals) <= 0 or min(first.shape) < 8:
        return 0.0
    # Both to the same total: decay and unequal times are no motion.
    before, after = (
        ndimage.gaussian_filter(image.astype(np.float64) / total, sigma, mode="nearest")
        for image, total in zip((first, second), totals, strict=True)
    )
    reach = [int(FARTHEST_MM / step) for step in spacing_mm]
    way = _find_peak(before, after, reach)
    far = np.asarray(reach, float)
    for _ in range(_STEPS):
        step = _refine(before, after, way, sigma)
        if not np.isfinite(step).all():
            return 0.0  # an even field has nothing to hold on to
        way = np.clip(way + np.clip(step, -3.0, 3.0), -far, far)
        if np.abs(step).max() < 0.01:
            break
    return float(np.hypot(*(way * np.asarray(spacing_mm))))


def _find_peak(
    before: Float[np.ndarray, "row col"],
    after: Float[np.ndarray, "row col"],
    reach: list[int],
) -> Float[np.ndarray, "2"]:
    """The shift to a pixel: least mean square difference where both images are.

    For every shift at once, by correlations over the part of the field that both have.
    """
    reach = [min(far, side // 3) for far, side in zip(reach, before.shape, strict=True)]
    shape = [side + far for side, far in zip(before.shape, reach, strict=True)]

    def correlate(
        one: Float[np.ndarray, "row col"], other: Float[np.ndarray, "row col"]
    ) -> Float[np.ndarray, "row_shift col_shift"]:
        spectrum = np.conj(np.fft.rfft2(one, shape)) * np.fft.rfft2(other, shape)
        full = np.fft.irfft2(spectrum, shape)
        near = np.roll(full, reach, axis=(0, 1))
        return near[: 2 * reach[0] + 1, : 2 * reach[1] + 1]

    here = np.ones_like(before)
    overlap = correlate(here, here)
    squares = correlate(before**2, here) + correlate(here, after**2)
    cost = (squares - 2 * correlate(before, after)) / np.maximum(overlap, 1.0)
    place = np.unravel_index(int(np.argmin(cost)), cost.shape)
    return np.asarray(place, float) - reach


def _refine(
    before: Float[np.ndarray, "row col"],
    after: Float[np.ndarray, "row col"],
    way: Float[np.ndarray, "2"],
    sigma: list[float],
) -> Float[np.ndarray, "2"]:
    """What is missing to a shift, in pixels, by least squares on the gradient."""
    back = ndimage.shift(after, -way, order=1, mode="nearest")
    inner = _inner(before.shape, way, sigma)
    mean = (before + back) / 2
    down, across = np.gradient(mean)
    # A count's variance is its mean; what is all but empty must not weigh for ever.
    weight = inner / (mean + 0.05 * mean.max())
    # The third unknown: part of the breast may have left the field or entered it, so
    # that equal totals are not equal levels.
    slopes = np.stack([down[inner], across[inner], mean[inner]])
    heavy = slopes * weight[inner]
    normal = heavy @ slopes.T
    if np.linalg.cond(normal) > 1e12:
        return np.full(2, np.nan)
    return np.asarray(np.linalg.solve(normal, heavy @ (before - back)[inner])[:2])


def _inner(
    shape: tuple[int, ...], way: Float[np.ndarray, "2"], sigma: list[float]
) -> Bool[np.ndarray, "row col"]:
    """Pixels that were in the field before and after, away from its border."""
    inner = np.zeros(shape, bool)
    margin = [
        min(int(np.ceil(abs(step) + 1.5 * width)), side // 3)
        for step, width, side in zip(way, sigma, shape, strict=True)
    ]
    inner[margin[0] : shape[0] - margin[0], margin[1] : shape[1] - margin[1]] = True
    return inner
