"""Heads of compressed frames, built by hand after the standards they are of."""

import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from pydicom.pixels.encoders.base import RLELosslessEncoder

from bsgi.dicom.frames.codestream import check_jpeg, check_jpeg_ls, check_rle
from bsgi.dicom.frames.layout import Layout
from bsgi.errors import DicomError

LAYOUT = Layout(1, 12, 9, 16, signed=False)
DATA = b"\x12\xff\x00\x34\xff\xd0\x56"
END = b"\xff\xd9"


def _segment(mark: int, data: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, mark, len(data) + 2) + data


def _size(rows: int = 12, columns: int = 9, bits: int = 16, parts: int = 1) -> bytes:
    return struct.pack(">BHHB", bits, rows, columns, parts) + b"\x01\x11\x00" * parts


def _jpeg(
    frame: bytes | None = None,
    scan: bytes = b"\x01\x01\x00\x01\x00\x00",
    data: bytes = DATA,
    mark: int = 0xC3,
    extra: bytes = b"",
    end: bytes = END,
) -> bytes:
    head = _segment(0xE0, b"JFIF\0") + _segment(0xC4, b"\0" * 17) + extra
    frame = _size() if frame is None else frame
    return (
        b"\xff\xd8" + head + _segment(mark, frame) + _segment(0xDA, scan) + data + end
    )


def _jpeg_ls(
    frame: bytes | None = None,
    scan: bytes = b"\x01\x01\x00\x00\x00\x00",
    extra: bytes = b"",
    data: bytes = b"\x12\xff\x7f\x34",
) -> bytes:
    frame = _size() if frame is None else frame
    return (
        b"\xff\xd8" + extra + _segment(0xF7, frame) + _segment(0xDA, scan) + data + END
    )


def test_what_is_right_passes_without_its_texts() -> None:
    found = check_jpeg(_jpeg() + b"\0", LAYOUT, first_order=True)
    assert found.bits == 16
    assert b"JFIF" not in found.stream
    assert found.stream.endswith(DATA + END)
    again = check_jpeg(found.stream, LAYOUT, first_order=True)
    assert again == found
    several = check_jpeg(
        _jpeg(scan=b"\x01\x01\x00\x06\x00\x00"), LAYOUT, first_order=False
    )
    assert several.bits == 16
    with_comment = _jpeg_ls(extra=_segment(0xFE, b"a text") + b"\xff")
    assert check_jpeg_ls(with_comment, LAYOUT).stream == _jpeg_ls()


@pytest.mark.parametrize(
    ("stream", "match"),
    [
        (b"", "it does not begin as JPEG"),
        (b"\xff\xd8", "its head is not whole"),
        (
            _jpeg(_size(rows=65535)),
            "it has 65535 rows and 9 columns, and the file decl",
        ),
        (_jpeg(_size(columns=10)), "it has 12 rows and 10 columns"),
        (_jpeg(_size(rows=0)), "it has 0 rows"),
        (_jpeg(_size(bits=17)), "it has 1 components of 17 bits"),
        (_jpeg(_size(bits=1)), "it has 1 components of 1 bits"),
        (_jpeg(_size(parts=3)), "its frame must have one component"),
        (_jpeg(_size()[:-1]), "its frame must have one component"),
        (_jpeg(mark=0xC0), "it has a segment C0 that its syntax has not"),
        (_jpeg(extra=_segment(0xC3, _size())), "it has a segment C3"),
        (_jpeg(extra=_segment(0xDC, b"\0\1")), "it has a segment DC"),
        (_jpeg(extra=b"\xff\xe1\x00\x01"), "a segment of its head is cut off"),
        (_jpeg(extra=b"\xff\xe1\xff\xff"), "a segment of its head is cut off"),
        (_jpeg(extra=b"\x00\x00\x00\x00"), "its head is not made of segments"),
        (
            _jpeg(scan=b"\x02\x01\x00\x02\x00\x01\x00\x00"),
            "its scan must have one comp",
        ),
        (
            _jpeg(scan=b"\x01\x01\x00\x02\x00\x00"),
            "its predictor is not that of its tr",
        ),
        (_jpeg(scan=b"\x01\x01\x00\x01\x00\x02"), "the lowest bits of its pixels were"),
        (_jpeg(end=b""), "it does not end where its image ends"),
        (_jpeg(data=DATA + _segment(0xC3, _size())), "it does not end where its image"),
        (_jpeg() + END, "it does not end where its image ends"),
    ],
)
def test_jpeg_that_is_not_what_it_must_be_is_not_decoded(
    stream: bytes, match: str
) -> None:
    with pytest.raises(DicomError, match=match):
        check_jpeg(stream, LAYOUT, first_order=True)


@pytest.mark.parametrize(
    ("stream", "match"),
    [
        (_jpeg(), "it has a segment C4 that its syntax has not"),
        (_jpeg_ls(_size(rows=13)), "it has 13 rows"),
        (_jpeg_ls(scan=b"\x01\x01\x00\x02\x00\x00"), "JPEG-LS is near-lossless"),
        (_jpeg_ls(scan=b"\x01\x01\x01\x00\x00\x00"), "one component and no table"),
        (_jpeg_ls(scan=b"\x01\x01\x00\x00\x01\x00"), "neither interleaved nor shifted"),
        (
            _jpeg_ls(extra=_segment(0xF8, b"\x02\0\0")),
            "it has tables that no count needs",
        ),
        (_jpeg_ls(data=b"\x12\xff\x90"), "it does not end where its image ends"),
    ],
)
def test_jpeg_ls_that_is_not_what_it_must_be_is_not_decoded(
    stream: bytes, match: str
) -> None:
    with pytest.raises(DicomError, match=match):
        check_jpeg_ls(stream, LAYOUT)


@pytest.mark.parametrize("check", [check_jpeg_ls, check_rle])
@pytest.mark.parametrize("seed", range(3))
def test_no_bytes_can_cause_another_error(
    check: Callable[[bytes, Layout], object], seed: int
) -> None:
    rng = np.random.default_rng(seed)
    longest = 0
    good = _jpeg_ls() if check is check_jpeg_ls else _run_lengths()
    for _ in range(300):
        stream = bytearray(good)
        for place in rng.integers(0, len(stream), 3):
            stream[place] = rng.integers(256)
        try:
            check(bytes(stream[: rng.integers(1, 2 * len(stream))]), LAYOUT)
        except DicomError as reason:
            longest = max(longest, len(str(reason)))
    assert longest < 160


def _run_lengths(seed: int = 0) -> bytes:
    """A frame that pydicom compresses."""
    counts = np.random.default_rng(seed).integers(0, 400, 108).astype("<u2")
    options: dict[str, Any] = {
        "rows": 12, "columns": 9, "samples_per_pixel": 1, "bits_allocated": 16,
        "bits_stored": 16, "pixel_representation": 0, "number_of_frames": 1,
        "photometric_interpretation": "MONOCHROME2",
    }  # fmt: skip
    return RLELosslessEncoder.encode(counts.tobytes(), **options)


def test_run_lengths_are_counted_before_they_are_expanded() -> None:
    stream = _run_lengths()
    assert check_rle(stream, LAYOUT).stream == stream
    first, second = struct.unpack_from("<2L", stream, 4)
    bomb = b"\x81\x00" * (second - first)
    padded = b"\x81\x00" + stream[first:second]
    for segment, match in (
        (bomb, "as many bytes as its pixels"),
        (stream[first : second - 8], "as many bytes as its pixels"),
        (padded, "as many bytes as its pixels"),
    ):
        head = struct.pack("<16L", 2, 64, 64 + len(segment), *[0] * 13)
        with pytest.raises(DicomError, match=match):
            check_rle(head + segment + stream[second:], LAYOUT)


@pytest.mark.parametrize(
    ("head", "match"),
    [
        ((3, 64, 70, 80), "must name two segments"),
        ((2, 60, 70, 0), "must name two segments"),
        ((2, 64, 64, 0), "must name two segments"),
        ((2, 64, 2**31, 0), "must name two segments"),
    ],
)
def test_run_lengths_of_another_head_are_refused(
    head: tuple[int, ...], match: str
) -> None:
    with pytest.raises(DicomError, match=match):
        check_rle(struct.pack("<16L", *head, *[0] * 12) + bytes(100), LAYOUT)
    with pytest.raises(DicomError, match="its RLE header is cut off"):
        check_rle(bytes(63), LAYOUT)
