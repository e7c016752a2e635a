from datetime import date
from pathlib import Path

import pytest

from bsgi.errors import ConfigError, LabelTableError
from bsgi.exam.record import Label
from bsgi.intake.labels import LabelRow, load_labels
from bsgi.intake.tables.fields import TableWords


def _load(tmp_path: Path, text: str) -> tuple[LabelRow, ...]:
    path = tmp_path / "labels.csv"
    path.write_bytes(text.encode())
    return load_labels(path).rows


def test_everything_a_row_can_say(tmp_path: Path) -> None:
    text = (
        "\ufeffPatient_ID,label,study_date,label_left,label_right,age,site,comment\r\n"
        ' 00815 ,Malignant,2021-03-04,1,0,53.5,North,"a, b"\r\n'
        "\r\n"
        "815,0,20210304,,,,,\r\n"
    )
    rows = _load(tmp_path, text)
    assert rows == (
        LabelRow(
            2, "00815", Label.MALIGNANT, date(2021, 3, 4), Label.MALIGNANT,
            Label.BENIGN, 53.5, "North",
        ),
        LabelRow(4, "815", Label.BENIGN, date(2021, 3, 4)),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("0", "0"), ("1", "1"), ("benign", "0"), ("MALIGNANT", "1"), ("", ""),
        ("1.0", "1"), ("negative", "0"), ("Positive", "1"), ("neg", "0"), ("POS", "1"),
    ],
)  # fmt: skip
def test_labels(tmp_path: Path, text: str, label: str) -> None:
    assert _load(tmp_path, f"patient_id,label\na,{text}\n")[0].label == label


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", "must have a header line, got an empty file"),
        ("patient,label\na,1\n", "must have the column 'patient_id', got 'patient'"),
        ("patient_id\na\n", "must have the column 'label'"),
        ("patient_id,label,label\na,1,1\n", "must name the column 'label' once"),
        ("patient_id,label\na,2\n", "line 2, .*: label must be 0, 1, .*empty, got '2'"),
        ("patient_id,label\n\n\na,yes\n", "line 4, .*: label must be"),
        ("patient_id,label\na,Maligne\n", "another of 7 char.* --label-word WORD=mal"),
        ("patient_id,label\n,1\n", "line 2, .*: patient_id must not be empty"),
        ("patient_id,label\na,1,0\n", "line 2: must have 2 fields, got 3"),
        ("patient_id,label\na\n", "line 2: must have 2 fields, got 1"),
        ("patient_id,label\n\"a\nb\",1\nc,7\n", "line 4, .*: label must be"),
        ("patient_id,label,age\na,1,old\n", "age must be 0 to 130 years, got 'old'"),
        ("patient_id,label,age\na,1,nan\n", "age must be 0 to 130 years, got 'nan'"),
        ("patient_id,label,study_date\na,1,3.4.2021\n", "study_date must be YYYY-MM-"),
        ("patient_id,label,study_date\na,1,20210230\n", "study_date must be YYYY-MM-"),
        ("patient_id,label,label_left\na,0,1\n", "label must be 1 where a breast is"),
        ("patient_id,label,label_left,label_right\na,1,0,0\n", "where both breasts"),
        ("patient_id,label\na,1\na,0\n", "lines 2 and 3: a patient may .* twice"),
        ("patient_id,label,study_date\na,1,20210101\na,0,\n", "lines 2 and 3: a"),
        ("patient_id,label,study_date\na,1,\na,0,20210101\n", "lines 2 and 3: a"),
        ("patient_id,label,study_date\na,1,20210101\nb,1,\na,0,2021-01-01\n",
         "lines 2 and 4: .*; fill the column study_date"),
        ("patient_id,label\n\"a,1\n", "must be a CSV table, and its quotes"),
    ],
)  # fmt: skip
def test_what_would_be_a_guess_is_refused(
    tmp_path: Path, text: str, match: str
) -> None:
    with pytest.raises(LabelTableError, match=match) as caught:
        _load(tmp_path, text)
    assert caught.value.exit_status == 2
    assert str(tmp_path / "labels.csv") in str(caught.value)


def test_two_studies_of_one_patient_need_their_dates(tmp_path: Path) -> None:
    rows = _load(tmp_path, "patient_id,label,study_date\na,1,20210101\na,0,20210102\n")
    assert [row.label for row in rows] == [Label.MALIGNANT, Label.BENIGN]


def test_other_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LabelTableError, match=r"labels\.csv does not exist"):
        load_labels(tmp_path / "labels.csv")
    with pytest.raises(LabelTableError, match="must be a file with a table"):
        load_labels(tmp_path)
    (tmp_path / "book.xlsx").write_bytes(b"PK\x03\x04\xff\xfe\x00")
    with pytest.raises(LabelTableError, match="must be an XLSX workbook or a CSV"):
        load_labels(tmp_path / "book.xlsx")


def test_a_message_holds_no_id_and_no_date(tmp_path: Path) -> None:
    """Also where the first line is no header, or a column is another than thought."""
    for text in (
        "00815,malignant\n00816,benign\n",
        "patient_id,label\n00815,Jane Doe\n",
        "patient_id,label,study_date\n00815,1,13.04.1951\n",
        "patient_id,label,age\n00815,1,13.04.1951\n",
        "patient_id,label\n00815,1\n00815,0\n",
    ):
        with pytest.raises(LabelTableError) as caught:
            _load(tmp_path, text)
        for secret in ("00815", "Jane", "1951"):
            assert secret not in str(caught.value)


def test_a_hospital_keeps_its_own_words(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_bytes(
        "Pat-Nr;Befund;Alter;Datum\r\n00815;Maligne;53,5;2021-03-04 10:30\r\n"
        "00816;gutartig;;\r\n00817;offen;;\r\n".encode("utf-16")
    )
    words = TableWords(
        {"patient_id": "pat nr", "label": "Befund", "age": "Alter",
         "study_date": "Datum"},
        {"maligne": "malignant", "Gutartig": "benign", "offen": "unknown"},
    )  # fmt: skip
    table = load_labels(path, words)
    assert table.rows == (
        LabelRow(2, "00815", Label.MALIGNANT, date(2021, 3, 4), age_years=53.5),
        LabelRow(3, "00816", Label.BENIGN),
        LabelRow(4, "00817", Label.UNKNOWN),
    )
    assert table.notes == (
        "Columns were read under other names: 'Pat-Nr' as patient_id, 'Befund' as "
        "label, 'Datum' as study_date, 'Alter' as age.",
    )


@pytest.mark.parametrize(
    ("words", "match"),
    [
        ({"columns": {"diagnosis": "x"}}, "must name one of patient_id, label, study"),
        ({"columns": {"label": "Befund"}}, "must have the column 'Befund', got 'pat"),
        ({"columns": {"label": "patient_id"}}, "not name one column for patient_id a"),
        ({"labels": {"x": "bad"}}, "WORD=unknown, got 'bad' as the meaning"),
        ({"labels": {"Benign": "malignant"}}, "must not change what 'Benign' means"),
    ],
)
def test_words_that_cannot_be_followed(
    tmp_path: Path, words: dict[str, dict[str, str]], match: str
) -> None:
    path = tmp_path / "labels.csv"
    path.write_text("patient_id,label\na,1\n")
    with pytest.raises(ConfigError, match=match):
        load_labels(path, TableWords(**words))
