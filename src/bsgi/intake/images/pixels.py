"""Counts of a PNG, TIFF or NPY file, as far as such a file can hold counts.

Everything that is declared is checked before the pixels are read, so that a small file
cannot fill the memory.
"""

import struct
import warnings
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG
from typing import Final

import numpy as np
from jaxtyping import Integer, Shaped
from PIL import Image, UnidentifiedImageError

from bsgi.errors import ExamError
from bsgi.intake.images.declared import check_png, check_tiff

MAX_FILE_BYTES: Final = 128 * 2**20
MAX_PIXELS: Final = 16 * 1024 * 1024
"""Pixels of an image; more than any planar gamma camera acquisition has."""

_NPY_MAGIC: Final = b"\x93NUMPY"
_FORMATS: Final = ("PNG", "TIFF")
_GREY: Final = frozenset({"L", "I;16", "I;16L", "I;16B", "I"})
"""Modes of Pillow that are grey integers."""

_DAMAGE: Final = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
)
"""What Pillow and NumPy raise on damaged files."""


@dataclass(frozen=True, slots=True)
class Pixels:
    """What an image file holds.

    Args:
        counts: Its grey values, not negative.
        bits: Bits per pixel of the file.
    """

    counts: Integer[np.ndarray, "row col"]
    bits: int


def read_pixels(path: Path) -> Pixels:
    """The grey values of an image file, as they are stored.

    Args:
        path: A PNG, TIFF or NPY file; which of them it is its content says.

    Raises:
        ExamError: If it is missing, damaged, too large, coloured, has several pages, or
            values that are no counts; the message does not name the file.
    """
    try:
        status = path.stat()
        if not S_ISREG(status.st_mode):
            raise ExamError("is not a regular file.")
        if status.st_size > MAX_FILE_BYTES:
            raise ExamError(
                f"must be smaller than {MAX_FILE_BYTES >> 20} MiB, "
                f"got {status.st_size >> 20} MiB."
            )
        with path.open("rb") as stream:
            begin = stream.read(len(_NPY_MAGIC))
    except OSError as reason:
        raise ExamError(f"cannot be opened: {reason.strerror}.") from None
    if not begin:
        raise ExamError("is an empty file.")
    try:
        values, bits = (_read_npy if begin == _NPY_MAGIC else _read_image)(path)
    except UnidentifiedImageError:
        raise ExamError("is no PNG, TIFF or NPY file.") from None
    except _DAMAGE as reason:
        raise ExamError(
            f"is damaged: its pixels cannot be read ({type(reason).__name__})."
        ) from None
    return Pixels(_check_values(values), bits)


def _read_npy(path: Path) -> tuple[Shaped[np.ndarray, "row col"], int]:
    # Mapped first: the header is checked before anything of its size is in memory.
    array = np.load(path, mmap_mode="r", allow_pickle=False)
    if array.ndim != 2 or array.dtype.kind not in "iuf":
        raise ExamError(
            "must be an array of numbers in rows and columns, got "
            f"{array.ndim} dimensions of {array.dtype}."
        )
    _check_size(*array.shape)
    return np.array(array), array.dtype.itemsize * 8


def _read_image(path: Path) -> tuple[Shaped[np.ndarray, "row col"], int]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(path, formats=_FORMATS) as image:
                _check_size(image.height, image.width)
                image.verify()  # the checksums of a PNG; the image cannot be used then
            with Image.open(path, formats=_FORMATS) as image:
                return _decode(path, image)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise ExamError(
                f"must have 1 to {MAX_PIXELS} pixels, and declares far more."
            ) from None


def _decode(
    path: Path, image: Image.Image
) -> tuple[Shaped[np.ndarray, "row col"], int]:
    if getattr(image, "n_frames", 1) != 1:
        raise ExamError("must be one image, got several pages.")
    if image.mode not in _GREY:
        raise ExamError(
            f"must be grey integers of 8, 16 or 32 bits, got mode {image.mode}; counts "
            "have no colour."
        )
    bits = check_png(path, image) if image.format == "PNG" else check_tiff(image)
    return np.asarray(image), bits


def _check_size(rows: int, cols: int) -> None:
    if not (rows > 0 and cols > 0 and rows * cols <= MAX_PIXELS):
        raise ExamError(
            f"must have 1 to {MAX_PIXELS} pixels, got {rows} rows and {cols} columns."
        )


def _check_values(
    values: Shaped[np.ndarray, "row col"],
) -> Integer[np.ndarray, "row col"]:
    """Values as unsigned integers, if that changes none of them."""
    if values.dtype.kind == "f" and not _is_whole(values):
        raise ExamError("must be whole numbers, got fractions; counts are whole.")
    least, most = values.min(), values.max()
    if least < 0:
        raise ExamError("has negative pixels, so that they are no counts.")
    if most > np.iinfo(np.uint32).max:
        raise ExamError("has values above 32 bits, so that they are no counts.")
    if most == 0:
        raise ExamError("has no events: every pixel is 0.")
    if least == most:
        raise ExamError("has one value in every pixel, so that it shows nothing.")
    small = most <= np.iinfo(np.uint16).max
    return values.astype(np.uint16 if small else np.uint32)


def _is_whole(values: Shaped[np.ndarray, "row col"]) -> bool:
    return bool(np.isfinite(values).all() and (values == np.rint(values)).all())
