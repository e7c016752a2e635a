"""The counts of a file: what its frames are, and what its pixels must fulfil.

References:
    DICOM PS3.3 C.8.4.8 (NM multi-frame: frames, detectors and energy windows),
    C.8.4.10 (isotope), C.8.4.11 (detector); PS3.5 A.4 (compression).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Integer
from pydicom.dataset import Dataset

from bsgi.dicom.parse import (
    FAILURES,
    name_uid,
    quiet,
    read_integer,
    read_items,
    read_number,
    read_numbers,
    read_text,
    read_values,
    shown,
)
from bsgi.errors import DicomError

MAX_PIXELS: Final = 16 * 1024 * 1024
"""Pixels of all frames; more than any planar gamma camera acquisition has."""

PHOTOPEAK_KEV: Final = 140.5
"""Gamma energy of Tc-99m."""

BIG_ENDIAN: Final = "1.2.840.10008.1.2.2"
NATIVE: Final = frozenset(
    {
        "1.2.840.10008.1.2",
        "1.2.840.10008.1.2.1",
        "1.2.840.10008.1.2.1.99",
        BIG_ENDIAN,
    }
)
LOSSLESS: Final = frozenset(
    {
        "1.2.840.10008.1.2.5",  # RLE
        "1.2.840.10008.1.2.4.57",  # JPEG lossless
        "1.2.840.10008.1.2.4.70",  # JPEG lossless, first-order prediction
        "1.2.840.10008.1.2.4.80",  # JPEG-LS lossless
        "1.2.840.10008.1.2.4.90",  # JPEG 2000 lossless only
    }
)
_STATIC_POINTERS: Final = {0x00540010, 0x00540020}


@dataclass(frozen=True, slots=True)
class Frames:
    """The frames of a static acquisition that belong to the chosen energy window.

    Args:
        counts: Stored integers, heads in the order of detector number.
        total_counts: Events of all frames, of every energy window.
        energy_window_kev: Limits of the chosen window; None if unknown.
        heads_mirrored: For each head, whether its rows run against the first head's.
        notes: What is worth a look.
    """

    counts: Integer[np.ndarray, "head row col"]
    total_counts: int
    energy_window_kev: tuple[float, float] | None
    heads_mirrored: tuple[bool, ...]
    notes: tuple[str, ...] = ()


def read_frames(dataset: Dataset) -> Frames:
    """The counts of a static NM image in its photopeak window.

    Args:
        dataset: An NM dataset with its pixels.

    Raises:
        DicomError: If frames are not heads times energy windows, if the photopeak
            window or the mirroring of a second head is not known, or if pixels are
            missing, damaged, compressed with loss, coloured or not counts.
    """
    detectors, windows = _read_vectors(dataset)
    heads = sorted(set(detectors))
    pairs = list(zip(detectors, windows, strict=True))
    if len(set(pairs)) != len(pairs) or len(pairs) != len(heads) * len(set(windows)):
        raise DicomError(
            f"must have one frame per detector and energy window, got {len(pairs)} "
            f"frames for {len(heads)} and {len(set(windows))}."
        )
    limits, number, note = _choose_window(dataset, sorted(set(windows)))
    mirrored = _read_mirroring(dataset, heads)
    stack = _decode(dataset, len(pairs))
    chosen = [pairs.index((head, number)) for head in heads]
    return Frames(
        counts=np.ascontiguousarray(stack[chosen]),
        total_counts=int(stack.sum(dtype=np.int64)),
        energy_window_kev=limits,
        heads_mirrored=mirrored,
        notes=note,
    )


def _read_vectors(dataset: Dataset) -> tuple[list[int], list[int]]:
    """Detector number and energy window number of every frame."""
    pointers = {int(tag) for tag in read_values(dataset, "FrameIncrementPointer")}
    if pointers - _STATIC_POINTERS:
        raise DicomError(
            "must be a static image: its frames are steps of time or angle."
        )
    frames = read_integer(dataset, "NumberOfFrames")
    frames = 1 if frames is None else frames
    if not 1 <= frames <= 64:
        raise DicomError(f"must have 1 to 64 frames, got {frames}.")
    vectors = []
    for keyword in ("DetectorVector", "EnergyWindowVector"):
        vector = [int(number) for number in read_numbers(dataset, keyword)]
        if not vector and frames == 1:
            vector = [1]
        if len(vector) != frames:
            raise DicomError(
                f"{keyword} must have one entry for each of {frames} frames, "
                f"got {len(vector)}."
            )
        vectors.append(vector)
    return vectors[0], vectors[1]


def _choose_window(
    dataset: Dataset, numbers: list[int]
) -> tuple[tuple[float, float] | None, int, tuple[str, ...]]:
    """The photopeak window: its limits, its number and a note if there were others."""
    items = read_items(dataset, "EnergyWindowInformationSequence")
    limits: dict[int, tuple[float, float] | None] = {}
    for number in numbers:
        if not 1 <= number <= max(len(items), 1):
            raise DicomError(f"energy window {number} of a frame is not described.")
        limits[number] = _read_limits(items[number - 1]) if items else None
    if len(numbers) == 1:
        return limits[numbers[0]], numbers[0], ()
    peaks = [
        number
        for number, window in limits.items()
        if window is not None and window[0] < PHOTOPEAK_KEV < window[1]
    ]
    if len(peaks) != 1:
        raise DicomError(
            f"must have one energy window around {PHOTOPEAK_KEV} keV, got {len(peaks)} "
            f"of {len(numbers)}."
        )
    lower, upper = limits[peaks[0]] or (0.0, 0.0)
    note = (
        f"the photopeak window {lower:g} to {upper:g} keV was taken, "
        f"{len(numbers) - 1} other left out",
    )
    return limits[peaks[0]], peaks[0], note


def _read_limits(item: Dataset) -> tuple[float, float] | None:
    """Limits of one energy window; None if it has no range or several."""
    ranges = read_items(item, "EnergyWindowRangeSequence")
    if len(ranges) != 1:
        return None
    lower = read_number(ranges[0], "EnergyWindowLowerLimit")
    upper = read_number(ranges[0], "EnergyWindowUpperLimit")
    if lower is None or upper is None or not 0 < lower < upper:
        return None
    return lower, upper


def _read_mirroring(dataset: Dataset, heads: list[int]) -> tuple[bool, ...]:
    """Whether the rows of each head run against those of the first.

    With one head there is nothing to know. With two, the file must say it: a camera
    may or may not have turned the image of the opposite head already.
    """
    if len(heads) == 1:
        return (False,)
    items = read_items(dataset, "DetectorInformationSequence")
    rows = []
    for head in heads:
        item = items[head - 1] if 1 <= head <= len(items) else Dataset()
        cosines = read_numbers(item, "ImageOrientationPatient")
        if len(cosines) != 6:
            raise DicomError(
                "must say how its heads lie to each other: Image Orientation (Patient) "
                f"of detector {head} is missing."
            )
        rows.append(np.array(cosines))
    mirrored = []
    for row in rows:
        along, down = row[:3] @ rows[0][:3], row[3:] @ rows[0][3:]
        if abs(along) < 0.9 or down < 0.9:
            raise DicomError("must have parallel heads, got heads at an angle.")
        mirrored.append(bool(along < 0))
    return tuple(mirrored)


def _decode(dataset: Dataset, frames: int) -> Integer[np.ndarray, "frame row col"]:
    """Stored integers of all frames, after everything that is declared was checked."""
    rows, columns, stored = _check_layout(dataset, frames)
    _check_transfer_syntax(dataset, frames * rows * columns * 2)
    try:
        with quiet():
            array = dataset.pixel_array
    except FAILURES as reason:
        raise DicomError(
            "has pixels that cannot be decoded, damaged or of a compression without "
            f"an installed decoder ({type(reason).__name__})."
        ) from None
    if array.size != frames * rows * columns or array.dtype.kind not in "iu":
        raise DicomError("has pixels that do not fill the declared frames.")
    stack = np.asarray(array).reshape(frames, rows, columns)
    if int(stack.min()) < 0:
        raise DicomError("has negative pixels, so that they are no counts.")
    _check_unused_bits(dataset, stack, stored)
    if not stack.any():
        raise DicomError("has no events: every pixel is 0.")
    return stack.astype(np.uint16, copy=False)


def _check_unused_bits(
    dataset: Dataset, stack: Integer[np.ndarray, "frame row col"], stored: int
) -> None:
    """Refuse pixels with something in the bits that no count uses.

    pydicom clears these bits on native data; what was in them may have been counts.
    """
    syntax = read_text(dataset.file_meta, "TransferSyntaxUID")
    if stored == 16 or syntax not in NATIVE:
        return
    kind = ">u2" if syntax == BIG_ENDIAN else "<u2"
    words = np.frombuffer(dataset.PixelData, kind)[: stack.size]
    if not np.array_equal(words, stack.ravel()):
        raise DicomError(f"has pixels above the declared {stored} bits.")


def _check_layout(dataset: Dataset, frames: int) -> tuple[int, int, int]:
    """Rows, columns and bits of the pixels, if they are grey integers of 16 bits."""
    rows, columns = (read_integer(dataset, name) or 0 for name in ("Rows", "Columns"))
    if not (rows > 0 and columns > 0 and frames * rows * columns <= MAX_PIXELS):
        raise DicomError(
            f"must have 1 to {MAX_PIXELS} pixels, got {frames} frames of {rows} rows "
            f"and {columns} columns."
        )
    for keyword, wanted in (
        ("SamplesPerPixel", "1"),
        ("PhotometricInterpretation", "MONOCHROME2"),
        ("BitsAllocated", "16"),
    ):
        value = read_text(dataset, keyword)
        if value != wanted:
            raise DicomError(
                f"{keyword} must be {wanted} for counts, got {shown(value)}."
            )
    stored = read_integer(dataset, "BitsStored") or 0
    high = read_integer(dataset, "HighBit")
    if not 1 <= stored <= 16 or high != stored - 1:
        raise DicomError(f"must store 1 to 16 bits from the lowest, got {stored}.")
    return rows, columns, stored


def _check_transfer_syntax(dataset: Dataset, size_bytes: int) -> None:
    """Refuse lossy compression and pixel data of another length than declared."""
    if "PixelData" not in dataset:
        raise DicomError("has no pixels.")
    syntax = read_text(dataset.file_meta, "TransferSyntaxUID")
    if read_text(dataset, "LossyImageCompression") not in {"", "00"}:
        raise DicomError("was compressed with loss, so that its pixels are no counts.")
    if syntax in LOSSLESS:
        return
    if syntax not in NATIVE:
        name = name_uid(syntax) if syntax else "none"
        raise DicomError(f"must have a lossless transfer syntax, got {name}.")
    data = [value for value in read_values(dataset, "PixelData") if value]
    length = len(data[0]) if len(data) == 1 and isinstance(data[0], bytes) else 0
    if length not in {size_bytes, size_bytes + size_bytes % 2}:
        raise DicomError(
            f"must have {size_bytes} bytes of pixels as declared, got {length}."
        )
