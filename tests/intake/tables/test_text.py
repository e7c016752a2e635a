"""However a table is written, the same texts come out of it."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bsgi.errors import LabelTableError
from bsgi.intake.tables.sheet import Sheet
from bsgi.intake.tables.text import read_text_table

WANTED = frozenset({"patient_id", "label"})
HEADER = ("patient_id", "label", "Kommentar")
ROWS = (("00815", "1", 'Müller; "links", oben | ß'), ("815", "0", ""))
LINES = {"\\r\\n": "\r\n", "\\n": "\n", "\\r": "\r"}


def _read(content: bytes) -> Sheet:
    return read_text_table(Path("labels.csv"), content, WANTED)


def _write(mark: str, line_end: str) -> str:
    quoted = [
        mark.join('"' + field.replace('"', '""') + '"' for field in row)
        for row in (HEADER, *ROWS)
    ]
    return "".join(row + line_end for row in quoted)


@pytest.mark.parametrize("line_end", LINES.values(), ids=LINES.keys())
@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
def test_every_way_to_write_a_table(encoding: str, mark: str, line_end: str) -> None:
    sheet = _read(_write(mark, line_end).encode(encoding))
    assert sheet.header == HEADER
    assert sheet.rows == ((2, ROWS[0]), (3, ROWS[1]))
    assert sheet.decimal_comma is (mark != ",")
    said = [note for note in sheet.notes if "read as Windows-1252" in note]
    assert len(said) == (encoding == "cp1252")


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40))
def test_a_quoted_field_comes_out_as_it_went_in(text: str) -> None:
    content = f'patient_id,label\n"{text.replace(chr(34), chr(34) * 2)}",1\n'
    # universal newlines are part of a table's format, and blanks around are dropped
    (row,) = _read(content.encode()).rows
    assert row[1][0] == text.strip()


@given(st.binary(max_size=200))
def test_any_bytes_raise_no_other_error(content: bytes) -> None:
    with suppress(LabelTableError):
        _read(content)


def test_the_mark_that_gives_the_columns_is_taken() -> None:
    """Also where another mark would part the header into more fields."""
    content = b"patient_id;label;a,b,c,d,e\n7;1;x\n"
    assert _read(content).header == ("patient_id", "label", "a,b,c,d,e")


def test_a_stated_separator_is_followed() -> None:
    sheet = _read(b"sep=;\r\npatient_id;label\r\n00815;1\r\n")
    assert sheet.rows == ((3, ("00815", "1")),)


def test_lines_are_counted_through_quoted_breaks_and_empty_ones() -> None:
    sheet = _read(b'\n\npatient_id,label\n"a\nb",1\n\n,\nc,0\n')
    assert [line for line, _ in sheet.rows] == [4, 8]


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"", "must have a header line, got an empty file"),
        (b" \n\n", "must have a header line"),
        (b"a,b\0c\n", "holds bytes of zero"),
        (bytes(range(256)), "neither"),
        (b'patient_id,label\n"a', "its quotes or fields break the rules"),
    ],
)
def test_what_is_no_table(content: bytes, match: str) -> None:
    with pytest.raises(LabelTableError, match=match):
        _read(content)
