"""Heads of JPEG 2000, built by hand after ITU-T T.800."""

import struct

import numpy as np
import pytest

from bsgi.dicom.frames.jpeg2000 import check_jpeg_2000
from bsgi.dicom.frames.layout import Layout
from bsgi.errors import DicomError

LAYOUT = Layout(1, 12, 9, 16, signed=False)
CODING = bytes([0, 0, 0, 1, 0, 5, 4, 4, 0, 1])
DATA = b"\x01\x02\x03"


def _segment(mark: int, data: bytes) -> bytes:
    return struct.pack(">HH", mark, len(data) + 2) + data


def _size(
    width: int = 9,
    height: int = 12,
    bits: int = 15,
    tile: tuple[int, int] = (9, 12),
    rest: tuple[int, int, int] = (1, 1, 1),
    corner: tuple[int, int] = (0, 0),
) -> bytes:
    parts, across, down = rest
    return struct.pack(
        ">H8LH3B", 0, width, height, *corner, *tile, 0, 0, parts, bits, across, down
    )


def _tile(
    data: bytes = DATA, extra: bytes = b"", size: int | None = None, number: int = 0
) -> bytes:
    body = extra + b"\xff\x93" + data
    size = 12 + len(body) if size is None else size
    return struct.pack(">HHHLBB", 0xFF90, 10, number, size, 0, 1) + body


def _stream(
    size: bytes | None = None,
    coding: bytes = CODING,
    extra: bytes = b"",
    tiles: bytes | None = None,
    end: bytes = b"\xff\xd9",
) -> bytes:
    head = _segment(0xFF51, _size() if size is None else size)
    head += _segment(0xFF52, coding) + _segment(0xFF5C, b"\x40" + bytes(16)) + extra
    return b"\xff\x4f" + head + (_tile() if tiles is None else tiles) + end


@pytest.mark.parametrize(
    "stream",
    [
        _stream(),
        _stream() + b"\0",
        _stream(tiles=_tile(size=0)),
        _stream(tiles=_tile() + _tile(number=1), size=_size(tile=(9, 6))),
        _stream(extra=_segment(0xFF64, b"\x00\x01a text")),
        _stream(tiles=_tile(extra=_segment(0xFF58, b"\0\1"))),
        _stream(coding=bytes([1, 0, 0, 1, 0, 1, 4, 4, 0, 1, 0x88, 0x88])),
    ],
)
def test_what_is_right_passes(stream: bytes) -> None:
    assert check_jpeg_2000(stream, LAYOUT).bits == 16


@pytest.mark.parametrize(
    ("stream", "match"),
    [
        (b"", "it does not begin as JPEG 2000"),
        (b"\0\0\0\x0cjP  " + _stream(), "it does not begin as JPEG 2000"),
        (_stream(_size(height=65535)), "it has 65535 rows and 9 columns"),
        (_stream(_size(width=2**31)), "columns, and the file declares 12 and 9"),
        (_stream(_size(bits=16)), "it has 1 components of 17 bits"),
        (_stream(_size(rest=(3, 1, 1))), "it has 3 components of 16 bits"),
        (_stream(_size(rest=(1, 2, 1))), "must lie on every point of its grid"),
        (_stream(_size(bits=0x8F)), "it has another sign than the file declares"),
        (_stream(_size(corner=(1, 0))), "must begin in the corner of its grid"),
        (_stream(_size(tile=(0, 12))), "must lie on every point of its grid"),
        (_stream(coding=CODING[:-1] + b"\0"), "its JPEG 2000 is irreversible"),
        (_stream(coding=CODING[:-2] + b"\x40\1"), "is not one of JPEG 2000 part 1"),
        (_stream(coding=CODING[:5] + b"\x40" + CODING[6:]), "is not one of JPEG 2000"),
        (_stream(coding=CODING[:-1]), "its head is cut off|coding style is cut off"),
        (_stream(coding=b"\1" + CODING[1:]), "its coding style is cut off"),
        (_stream(extra=_segment(0xFF53, b"\0\0\5\4\4\0\0")), "is irreversible"),
        (_stream(extra=_segment(0xFF5D, b"\0\x42" + bytes(20))), "is quantised"),
        (_stream(extra=_segment(0xFF50, b"\0\0\0\0")), "it has a segment FF50 that no"),
        (_stream(extra=_segment(0xFF5E, b"\0\0\5")), "it has a segment FF5E that no"),
        (_stream(extra=b"\xff\x64\xff\xff"), "a segment of its head is cut off"),
        (_stream(tiles=_tile(extra=_segment(0xFF52, CODING[:-1] + b"\0"))), "irrevers"),
        (_stream(tiles=_tile(extra=_segment(0xFF61, b"\0"))), "it has a segment FF61"),
        (_stream(tiles=_tile(size=400)), "its tiles are cut off"),
        (_stream(tiles=_tile(size=13)), "its tiles are cut off"),
        (_stream()[:-4], "its tiles are cut off|its head is cut off"),
        (_stream(end=b""), "its tiles are cut off|its head is cut off"),
        (_stream(end=b"\xff\xd9more"), "its tiles are cut off|it does not end"),
        (_stream(tiles=b""), "its head is not whole|a segment of its head|cut off"),
    ],
)
def test_jpeg_2000_that_is_not_what_it_must_be_is_not_decoded(
    stream: bytes, match: str
) -> None:
    with pytest.raises(DicomError, match=match):
        check_jpeg_2000(stream, LAYOUT)


def test_a_coding_style_must_be_there() -> None:
    stream = b"\xff\x4f" + _segment(0xFF51, _size()) + _tile() + b"\xff\xd9"
    with pytest.raises(DicomError, match="its coding style is missing"):
        check_jpeg_2000(stream, LAYOUT)


def test_a_million_tiles_are_refused() -> None:
    large = Layout(1, 2048, 2048, 16, signed=False)
    with pytest.raises(DicomError, match="it has too many tiles"):
        check_jpeg_2000(_stream(_size(2048, 2048, tile=(1, 1))), large)


def test_no_bytes_can_cause_another_error() -> None:
    rng = np.random.default_rng(1)
    longest = 0
    good = _stream(tiles=_tile(extra=_segment(0xFF58, b"\0\1")))
    for _ in range(2000):
        stream = bytearray(good)
        for place in rng.integers(0, len(stream), 3):
            stream[place] = rng.integers(256)
        try:
            check_jpeg_2000(bytes(stream[: rng.integers(1, 2 * len(stream))]), LAYOUT)
        except DicomError as reason:
            longest = max(longest, len(str(reason)))
    assert longest < 160
