from pathlib import Path

import pytest

from bsgi.errors import ConfigError, RunError
from bsgi.evaluation.predictions import load_predictions, save_predictions
from bsgi.evaluation.readers.rating_table import cross_ratings
from bsgi.evaluation.tables.any_table import load_any_table
from tests.evaluation.rows import study_rows
from tests.evaluation.tables.test_columns import save

VANDYKE = {"method": "treatment", "patient_id": "case", "label": "truth",
           "score": "rating"}  # fmt: skip


def test_a_full_table_is_read_as_ever(tmp_path: Path) -> None:
    rows = study_rows(repeats=2, folds=5, methods=("paper", "mlp"))
    save_predictions(tmp_path / "predictions.csv", rows)
    table = load_any_table(tmp_path / "predictions.csv")
    assert table.rows == load_predictions(tmp_path / "predictions.csv") == tuple(rows)
    assert (table.groups, table.readers, table.notes) == ({}, (), ())


def test_label_and_score_are_enough_and_every_default_is_said(tmp_path: Path) -> None:
    path = save(tmp_path / "camera.csv", "label,score\nMalignant,2\nnegative,-1.5\n")
    table = load_any_table(path)
    assert [(row.exam_id, row.patient_id, row.label) for row in table.rows] == [
        ("line 2", "line 2", 1),
        ("line 3", "line 3", 0),
    ]
    first = table.rows[0]
    assert (first.method, first.repeat, first.fold, first.part, first.probability) == (
        "camera", 0, 0, "test", None,
    )  # fmt: skip
    said = " ".join(table.notes)
    for words in ("'camera'", "test exams", "exam of its own", "patient of her own"):
        assert words in said
    assert load_any_table(path, method="ours").rows[0].method == "ours"


def test_a_patient_with_one_row_is_an_exam_and_one_with_two_has_two(
    tmp_path: Path,
) -> None:
    header = "patient_id,label,score\n"
    once = load_any_table(save(tmp_path / "a.csv", header + "p,1,2\nq,0,1\n"))
    assert [row.exam_id for row in once.rows] == ["p", "q"]
    twice = load_any_table(save(tmp_path / "b.csv", header + "p,1,2\np,0,1\n"))
    assert [row.exam_id for row in twice.rows] == ["line 2", "line 3"]
    assert [row.patient_id for row in twice.rows] == ["p", "p"]


def test_exams_that_nobody_names_cannot_be_paired(tmp_path: Path) -> None:
    text = "{0},label,score\na,1,2\nb,1,3\n"
    path = save(tmp_path / "a.csv", text.format("method"))
    assert any("not compared in pairs" in note for note in load_any_table(path).notes)
    for column, values in (("reader", "ab"), ("repeat", "01")):
        rows = [f"{value},1,2" for value in values]
        path = save(tmp_path / "b.csv", "\n".join([f"{column},label,score", *rows]))
        with pytest.raises(RunError, match="must have the column exam_id"):
            load_any_table(path)


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("Truth", "2", "must be 0 or 1 .or benign, malignant.*got '2'"),
        ("Truth", "", "must be 0 or 1"),
        ("Truth", "nan", "must be 0 or 1"),
        ("score", "nan", "must be a finite number, got 'nan'"),
        ("score", "inf", "must be a finite number"),
        ("score", "", "must be a finite number"),
        ("score", "high", "must be a finite number"),
        ("score", "0,5", "must be a finite number, got '0,5'"),
        ("probability", "1.2", "must be empty or 0 to 1, got '1.2'"),
        ("probability", "-0.1", "must be empty or 0 to 1"),
        ("probability", "nan", "must be empty or 0 to 1"),
        ("part", "validation", "must be one of"),
        ("exam_id", "", "must not be empty"),
        ("exam_id", "e0", "an exam must stand once"),
        ("repeat", "-1", "must be a number from 0"),
        ("group", "B", "must be in one group, got 'B' here and 'A' before"),
    ],
)
def test_nonsense_is_refused_with_line_and_column(
    tmp_path: Path, column: str, value: str, rule: str
) -> None:
    lines = ["exam_id,method,Truth,score,probability,part,repeat,group"]
    for number in range(3):
        fields = {
            "exam_id": f"e{number}", "method": "m", "Truth": "01"[number % 2],
            "score": "0.5", "probability": "0.5", "part": "test", "repeat": "0",
            "group": "A",
        }  # fmt: skip
        if number == 2:
            fields[column] = value
            if column == "group":  # another method's row of the first exam
                fields |= {"exam_id": "e0", "method": "n"}
        lines.append(",".join(f'"{text}"' for text in fields.values()))
    path = save(tmp_path / "a.csv", "\n".join(lines))
    with pytest.raises(RunError, match=rf"line 4, column {column}: .*{rule}"):
        load_any_table(path, {"label": "Truth"})


def test_a_decimal_comma_is_read_where_it_can_mean_nothing_else(
    tmp_path: Path,
) -> None:
    path = save(tmp_path / "a.csv", "label;score;probability\n1;0,75;0,5\n0;-1;\n")
    table = load_any_table(path)
    assert [row.score for row in table.rows] == [0.75, -1.0]
    assert table.rows[0].probability == 0.5
    assert "Numbers are written with a decimal comma." in table.notes
    with pytest.raises(RunError, match=r"line 2, column score: .*got '1.000,5'"):
        load_any_table(save(tmp_path / "b.csv", "label;score\n1;1.000,5\n"))


def test_edge_cases_are_said(tmp_path: Path) -> None:
    header = "label,score\n"
    one = load_any_table(save(tmp_path / "a.csv", header + "1,2\n1,3\n"))
    assert any("All test exams are malignant" in note for note in one.notes)
    ties = load_any_table(save(tmp_path / "b.csv", header + "1,2\n0,2\n"))
    assert any("All scores are the same" in note for note in ties.notes)
    hard = load_any_table(save(tmp_path / "c.csv", header + "1,1\n0,0\n0,1\n"))
    assert any("are calls and no scores" in note for note in hard.notes)


def test_groups_belong_to_exams(tmp_path: Path) -> None:
    text = (
        "exam_id,method,label,score,group,group_camera\n"
        "a,m,1,2,x,D\na,n,1,3,x,\nb,m,0,1,,L\n"
    )
    table = load_any_table(save(tmp_path / "a.csv", text))
    assert table.groups == {"group": {"a": "x"}, "camera": {"a": "D", "b": "L"}}


def test_readers_become_methods_and_ratings(
    tmp_path: Path, shared_folder: Path
) -> None:
    table = load_any_table(shared_folder / "data" / "roc" / "VanDyke.csv", VANDYKE)
    assert len(table.rows) == len(table.readers) == 114 * 2 * 5
    assert len({row.method for row in table.rows}) == 10
    assert table.rows[0].method == "1, reader 1"
    crossed = cross_ratings(table.readers)
    assert (crossed.malignant, crossed.benign) == (45, 69)
    assert crossed.modalities == ("1", "2")
    path = save(tmp_path / "a.csv", "exam_id,reader,label,score\na,,1,2\n")
    with pytest.raises(RunError, match="line 2, column reader: must not be empty"):
        load_any_table(path)
    path = save(tmp_path / "b.csv", "exam_id,reader,label,score,repeat\na,r,1,2,0\n"
                "a,r,1,2,1\n")  # fmt: skip
    with pytest.raises(RunError, match="one repeat and one fold"):
        load_any_table(path)


def test_a_method_is_named_once(tmp_path: Path) -> None:
    path = save(tmp_path / "a.csv", "method,label,score\nm,1,2\n")
    with pytest.raises(ConfigError, match="leave --method away"):
        load_any_table(path, method="ours")
