import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bsgi.errors import ConfigError, OutputError, RunError
from bsgi.evaluation.abstention.guarantee import Basis
from bsgi.evaluation.calibration.calibrator import Calibration, save_calibration
from bsgi.evaluation.calibration.platt import Platt
from bsgi.evaluation.external import load_external
from bsgi.evaluation.fixed import OPERATING_POINTS, load_operating_points
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


def own_table(path: Path) -> None:
    """A network's scores of its own simulated exams, ten set aside of each label."""
    lines = ["exam_id,part,label,score"]
    for label in (0, 1):
        lines += [
            f"c{label}{n},calibrate,{label},{label / 2 + n / 20}" for n in range(10)
        ]
        lines += [f"t{label}{n},test,{label},{label / 2 + n / 20}" for n in range(10)]
        lines += [f"l{label},train,{label},0.5"]
    path.write_text("\n".join(lines))


def test_thresholds_of_simulated_exams_never_become_those_of_patients(
    tmp_path: Path,
) -> None:
    own = tmp_path / "own.csv"
    own_table(own)
    write_evaluation(own, tmp_path / "own", simulated=True)
    kept = load_operating_points(tmp_path / "own")
    assert kept.simulated
    assert kept.methods[0].basis is Basis.SET_ASIDE
    other = tmp_path / "other.csv"
    lines = [f"{n % 2},{n / 20}" for n in range(20)]
    other.write_text("\n".join(["label,score", *lines]))
    fixed = TableOptions(fixed=tmp_path / "own")
    page = write_evaluation(other, tmp_path / "ext", simulated=False, options=fixed)
    assert "fixed before, on simulated exams" in page.read_text()
    assert not (tmp_path / "ext" / OPERATING_POINTS).exists()
    onwards = TableOptions(fixed=tmp_path / "ext")
    with pytest.raises(RunError):
        write_evaluation(other, tmp_path / "far", simulated=False, options=onwards)


def test_a_runs_recalibration_goes_along_with_its_thresholds(tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    own_table(run / "predictions.csv")
    platt = Calibration("predictions", Platt(4.0, -2.0), 10, 10, 20, 0, simulated=True)
    save_calibration(run / "calibration.json", platt)
    write_evaluation(run / "predictions.csv", tmp_path / "own", simulated=True)
    assert load_external(tmp_path / "own").calibration == platt
    save_calibration(run / "calibration.json", replace(platt, method="other"))
    write_evaluation(run / "predictions.csv", tmp_path / "two", simulated=True)
    assert load_external(tmp_path / "two").calibration is None


def test_methods_of_different_patients_are_compared(tmp_path: Path) -> None:
    table = tmp_path / "two.csv"
    lines = [
        f"{method}{n},{method},{n % 2},{n % 2 * shift + n * 7 % 20 / 20}"
        for method, shift, number in (("a", 0.1, 46), ("b", 0.8, 100))
        for n in range(number)
    ]
    table.write_text("\n".join(["patient_id,method,label,score", *lines]))
    text = write_evaluation(table, tmp_path / "out", simulated=False).read_text()
    assert "Areas compared between different patients" in text
    assert "Areas of different patients compared by" in text
    assert "on the same patients:" not in text
    assert "0 + 0" not in text
    (found,) = load_metrics(tmp_path / "out" / "metrics.json").areas
    assert (found.paired, found.patients) == (False, 146)


def test_rows_without_names_are_not_compared_and_the_page_says_why(
    tmp_path: Path,
) -> None:
    table = tmp_path / "two.csv"
    lines = [f"{m},{n % 2},{n / 40}" for m in "ab" for n in range(40)]
    table.write_text("\n".join(["method,label,score", *lines]))
    text = write_evaluation(table, tmp_path / "out", simulated=False).read_text()
    assert "a and b are not compared: the table does not say which" in text
    assert "Areas compared" not in text


def test_a_method_without_test_rows_is_named(tmp_path: Path) -> None:
    table = tmp_path / "two.csv"
    lines = [f"e{n},a,test,{n % 2},{n / 40}" for n in range(20)]
    lines += [f"e{n},b,train,{n % 2},{n / 40}" for n in range(20, 40)]
    table.write_text("\n".join(["exam_id,method,part,label,score", *lines]))
    text = write_evaluation(table, tmp_path / "out", simulated=False).read_text()
    assert "Without test rows, and so without results: b." in text


@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is read from /proc")
def test_100000_rows_are_done_in_little_memory(tmp_path: Path) -> None:
    """In a process of its own: less than 1 GB, and a picture that a page can hold."""
    rng = np.random.default_rng(5)
    labels = np.repeat([0, 1], 50_000)
    scores = rng.normal(size=labels.size) + labels
    table = tmp_path / "many.csv"
    lines = [f"{one},{score:.6f}" for one, score in zip(labels, scores, strict=True)]
    table.write_text("\n".join(["label,score", *lines]))
    # Not ru_maxrss, which begins at the size of the process that started this one.
    code = (
        "import sys; from pathlib import Path; "
        "from bsgi.reports.evaluation_report import write_evaluation; "
        "write_evaluation(Path(sys.argv[1]), Path(sys.argv[2]), simulated=True); "
        "print(Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(table), str(tmp_path / "out")],
        capture_output=True, text=True, check=True, timeout=100,
    )  # fmt: skip
    assert int(done.stdout) < 1_000_000  # kB
    figure = (tmp_path / "out" / "figures" / "roc.csv").read_text()
    assert figure.count("\n") < 3000
    page = (tmp_path / "out" / "report.html").read_text()
    assert "nowhere 0.001 from the whole" in page


def test_repeats_of_unequal_patients_show_their_span(tmp_path: Path) -> None:
    table = tmp_path / "three.csv"
    lines = [
        f"e{n},{n % 2},{(n * 7 + repeat) % 40 / 40},{repeat}"
        for repeat, number in enumerate((40, 32, 36))
        for n in range(number)
    ]
    table.write_text("\n".join(["exam_id,label,score,repeat", *lines]))
    text = write_evaluation(table, tmp_path / "out", simulated=False).read_text()
    assert "over 3 repeats of 32 to 40 patients" in text


def test_methods_that_are_no_rivals_are_read_by_the_exact_test(tmp_path: Path) -> None:
    table = tmp_path / "two.csv"
    lines = [f"e{n},{m},{n % 2},{int((n % 2 == 1) == (m == 'a'))}"
             for n in range(20) for m in "ab"]  # fmt: skip
    table.write_text("\n".join(["exam_id,method,label,score", *lines]))
    text = write_evaluation(table, tmp_path / "out", simulated=False).read_text()
    assert "read the exact p" in text
    half = [line.replace(",b,0,1", ",b,0,0").replace(",b,1,0", ",b,1,1")
            for line in lines]  # fmt: skip
    table.write_text("\n".join(["exam_id,method,label,score", *half]))
    text = write_evaluation(table, tmp_path / "alike", simulated=False).read_text()
    assert "read the exact p" not in text


def test_probabilities_of_exactly_0_and_1_are_said_to_be_so(tmp_path: Path) -> None:
    table = tmp_path / "sure.csv"
    lines = [f"{n % 2},{n % 2},{n % 2}" for n in range(40)]
    table.write_text("\n".join(["label,score,probability", *lines]))
    text = write_evaluation(table, tmp_path / "out", simulated=False).read_text()
    assert "A probability is exactly 0 or 1" in text
    assert "do not suffice to judge the probabilities" not in text
