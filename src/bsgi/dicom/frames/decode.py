"""Stored integers of all frames, exactly as the camera counted them.

Native pixels are taken as they lie. Compressed ones go through pydicom's decoders, with
GDCM behind those that are native, and only after `codestream.py` has seen them.

References:
    DICOM PS3.5 8.2 and A.4 (compression), PS3.6 annex A (transfer syntaxes).
"""

from itertools import islice
from typing import Any, Final

import numpy as np
from jaxtyping import UInt16
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate, generate_fragments, generate_frames
from pydicom.pixels.decoders.base import get_decoder
from pydicom.uid import UID

from bsgi.dicom.frames.codestream import (
    Checked,
    check_jpeg,
    check_jpeg_ls,
    check_rle,
)
from bsgi.dicom.frames.jpeg2000 import check_jpeg_2000
from bsgi.dicom.frames.layout import Layout
from bsgi.dicom.parse import (
    FAILURES,
    name_uid,
    quiet,
    read_number,
    read_text,
    read_values,
)
from bsgi.errors import DicomError

BIG_ENDIAN: Final = "1.2.840.10008.1.2.2"
NATIVE: Final = frozenset(
    {
        "1.2.840.10008.1.2",
        "1.2.840.10008.1.2.1",
        "1.2.840.10008.1.2.1.99",
        BIG_ENDIAN,
    }
)
RLE: Final = "1.2.840.10008.1.2.5"
JPEG_LOSSLESS: Final = "1.2.840.10008.1.2.4.57"
JPEG_LOSSLESS_FIRST_ORDER: Final = "1.2.840.10008.1.2.4.70"
JPEG_LS: Final = "1.2.840.10008.1.2.4.80"
JPEG_2000: Final = "1.2.840.10008.1.2.4.90"
COMPRESSED: Final = frozenset(
    {RLE, JPEG_LOSSLESS, JPEG_LOSSLESS_FIRST_ORDER, JPEG_LS, JPEG_2000}
)
MAX_FRAGMENTS: Final = 16384
"""Four for each of the most frames that a file may have."""

NOT_DECODED: Final = frozenset({"1.2.840.10008.1.2.4.201", "1.2.840.10008.1.2.4.202"})
"""High-throughput JPEG 2000, lossless: there is no decoder for it here."""

MAX_COMPRESSED_PIXELS: Final = 4 * 1024 * 1024
"""Compressed pixels take some hundred times longer to read than native ones."""


def decode_frames(dataset: Dataset, layout: Layout) -> UInt16[np.ndarray, "f row col"]:
    """Stored integers of all frames.

    Args:
        dataset: An NM dataset with its pixels.
        layout: What it declares.

    Raises:
        DicomError: If pixels are missing, of another length than declared, damaged,
            compressed with loss or without a decoder, negative, above the stored bits,
            or padding.
    """
    if read_text(dataset, "LossyImageCompression") not in {"", "00"}:
        raise DicomError("was compressed with loss, so that its pixels are no counts.")
    words = decode_words(dataset, layout)
    _check_words(dataset, words, layout)
    shape = (layout.frames, layout.rows, layout.columns)
    return words.astype(np.uint16, copy=False).reshape(shape)


def decode_words(dataset: Dataset, layout: Layout) -> UInt16[np.ndarray, " pixel"]:
    """Stored words of all pixels, one after the other, whether or not they are counts.

    Args:
        dataset: An NM dataset with its pixels.
        layout: What it declares.

    Raises:
        DicomError: If pixels are missing, of another length than declared, damaged, or
            not decoded here.
    """
    syntax = read_text(dataset.file_meta, "TransferSyntaxUID")
    data = _get_pixel_data(dataset, syntax)
    if syntax in NATIVE:
        size_bytes = layout.pixels * 2
        if len(data) != size_bytes:
            raise DicomError(
                f"must have {size_bytes} bytes of pixels as declared, got {len(data)}."
            )
        kind = ">u2" if syntax == BIG_ENDIAN else "<u2"
        return np.frombuffer(data, kind).astype(np.uint16, copy=False)
    return _decompress(data, syntax, layout)


def _get_pixel_data(dataset: Dataset, syntax: str) -> bytes:
    """The bytes of the pixels, if they are not compressed with loss."""
    if "PixelData" not in dataset:
        raise DicomError("has no pixels.")
    if syntax in NOT_DECODED:
        raise DicomError(
            f"is compressed as {name_uid(syntax)}, for which there is no decoder here; "
            "store it uncompressed."
        )
    if syntax not in NATIVE | COMPRESSED:
        name = name_uid(syntax) if syntax else "none"
        raise DicomError(f"must have a lossless transfer syntax, got {name}.")
    values = [value for value in read_values(dataset, "PixelData") if value]
    return values[0] if len(values) == 1 and isinstance(values[0], bytes) else b""


def _decompress(
    data: bytes, syntax: str, layout: Layout
) -> UInt16[np.ndarray, " pixel"]:
    """All frames of compressed pixels, one after the other."""
    if layout.pixels > MAX_COMPRESSED_PIXELS:
        raise DicomError(
            f"must have 1 to {MAX_COMPRESSED_PIXELS} compressed pixels, got "
            f"{layout.pixels}."
        )
    checked = [
        _check_stream(stream, syntax, layout) for stream in _split(data, layout.frames)
    ]
    bits = {each.bits for each in checked}
    if len(bits) != 1:
        raise DicomError("has compressed frames of different numbers of bits.")
    # Only JPEG 2000 knows signs; of the others the words are taken as they are.
    signed = int(layout.signed and syntax == JPEG_2000)
    options: dict[str, Any] = {
        "rows": layout.rows,
        "columns": layout.columns,
        "number_of_frames": layout.frames,
        "samples_per_pixel": 1,
        "photometric_interpretation": "MONOCHROME2",
        "pixel_keyword": "PixelData",
        "pixel_representation": signed,
        "bits_allocated": 16,
        "bits_stored": bits.pop(),
    }
    stream = encapsulate([each.stream for each in checked], has_bot=False)
    plugin = "pydicom" if syntax == RLE else "gdcm"
    try:
        with quiet():
            array, _ = get_decoder(UID(syntax)).as_array(
                stream, raw=True, validate=False, decoding_plugin=plugin, **options
            )
    except FAILURES as reason:
        raise DicomError(
            f"has compressed pixels that cannot be decoded ({type(reason).__name__})."
        ) from None
    if array.size != layout.pixels or array.dtype.kind not in "iu":
        raise DicomError("has compressed pixels that do not fill the declared frames.")
    words = array.astype(np.int16).view(np.uint16) if signed else array
    return words.astype(np.uint16, copy=False).ravel()


def _split(data: bytes, frames: int) -> list[bytes]:
    """The codestream of each frame."""
    try:
        with quiet():
            found = generate_fragments(data[_skip_offsets(data) :])
            fragments = sum(1 for _ in islice(found, MAX_FRAGMENTS + 1))
            if not frames <= fragments <= MAX_FRAGMENTS:
                raise DicomError(
                    f"must have {frames} to {MAX_FRAGMENTS} fragments of pixels for "
                    f"its frames, got {'more' if fragments > frames else fragments}."
                )
            streams = list(generate_frames(data, number_of_frames=frames))
    except FAILURES as reason:
        raise DicomError(
            f"has compressed pixels whose frames cannot be told apart "
            f"({type(reason).__name__})."
        ) from None
    if len(streams) != frames:
        raise DicomError(
            f"must have {frames} compressed frames as declared, got {len(streams)}."
        )
    return streams


def _skip_offsets(data: bytes) -> int:
    """Where the fragments begin, behind the table of their offsets."""
    return 8 + int.from_bytes(data[4:8], "little")


def _check_stream(stream: bytes, syntax: str, layout: Layout) -> Checked:
    """One frame, seen before a decoder sees it."""
    if syntax == RLE:
        return check_rle(stream, layout)
    if syntax == JPEG_LS:
        return check_jpeg_ls(stream, layout)
    if syntax == JPEG_2000:
        return check_jpeg_2000(stream, layout)
    first_order = syntax == JPEG_LOSSLESS_FIRST_ORDER
    return check_jpeg(stream, layout, first_order=first_order)


def _check_words(
    dataset: Dataset, words: UInt16[np.ndarray, " pixel"], layout: Layout
) -> None:
    """Refuse integers that are no counts.

    Bits above the stored ones hold a sign, a drawing on the image, or counts that the
    head of the file denies; none of them is dropped in silence.
    """
    largest = int(words.max())
    if layout.signed and (words & np.uint16(1 << (layout.stored_bits - 1))).any():
        raise DicomError("has negative pixels, so that they are no counts.")
    if largest >= 1 << layout.stored_bits:
        raise DicomError(f"has pixels above the declared {layout.stored_bits} bits.")
    ends = [
        number
        for keyword in ("PixelPaddingValue", "PixelPaddingRangeLimit")
        if (number := read_number(dataset, keyword)) is not None
    ]
    # A padding of 0 is what a detector shows beside its field.
    if ends and ((words >= max(min(ends), 1)) & (words <= max(ends))).any():
        raise DicomError("has padding pixels, which are no counts.")
