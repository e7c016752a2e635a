from pathlib import Path

import pytest

from bsgi.errors import ConfigError, RunError
from bsgi.evaluation.tables.columns import name_grouping, read_columns


def save(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_reads_what_programs_write(
    tmp_path: Path, mark: str, encoding: str, end: str
) -> None:
    lines = [f"label{mark}score", f"1{mark}0.5", "", f'0{mark}"0.25"']
    table = read_columns(save(tmp_path / "a.csv", end.join(lines), encoding))
    assert [dict(row) for row in table.rows] == [
        {"label": "1", "score": "0.5"},
        {"label": "0", "score": "0.25"},
    ]
    assert [row.line for row in table.rows] == [2, 4]
    assert table.decimal_comma == (mark != ",")
    assert bool(table.notes) == (mark != ",")


def test_names_are_found_whatever_their_case_and_said(tmp_path: Path) -> None:
    path = save(tmp_path / "a.csv", "Patient ID,LABEL,score,Site\n7,1,0.5,A\n")
    table = read_columns(path, {"group_site": "Site"})
    assert table.names == {
        "group_site": "Site", "patient_id": "Patient ID", "label": "LABEL",
        "score": "score",
    }  # fmt: skip
    assert "'Patient ID' as patient_id" in table.notes[0]
    assert name_grouping("group_site") == "site"
    assert name_grouping("group_count_level") == "count level"
    assert name_grouping("group") == "group"


def test_the_mapping_goes_first_and_one_column_may_serve_twice(tmp_path: Path) -> None:
    path = save(tmp_path / "a.csv", "label,truth,probability\n0,1,0.5\n")
    table = read_columns(path, {"label": "truth", "score": "probability"})
    assert dict(table.rows[0]) == {"label": "1", "score": "0.5", "probability": "0.5"}
    assert "Columns that were not read: 'label'." in table.notes
    assert "Columns were read under other names: 'truth' as label." in table.notes
    said = "The column 'probability' was read as score and as probability."
    assert said in table.notes


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "must have a header with the columns label and score"),
        ("label,score\n", "must have at least one row"),
        ("label,value\n1,2\n", r"must have the column 'score'.*--column score=NAME"),
        ("label,label,score\n1,1,2\n", "each column once, got 'label' twice"),
        ("label,Label,score\n1,1,2\n", "one column label, got 'label' and 'Label'"),
        ("label,score\n1,2,3\n", r"line 2: must have 2 fields, got 3"),
        ("label,score\n1,\0\n", "holds bytes of zero"),
    ],
)
def test_a_table_that_is_none_is_refused(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(RunError, match=says):
        read_columns(save(tmp_path / "a.csv", text))


def test_other_encodings_and_missing_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="save it as CSV UTF-8"):
        read_columns(save(tmp_path / "a.csv", "label,score\n1,2\n", "utf-16"))
    with pytest.raises(RunError, match="is missing"):
        read_columns(tmp_path / "b.csv")


def test_a_mapping_that_cannot_be_followed_is_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "a.csv", "label,score\n1,2\n")
    with pytest.raises(ConfigError, match="must be one of exam_id"):
        read_columns(path, {"pathology": "label"})
    with pytest.raises(ConfigError, match=r"'Pathology' for label must stand in"):
        read_columns(path, {"label": "Pathology"})
