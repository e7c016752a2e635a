"""A view as a small grey PNG inside a page: the camera's own pixels, not smoothed."""

import base64
import io
from typing import Final

import numpy as np
from jaxtyping import Float32, UInt8
from PIL import Image

MOST_PIXELS: Final = 160
"""Rows or columns from which on pixels are joined, to keep a page of many views small:
more than the detectors in use have."""


NORMAL_IN_BLACK: Final = 3.0
"""Times the normal uptake that is black at most: a hot lesion or a hot pixel must not
turn all the rest white."""


def find_black(
    images: list[Float32[np.ndarray, "_ _"]], normal: float
) -> tuple[float, bool]:
    """Counts per pixel shown in black, one number for all views of an exam.

    Args:
        images: The views.
        normal: Counts per pixel of normal breast tissue; 0 if there is none.

    Returns:
        The number, and whether it is that many times the normal uptake; otherwise it is
        what one pixel in 500 of a view exceeds.
    """
    highest = max(float(np.percentile(image, 99.8)) for image in images)
    most = NORMAL_IN_BLACK * normal
    if 0 < most < highest:
        return most, True
    return (highest if highest > 0 else 1.0), False


def encode_view(image: Float32[np.ndarray, "row col"], black: float) -> str:
    """A view in reversed grey as a data address.

    Args:
        image: Counts per pixel.
        black: Counts shown in black.
    """
    share = np.clip(_join_pixels(image) / black, 0.0, 1.0)
    grey: UInt8[np.ndarray, "row col"] = (255.0 - 255.0 * share).astype(np.uint8)
    stream = io.BytesIO()
    Image.fromarray(grey).save(stream, format="PNG")
    code = base64.b64encode(stream.getvalue()).decode("ascii")
    return f"data:image/png;base64,{code}"


def _join_pixels(
    image: Float32[np.ndarray, "row col"],
) -> Float32[np.ndarray, "joined_row joined_col"]:
    """Means over blocks of pixels where there are very many."""
    side = -(-max(image.shape) // MOST_PIXELS)
    if side == 1:
        return image
    rows, cols = (pixels // side for pixels in image.shape)
    blocks = image[: rows * side, : cols * side].reshape(rows, side, cols, side)
    return np.asarray(blocks.mean(axis=(1, 3)), np.float32)
