"""What compressed pixels say of themselves, checked before they are decoded.

Decoders are native programs, and what they do not expect may end the process. None of
them is handed a frame of another size than the file declares, with more than one
component, of more than 16 bits, with loss, cut off, or with something behind its first
scan; and only those segments that decoding needs.

References:
    ITU-T T.81 (JPEG: B.1.1, B.2, table B.2; H.1 lossless), ITU-T T.87 (JPEG-LS: C.2);
    DICOM PS3.5 A.4 and annex G (RLE).
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bsgi.dicom.frames.layout import Layout
from bsgi.errors import DicomError

_END: Final = b"\xff\xd9"
_SCAN: Final = 0xDA
_JPEG_BEHIND: Final = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]")
"""A marker behind the begin of a scan; stuffed bytes and restarts are none."""
_JPEG_LS_BEHIND: Final = re.compile(rb"\xff[\x80-\xcf\xd8-\xff]")

_LOSSLESS_FRAME: Final = 0xC3
_RESTART: Final = 0xDD
_TEXT: Final = frozenset({0xFE, *range(0xE0, 0xF0)})
"""Comment and application data; GDCM ends the process at some of them."""
_JPEG_HEADS: Final = frozenset({0xC4, _RESTART}) | _TEXT

_JPEG_LS_FRAME: Final = 0xF7
_JPEG_LS_PRESET: Final = 0xF8
_JPEG_LS_HEADS: Final = frozenset({_JPEG_LS_PRESET, _RESTART}) | _TEXT


def damaged(what: str) -> DicomError:
    """The refusal of a frame whose compressed form is not what it must be."""
    return DicomError(f"has compressed pixels that are damaged: {what}.")


@dataclass(frozen=True, slots=True)
class Checked:
    """A frame that a decoder may be given.

    Args:
        bits: Bits per pixel that it states.
        stream: Its codestream, without what decoding does not need.
    """

    bits: int
    stream: bytes


@dataclass(frozen=True, slots=True)
class Scan:
    """The head of a JPEG or JPEG-LS codestream.

    Args:
        frame: Payload of its one frame header.
        scan: Payload of its one scan header.
        others: Markers and payloads of the other segments.
        begin: Where the compressed data begin.
    """

    frame: bytes
    scan: bytes
    others: tuple[tuple[int, bytes], ...]
    begin: int

    def join(self, mark: int, data: bytes) -> bytes:
        """A codestream of these segments, without texts, and the compressed data."""
        kept = [(each, text) for each, text in self.others if each not in _TEXT]
        segments = (*kept, (mark, self.frame), (_SCAN, self.scan))
        return (
            b"\xff\xd8"
            + b"".join(
                struct.pack(">BBH", 0xFF, each, len(text) + 2) + text
                for each, text in segments
            )
            + data[self.begin :]
        )


def check_jpeg(stream: bytes, layout: Layout, *, first_order: bool) -> Checked:
    """Check a frame of JPEG lossless.

    Args:
        stream: One codestream.
        layout: What the file declares.
        first_order: Whether the transfer syntax allows selection value 1 only.

    Raises:
        DicomError: If it is not what the file declares, not lossless or not whole.
    """
    stream = _trim(stream)
    head = _read_head(stream, _LOSSLESS_FRAME, _JPEG_HEADS)
    bits = _check_size(head, layout)
    if len(head.scan) != 6 or head.scan[0] != 1:
        raise damaged("its scan must have one component")
    selection, end, point_transform = head.scan[3], head.scan[4], head.scan[5]
    if not 1 <= selection <= 7 or end != 0 or (first_order and selection != 1):
        raise damaged("its predictor is not that of its transfer syntax")
    if point_transform != 0:
        raise DicomError(
            "was compressed with loss: the lowest bits of its pixels were cut off."
        )
    _check_end(stream, head.begin, _JPEG_BEHIND)
    return Checked(bits, head.join(_LOSSLESS_FRAME, stream))


def check_jpeg_ls(stream: bytes, layout: Layout) -> Checked:
    """Check a frame of JPEG-LS.

    Args:
        stream: One codestream.
        layout: What the file declares.

    Raises:
        DicomError: If it is not what the file declares, not lossless or not whole.
    """
    stream = _trim(stream)
    head = _read_head(stream, _JPEG_LS_FRAME, _JPEG_LS_HEADS)
    bits = _check_size(head, layout)
    if any(
        mark == _JPEG_LS_PRESET and data[:1] != b"\x01" for mark, data in head.others
    ):
        raise damaged("it has tables that no count needs")
    if len(head.scan) != 6 or head.scan[0] != 1 or head.scan[2] != 0:
        raise damaged("its scan must have one component and no table")
    if head.scan[3] != 0:
        raise DicomError("was compressed with loss: its JPEG-LS is near-lossless.")
    if head.scan[4] != 0 or head.scan[5] != 0:
        raise damaged("its scan must be neither interleaved nor shifted")
    _check_end(stream, head.begin, _JPEG_LS_BEHIND)
    return Checked(bits, head.join(_JPEG_LS_FRAME, stream))


def check_rle(stream: bytes, layout: Layout) -> Checked:
    """Check a frame of run lengths: two segments of one byte per pixel.

    Args:
        stream: One frame.
        layout: What the file declares.

    Raises:
        DicomError: If it is not what the file declares.
    """
    if len(stream) < 64:
        raise damaged("its RLE header is cut off")
    count, first, second = struct.unpack_from("<3L", stream)
    if count != 2 or first != 64 or not 64 < second < len(stream):
        raise damaged("its RLE header must name two segments, one per byte")
    wanted = layout.rows * layout.columns
    for segment in (stream[first:second], stream[second:]):
        if _count_rle(segment, wanted) != wanted:
            raise damaged("its RLE segments do not have as many bytes as its pixels")
    return Checked(layout.stored_bits, stream)


def _count_rle(segment: bytes, wanted: int) -> int:
    """Bytes that a segment expands to, counted until they are too many.

    One byte may be expanded to 64, so that a file of some MiB can fill the memory.
    """
    place = total = 0
    while place + 1 < len(segment) and total <= wanted:
        control = segment[place]
        if control < 128:
            place += control + 2
            total += control + 1
        elif control > 128:
            place += 2
            total += 257 - control
        else:
            place += 1
    # A last byte alone makes the length even; a run that is cut off gives nothing.
    return total if place <= len(segment) else -1


def _trim(stream: bytes) -> bytes:
    """The codestream without the byte that makes its length even."""
    if not stream.startswith(b"\xff\xd8"):
        raise damaged("it does not begin as JPEG")
    return stream.rstrip(b"\0")


def _read_head(stream: bytes, frame: int, others: frozenset[int]) -> Scan:
    """The segments up to the first scan, each one of those that are expected."""
    found: bytes | None = None
    rest: list[tuple[int, bytes]] = []
    for mark, data, end in _read_segments(stream):
        if mark == _SCAN:
            if found is None:
                break
            return Scan(found, data, tuple(rest), end)
        if mark == frame and found is None:
            found = data
        elif mark in others:
            rest.append((mark, data))
        else:
            raise damaged(f"it has a segment {mark:02X} that its syntax has not")
    raise damaged("its head is not whole")


def _read_segments(stream: bytes) -> Iterator[tuple[int, bytes, int]]:
    """Marker, payload and end of each segment behind the begin of the image."""
    place = 2
    while place + 4 <= len(stream):
        if stream[place] != 0xFF:
            raise damaged("its head is not made of segments")
        if stream[place + 1] == 0xFF:  # filled up
            place += 1
            continue
        length = int.from_bytes(stream[place + 2 : place + 4], "big")
        end = place + 2 + length
        if length < 2 or end > len(stream):
            raise damaged("a segment of its head is cut off")
        yield stream[place + 1], stream[place + 4 : end], end
        place = end


def _check_size(head: Scan, layout: Layout) -> int:
    """Bits per pixel, after size and components were compared with the file's."""
    if len(head.frame) != 9:
        raise damaged("its frame must have one component")
    bits, rows, columns, components = struct.unpack_from(">BHHB", head.frame)
    check_size((rows, columns, components, bits), layout)
    return int(bits)


def check_size(found: tuple[int, int, int, int], layout: Layout) -> None:
    """Compare rows, columns, components and bits of a codestream with the file's.

    Raises:
        DicomError: If they differ, or if the bits are not 2 to 16.
    """
    rows, columns, components, bits = found
    if (rows, columns) != (layout.rows, layout.columns):
        raise damaged(
            f"it has {rows} rows and {columns} columns, and the file declares "
            f"{layout.rows} and {layout.columns}"
        )
    if components != 1 or not 2 <= bits <= 16:
        raise damaged(f"it has {components} components of {bits} bits")


def _check_end(stream: bytes, begin: int, behind: re.Pattern[bytes]) -> None:
    """Nothing but the end of the image may follow the compressed data."""
    marker = behind.search(stream, begin)
    if marker is None or stream[marker.start() :].lstrip(b"\xff") != _END[1:]:
        raise damaged("it does not end where its image ends")
