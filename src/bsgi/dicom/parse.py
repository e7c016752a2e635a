"""Bytes on disk to a dataset, and fields of it, with `DicomError` as the only error.

What a file says is never quoted in full in a message: free text may hold a name.
"""

import logging
import math
import re
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from stat import S_ISREG
from typing import Any, Final

from pydicom import dcmread
from pydicom.datadict import dictionary_description
from pydicom.dataset import Dataset
from pydicom.errors import BytesLengthException, InvalidDicomError
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence
from pydicom.uid import UID

from bsgi.errors import DicomError

MAX_FILE_BYTES: Final = 64 * 2**20
"""Larger than any planar view: two heads of 1024 x 1024 pixels have 4 MiB."""

_DEFLATED: Final = b"1.2.840.10008.1.2.1.99"
_PREAMBLE_BYTES: Final = 132
_CODED: Final = re.compile(r"[A-Z0-9_ ]{1,16}")
"""Values of the representation CS (DICOM PS3.5 6.2)."""

FAILURES: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    BufferError,
    BytesLengthException,
    EOFError,
    InvalidDicomError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,  # with RecursionError and NotImplementedError
    TypeError,
    ValueError,  # with UnicodeError
    struct.error,
    zlib.error,
)
"""What pydicom and its decoders raise on damaged files."""


@contextmanager
def quiet() -> Iterator[None]:
    """Keep pydicom from quoting the values of a file in warnings and in the log."""
    logger = logging.getLogger("pydicom")
    disabled, logger.disabled = logger.disabled, True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.disabled = disabled


def parse_file(path: Path) -> Dataset:
    """The dataset of a DICOM file, with its pixels still as stored.

    Args:
        path: A file with the DICOM preamble.

    Raises:
        DicomError: If it cannot be opened, is no DICOM file, is larger than
            `MAX_FILE_BYTES` or is damaged.
    """
    try:
        status = path.stat()
        if not S_ISREG(status.st_mode):
            raise DicomError("is not a regular file.")
        if status.st_size > MAX_FILE_BYTES:
            raise DicomError(
                f"must be smaller than {MAX_FILE_BYTES >> 20} MiB for a planar view, "
                f"got {status.st_size >> 20} MiB."
            )
        content = path.read_bytes()
    except OSError as reason:
        raise DicomError(f"cannot be opened: {reason.strerror}.") from None
    return parse_bytes(content)


def parse_bytes(content: bytes) -> Dataset:
    """The dataset of a DICOM file that is already in memory.

    Raises:
        DicomError: If it is no DICOM file or is damaged.
    """
    if not content:
        raise DicomError("is an empty file.")
    if content[128:_PREAMBLE_BYTES] != b"DICM":
        raise DicomError("is not a DICOM file: the prefix DICM is missing.")
    _check_inflated_size(content)
    try:
        with quiet():
            dataset = dcmread(BytesIO(content))
            # Elements are decoded when they are first asked for; a file whose
            # character set is unknown fails here and not later.
            _ = dataset.SOPClassUID if "SOPClassUID" in dataset else None
    except FAILURES as reason:
        raise DicomError(
            f"is a damaged DICOM file: its elements cannot be read "
            f"({type(reason).__name__})."
        ) from None
    return dataset


def _check_inflated_size(content: bytes) -> None:
    """Refuse a deflated file that would fill the memory.

    A deflated dataset follows the file meta group, whose length its first element has.
    """
    if _DEFLATED not in content[:4096]:
        return
    start = _PREAMBLE_BYTES + 12
    if content[132:138] != b"\x02\x00\x00\x00UL" or len(content) < start:
        raise DicomError("is a damaged DICOM file: the length of its head is missing.")
    start += int.from_bytes(content[140:144], "little")
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    size, rest = 0, content[start:]
    try:
        while rest and not inflater.eof:
            size += len(inflater.decompress(rest, 2**20))
            rest = inflater.unconsumed_tail
            if size > MAX_FILE_BYTES:
                raise DicomError(
                    f"must inflate to less than {MAX_FILE_BYTES >> 20} MiB."
                )
    except zlib.error:
        raise DicomError("is a damaged DICOM file: it does not inflate.") from None


def shown(text: str) -> str:
    """A coded value fit for a message, if it is one; damage may put a name there."""
    if not text:
        return "nothing"
    return repr(text) if _CODED.fullmatch(text) else "something that is no code"


def name_uid(uid: str) -> str:
    """The name of a registered identifier, fit for a message."""
    try:
        with quiet():
            known = UID(uid)
            name = known.name if known.is_valid else ""
    except FAILURES:
        name = ""
    return name if name and name != uid else "an identifier that is not registered"


def _describe(keyword: str) -> str:
    return dictionary_description(keyword)


def read_values(dataset: Dataset, keyword: str) -> tuple[Any, ...]:
    """All values of an attribute; none if it is missing or empty.

    Raises:
        DicomError: If the attribute is there and cannot be decoded.
    """
    try:
        with quiet():
            value = dataset.get(keyword)
            if value is None or value == "":
                return ()
            if isinstance(value, MultiValue | Sequence | list | tuple):
                return tuple(value)
    except FAILURES:
        raise DicomError(f"{_describe(keyword)} cannot be decoded.") from None
    return (value,)


def read_text(dataset: Dataset, keyword: str) -> str:
    """The text of an attribute, stripped; several values joined by a backslash.

    Raises:
        DicomError: If the attribute cannot be decoded.
    """
    try:
        texts = [str(value) for value in read_values(dataset, keyword)]
    except FAILURES:
        raise DicomError(f"{_describe(keyword)} cannot be decoded.") from None
    return "\\".join(texts).strip(" \0")


def read_numbers(dataset: Dataset, keyword: str) -> tuple[float, ...]:
    """The finite numbers of an attribute.

    Raises:
        DicomError: If a value is no finite number.
    """
    try:
        numbers = tuple(float(value) for value in read_values(dataset, keyword))
    except FAILURES:
        raise DicomError(f"{_describe(keyword)} must hold numbers.") from None
    if not all(math.isfinite(number) for number in numbers):
        raise DicomError(f"{_describe(keyword)} must hold finite numbers.")
    return numbers


def read_number(dataset: Dataset, keyword: str) -> float | None:
    """The one number of an attribute; None if it is missing or empty.

    Raises:
        DicomError: If there are several values, or one that is no finite number.
    """
    numbers = read_numbers(dataset, keyword)
    if len(numbers) > 1:
        raise DicomError(f"{_describe(keyword)} must be one number.")
    return numbers[0] if numbers else None


def read_integer(dataset: Dataset, keyword: str) -> int | None:
    """The one whole number of an attribute; None if it is missing or empty.

    Raises:
        DicomError: If there is anything else than one whole number.
    """
    number = read_number(dataset, keyword)
    if number is not None and number != int(number):
        raise DicomError(f"{_describe(keyword)} must be a whole number.")
    return None if number is None else int(number)


def read_items(dataset: Dataset, keyword: str) -> tuple[Dataset, ...]:
    """The items of a sequence; none if it is missing or empty.

    Raises:
        DicomError: If the attribute is no sequence.
    """
    items = read_values(dataset, keyword)
    if not all(isinstance(item, Dataset) for item in items):
        raise DicomError(f"{_describe(keyword)} must be a sequence of items.")
    return items
