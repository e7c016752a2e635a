import json
from pathlib import Path

import pytest

from bsgi.cli.app import run
from bsgi.evaluation.metrics_json import load_metrics
from bsgi.evaluation.predictions import save_predictions
from tests.evaluation.rows import study_rows

TABLE = "Pathology;Score;Doctor\nmalignant;0,9;x\nbenign;0,2;y\nbenign;0,4;z\n"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "scores.csv"
    path.write_text(TABLE)
    return path


def test_anyones_table_becomes_a_report(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    words = ["evaluate", str(table), "--patients", "--out", str(out), "--json",
             "--column", "label=Pathology", "--method", "ours"]  # fmt: skip
    assert run(words) == 0
    assert json.loads(capsys.readouterr().out)["report"] == str(out / "report.html")
    page = (out / "report.html").read_text(encoding="utf-8")
    for words_of_page in (
        "3 test exams of 3 patients: 2 benign and 1 malignant.",
        "Columns that were not read:",
        "decimal comma",
        "Every exam is taken as a patient of her own",
        "TO BE WRITTEN",
    ):
        assert words_of_page in page
    assert load_metrics(out / "metrics.json").methods[0].method == "ours"
    assert len(list((out / "checklists").glob("*.csv"))) == 3


def test_a_rule_for_thresholds_needs_the_design_to_be_said(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    save_predictions(path, study_rows(repeats=1, folds=3))
    words = ["evaluate", str(path), "--simulated", "--threshold", "youden", "--out"]
    assert run([*words, str(tmp_path / "a")]) == 2
    assert run([*words, str(tmp_path / "b"), "--design", "folds"]) == 0
    metrics = load_metrics(tmp_path / "b" / "metrics.json")
    assert metrics.methods[0].threshold == "youden"
    assert metrics.methods[0].abstention is not None


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        ([], 1, "must have the column 'label'"),
        (["--column", "label"], 2, "--column must be OURS=THEIRS"),
        (["--column", "label=Truth"], 2, "'Truth' for label must stand in"),
        (["--column", "label=Pathology"] * 2, 2, "must name label once"),
        (["--threshold", "high"], 2, "must be a number or youden, got 'high'"),
        (["--design", "random"], 2, "--design must be one of single, folds"),
        (["--column", "label=Doctor"], 1, "line 2, column Doctor: must be 0 or 1"),
    ],
)
def test_what_cannot_be_followed_is_one_line(
    table: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    status: int,
    says: str,
) -> None:
    out = tmp_path / "out"
    given = ["evaluate", str(table), "--patients", "--out", str(out), *words]
    assert run(given) == status
    error = capsys.readouterr().err
    assert says in error
    assert error.count("\n") == 1
    assert not out.exists()


def test_fixed_thresholds_judge_other_exams(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "own.csv"
    lines = ["exam_id,method,part,label,score"]
    for part, number in (("calibrate", 10), ("test", 3)):
        for place in range(number):
            lines += [
                f"{part}m{place},net,{part},1,{0.05 + place / 10}",
                f"{part}b{place},net,{part},0,{0.01 + place / 10}",
            ]
    own.write_text("\n".join(lines))
    first, second = tmp_path / "own", tmp_path / "other"
    assert run(["evaluate", str(own), "--simulated", "--out", str(first)]) == 0
    table = tmp_path / "other.csv"
    # Aimed at specificity 0.90 the threshold is 0.83; of four benign ones three are
    # below, of two malignant ones one is not.
    table.write_text(
        "label,score\n1,0.9\n1,0.5\n0,0.1\n0,0.2\n0,0.82\n0,0.84\n", encoding="utf-8"
    )
    words = ["evaluate", str(table), "--patients", "--thresholds", str(first)]
    assert run([*words, "--out", str(second)]) == 0
    (method,) = load_metrics(second / "metrics.json").methods
    assert method.method == "net"
    assert [one.chosen_on.value for one in method.operating_points] == [
        "fixed before", "fixed before",
    ]  # fmt: skip
    point = method.operating_points[0]
    assert point.thresholds[0].threshold == pytest.approx(0.83)
    assert point.sensitivity is not None
    assert point.specificity is not None
    assert (point.sensitivity.value, point.specificity.value) == (0.5, 0.75)
    text = (second / "report.html").read_text(encoding="utf-8")
    assert "thresholds of net, fixed before, on simulated exams, from" in text
    assert "nothing was chosen on these exams" in text
    assert "read off the test curve" not in text
    capsys.readouterr()
    for more, says in (
        (["--threshold", "0.5"], "must stand without --threshold, --design and"),
        (["--method", "other"], "got 'other' and thresholds of 'net'"),
    ):
        assert run([*words, *more, "--out", str(tmp_path / "no")]) in (1, 2)
        error = capsys.readouterr().err
        assert says in error
        assert error.count("\n") == 1
        assert not (tmp_path / "no").exists()
    assert run(["evaluate", str(own), "--simulated", "--thresholds", str(first),
                "--out", str(tmp_path / "no")]) == 2  # fmt: skip
    assert "must meet test exams only" in capsys.readouterr().err


def test_a_table_is_recalibrated_on_its_own_rows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "own.csv"
    lines = ["exam_id,method,part,label,score"]
    for part in ("calibrate", "test"):
        lines += [
            f"{part}{label}{place},net,{part},{label},{0.05 + label * 0.2 + place / 15}"
            for place in range(12)
            for label in (0, 1)
        ]
    own.write_text("\n".join([*lines, "l,net,train,1,0.4"]))
    out = tmp_path / "out"
    words = ["evaluate", str(own), "--simulated", "--calibrate", "platt", "--out"]
    assert run([*words, str(out)]) == 0
    (method,) = load_metrics(out / "metrics.json").methods
    assert method.calibration is not None
    source = method.calibration.source
    assert (source.calibrator, source.calibrated_on.value) == (
        "platt", "patients set aside",
    )  # fmt: skip
    text = (out / "report.html").read_text(encoding="utf-8")
    assert "a recalibration made here (platt)" in text
    capsys.readouterr()
    words[4] = "magic"
    assert run([*words, str(tmp_path / "no")]) == 2
    assert "--calibrate must be one of temperature" in capsys.readouterr().err
    bare = tmp_path / "bare.csv"
    bare.write_text("label,score\n1,0.9\n0,0.1\n")
    assert run(["evaluate", str(bare), "--simulated", "--calibrate", "isotonic",
                "--out", str(tmp_path / "no")]) == 1  # fmt: skip
    error = capsys.readouterr().err
    assert "must have rows of the part calibrate" in error
    assert error.count("\n") == 1
