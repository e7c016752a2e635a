import re
from pathlib import Path

import pytest

from bsgi.errors import ConfigError, OutputError, RunError
from bsgi.evaluation.metrics_json import load_metrics
from bsgi.evaluation.predictions import save_predictions
from bsgi.reports.evaluation_report import TableOptions, write_evaluation
from tests.evaluation.test_summary import make_rows


def test_writes_metrics_figure_and_page(tmp_path: Path) -> None:
    table = tmp_path / "scores.csv"
    save_predictions(table, make_rows())
    page = write_evaluation(table, tmp_path / "out", simulated=False)
    assert page == tmp_path / "out" / "report.html"
    text = page.read_text(encoding="utf-8")
    assert "45 test exams of 45 patients: 28 benign and 17 malignant." in text
    assert "Research use only, not a medical device." in text
    assert "imulated" not in text
    assert "Uncalibrated." in text
    assert (tmp_path / "out" / "figures" / "roc.svg").exists()
    assert (tmp_path / "out" / "provenance.json").exists()
    metrics = load_metrics(tmp_path / "out" / "metrics.json")
    assert metrics.methods[0].malignant == 17


def test_nothing_is_left_of_a_table_that_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "scores.csv"
    save_predictions(table, make_rows())
    table.write_text(table.read_text().replace(",test,1,", ",test,2,", 1))
    with pytest.raises(RunError, match=r"line \d+, column label: must be 0 or 1"):
        write_evaluation(table, tmp_path / "out", simulated=False)
    assert [path.name for path in tmp_path.iterdir()] == ["scores.csv"]


def test_an_output_that_is_taken_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "scores.csv"
    save_predictions(table, make_rows())
    with pytest.raises(OutputError, match="must not exist yet"):
        write_evaluation(table, tmp_path, simulated=True)


def test_a_threshold_that_is_no_number_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "scores.csv"
    save_predictions(table, make_rows())
    for threshold in (float("nan"), float("inf")):
        with pytest.raises(ConfigError, match="threshold must be a finite number, got"):
            write_evaluation(
                table,
                tmp_path / "out",
                simulated=False,
                options=TableOptions(threshold=threshold),
            )
    assert not (tmp_path / "out").exists()


def test_the_page_of_several_results_says_what_it_shows(tmp_path: Path) -> None:
    table = tmp_path / "scores.csv"
    names = ("paper", "mlp", "a", "b")
    rows = [row for name in names for row in make_rows(method=name)]
    save_predictions(table, [*rows, *make_rows(repeat=1)])
    page = write_evaluation(table, tmp_path / "out", simulated=False)
    text = page.read_text(encoding="utf-8")
    assert "mean over the repeats with the folds of each pooled (95" in text
    assert "5 results of single methods, repeats and folds" in text
    assert "Of each method only the first repeat and fold is drawn" in text
    assert "One result of mlp and of a and of b" in text


def test_several_repeats_are_averaged_and_methods_compared(tmp_path: Path) -> None:
    table = tmp_path / "scores.csv"
    rows = [
        row
        for name in ("paper", "mlp")
        for repeat in (0, 1)
        for row in make_rows(method=name, repeat=repeat)
    ]
    save_predictions(table, rows)
    page = write_evaluation(table, tmp_path / "out", simulated=False)
    text = page.read_text(encoding="utf-8")
    metrics = load_metrics(tmp_path / "out" / "metrics.json")
    average = metrics.methods[0].average
    assert average is not None
    assert f"TP {average.confusion.tp}, FP {average.confusion.fp}" in text
    assert "over 2 repeats of 45 patients" in text
    assert (tmp_path / "out" / "figures" / "mean-roc.csv").exists()
    assert "McNemar" in text
    assert len(metrics.comparisons) == 3
    # Scores of anybody's method that is called "paper" are not those of the paper.
    assert "printed" not in text


def test_readers_are_analysed_together_and_not_each_with_each(
    tmp_path: Path, shared_folder: Path
) -> None:
    columns = {"method": "treatment", "exam_id": "case", "label": "truth",
               "score": "rating"}  # fmt: skip
    page = write_evaluation(
        shared_folder / "data" / "roc" / "VanDyke.csv",
        tmp_path / "out",
        simulated=False,
        options=TableOptions(threshold=3.0, columns=columns),
    )
    metrics = load_metrics(tmp_path / "out" / "metrics.json")
    assert metrics.readers is not None
    assert metrics.readers.readers == ("1", "2", "3", "4", "5")
    assert (metrics.comparisons, metrics.areas, metrics.power) == ((), (), None)
    text = page.read_text(encoding="utf-8")
    assert "5 readers read 114 cases" in text
    assert (tmp_path / "out" / "figures" / "readers.csv").exists()


def test_ratings_with_a_gap_are_evaluated_one_by_one_and_that_is_said(
    tmp_path: Path,
) -> None:
    lines = ["exam_id,reader,label,score"]
    lines += [f"{exam},{reader},{exam % 2},{exam + len(reader)}"
              for exam in range(6) for reader in ("x", "yy")][:-1]  # fmt: skip
    table = tmp_path / "ratings.csv"
    table.write_text("\n".join(lines))
    page = write_evaluation(table, tmp_path / "out", simulated=False)
    text = page.read_text(encoding="utf-8")
    assert "The readers are not analysed together: every reader must have" in text
    metrics = load_metrics(tmp_path / "out" / "metrics.json")
    assert [one.method for one in metrics.methods] == ["reader x", "reader yy"]
    assert metrics.readers is None


def test_a_threshold_and_scores_that_make_no_sense_are_named(tmp_path: Path) -> None:
    table = tmp_path / "scores.csv"
    lines = [f"{int(n < 30)},{n + 1}" for n in range(60)]
    table.write_text("\n".join(["label,score", *lines]))
    text = write_evaluation(table, tmp_path / "out", simulated=False).read_text()
    assert "The threshold 0.5 calls all exams alike" in text
    assert "The area of scores is below chance" in text


@pytest.mark.parametrize(
    "lines",
    [["1,0.9", "0,0.1"], ["1,0.9", "1,0.1"], ["0,0.5"], ["1,0.5", "0,0.5", "0,0.5"]],
    ids=["two exams", "one label", "one exam", "ties"],
)
def test_few_exams_still_make_a_report(tmp_path: Path, lines: list[str]) -> None:
    table = tmp_path / "scores.csv"
    table.write_text("\n".join(["label,score", *lines]))
    text = write_evaluation(table, tmp_path / "out", simulated=False).read_text()
    assert not re.search(r"\bnan\b", text)
    assert load_metrics(tmp_path / "out" / "metrics.json").methods


def test_the_page_of_one_label_says_only_what_there_is(tmp_path: Path) -> None:
    table = tmp_path / "scores.csv"
    lines = [f"1,{0.05 + n / 12:.3f},{0.05 + n / 12:.3f}" for n in range(12)]
    table.write_text("\n".join(["label,score,probability", *lines]))
    text = write_evaluation(table, tmp_path / "out", simulated=False).read_text()
    body = text.split('<section id="checklists">')[0]
    assert "12 test exams of 12 patients, all malignant." in body
    assert "6 of 12 malignant exams were called correctly." in body
    for word in ("undefined", "0 of 0", "Specificity", "Accuracy", "alibration",
                 "Operating points", "TN, true"):  # fmt: skip
        assert word not in body
    table.write_text("label,score\n0,0.7\n")
    text = write_evaluation(table, tmp_path / "one", simulated=False).read_text()
    body = text.split('<section id="checklists">')[0]
    assert "1 test exam of 1 patient, benign." in body
    assert "0 of 1 benign exam was called correctly." in body
    for word in ("undefined", "0 of 0", "What so many patients can show", "TP, true"):
        assert word not in body
