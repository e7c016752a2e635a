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


def find_black(images: list[Float32[np.ndarray, "_ _"]]) -> float:
    """Counts per pixel shown in black, one number for all views of an exam.

    A few hot pixels at the chest wall must not turn all the rest white.

    Args:
        images: The views.
    """
    highest = max(float(np.percentile(image, 99.8)) for image in images)
    return highest if highest > 0 else 1.0


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
