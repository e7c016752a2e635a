"""Grey values come out as they are stored, or a reason does."""

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bsgi.errors import ExamError
from bsgi.intake.images.pixels import read_pixels

RNG = np.random.default_rng(8)
SHAPE = (31, 17)
Save = Callable[..., None]


def _values(kind: str) -> np.ndarray:
    most = min(int(np.iinfo(kind).max), 10**6)
    return RNG.integers(0, most + 1, SHAPE).astype(kind)


@pytest.mark.parametrize(
    ("name", "kind", "bits"),
    [
        ("a.png", "uint8", 8), ("a.png", "uint16", 16),
        ("a.tif", "uint8", 8), ("a.tif", "uint16", 16), ("a.tif", "int32", 32),
    ],
)  # fmt: skip
def test_pillow_writes_and_the_same_values_are_read(
    tmp_path: Path, name: str, kind: str, bits: int
) -> None:
    values = _values(kind)
    Image.fromarray(values).save(tmp_path / name)
    pixels = read_pixels(tmp_path / name)
    np.testing.assert_array_equal(pixels.counts, values)
    assert pixels.bits == bits
    assert pixels.counts.dtype.kind == "u"


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_tiff_of_either_byte_order(tmp_path: Path, order: str) -> None:
    """Written by hand from the TIFF 6.0 specification."""
    values = _values("uint16")
    rows, cols = SHAPE
    tags = [
        (256, 3, cols), (257, 3, rows), (258, 3, 16), (259, 3, 1), (262, 3, 1),
        (273, 4, 8), (277, 3, 1), (278, 3, rows), (279, 4, rows * cols * 2),
    ]  # fmt: skip
    data = values.astype(f"{order}u2").tobytes()
    head = (b"II" if order == "<" else b"MM") + struct.pack(
        f"{order}HI", 42, 8 + len(data)
    )
    table = struct.pack(f"{order}H", len(tags))
    for tag, kind, value in tags:
        packed = struct.pack(f"{order}H2x" if kind == 3 else f"{order}I", value)
        table += struct.pack(f"{order}HHI", tag, kind, 1) + packed
    path = tmp_path / "a.tif"
    path.write_bytes(head + data + table + bytes(4))
    np.testing.assert_array_equal(read_pixels(path).counts, values)


@pytest.mark.parametrize(
    "kind", ["uint8", "int16", ">u2", "uint32", "int64", "float32"]
)
def test_numpy_writes_and_the_same_values_are_read(tmp_path: Path, kind: str) -> None:
    values = RNG.integers(0, 120, SHAPE).astype(kind)
    np.save(tmp_path / "a.npy", values)
    np.testing.assert_array_equal(read_pixels(tmp_path / "a.npy").counts, values)


def test_counts_above_16_bits_stay_whole(tmp_path: Path) -> None:
    values = np.array([[70_000, 0], [1, 2**32 - 1]])
    np.save(tmp_path / "a.npy", values)
    counts = read_pixels(tmp_path / "a.npy").counts
    assert counts.dtype == np.uint32
    np.testing.assert_array_equal(counts, values)


def _npy(values: object) -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.asarray(values), allow_pickle=True)
    return stream.getvalue()


def _image(kind: str, image: Image.Image, **words: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **words)
    return stream.getvalue()


def _chunk(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)


def _png(
    size: tuple[int, int],
    bits: int,
    data: bytes,
    before: bytes = b"",
    after: bytes = b"",
) -> bytes:
    """A grey PNG, written by hand from ISO/IEC 15948."""
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", *size, bits, 0, 0, 0, 0))
    body = before + _chunk(b"IDAT", zlib.compress(data)) + after
    return b"\x89PNG\r\n\x1a\n" + head + body + _chunk(b"IEND", b"")


def _declare_png(width: int, height: int) -> bytes:
    """A PNG that declares a size and has next to no pixels."""
    return _png((width, height), 16, bytes(100))


def _small_png(bits: int, before: bytes = b"", after: bytes = b"") -> bytes:
    """Two rows of eight pixels, no two bytes of them the same."""
    rows = [bytes([0, *range(16 * at, 16 * at + bits)]) for at in (1, 5)]
    return _png((8, 2), bits, b"".join(rows), before, after)


def _declare_npy(shape: tuple[int, ...], kind: str = "<u2") -> bytes:
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode()


def _turn() -> Image.Exif:
    exif = Image.Exif()
    exif[274] = 6
    return exif


XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf tiff:Orientation="8"/></x:xmpmeta>'
GREY = Image.fromarray(np.arange(35, dtype=np.uint8).reshape(5, 7))
BAD = {
    "empty": (b"", "is an empty file"),
    "text": (b"not an image", "is no PNG, TIFF or NPY file"),
    "JPEG": (_image("JPEG", GREY), "is no PNG, TIFF or NPY file"),
    "RGB": (_image("PNG", GREY.convert("RGB")), "grey integers .* got mode RGB"),
    "alpha": (_image("PNG", GREY.convert("LA")), "got mode LA"),
    "palette": (_image("PNG", GREY.convert("P")), "got mode P"),
    "two colours": (_image("PNG", GREY.convert("1")), "got mode 1"),
    "real TIFF": (_image("TIFF", GREY.convert("F")), "got mode F"),
    "pages": (
        _image("TIFF", GREY, save_all=True, append_images=[GREY]),
        "got several pages",
    ),
    "moving PNG": (
        _image("PNG", GREY, save_all=True, append_images=[GREY.rotate(180)]),
        "got several pages",
    ),
    "white is 0": (_image("TIFF", GREY, tiffinfo={262: 0}), "zero as white"),
    "turned": (_image("TIFF", GREY, tiffinfo={274: 6}), "that is to be turned"),
    "no black": (_image("TIFF", GREY, tiffinfo={262: 6}), "that says otherwise"),
    "turned PNG": (_image("PNG", GREY, exif=_turn()), "PNG that is to be turned"),
    "turned late": (
        _small_png(8, after=_chunk(b"eXIf", _turn().tobytes()[6:])),
        "PNG that is to be turned",
    ),
    "turned by XMP": (
        _small_png(8, _chunk(b"iTXt", b"XML:com.adobe.xmp" + bytes(5) + XMP)),
        "PNG that is to be turned",
    ),
    "1 bit": (_small_png(1), "got mode 1"),
    "2 bits": (_small_png(2), "8 or 16 bits per pixel, got a PNG of 2"),
    "4 bits": (_small_png(4), "8 or 16 bits per pixel, got a PNG of 4"),
    "transparent": (_small_png(8, _chunk(b"tRNS", b"\0\5")), "transparent pixels"),
    "gamma": (
        _small_png(8, _chunk(b"gAMA", struct.pack(">I", 45_455))),
        "got a PNG with a gamma or colour profile",
    ),
    "sRGB": (_small_png(16, _chunk(b"sRGB", b"\0")), "PNG with a gamma"),
    "stretched": (_small_png(16, _chunk(b"sBIT", b"\x0c")), "12 bits .* to 16"),
    "lossy": (
        _image("TIFF", GREY, compression="jpeg"),
        "got a TIFF of compression 7, which may change values",
    ),
    "signed": (_image("TIFF", GREY, tiffinfo={339: 2}), "TIFF of 8 bits that says"),
    "profile": (
        _image("TIFF", GREY, icc_profile=b"profile of a printer"),
        "got a TIFF with a gamma or colour profile",
    ),
    "cut": (_image("PNG", GREY)[:60], "is damaged|is no PNG"),
    "changed": (
        _image("PNG", GREY)[:50] + b"\0" + _image("PNG", GREY)[51:],
        "is damaged",
    ),
    "bomb": (_declare_png(65_535, 65_535), "declares far more"),
    "half a bomb": (_declare_png(12_000, 12_000), "declares far more"),
    "large": (_declare_png(5000, 5000), "1 to 16777216 pixels, got 5000 rows"),
    "short": (_declare_png(50, 50), "is damaged"),
    "NPY bomb": (_declare_npy((65_535, 65_535)), "is damaged"),
    "NPY cut": (_npy(np.ones((9, 9), int))[:200], "is damaged"),
    "NPY header": (_declare_npy((2, 2))[:20], "is damaged"),
    "pickle": (_npy([[{}, {}]]), "is damaged"),
    "cube": (_npy(np.ones((2, 3, 4), int)), "got 3 dimensions of int64"),
    "complex": (_npy(np.ones((2, 3), complex)), "got 2 dimensions of complex128"),
    "flags": (_npy(np.ones((2, 3), bool)), "got 2 dimensions of bool"),
    "none": (_npy(np.ones((0, 3), int)), "got 0 rows and 3 columns"),
    "fraction": (_npy([[1.5, 0.0]]), "got fractions"),
    "NaN": (_npy([[np.nan, 0.0]]), "got fractions"),
    "infinite": (_npy([[np.inf, 0.0]]), "got fractions"),
    "negative": (_npy([[-1, 3]]), "negative pixels"),
    "wide": (_npy([[2**33, 3]]), "values above 32 bits"),
    "blank": (_npy([[0, 0]]), "has no events"),
    "flat": (_npy([[7, 7]]), "one value in every pixel"),
}


@pytest.mark.parametrize(
    "packing", [None, "tiff_lzw", "tiff_adobe_deflate", "packbits"]
)
@pytest.mark.parametrize("kind", ["uint8", "uint16", "int32"])
def test_a_tiff_without_loss(tmp_path: Path, packing: str | None, kind: str) -> None:
    values = _values(kind)
    Image.fromarray(values).save(tmp_path / "a.tif", compression=packing)
    np.testing.assert_array_equal(read_pixels(tmp_path / "a.tif").counts, values)


@pytest.mark.parametrize("bits", [8, 16])
def test_a_png_says_nothing_that_changes_it(tmp_path: Path, bits: int) -> None:
    """A gamma of 1, all bits significant, and a physical size."""
    said = _chunk(b"gAMA", struct.pack(">I", 100_000)) + _chunk(b"sBIT", bytes([bits]))
    size = _chunk(b"pHYs", struct.pack(">IIB", 312, 312, 1))
    (tmp_path / "a.png").write_bytes(_small_png(bits, said + size))
    pixels = read_pixels(tmp_path / "a.png")
    order = np.dtype(f">u{bits // 8}")
    rows = [bytes(range(16 * at, 16 * at + bits)) for at in (1, 5)]
    values = np.frombuffer(b"".join(rows), order).reshape(2, 8)
    np.testing.assert_array_equal(pixels.counts, values)
    assert pixels.bits == bits


@pytest.mark.parametrize("what", BAD)
def test_what_holds_no_counts_is_refused(tmp_path: Path, what: str) -> None:
    content, match = BAD[what]
    path = tmp_path / "Jane-Doe.png"
    path.write_bytes(content)
    with pytest.raises(ExamError, match=match) as caught:
        read_pixels(path)
    assert "Jane" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExamError, match="cannot be opened: No such file"):
        read_pixels(tmp_path / "a.png")
    with pytest.raises(ExamError, match="is not a regular file"):
        read_pixels(tmp_path)
