"""CSV as programs and people write it: any separator, encoding and line end."""

import csv
import io
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bsgi.errors import LabelTableError
from bsgi.intake.tables.sheet import Sheet, count_known

_SEPARATORS: Final = (",", ";", "\t", "|")
_STATED: Final = re.compile(r"sep=([,;\t|])(?:\r\n|\r|\n)", re.IGNORECASE)
"""The first line of tables that tell Excel their separator."""

_SAMPLE_BYTES: Final = 4096
_OLD_ENCODING: Final = "cp1252"


def read_text_table(path: Path, content: bytes, wanted: frozenset[str]) -> Sheet:
    """A CSV table whose separator and encoding are found out.

    UTF-8 and UTF-16 are told apart without a guess. Bytes that are no UTF-8 are read as
    Windows-1252, of which Latin-1 is a part, and a note says so. The separator is the
    one of comma, semicolon, tab and bar that gives most of the wanted columns.

    Args:
        path: Name of the file, for messages.
        content: Its bytes.
        wanted: Plain names of the columns that are looked for.

    Raises:
        LabelTableError: If it is no text, has no line, or its quotes do not close.
    """
    text, notes = _decode(path, content)
    stated, text, first = _take_separator(text)
    marks = (stated,) if stated else _SEPARATORS
    headers = {mark: _read_header(text, mark) for mark in marks}
    best = max(
        marks, key=lambda mark: (count_known(headers[mark], wanted), len(headers[mark]))
    )
    try:
        records = _read_records(text, best, first)
    except csv.Error:
        raise LabelTableError(
            f"{path} must be a CSV table, and its quotes or fields break the rules of "
            "one; save it again as CSV in UTF-8."
        ) from None
    if not records:
        raise LabelTableError(f"{path} must have a header line, got an empty file.")
    (_, header), *rows = records
    return Sheet(
        header=tuple(header),
        rows=tuple((line, tuple(fields)) for line, fields in rows),
        decimal_comma=best != ",",
        notes=notes,
    )


def _decode(path: Path, content: bytes) -> tuple[str, tuple[str, ...]]:
    """The text of a table, and a note where the encoding is not sure."""
    encoding = _find_unicode(content)
    try:
        text, notes = content.decode(encoding), ()
    except UnicodeDecodeError:
        return _decode_old(path, content)
    if "\0" in text:
        raise LabelTableError(
            f"{path} must be a text table or an XLSX workbook, but holds bytes of "
            "zero; save it as CSV in UTF-8."
        )
    return text, notes


def _find_unicode(content: bytes) -> str:
    """The Unicode encoding of a text: by its mark, or by where zeros stand."""
    if content.startswith(BOM_UTF8):
        return "utf-8-sig"
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return "utf-16"
    sample = content[:_SAMPLE_BYTES]
    # Half of the bytes of Western text in UTF-16 are zero, all on one side.
    for begin, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        zeros = sample[begin::2].count(0)
        if zeros > len(sample) // 4 and sample[1 - begin :: 2].count(0) == 0:
            return encoding
    return "utf-8"


def _decode_old(path: Path, content: bytes) -> tuple[str, tuple[str, ...]]:
    try:
        text = content.decode(_OLD_ENCODING)
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise LabelTableError(
            f"{path} must be a text table in UTF-8 or an XLSX workbook, and is "
            "neither; save it as CSV in UTF-8."
        )
    return text, (
        "The table is not in UTF-8 and was read as Windows-1252 (Latin-1): letters "
        "with accents in ids and names may be wrong.",
    )


def _take_separator(text: str) -> tuple[str, str, int]:
    """The separator of a first line such as ``sep=;``, the rest, and its line."""
    match = _STATED.match(text)
    return (match[1], text[match.end() :], 2) if match else ("", text, 1)


def _read_header(text: str, mark: str) -> Sequence[str]:
    """The first line that holds something, parted by a mark."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=mark)
    try:
        return next((row for row in reader if any(map(str.strip, row))), ())
    except csv.Error:
        return ()


def _read_records(text: str, mark: str, first: int) -> list[tuple[int, list[str]]]:
    """The records that hold something, stripped, each with its first line."""
    records = []
    line = first
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=mark)
    for fields in reader:
        texts = [field.strip() for field in fields]
        if any(texts):
            records.append((line, texts))
        line = first + reader.line_num
    return records
