"""A woman's name beside the pixels of a file: where no attribute is."""

from collections.abc import Iterator
from copy import deepcopy

import numpy as np
from pydicom import Dataset, dcmread
from pydicom.encaps import encapsulate, generate_frames
from pydicom.filebase import DicomBytesIO

from tests.archive import codes
from tests.archive.syntaxes import encode, write


def hide_in_pixels(dataset: Dataset, name: bytes) -> Iterator[tuple[str, bytes]]:
    """Files with a name hidden in their pixel data, and where it is.

    Args:
        dataset: A view of one frame; it stays as it is.
        name: What is hidden, of an even number of letters below 100.
    """
    frame = np.frombuffer(dataset.PixelData, "<u2")
    frame = frame.reshape(1, dataset.Rows, dataset.Columns)
    yield "high bits", _draw_overlay(deepcopy(dataset), name)
    for place, syntax in (
        ("RLE tail", codes.RLE),
        ("JPEG comment behind the scan", codes.JPEG_LOSSLESS_SV1),
        ("JPEG comment in the head", codes.JPEG_LOSSLESS_SV1),
        ("JPEG-LS tail", codes.JPEG_LS),
        ("JPEG 2000 comment in a tile", codes.JPEG_2000_LOSSLESS),
        ("JPEG 2000 tail", codes.JPEG_2000_LOSSLESS),
    ):
        whole = dcmread(DicomBytesIO(encode(deepcopy(dataset), frame, syntax)))
        (stream,) = generate_frames(whole.PixelData, number_of_frames=1)
        hidden = _hide(stream.rstrip(b"\0"), name, place)
        whole.PixelData = encapsulate([hidden])
        whole["PixelData"].is_undefined_length = True
        yield place, write(whole, syntax)
    tail = deepcopy(dataset)
    tail.PixelData = dataset.PixelData + name
    yield "tail", write(tail, codes.EXPLICIT)
    offsets = dcmread(DicomBytesIO(encode(deepcopy(dataset), frame, codes.RLE)))
    (stream,) = generate_frames(offsets.PixelData, number_of_frames=1)
    table = b"\xfe\xff\x00\xe0" + len(name).to_bytes(4, "little") + name
    offsets.PixelData = table + encapsulate([stream], has_bot=False)[8:]
    offsets["PixelData"].is_undefined_length = True
    yield "table of offsets", write(offsets, codes.RLE)


def _draw_overlay(dataset: Dataset, name: bytes) -> bytes:
    """An overlay in bits that no pixel uses; the letters lie in the upper bytes."""
    words = np.frombuffer(dataset.PixelData, "<u2") & 0xFF
    words[: len(name)] = np.frombuffer(name, np.uint8).astype(np.uint16) << 8
    dataset.PixelData = words.astype("<u2").tobytes()
    dataset.BitsStored, dataset.HighBit = 8, 7
    dataset.add_new((0x6000, 0x0010), "US", dataset.Rows)
    dataset.add_new((0x6000, 0x0011), "US", dataset.Columns)
    dataset.add_new((0x6000, 0x0040), "CS", "G")
    dataset.add_new((0x6000, 0x0100), "US", 16)
    dataset.add_new((0x6000, 0x0102), "US", 8)
    return write(dataset, codes.EXPLICIT)


def _hide(stream: bytes, name: bytes, place: str) -> bytes:
    """A codestream with a name where decoders do not look."""
    if place.endswith("tail"):
        return stream + name
    if place.startswith("JPEG 2000"):
        tile = stream.index(b"\xff\x90")
        data = stream.index(b"\xff\x93", tile)
        comment = b"\xff\x64" + (4 + len(name)).to_bytes(2, "big") + b"\0\1" + name
        size = int.from_bytes(stream[tile + 6 : tile + 10], "big")
        size = size and size + len(comment)
        return (
            stream[: tile + 6] + size.to_bytes(4, "big") + stream[tile + 10 : data]
            + comment + stream[data:]
        )  # fmt: skip
    comment = b"\xff\xfe" + (2 + len(name)).to_bytes(2, "big") + name
    where = 2 if place.endswith("head") else stream.rindex(b"\xff\xd9")
    return stream[:where] + comment + stream[where:]
