"""XLSX workbooks as texts; what a spreadsheet changed by itself is told apart."""

import io
import math
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from bsgi.errors import LabelTableError
from bsgi.intake.tables.sheet import CellKind, Sheet

ZIP_MAGIC: Final = b"PK\x03\x04"
OLE_MAGIC: Final = b"\xd0\xcf\x11\xe0"
"""Begin of an XLS workbook of before 2007, and of an XLSX with a password."""

MAX_INFLATED_BYTES: Final = 512 * 2**20
_MOST_DIGITS: Final = 10**15
_ZEROS: Final = re.compile(r"0{2,32}")
_FAILURES: Final = (
    ArithmeticError,
    AttributeError,
    EOFError,
    InvalidFileException,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    SyntaxError,  # what the parser of XML raises
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What openpyxl raises on a damaged workbook."""


def read_workbook(path: Path, content: bytes) -> list[Sheet]:
    """All sheets of a workbook that hold something.

    The saved values of formulas are taken. A number in a cell whose format shows zeros
    in front, such as 00000, is read as it is shown.

    Args:
        path: Name of the file, for messages.
        content: Its bytes.

    Raises:
        LabelTableError: If it is no XLSX workbook, damaged, or too large to inflate.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
        if size > MAX_INFLATED_BYTES:
            raise LabelTableError(
                f"{path} must inflate to less than {MAX_INFLATED_BYTES >> 20} MiB, "
                f"got {size >> 20} MiB."
            )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # on styles and validations, not on values
            return _read_sheets(content)
    except _FAILURES:
        raise LabelTableError(
            f"{path} must be an XLSX workbook or a CSV table, and is damaged or of "
            "another kind; save it again as XLSX or as CSV in UTF-8."
        ) from None


def _read_sheets(content: bytes) -> list[Sheet]:
    values = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    formulas = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    sheets = []
    try:
        pairs = [*zip(values.worksheets, formulas.worksheets, strict=True)]
        for number, (sheet, twin) in enumerate(pairs, start=1):
            # What a sheet says of its own size is often wrong.
            sheet.reset_dimensions()
            twin.reset_dimensions()
            hidden = "" if sheet.sheet_state == "visible" else " (hidden)"
            place = f"sheet {number} of {len(pairs)}{hidden}"
            found = _read_sheet(place, zip(sheet.rows, twin.rows, strict=True))
            if found is not None:
                sheets.append(found)
    finally:
        values.close()
        formulas.close()
    return sheets


def _read_sheet(where: str, rows: Iterable[tuple[Any, Any]]) -> Sheet | None:
    """One sheet; None if it is empty."""
    records: list[tuple[int, tuple[str, ...]]] = []
    kinds: dict[tuple[int, int], CellKind] = {}
    for line, (cells, twins) in enumerate(rows, start=1):
        texts = []
        for place, (cell, twin) in enumerate(zip(cells, twins, strict=True)):
            text, kind = _read_cell(cell, twin)
            texts.append(text)
            if kind is not None:
                kinds[line, place] = kind
        while texts and not texts[-1] and (line, len(texts) - 1) not in kinds:
            texts.pop()
        if texts:
            records.append((line, tuple(texts)))
    if not records:
        return None
    (_, header), *body = records
    filled = tuple(
        (line, texts + ("",) * (len(header) - len(texts))) for line, texts in body
    )
    return Sheet(header=header, rows=filled, place=where, kinds=kinds)


def _read_cell(cell: Any, twin: Any) -> tuple[str, CellKind | None]:  # noqa: ANN401 - openpyxl has several kinds of cell
    """The text of a cell, and what it is if it is no plain text."""
    value = cell.value
    if value is None:
        return "", CellKind.FORMULA if twin.data_type == "f" else None
    if cell.data_type == "e":
        return "", CellKind.ERROR
    if isinstance(value, bool):
        return str(value).upper(), None
    if isinstance(value, int | float):
        return _read_number(value, str(cell.number_format))
    if isinstance(value, date):  # a date and time is one too
        return _show_date(value), CellKind.DATE
    return str(value).strip(), None


def _show_date(value: date) -> str:
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    return str(value)


def _read_number(value: int | float, shape: str) -> tuple[str, CellKind]:
    if not math.isfinite(value) or value != int(value):
        return repr(value), CellKind.NUMBER
    text = str(int(value))
    if _ZEROS.fullmatch(shape) and value >= 0:
        text = text.zfill(len(shape))
    long = abs(value) >= _MOST_DIGITS
    return text, CellKind.LONG_NUMBER if long else CellKind.NUMBER
