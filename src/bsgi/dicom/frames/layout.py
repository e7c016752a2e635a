"""Rows, columns and bits of pixels as they are declared, and what is accepted.

References:
    DICOM PS3.3 C.7.6.3 (image pixel), C.8.4.9 (NM image pixel).
"""

from dataclasses import dataclass
from typing import Final

from pydicom.dataset import Dataset
from pydicom.tag import Tag

from bsgi.dicom.parse import read_integer, read_text, shown
from bsgi.errors import DicomError

MAX_PIXELS: Final = 16 * 1024 * 1024
"""Pixels of all frames; more than any planar gamma camera acquisition has."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How the stored integers of all frames lie.

    Args:
        frames: Number of frames.
        rows: Rows of each frame.
        columns: Columns of each frame.
        stored_bits: Bits of each integer that are used, from the lowest.
        signed: Whether the highest of them is a sign.
    """

    frames: int
    rows: int
    columns: int
    stored_bits: int
    signed: bool

    @property
    def pixels(self) -> int:
        """Pixels of all frames."""
        return self.frames * self.rows * self.columns


_GREY: Final = frozenset({"MONOCHROME2"})

_OVERLAYS: Final = tuple(Tag(group, 0x0102) for group in range(0x6000, 0x6020, 2))
"""Overlay Bit Position: in old files an overlay may lie in bits of the pixels."""


def read_layout(
    dataset: Dataset, frames: int, photometric: frozenset[str] = _GREY
) -> Layout:
    """The declared layout, if it is one of grey integers of 16 bits.

    NM images may have 8 bits too. Those are screenshots or copies scaled to 256 grey
    levels, hardly ever counts, so that they are refused, as are 32 bits, which no NM
    image may have.

    Args:
        dataset: An NM dataset.
        frames: Number of its frames.
        photometric: Photometric interpretations that are accepted.

    Raises:
        DicomError: If pixels are too many, coloured, inverted, not of 16 bits, not
            stored from the lowest bit or drawn on.

    References:
        DICOM PS3.3 C.9.2, retired in 2004: overlays in unused bits of pixels.
    """
    rows, columns = (read_integer(dataset, name) or 0 for name in ("Rows", "Columns"))
    if not (rows > 0 and columns > 0 and frames * rows * columns <= MAX_PIXELS):
        raise DicomError(
            f"must have 1 to {MAX_PIXELS} pixels, got {frames} frames of {rows} rows "
            f"and {columns} columns."
        )
    for keyword, wanted in (("SamplesPerPixel", 1), ("BitsAllocated", 16)):
        value = read_integer(dataset, keyword)
        if value != wanted:
            raise DicomError(f"{keyword} must be {wanted} for counts, got {value}.")
    colours = read_text(dataset, "PhotometricInterpretation")
    if colours not in photometric:
        raise DicomError(
            "PhotometricInterpretation must be MONOCHROME2 for counts, "
            f"got {shown(colours)}."
        )
    stored = read_integer(dataset, "BitsStored") or 0
    high = read_integer(dataset, "HighBit")
    if not 1 <= stored <= 16 or high != stored - 1:
        raise DicomError(f"must store 1 to 16 bits from the lowest, got {stored}.")
    for tag in _OVERLAYS:
        if tag in dataset and dataset[tag].value not in (0, "", None):
            raise DicomError("has an overlay drawn into the bits of its pixels.")
    sign = read_text(dataset, "PixelRepresentation")
    if sign not in {"", "0", "1"}:
        raise DicomError("PixelRepresentation must be 0 or 1.")
    return Layout(frames, rows, columns, stored, signed=sign == "1")
