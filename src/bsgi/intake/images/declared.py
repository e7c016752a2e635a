"""What a PNG or a TIFF declares of its values, so that none is changed unseen.

A reader of pictures scales, turns and inverts what it opens, as is right for pictures.
Counts must come out as they were stored, or not at all.
"""

import struct
from pathlib import Path
from typing import Final

from PIL import Image
from PIL.ExifTags import Base as Tag

from bsgi.errors import ExamError

_PNG_HEAD_BYTES: Final = 8
_CHUNK: Final = struct.Struct(">I4s")
_CHECK_BYTES: Final = 4
_KEPT_BYTES: Final = 32
_LINEAR: Final = 100_000
"""The gamma of a PNG whose values are proportional to what they show."""

_UPRIGHT: Final = 1
_ZERO_IS_BLACK: Final = 1
_ZERO_IS_WHITE: Final = 0
_UNSIGNED: Final = 1
_SIGNED: Final = 2
_LOSSLESS: Final = frozenset({1, 5, 8, 32773, 32946})
"""Compressions of TIFF that keep values: none, LZW, deflate (two codes), PackBits."""

_COLOUR_PROFILE: Final = 34675
_PROFILE: Final = (
    "must hold values as they were counted, got {} with a gamma or colour profile, "
    "which are brightness."
)


def check_png(path: Path, image: Image.Image) -> int:
    """Refuse a PNG whose values are not those that were stored, or no plain numbers.

    Args:
        path: The file.
        image: The same, opened and not yet read.

    Returns:
        Bits per pixel.

    Raises:
        ExamError: If it has fewer than 8 bits, transparency, a gamma or colour profile,
            fewer significant bits than bits, or is to be turned.

    References:
        ISO/IEC 15948 (PNG), 11.2 and 11.3: IHDR, tRNS, gAMA, sRGB, iCCP, sBIT, eXIf.
    """
    chunks = _list_chunks(path)
    bits = chunks[b"IHDR"][8]
    if bits < 8:
        raise ExamError(f"must have 8 or 16 bits per pixel, got a PNG of {bits}.")
    if b"tRNS" in chunks:
        raise ExamError("must be opaque, got a PNG with transparent pixels.")
    gamma = chunks.get(b"gAMA")
    if (gamma and int.from_bytes(gamma, "big") != _LINEAR) or chunks.keys() & {
        b"sRGB",
        b"iCCP",
        b"cICP",
    }:
        raise ExamError(_PROFILE.format("a PNG"))
    significant = chunks.get(b"sBIT")
    if significant and significant[0] != bits:
        raise ExamError(
            f"must have values as they were counted, got a PNG of {significant[0]} "
            f"bits that were stretched to {bits}."
        )
    _check_upright(image, "a PNG")
    return bits


def check_tiff(image: Image.Image) -> int:
    """Refuse a TIFF whose values are not those that were stored, or no plain numbers.

    Args:
        image: The file, opened and not yet read.

    Returns:
        Bits per pixel.

    Raises:
        ExamError: If zero is not black in it, its compression may lose values, its
            numbers are of another kind than it is read with, it has a colour profile,
            or is to be turned.

    References:
        TIFF 6.0, sections 3, 4, 8 and 19: Compression, PhotometricInterpretation,
        BitsPerSample, Orientation, SampleFormat.
    """
    tags = image.tag_v2  # type: ignore[attr-defined]
    shown = tags.get(Tag.PhotometricInterpretation)
    if shown != _ZERO_IS_BLACK:
        got = "with zero as white" if shown == _ZERO_IS_WHITE else "that says otherwise"
        raise ExamError(f"must have zero as black, got a TIFF {got}.")
    packing = tags.get(Tag.Compression, 1)
    if packing not in _LOSSLESS:
        raise ExamError(
            "must be stored without compression or with LZW, deflate or PackBits, got "
            f"a TIFF of compression {packing}, which may change values."
        )
    bits = tuple(tags.get(Tag.BitsPerSample, (1,)))
    if bits not in {(8,), (16,), (32,)}:
        raise ExamError(
            "must have one number of 8, 16 or 32 bits per pixel, got a TIFF of "
            f"{' and '.join(map(str, bits))}."
        )
    # Pillow reads numbers with a sign as such into this mode alone.
    kinds = {_UNSIGNED, _SIGNED} if image.mode == "I" else {_UNSIGNED}
    if not kinds.issuperset(tags.get(Tag.SampleFormat, (_UNSIGNED,))):
        raise ExamError(
            f"must hold numbers without a sign, got a TIFF of {bits[0]} bits that says "
            "otherwise."
        )
    if _COLOUR_PROFILE in tags:
        raise ExamError(_PROFILE.format("a TIFF"))
    _check_upright(image, "a TIFF")
    return int(bits[0])


def _check_upright(image: Image.Image, what: str) -> None:
    """Refuse an image that is shown turned or mirrored: by tag, Exif or XMP."""
    if image.getexif().get(Tag.Orientation, _UPRIGHT) != _UPRIGHT:
        raise ExamError(f"must be stored upright, got {what} that is to be turned.")


def _list_chunks(path: Path) -> dict[bytes, bytes]:
    """The begin of the first chunk of each kind."""
    chunks: dict[bytes, bytes] = {}
    with path.open("rb") as stream:
        stream.seek(_PNG_HEAD_BYTES)
        while len(head := stream.read(_CHUNK.size)) == _CHUNK.size:
            length, kind = _CHUNK.unpack(head)
            begin = stream.read(min(length, _KEPT_BYTES))
            chunks.setdefault(kind, begin)
            stream.seek(length - len(begin) + _CHECK_BYTES, 1)
            if kind == b"IEND":
                break
    return chunks
