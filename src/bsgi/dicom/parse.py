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
from contextvars import ContextVar
from functools import cache
from io import BytesIO
from pathlib import Path
from stat import S_ISREG
from typing import Any, Final

from pydicom import dcmread
from pydicom.config import disable_value_validation
from pydicom.datadict import dictionary_description, dictionary_VR
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.errors import BytesLengthException, InvalidDicomError
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag, Tag
from pydicom.uid import UID

from bsgi.dicom.terms import QUOTABLE
from bsgi.errors import DicomError

MAX_FILE_BYTES: Final = 64 * 2**20
"""Larger than any planar view: two heads of 1024 x 1024 pixels have 4 MiB."""

MAX_VALUE_BYTES: Final = 128 * 2**10
"""Larger than any text or list of numbers of a planar view; its pixels may be more."""

_BULK_KINDS: Final = frozenset({"OB", "OW", "OB or OW", "SQ", "UN"})

_DEFLATED: Final = b"1.2.840.10008.1.2.1.99"
_PREAMBLE_BYTES: Final = 132

_TEXT_KINDS: Final = frozenset(
    {"AS", "CS", "DA", "DT", "LO", "LT", "PN", "SH", "TM", "UI"}
)
_CODE_KINDS: Final = frozenset({"CS"})
_NUMBER_KINDS: Final = frozenset({"DS", "IS", "US"})
_PLAIN_NUMBERS: Final = re.compile(
    rb"[+-]?\d{1,9}(\.\d{1,9})?(\\[+-]?\d{1,9}(\.\d{1,9})?)* ?"
)

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


_is_quiet: ContextVar[bool] = ContextVar("_is_quiet", default=False)


@contextmanager
def quiet() -> Iterator[None]:
    """Keep pydicom from quoting the values of a file in warnings and in the log.

    It does not judge values either, as that would only give warnings. Inside another
    block it does nothing, so that a file is read in one block and not in a hundred.
    """
    if _is_quiet.get():
        yield
        return
    logger = logging.getLogger("pydicom")
    disabled, logger.disabled = logger.disabled, True
    token = _is_quiet.set(True)
    try:
        with warnings.catch_warnings(), disable_value_validation():
            warnings.simplefilter("ignore")
            yield
    finally:
        _is_quiet.reset(token)
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
            if not len(dataset):
                # A file that ends within its pixels leaves pydicom with nothing.
                raise DicomError(
                    "is a damaged DICOM file: it is cut off, or holds nothing."
                )
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
    return repr(text) if text in QUOTABLE else "something that is no code"


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


@cache
def _find_tag(keyword: str) -> BaseTag:
    """The tag of a keyword, which pydicom would look up at every access."""
    return Tag(keyword)


def _get_value(dataset: Dataset, tag: BaseTag) -> Any:  # noqa: ANN401
    """The value of an element; asking for it again does not decode it again."""
    element: Any = dataset.get_item(tag)
    if element is None:
        return None
    if isinstance(element, RawDataElement) and element.length > MAX_VALUE_BYTES:
        _check_length(tag)
    return (element if isinstance(element, DataElement) else dataset[tag]).value


def _check_length(tag: BaseTag) -> None:
    """Refuse a text or a list of numbers that would take a second to decode."""
    if dictionary_VR(tag) not in _BULK_KINDS:
        raise DicomError(
            f"{dictionary_description(tag)} must be shorter than "
            f"{MAX_VALUE_BYTES >> 10} KiB."
        )


def _peek(dataset: Dataset, keyword: str, kinds: frozenset[str]) -> bytes | None:
    """The stored bytes of an element of some kinds that nobody has asked for yet.

    None of an element that is there and has to be decoded; no bytes without an element.
    Decoding an element costs more than all that is done with it. Plain text and plain
    numbers, which most elements hold, are the same in every character set, so that
    their bytes can be taken; all others, and all that is strange, are left to pydicom.
    """
    try:
        raw: Any = dataset.get_item(_find_tag(keyword))
    except FAILURES:
        return None
    if raw is None:
        return b""
    known = isinstance(raw, RawDataElement) and raw.VR in kinds
    if not known or raw.length > MAX_VALUE_BYTES:
        return None
    value: bytes | None = raw.value
    if raw.VR == "US" and value and len(value) % 2 == 0:
        order = "<" if raw.is_little_endian else ">"
        numbers = struct.unpack(f"{order}{len(value) // 2}H", value)
        return b"\\".join(b"%d" % number for number in numbers)
    if value is None or not value.isascii() or b"\x1b" in value:
        return None
    return value


def read_values(dataset: Dataset, keyword: str) -> tuple[Any, ...]:
    """All values of an attribute; none if it is missing or empty.

    Raises:
        DicomError: If the attribute is there and cannot be decoded.
        ValueError: If the keyword is none of DICOM.
    """
    plain = _peek(dataset, keyword, _CODE_KINDS)
    if plain is not None:
        text = plain.decode("ascii").rstrip(" \0")
        return tuple(text.split("\\")) if text else ()
    tag = _find_tag(keyword)
    try:
        if _is_quiet.get():
            value = _get_value(dataset, tag)
        else:
            with quiet():
                value = _get_value(dataset, tag)
        if isinstance(value, MultiValue | Sequence | list | tuple):
            return tuple(value)
        absent = value is None or value == ""
    except FAILURES:
        raise DicomError(f"{_describe(keyword)} cannot be decoded.") from None
    return () if absent else (value,)


def read_text(dataset: Dataset, keyword: str) -> str:
    """The text of an attribute, stripped; several values joined by a backslash.

    Raises:
        DicomError: If the attribute cannot be decoded.
    """
    plain = _peek(dataset, keyword, _TEXT_KINDS)
    if plain is not None and b"\\" not in plain:
        return plain.decode("ascii").strip(" \0")
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
    plain = _peek(dataset, keyword, _NUMBER_KINDS)
    if plain == b"":
        return ()
    if plain is not None and _PLAIN_NUMBERS.fullmatch(plain):
        return tuple(float(number) for number in plain.split(b"\\"))
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
