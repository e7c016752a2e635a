"""Pixel data decoded and stored anew, so that nothing but pixels is passed on.

Names hide beside pixels: in comments and behind the ends of compressed frames, behind
the last frame, and in the bits of a word that no pixel uses. What is written is made of
the numbers alone; what our own decoder does not decode is refused.

References:
    DICOM PS3.5 8.1.1 (bits of a pixel cell), A.2 (explicit little endian).
"""

from typing import Final

import numpy as np
from jaxtyping import UInt16
from pydicom.dataset import Dataset

from bsgi.dicom.frames.decode import decode_words
from bsgi.dicom.frames.layout import Layout, read_layout
from bsgi.dicom.frames.vectors import MAX_FRAMES
from bsgi.dicom.parse import read_integer
from bsgi.errors import DicomError

GREY: Final = frozenset({"MONOCHROME1", "MONOCHROME2"})


def copy_pixels(dataset: Dataset, clean: Dataset) -> None:
    """Pass the numbers of all pixels on, uncompressed and in little endian.

    Args:
        dataset: What the file holds.
        clean: The dataset to complete; it must be written as explicit little endian.

    Raises:
        DicomError: If there are none, if they are not as long as their frames, cannot
            be decoded here, or have something in bits that no pixel uses.
    """
    frames = read_integer(dataset, "NumberOfFrames")
    frames = 1 if frames is None else frames
    if not 1 <= frames <= MAX_FRAMES:
        raise DicomError(f"must have 1 to {MAX_FRAMES} frames, got {frames}.")
    layout = read_layout(dataset, frames, GREY)
    words = _fill_words(decode_words(dataset, layout), layout)
    clean.add_new("PixelData", "OW", words.astype("<u2").tobytes())


def _fill_words(
    words: UInt16[np.ndarray, " pixel"], layout: Layout
) -> UInt16[np.ndarray, " pixel"]:
    """Words in which bits above the stored ones repeat the sign, or are 0.

    Raises:
        DicomError: If they are anything else: an overlay, or a text.
    """
    low = words & np.uint16((1 << layout.stored_bits) - 1)
    filled = low
    if layout.signed:
        sign = np.uint16(1 << (layout.stored_bits - 1))
        filled = (low ^ sign) - sign  # wraps around in 16 bits
    if not ((words == low) | (words == filled)).all():
        raise DicomError(
            f"has pixels above the declared {layout.stored_bits} bits, where a name "
            "may be drawn."
        )
    return filled
