"""Pixel data as stored, without the comments of a compressor.

Uncompressed pixels are copied byte for byte. Compressed frames keep every byte that a
decoder needs; segments that hold free text or data of an application are left out, and
so is whatever follows the end of a frame.

References:
    DICOM PS3.5 A.4 (encapsulation). Segments: ITU-T T.81 B.1.1.3 (JPEG), T.87 C.1.1
    (JPEG-LS), T.800 A.2 (JPEG 2000).
"""

from typing import Final

from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate, generate_frames

from bsgi.dicom.parse import FAILURES, read_integer, read_text
from bsgi.errors import DicomError

UNCOMPRESSED: Final = frozenset(
    f"1.2.840.10008.1.2{rest}" for rest in ("", ".1", ".1.99", ".2")
)
RLE: Final = "1.2.840.10008.1.2.5"
JPEG: Final = frozenset(
    f"1.2.840.10008.1.2.4.{number}" for number in (50, 51, 57, 70, 80, 81)
)
JPEG_2000: Final = frozenset(f"1.2.840.10008.1.2.4.{number}" for number in (90, 91))

_END: Final = b"\xff\xd9"
_JPEG_COMMENTS: Final = frozenset({*range(0xE0, 0xF0), 0xFE})
"""Segments of applications and comments; a grey image needs none of them."""


def copy_pixels(dataset: Dataset, clean: Dataset) -> None:
    """Pass the pixel data on.

    Args:
        dataset: What the file holds.
        clean: The dataset to complete.

    Raises:
        DicomError: If there are none, if they are longer than their frames, or if they
            are compressed in a way that could hide a text.
    """
    if "PixelData" not in dataset:
        raise DicomError("must have pixels, got none.")
    element = dataset["PixelData"]
    if not isinstance(element.value, bytes):
        raise DicomError("has pixel data that cannot be read.")
    syntax = read_text(dataset.file_meta, "TransferSyntaxUID")
    if syntax not in UNCOMPRESSED:
        content = encapsulate(_clean_frames(element.value, syntax, dataset))
        clean.add_new("PixelData", "OB", content)
        clean["PixelData"].is_undefined_length = True
        return
    _check_length(dataset, len(element.value))
    clean.add_new("PixelData", element.VR, element.value)


def _count_frames(dataset: Dataset) -> int:
    frames = read_integer(dataset, "NumberOfFrames")
    return 1 if frames is None else frames


def _check_length(dataset: Dataset, length: int) -> None:
    """Refuse uncompressed pixel data that hold more than their frames."""
    sizes = [read_integer(dataset, keyword) for keyword in ("Rows", "Columns")]
    rows, columns = (0 if size is None else size for size in sizes)
    expected = 2 * rows * columns * _count_frames(dataset)
    if not 0 < expected <= length <= expected + 1:
        raise DicomError(
            f"must have {expected} bytes of pixels for its frames, got {length}."
        )


def _clean_frames(content: bytes, syntax: str, dataset: Dataset) -> list[bytes]:
    """The compressed frames, each without what no decoder needs."""
    if syntax not in JPEG | JPEG_2000 | {RLE}:
        raise DicomError(
            "has a transfer syntax that is not passed on; decompress it first."
        )
    frames = _count_frames(dataset)
    try:
        found = list(generate_frames(content, number_of_frames=frames))
    except FAILURES:
        raise DicomError("has compressed pixels that cannot be read.") from None
    if len(found) != frames:
        raise DicomError(f"must have {frames} compressed frames, got {len(found)}.")
    if syntax == RLE:
        return found
    return [_drop_comments(frame, jpeg_2000=syntax in JPEG_2000) for frame in found]


def _drop_comments(frame: bytes, *, jpeg_2000: bool) -> bytes:
    """A code stream without comments, applications' segments and a tail.

    Raises:
        DicomError: If its head is not made of segments.
    """
    start, last = (b"\xff\x4f", 0x90) if jpeg_2000 else (b"\xff\xd8", 0xDA)
    dropped = frozenset({0x64}) if jpeg_2000 else _JPEG_COMMENTS
    if frame[:2] != start:
        raise DicomError("has a compressed frame with an unknown head.")
    kept, place = [start], 2
    while frame[place : place + 1] == b"\xff" and frame[place + 1] != last:
        if frame[place + 1] == 0xFF:  # a fill byte
            place += 1
            continue
        size = 2 + int.from_bytes(frame[place + 2 : place + 4], "big")
        if frame[place + 1] not in dropped:
            kept.append(frame[place : place + size])
        place += size
    if frame[place : place + 2] != bytes((0xFF, last)):
        raise DicomError("has a compressed frame with a damaged head.")
    end = frame.find(_END, place)
    if end < 0:
        raise DicomError("has a compressed frame without an end.")
    kept.append(frame[place : end + 2])
    return b"".join(kept)
