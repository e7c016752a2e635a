from dataclasses import replace
from pathlib import Path

from bsgi.evaluation.summary import summarize_predictions
from bsgi.reports.results import (
    list_cautions,
    list_results,
    picture_roc,
    select_test_rows,
)
from tests.evaluation.test_summary import make_rows


def test_several_results_are_told_apart_and_explained(tmp_path: Path) -> None:
    rows = [*make_rows(), *make_rows(repeat=1), *make_rows(method="mlp")]
    metrics = summarize_predictions(rows, simulated=True)
    results = list_results(metrics)
    assert [result.title for result in results] == [
        "paper, repeat 0, fold 0",
        "paper, repeat 1, fold 0",
        "mlp",
    ]
    assert all(len(result.sentences) == 2 for result in results)
    assert list_cautions(metrics, rows) == ()
    picture = picture_roc(metrics, rows, tmp_path / "roc.svg")
    assert picture is not None
    assert "paper has an AUC of" in picture.alt
    assert "mlp has an AUC of" in picture.alt


def test_one_result_is_explained_once_and_cautioned() -> None:
    rows = make_rows()
    metrics = summarize_predictions(rows, simulated=True)
    (result,) = list_results(metrics)
    assert len(result.sentences) == 1
    (caution,) = list_cautions(metrics, rows)
    assert "One split and one training" in caution


def test_several_exams_of_one_woman_are_named() -> None:
    rows = [replace(row, patient_id="7") for row in make_rows()]
    metrics = summarize_predictions(rows, simulated=True)
    first, _ = list_cautions(metrics, rows)
    assert "45 test exams come from 1 patient." in first


def test_one_label_gives_no_figure(tmp_path: Path) -> None:
    rows = make_rows(malignant=0)
    metrics = summarize_predictions(rows, simulated=True)
    assert picture_roc(metrics, rows, tmp_path / "roc.svg") is None
    assert not (tmp_path / "roc.svg").exists()


def test_only_the_first_repeat_of_the_test_part_is_drawn() -> None:
    rows = [*make_rows(repeat=1), *make_rows()]
    trained = [
        replace(row, part="train", patient_id=f"t{row.patient_id}") for row in rows
    ]
    metrics = summarize_predictions([*rows, *trained], simulated=True)
    chosen = select_test_rows(metrics.methods[0], [*rows, *trained])
    assert {(row.repeat, row.part) for row in chosen} == {(0, "test")}
    assert len(chosen) == 45
