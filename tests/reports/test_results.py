from dataclasses import replace
from pathlib import Path

from bsgi.evaluation.summary import summarize_predictions
from bsgi.reports.results import (
    describe_first,
    has_uncalibrated,
    list_cautions,
    list_results,
    picture_roc,
    select_rows,
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
    (caution,) = list_cautions(metrics, rows)
    assert caution.startswith("One result of mlp: the intervals")
    picture = picture_roc(metrics, rows, tmp_path / "roc.svg")
    assert picture is not None
    assert "paper, repeat 0, fold 0 has an AUC of" in picture.alt
    assert "mlp has an AUC of" in picture.alt
    assert (
        "Of each method only the first repeat and fold is drawn: paper, repeat 0, "
        "fold 0; mlp. The others stand in the tables only." in picture.caption
    )


def test_the_lead_names_its_result_where_there_are_others() -> None:
    rows = make_rows()
    alone = describe_first(summarize_predictions(rows, simulated=True))
    assert alone.startswith("Of all pairs")
    rows += [*make_rows(repeat=1), *make_rows(method="mlp")]
    several = describe_first(summarize_predictions(rows, simulated=True))
    assert several.startswith(
        "The first of the 3 results below, that of paper, repeat 0, fold 0: of all "
        "pairs"
    )


def test_the_level_of_the_metrics_is_told_everywhere(tmp_path: Path) -> None:
    rows = [*make_rows(), *make_rows(method="mlp")]
    metrics = replace(summarize_predictions(rows, simulated=True), level=0.9)
    picture = picture_roc(metrics, rows, tmp_path / "roc.svg")
    assert picture is not None
    result = list_results(metrics)[0]
    texts = [picture.caption, describe_first(metrics), result.sentences[1]]
    for text in (*texts, result.table.head[2]):
        assert "90\N{NO-BREAK SPACE}% interval" in text
        assert "95" not in text.split("interval")[0]


def test_the_caption_says_which_curves_are_missing(tmp_path: Path) -> None:
    rows = [*make_rows(), *make_rows(method="mlp", malignant=0)]
    metrics = summarize_predictions(rows, simulated=True)
    picture = picture_roc(metrics, rows, tmp_path / "roc.svg")
    assert picture is not None
    assert picture.caption.startswith(
        "ROC curve of the test exams (17 malignant, 28 benign);"
    )
    assert picture.caption.endswith("have one label only: mlp.")
    assert "only the first repeat" not in picture.caption


def test_six_methods_make_one_figure(tmp_path: Path) -> None:
    rows = [row for name in "abcdef" for row in make_rows(method=name)]
    metrics = summarize_predictions(rows, simulated=True)
    picture = picture_roc(metrics, rows, tmp_path / "roc.svg")
    assert picture is not None
    assert "f has an AUC of" in picture.alt


def test_scores_without_probability_are_seen_in_any_method() -> None:
    calibrated = [replace(row, probability=0.5) for row in make_rows()]
    assert not has_uncalibrated(calibrated)
    trained = replace(calibrated[0], part="train", probability=None)
    assert not has_uncalibrated([*calibrated, trained])
    assert has_uncalibrated([*calibrated, *make_rows(method="mlp")])


def test_one_result_is_explained_once_and_cautioned() -> None:
    rows = make_rows()
    metrics = summarize_predictions(rows, simulated=True)
    (result,) = list_results(metrics)
    assert len(result.sentences) == 1
    (caution,) = list_cautions(metrics, rows)
    assert "One result: the intervals" in caution


def test_several_exams_of_one_woman_are_named() -> None:
    rows = [replace(row, patient_id="7") for row in make_rows()]
    metrics = summarize_predictions(rows, simulated=True)
    first, _ = list_cautions(metrics, rows)
    assert first.startswith("45 test exams come from 1 patient. The intervals")


def test_several_exams_of_one_woman_are_seen_in_any_repeat() -> None:
    later = [replace(row, patient_id="7") for row in make_rows(repeat=1)]
    rows = [*make_rows(), *later, *make_rows(method="mlp")]
    metrics = summarize_predictions(rows, simulated=True)
    first, _ = list_cautions(metrics, rows)
    assert first.startswith(
        "In 1 of 3 results patients have several test exams. The first of these: "
        "paper, repeat 1, fold 0, where 45 test exams come from 1 patient."
    )


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
    chosen = select_rows(metrics.methods[0], [*rows, *trained])
    assert {(row.repeat, row.part) for row in chosen} == {(0, "test")}
    assert len(chosen) == 45
