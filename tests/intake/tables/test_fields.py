from datetime import date

import pytest

from bsgi.errors import LabelTableError
from bsgi.files import TableRow
from bsgi.intake.tables.fields import WORDS, Fields
from bsgi.intake.tables.read import NamedTable


def _read(text: str) -> date | None:
    row = TableRow(2, {"study_date": text})
    table = NamedTable("t.csv", (row,), {"study_date": "study_date"})
    return Fields(table, row, WORDS).date("study_date")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", None),
        ("2021-06-03", date(2021, 6, 3)),
        ("20210603", date(2021, 6, 3)),
        ("1850-01-01", date(1850, 1, 1)),
    ],
)
def test_a_date_is_read(text: str, wanted: date | None) -> None:
    assert _read(text) == wanted


@pytest.mark.parametrize(
    "text", ["0001-01-02", "1849-12-31", "2021-02-30", "03.06.2021", "0000-00-00"]
)
def test_what_is_no_date_of_a_study_is_refused(text: str) -> None:
    with pytest.raises(LabelTableError, match="not before 1850") as found:
        _read(text)
    assert text not in str(found.value)
