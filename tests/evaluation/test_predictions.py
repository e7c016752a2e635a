from dataclasses import replace
from pathlib import Path

import pytest

from bsgi.errors import RunError
from bsgi.evaluation.predictions import (
    COLUMNS,
    PredictionRow,
    collect_scores,
    load_predictions,
    save_predictions,
)

ROW = PredictionRow(
    exam_id="0815-1",
    patient_id="0815",
    method="paper",
    repeat=0,
    fold=0,
    part="test",
    label=1,
    score=0.1 + 0.2,
)


def write(path: Path, *changes: dict[str, str]) -> Path:
    """A table of one good line per change, each changed as told."""
    lines = [",".join(COLUMNS)]
    for number, change in enumerate(changes):
        fields = {
            "exam_id": f"{number}-1", "patient_id": str(number), "method": "paper",
            "repeat": "0", "fold": "0", "part": "test", "label": "1", "score": "0.5",
            "probability": "", **change,
        }  # fmt: skip
        lines.append(",".join(fields.values()))
    path.write_text("\n".join(lines) + "\n")
    return path


def test_comes_back_as_it_was(tmp_path: Path) -> None:
    rows = (ROW, replace(ROW, exam_id="815-1", patient_id="815", probability=0.25))
    save_predictions(tmp_path / "predictions.csv", rows)
    assert load_predictions(tmp_path / "predictions.csv") == rows
    header = (tmp_path / "predictions.csv").read_text().splitlines()[0]
    assert header == (
        "exam_id,patient_id,method,repeat,fold,part,label,score,probability"
    )


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("label", "2", "must be 0 or 1, got '2'"),
        ("label", "", "must be 0 or 1, got ''"),
        ("label", "malignant", "must be 0 or 1, got 'malignant'"),
        ("score", "nan", "must be a finite number, got 'nan'"),
        ("score", "", "must be a finite number, got ''"),
        ("score", "-inf", "must be a finite number"),
        ("score", "1_0", "must be a finite number"),
        ("probability", "1.01", "must be empty or 0 to 1, got '1.01'"),
        ("probability", "nan", "must be empty or 0 to 1"),
        ("part", "validation", "must be one of"),
        ("repeat", "-1", "must be a number from 0"),
        ("fold", "1.0", "must be a number from 0"),
        ("exam_id", " ", "must not be empty"),
        ("method", "", "must not be empty"),
    ],
)
def test_nonsense_is_named_by_line_and_column(
    tmp_path: Path, column: str, value: str, rule: str
) -> None:
    path = write(tmp_path / "p.csv", {}, {column: value}, {})
    with pytest.raises(RunError, match=rf"p\.csv, line 3, column {column}: {rule}"):
        load_predictions(path)


def test_lines_are_those_of_the_file(tmp_path: Path) -> None:
    path = write(tmp_path / "p.csv", {"patient_id": '"a\nb"'}, {"label": "2"})
    with pytest.raises(RunError, match="line 4, column label: must be 0 or 1"):
        load_predictions(path)
    same = {"exam_id": "7-1", "patient_id": "7"}
    path = write(tmp_path / "p.csv", same, {}, same)
    path.write_text(path.read_text().replace("\n", "\n\n"))
    with pytest.raises(RunError, match=r"line 7, column exam_id: .* in line 3 too"):
        load_predictions(path)


def test_an_exam_stands_once(tmp_path: Path) -> None:
    same = {"exam_id": "7-1", "patient_id": "7"}
    with pytest.raises(RunError, match=r"line 4, column exam_id: .* in line 2 too"):
        load_predictions(write(tmp_path / "p.csv", same, {}, same))
    apart = write(tmp_path / "p.csv", same, {}, {**same, "repeat": "1"})
    assert len(load_predictions(apart)) == 3


def test_an_exam_has_one_label(tmp_path: Path) -> None:
    same = {"exam_id": "7-1", "patient_id": "7"}
    path = write(tmp_path / "p.csv", same, {**same, "repeat": "1", "label": "0"})
    with pytest.raises(RunError, match=r"line 3, column label: .* got 0 here and 1"):
        load_predictions(path)


def test_a_tested_patient_is_in_no_other_part(tmp_path: Path) -> None:
    path = write(
        tmp_path / "p.csv", {"patient_id": "7"}, {"patient_id": "7", "part": "train"}
    )
    with pytest.raises(RunError, match=r"line 3, column part: .* got train here"):
        load_predictions(path)
    both = {"exam_id": "7-1", "patient_id": "7", "part": "train"}
    path = write(tmp_path / "p.csv", both, {**both, "part": "calibrate"})
    assert len(load_predictions(path)) == 2


def test_refuses_a_table_without_rows_or_columns(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="at least one row"):
        load_predictions(write(tmp_path / "p.csv"))
    (tmp_path / "p.csv").write_text("exam_id,score\na,1\n")
    with pytest.raises(RunError, match="must have the column 'patient_id'"):
        load_predictions(tmp_path / "p.csv")
    with pytest.raises(RunError, match="is missing"):
        load_predictions(tmp_path / "absent.csv")


def test_a_row_is_checked_when_it_is_made() -> None:
    with pytest.raises(ValueError, match="score must be finite"):
        replace(ROW, score=float("nan"))
    with pytest.raises(ValueError, match="label must be 0 or 1, got 2"):
        replace(ROW, label=2)
    with pytest.raises(ValueError, match="part must be one of"):
        replace(ROW, part="valid")
    with pytest.raises(ValueError, match="probability must be 0 to 1"):
        replace(ROW, probability=-0.1)
    with pytest.raises(ValueError, match="repeat and fold must be 0 or more"):
        replace(ROW, fold=-1)
    with pytest.raises(ValueError, match="method must not be empty"):
        replace(ROW, method="")


def test_scores_and_labels_stand_side_by_side() -> None:
    scored = collect_scores([ROW, replace(ROW, label=0, score=-2.0)])
    assert scored.labels.tolist() == [1, 0]
    assert scored.scores.tolist() == [0.1 + 0.2, -2.0]
