"""Files that want memory or time: bombs, nests and lengths that are not there.

Each is a right view of a breast but for one thing, so that nothing else refuses it.
"""

import struct
import zlib
from collections.abc import Callable
from copy import deepcopy
from functools import partial

import numpy as np
from pydicom.encaps import encapsulate

from tests.archive import codes
from tests.archive.draft import Draft, Ids
from tests.archive.layouts import Plan, lay_out_view
from tests.archive.pictures import PIXELS
from tests.archive.saying import Saying, say_view
from tests.archive.syntaxes import compress, write

HUGE = 65_535
_SOF = {codes.JPEG_LOSSLESS_SV1: b"\xff\xc3", codes.JPEG_LS: b"\xff\xf7"}
_SAYING = Saying("CID 4014", "ImageLaterality", "ImageID", "whole")


def make_view(syntax: str = codes.EXPLICIT) -> Draft:
    """A left cranio-caudal view with nothing wrong."""
    rng = np.random.default_rng(1)
    plan = Plan(Ids("H1", 1), "own series", PIXELS["uint16"], syntax, "hostile")
    draft = lay_out_view(plan, "LCC", 0, rng)
    say_view(draft, _SAYING, rng)
    return draft


def _declare(rows: int, columns: int, syntax: str) -> bytes:
    """A matrix in the dataset that the pixels do not have."""
    draft = make_view(syntax)
    draft.dataset.Rows, draft.dataset.Columns = rows, columns
    return draft.finish().content


def _declare_frames(number: int, syntax: str) -> bytes:
    draft = make_view(syntax)
    draft.dataset.NumberOfFrames = number
    return draft.finish().content


def _patch_stream(syntax: str, rows: int, columns: int, *, dataset: bool) -> bytes:
    """A codestream that declares another matrix, with or without the dataset."""
    draft = make_view(syntax)
    frames = draft.frames
    if frames is None:
        raise ValueError("a view has frames.")
    stored = compress(draft.dataset, frames, syntax)
    place = stored.index(b"\xff\x51" if syntax in _J2K else _SOF[syntax])
    if syntax in _J2K:
        place += 6
        size = struct.pack(">II", columns, rows)
        stored = stored[:place] + size + stored[place + 8 :]
        place += 16  # the tile is as large as the image
        stored = stored[:place] + size + stored[place + 8 :]
    else:
        place += 5
        size = struct.pack(">HH", rows, columns)
        stored = stored[:place] + size + stored[place + 4 :]
    if dataset:
        draft.dataset.Rows, draft.dataset.Columns = rows, columns
    return _with_pixels(draft, stored)


_J2K = (codes.JPEG_2000_LOSSLESS,)


def _with_pixels(draft: Draft, stored: bytes) -> bytes:
    dataset = deepcopy(draft.dataset)
    dataset.PixelData = stored
    dataset["PixelData"].VR = "OB"
    dataset["PixelData"].is_undefined_length = True
    return write(dataset, draft.syntax)


def _run_length_bomb(size_bytes: int) -> bytes:
    """Two segments for the bytes of 16 bits, of runs of 128 zeros."""
    segment = b"\x81\x00" * (size_bytes // 256)
    head = struct.pack("<16I", 2, 64, 64 + len(segment), *[0] * 13)
    return _with_pixels(make_view(codes.RLE), encapsulate([head + 2 * segment]))


def _fragments(number: int) -> bytes:
    """One frame in very many fragments."""
    pieces = b"\xfe\xff\x00\xe0\x02\0\0\0\0\0" * number
    return _with_pixels(make_view(codes.RLE), b"\xfe\xff\x00\xe0\0\0\0\0" + pieces)


def _split(syntax: str = codes.EXPLICIT) -> tuple[bytes, bytes]:
    """File meta group and dataset of a view."""
    content = make_view(syntax).finish().content
    end = 144 + int.from_bytes(content[140:144], "little")
    return content[:end], content[end:]


def deflate_bomb(mebibytes: int, *, inside: bool) -> bytes:
    """A deflated view and zeros after it, in a private element or behind the end."""
    head, _ = _split(codes.DEFLATED)
    _, body = _split()
    if inside:
        body += b"\xe1\x7f\x01\x10OB\0\0" + struct.pack("<I", mebibytes << 20)
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    begin = squeeze.compress(body) + squeeze.flush(zlib.Z_FULL_FLUSH)
    block = squeeze.compress(bytes(1 << 20)) + squeeze.flush(zlib.Z_FULL_FLUSH)
    return head + begin + block * mebibytes + squeeze.flush()


def nested(depth: int, *, open_ended: bool) -> bytes:
    """Sequences in sequences, before everything else in the dataset."""
    head, body = _split()
    tag = b"\x08\x00\x15\x11SQ\0\0"
    if open_ended:
        endless = b"\xff\xff\xff\xff"
        begin = (tag + endless + b"\xfe\xff\x00\xe0" + endless) * depth
        end = (b"\xfe\xff\x0d\xe0" + bytes(4) + b"\xfe\xff\xdd\xe0" + bytes(4)) * depth
        nest = begin + end
    else:
        parts = []
        for level in range(depth, 0, -1):
            inner = 20 * (level - 1)
            parts.append(tag + struct.pack("<I", inner + 8))
            parts.append(b"\xfe\xff\x00\xe0" + struct.pack("<I", inner))
        nest = b"".join(parts)
    place = body.index(b"\x08\x00\x20\x00DA")
    return head + body[:place] + nest + body[place:]


def _insert(element: bytes, before: bytes) -> bytes:
    head, body = _split()
    place = body.index(before)
    return head + body[:place] + element + body[place:]


def _long(vr: bytes, tag: bytes, length: int) -> bytes:
    """An element whose length points far beyond the end of the file."""
    element = tag + vr + b"\0\0" + struct.pack("<I", length)
    return _insert(element, b"\x08\x00\x20\x00DA")


def _long_meta() -> bytes:
    head, body = _split()
    return head[:140] + b"\xff\xff\xff\x7f" + head[144:] + body


def _many_items(number: int) -> bytes:
    items = b"\xfe\xff\x00\xe0\0\0\0\0" * number
    element = b"\x08\x00\x15\x11SQ\0\0" + struct.pack("<I", len(items)) + items
    return _insert(element, b"\x08\x00\x20\x00DA")


_PLACE = "1777777777"
"""A text and a number, so that any element takes it."""


def _long_text(keyword: str, text: str) -> bytes:
    """A text longer than any explicit short element holds, in implicit syntax."""
    draft = make_view(codes.IMPLICIT)
    setattr(draft.dataset, keyword, _PLACE)
    content = draft.finish().content
    place = content.index(b"\x0a\0\0\0" + _PLACE.encode())
    value = text.encode()
    head, tail = content[:place], content[place + 14 :]
    return head + struct.pack("<I", len(value)) + value + tail


HOSTILE: dict[str, Callable[[], bytes]] = {
    "deflate bomb of 2 GB": lambda: deflate_bomb(2047, inside=True),
    "deflate bomb behind the end": lambda: deflate_bomb(1024, inside=False),
    "deflate bomb of 60 MB": lambda: deflate_bomb(60, inside=True),
    "RLE bomb of 1 GB": lambda: _run_length_bomb(1 << 30),
    "RLE in a million fragments": lambda: _fragments(1_000_000),
    "native 65,535 x 65,535": lambda: _declare(HUGE, HUGE, codes.EXPLICIT),
    "RLE 65,535 x 65,535": lambda: _declare(HUGE, HUGE, codes.RLE),
    "JPEG-LS 65,535 x 65,535": lambda: _declare(HUGE, HUGE, codes.JPEG_LS),
    "JPEG-LS 4,096 x 4,096": lambda: _declare(4096, 4096, codes.JPEG_LS),
    "J2K 65,535 x 65,535": lambda: _declare(HUGE, HUGE, codes.JPEG_2000_LOSSLESS),
    **{
        f"stream {name} {size} {'and dataset' * both}": (
            partial(_patch_stream, syntax, size, size, dataset=both)
        )
        for name, syntax in (
            ("JPEG", codes.JPEG_LOSSLESS_SV1),
            ("JPEG-LS", codes.JPEG_LS),
            ("J2K", codes.JPEG_2000_LOSSLESS),
        )
        for size in (4_000, 16_384, HUGE)
        for both in (False, True)
    },
    "a million frames": lambda: _declare_frames(1_000_000, codes.EXPLICIT),
    "a million frames of RLE": lambda: _declare_frames(1_000_000, codes.RLE),
    "2^31 frames": lambda: _declare_frames(2**31 - 1, codes.JPEG_LS),
    "10,000 deep": lambda: nested(10_000, open_ended=True),
    "10,000 deep with lengths": lambda: nested(10_000, open_ended=False),
    "100,000 deep": lambda: nested(100_000, open_ended=True),
    "sequence of 2 GB": lambda: _long(b"SQ", b"\x08\x00\x15\x11", 2**31 - 2),
    "text of 2 GB": lambda: _long(b"UT", b"\x08\x00\x1f\x00", 2**31 - 2),
    "unknown of 4 GB": lambda: _long(b"UN", b"\x08\x00\x1f\x00", 2**32 - 2),
    "meta group of 2 GB": _long_meta,
    "a hundred thousand items": lambda: _many_items(100_000),
    "description of 8 MB": lambda: _long_text("SeriesDescription", "L CC " * 1_600_000),
    "description of blanks": lambda: _long_text(
        "SeriesDescription", "MEDIO" + " " * 4_000_000 + "-"
    ),
    "patient id of 8 MB": lambda: _long_text("PatientID", "0" * 8_000_000),
    "a million numbers": lambda: _long_text("PixelSpacing", "1\\" * 1_000_000 + "1"),
    "a huge number": lambda: _long_text("ActualFrameDuration", "9" * 1_000_000),
    "an infinite number": lambda: _long_text("RescaleSlope", "1e999999999"),
}
"""Hostile files by name."""
