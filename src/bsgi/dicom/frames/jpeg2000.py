"""What JPEG 2000 pixels say of themselves, checked before they are decoded.

References:
    ITU-T T.800 A.4 to A.6 (markers of the main and tile-part headers).
"""

import struct
from collections.abc import Iterator
from typing import Final

from bsgi.dicom.frames.codestream import Checked, check_size, damaged
from bsgi.dicom.frames.layout import Layout
from bsgi.errors import DicomError

_BEGIN: Final = b"\xff\x4f\xff\x51"
_END: Final = b"\xff\xd9"
_TILE: Final = 0xFF90
_DATA: Final = 0xFF93
_CODING: Final = 0xFF52
_CODING_OF_COMPONENT: Final = 0xFF53
_QUANTISATION: Final = 0xFF5C
_QUANTISATION_OF_COMPONENT: Final = 0xFF5D
_HARMLESS: Final = {0xFF55, 0xFF57, 0xFF58, 0xFF5F, 0xFF63, 0xFF64}
"""Lengths of tile-parts and packets, progression changes, registration, comment."""

_REVERSIBLE: Final = 1
_HIGH_THROUGHPUT: Final = 0x40
_MAX_TILES: Final = 1024
_MAX_LEVELS: Final = 32


def check_jpeg_2000(stream: bytes, layout: Layout) -> Checked:
    """Check a frame of JPEG 2000.

    Args:
        stream: One codestream, not a file of boxes.
        layout: What the file declares.

    Raises:
        DicomError: If it is not what the file declares, not reversible or not whole.
    """
    if not stream.startswith(_BEGIN):
        raise damaged("it does not begin as JPEG 2000")
    try:
        bits, place = _check_image(stream, layout)
        coded = False
        for mark, data, end in _read_segments(stream, place):
            if mark == _TILE:
                if not coded:
                    raise damaged("its coding style is missing")
                _check_tiles(stream, end - 12)
                return Checked(bits, stream)
            _check_segment(mark, data)
            coded = coded or mark == _CODING
    except (struct.error, IndexError, ValueError):
        raise damaged("its head is cut off") from None
    raise damaged("its head is not whole")


def _check_image(stream: bytes, layout: Layout) -> tuple[int, int]:
    """Bits per pixel and the end of the segment on image and tile size."""
    length, _, width, height, *rest = struct.unpack_from(">HH8LH", stream, 4)
    left, top, tile_width, tile_height, tile_left, tile_top, components = rest
    precision, across, down = struct.unpack_from(">3B", stream, 42)
    check_size((height, width, components, (precision & 0x7F) + 1), layout)
    if length != 41 or (left, top, tile_left, tile_top) != (0, 0, 0, 0):
        raise damaged("its image must begin in the corner of its grid")
    if (across, down) != (1, 1) or not (tile_width and tile_height):
        raise damaged("its pixels must lie on every point of its grid")
    if -(-width // tile_width) * -(-height // tile_height) > _MAX_TILES:
        raise damaged("it has too many tiles")
    if bool(precision & 0x80) != layout.signed:
        raise damaged("it has another sign than the file declares")
    return (precision & 0x7F) + 1, 45


def _read_segments(stream: bytes, place: int) -> Iterator[tuple[int, bytes, int]]:
    """Marker, payload and end of each segment of a header."""
    while True:
        mark, length = struct.unpack_from(">HH", stream, place)
        end = place + 2 + length
        if length < 2 or end > len(stream):
            raise damaged("a segment of its head is cut off")
        yield mark, stream[place + 4 : end], end
        place = end


def _check_segment(mark: int, data: bytes) -> None:
    """Refuse a segment that means loss, or that counts need not."""
    if mark in {_CODING, _CODING_OF_COMPONENT}:
        begin = 5 if mark == _CODING else 2
        levels, _, _, style, transform = data[begin : begin + 5]
        sized = data[0 if mark == _CODING else 1] & 1
        if len(data) != begin + 5 + sized * (levels + 1):
            raise damaged("its coding style is cut off")
        if transform != _REVERSIBLE:
            raise DicomError("was compressed with loss: its JPEG 2000 is irreversible.")
        if style & _HIGH_THROUGHPUT or levels > _MAX_LEVELS:
            raise damaged("its coding style is not one of JPEG 2000 part 1")
    elif mark in {_QUANTISATION, _QUANTISATION_OF_COMPONENT}:
        style = data[0 if mark == _QUANTISATION else 1]
        if style & 0x1F:
            raise DicomError("was compressed with loss: its JPEG 2000 is quantised.")
    elif mark not in _HARMLESS:
        raise damaged(f"it has a segment {mark:04X} that no count needs")


def _check_tiles(stream: bytes, place: int) -> None:
    """Walk over all tile-parts, which must fill the stream to its end."""
    whole = stream.rstrip(b"\0") if not stream.endswith(_END) else stream
    while whole[place : place + 2] != _END:
        mark, length, _, size, _, _ = struct.unpack_from(">HHHLBB", whole, place)
        end = len(whole) - 2 if size == 0 else place + size
        if mark != _TILE or length != 10 or not place + 14 <= end <= len(whole) - 2:
            raise damaged("its tiles are cut off")
        _check_tile_head(whole, place + 12, end)
        place = end
    if place + 2 != len(whole):
        raise damaged("it does not end where its image ends")


def _check_tile_head(stream: bytes, place: int, end: int) -> None:
    """Check the segments of the header of one tile-part, up to its data."""
    while struct.unpack_from(">H", stream, place)[0] != _DATA:
        mark, data, place = next(_read_segments(stream, place))
        if place + 2 > end:
            raise damaged("the head of a tile is cut off")
        _check_segment(mark, data)
