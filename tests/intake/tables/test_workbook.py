"""Spreadsheets change what is typed into them; the reader must not add to that."""

import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from bsgi.errors import LabelTableError
from bsgi.intake.labels import load_labels
from bsgi.intake.tables import workbook as reader
from bsgi.intake.tables.read import Columns, NamedTable, read_table

COLUMNS = Columns(("patient_id", "label"), ("study_date", "age"), ("patient_id",))
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes sheets of rows and gives the path of the workbook."""

    def make(**sheets: list[list[Any]]) -> Path:
        book = openpyxl.Workbook()
        book.remove(book["Sheet"])
        for title, rows in sheets.items():
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(row)
        path = tmp_path / "labels.xlsx"
        book.save(path)
        return path

    return make


def _read(path: Path) -> NamedTable:
    return read_table(path, COLUMNS)


def test_cells_become_texts(write: Write) -> None:
    path = write(
        A=[
            ["Patient ID", "label", "study_date", "age", "comment"],
            ["00815", 1, datetime(2021, 3, 4), 53.5, "x"],
            [],
            [815, 0.0, date(2021, 3, 5), 60],
            [" a ", "Benign", "20210306", None, "=1+1"],
        ]
    )
    table = _read(path)
    assert [(row.line, dict(row)) for row in table.rows] == [
        (2, {"patient_id": "00815", "label": "1", "study_date": "2021-03-04",
             "age": "53.5"}),
        (4, {"patient_id": "815", "label": "0", "study_date": "2021-03-05",
             "age": "60"}),
        (5, {"patient_id": "a", "label": "Benign", "study_date": "20210306",
             "age": ""}),
    ]  # fmt: skip
    assert (4, "patient_id") in table.numbers
    assert (2, "patient_id") not in table.numbers
    assert load_labels(path).numeric_ids == 1


def test_a_number_that_is_shown_with_zeros_is_read_as_shown(write: Write) -> None:
    path = write(A=[["patient_id", "label"], [815, 1]])
    book = openpyxl.load_workbook(path)
    book["A"]["A2"].number_format = "00000"
    book.save(path)
    assert _read(path).rows[0]["patient_id"] == "00815"


def test_the_sheet_with_the_columns_is_read(write: Write) -> None:
    labels = [["patient_id", "label"], ["a", 1]]
    path = write(Readme=[["This is a table of labels"]], Labels=labels, Empty=[])
    table = _read(path)
    assert [row["patient_id"] for row in table.rows] == ["a"]
    assert table.notes == ("Of the workbook sheet 2 of 3 was read.",)
    # A sheet may be named after a patient, and a message must not be.
    with pytest.raises(
        LabelTableError, match="got them on sheet 1 of 2, sheet 2 of 2;"
    ):
        _read(write(A=labels, B=labels))
    with pytest.raises(LabelTableError, match="must have the column 'patient_id'"):
        _read(write(A=[["x"]], B=[["y"]]))
    with pytest.raises(LabelTableError, match="got empty sheets"):
        _read(write(A=[]))


def test_a_hidden_sheet_is_told(write: Write) -> None:
    path = write(A=[["patient_id", "label"], ["a", 1]], B=[["x"]])
    book = openpyxl.load_workbook(path)
    book["A"].sheet_state = "hidden"
    book.active = 1
    book.save(path)
    assert _read(path).notes == ("Of the workbook sheet 1 of 2 (hidden) was read.",)


def test_merged_cells_and_hidden_rows(write: Write) -> None:
    """Of merged cells the first has the value; rows count whether hidden or not."""
    path = write(A=[["patient_id", "label"], ["a", 1], ["b", 0]])
    book = openpyxl.load_workbook(path)
    book["A"].row_dimensions[3].hidden = True
    book.save(path)
    assert [row.patient_id for row in load_labels(path).rows] == ["a", "b"]
    book["A"].merge_cells("A2:A3")
    book.save(path)
    with pytest.raises(
        LabelTableError, match=r"line 3, .*patient_id must not be empty"
    ):
        load_labels(path)
    path = write(A=[["Labels of 2021", None], ["patient_id", "label"], ["a", 1]])
    with pytest.raises(LabelTableError, match="none of those known in its first line"):
        load_labels(path)


def test_a_wide_row_is_read_in_time(write: Write) -> None:
    more = [f"column {number}" for number in range(5000)]
    path = write(A=[["patient_id", "label", *more], ["a", 1, *more]])
    assert [dict(row) for row in _read(path).rows] == [
        {"patient_id": "a", "label": "1"}
    ]


@pytest.mark.parametrize(
    ("row", "match"),
    [
        (["a", "=IF(1,1,0)"], r"line 2, column 'label': .* formula whose value was"),
        ([datetime(2021, 3, 4), 1], "column 'patient_id': must hold a text, got a dat"),
        ([1234567890123456789, 1], "a number of more than 15 digits"),
        ([1.5e16, 1], "a number of more than 15 digits"),
        (["a", 1, None, None, "more"], "line 2: must have 2 fields, got 5"),
    ],
)
def test_what_a_spreadsheet_has_changed_is_refused(
    write: Write, row: list[Any], match: str
) -> None:
    with pytest.raises(LabelTableError, match=match):
        _read(write(A=[["patient_id", "label"], row]))


def test_an_error_of_the_spreadsheet_is_refused(write: Write) -> None:
    path = write(A=[["patient_id", "label"], ["a", "x"]])
    book = openpyxl.load_workbook(path)
    book["A"]["B2"].value = "#N/A"
    book.save(path)
    with pytest.raises(LabelTableError, match="got an error of the spre"):
        _read(path)


def test_other_workbooks_are_refused(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(A=[["patient_id", "label"], ["a", 1]])
    path = path.rename(path.with_suffix(".csv"))  # the content counts, not the name
    assert len(_read(path).rows) == 1
    whole = path.read_bytes()
    for size in range(10, len(whole), len(whole) // 7):
        path.write_bytes(whole[:size])
        with pytest.raises(LabelTableError, match="is damaged or of another kind"):
            _read(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    with pytest.raises(LabelTableError, match="is damaged or of another kind"):
        _read(path)
    path.write_bytes(reader.OLE_MAGIC + bytes(600))
    with pytest.raises(LabelTableError, match="of before 2007 or has a password"):
        _read(path)
    path.write_bytes(whole)
    monkeypatch.setattr(reader, "MAX_INFLATED_BYTES", 1000)
    with pytest.raises(LabelTableError, match="must inflate to less than 0 MiB"):
        _read(path)


def test_damage_raises_no_other_error(write: Write) -> None:
    path = write(A=[["patient_id", "label"], ["a", 1]])
    whole = bytearray(path.read_bytes())
    for place in range(0, len(whole), 97):
        damaged = whole.copy()
        damaged[place] ^= 0xFF
        path.write_bytes(damaged)
        with suppress(LabelTableError):
            _read(path)
