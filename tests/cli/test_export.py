"""`bsgi export` and `bsgi predict` as a user runs them."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bsgi.evaluation.predictions import load_predictions
from bsgi.files import load_csv
from bsgi.training.recipe import parse_recipe
from bsgi.training.run import train_run
from tests.cli.conftest import PROGRAM, Run


@pytest.fixture(scope="module")
def run(cohort: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    training = {"epochs": 1, "batch_size": 4, "precision": "float32", "threads": 1}
    tables = {
        "name": "tiny", "preprocess": {"size": 64}, "training": training,
        "calibration": {"method": "venn-abers", "folds": 2},
    }  # fmt: skip
    out = tmp_path_factory.mktemp("runs") / "run"
    train_run(cohort, parse_recipe(tables, "tiny"), out, seed=3)
    return out


@pytest.fixture(scope="module")
def exported(run: Path) -> dict[str, Any]:
    """What the command says of a bundle that it wrote; exports take a while."""
    words: list[str | Path] = ["export", run, "--out", run.parent / "bundle", "--json"]
    done = subprocess.run(
        [PROGRAM, *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def bundle(exported: dict[str, Any]) -> Path:
    return Path(exported["bundle"])


def test_a_bundle_says_what_it_is(exported: dict[str, Any]) -> None:
    assert exported["method"] == "tiny"
    assert exported["calibrated"]
    assert exported["refers_everything"]  # too few exams of this tiny cohort
    assert exported["parity"]["maps"] <= 1e-5
    card = (Path(exported["bundle"]) / "card.md").read_text()
    assert card.startswith("# Model card: tiny")
    assert "Research use only" in card


def test_a_cohort_is_predicted_and_can_be_evaluated(
    bsgi: Run, bundle: Path, run: Path, cohort: Path, tmp_path: Path
) -> None:
    out = tmp_path / "results"
    done = bsgi("predict", cohort, "--model", bundle, "--out", out, "--threads", 1)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"12 of 12 exams in {out}: 0 called benign")
    assert "no claim about patients" in done.stdout
    assert "research use only, not a medical device" in done.stdout
    names = {path.name for path in out.iterdir()}
    assert names == {"predictions.csv", "rejected.csv", "maps", "provenance.json"}
    assert len(list((out / "maps").glob("*.npz"))) == 12
    theirs = {
        row.exam_id: row.score
        for row in load_predictions(run / "predictions.csv")
        if row.part != "calibrate"
    }
    for row in load_predictions(out / "predictions.csv"):
        assert row.score == pytest.approx(theirs[row.exam_id], abs=1e-5)
        assert row.probability is not None
    done = bsgi(
        "evaluate", out / "predictions.csv", "--patients", "--out", tmp_path / "e"
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("engine", ["onnxruntime", "openvino"])
def test_files_give_what_their_cohort_gives(
    engine: str, bsgi: Run, bundle: Path, simulation: Path, cohort: Path, tmp_path: Path
) -> None:
    done = bsgi(
        "predict", simulation / "dicom", "--model", bundle, "--out", tmp_path / "a",
        "--keep-ids", "--engine", engine, "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["exams"], found["predicted"], found["referred"]) == (12, 12, 12)
    assert found["engine"].startswith(engine)
    assert found["precision"] == "float32"
    bsgi("predict", cohort, "--model", bundle, "--out", tmp_path / "b")
    one, other = (
        {
            row["exam_id"]: float(row["score"])
            for row in load_csv(tmp_path / name / "predictions.csv", ("score",))
        }
        for name in "ab"
    )
    assert one == pytest.approx(other, abs=1e-6)
    assert list(one) == list(other)


def test_patients_of_files_stay_unknown_and_no_file_is_lost(
    bsgi: Run, bundle: Path, simulation: Path, tmp_path: Path
) -> None:
    source = tmp_path / "source"
    source.mkdir()
    study = sorted((simulation / "dicom").iterdir())[0]
    for path in sorted(study.iterdir()):
        (source / path.name).write_bytes(path.read_bytes())
    (source / "Miller.txt").write_text("no image")
    out = tmp_path / "results"
    done = bsgi("predict", source, "--model", bundle, "--out", out)
    assert done.returncode == 0, done.stderr
    assert "1 files gave no view, see rejected.csv" in done.stdout
    (row,) = load_csv(out / "predictions.csv", ("patient_id", "label"))
    assert row["patient_id"].startswith("P")
    assert row["label"] == ""
    (refused,) = load_csv(out / "rejected.csv", ("exam_id", "file", "reason"))
    assert refused["reason"].startswith("is not a DICOM file")
    assert "Miller" not in refused["file"]
    assert "Miller.txt" in (tmp_path / "results.rejected.csv").read_text()


def test_prediction_loads_no_pytorch_and_leaves_the_home_empty(
    bundle: Path, simulation: Path, tmp_path: Path
) -> None:
    """Nothing is written but the output: an empty home stays empty."""
    home, place, out = tmp_path / "home", tmp_path / "place", tmp_path / "out"
    home.mkdir()
    place.mkdir()
    words = ["predict", str((simulation / "dicom").resolve()), "--model"]
    words += [str(bundle.resolve()), "--out", str(out)]
    code = (
        "import json, sys\n"
        "from bsgi.cli.app import run\n"
        f"status = run({words!r})\n"
        "heavy = ('torch', 'monai', 'onnx', 'matplotlib', 'openvino')\n"
        "found = [name for name in heavy if name in sys.modules]\n"
        "print(json.dumps([status, found]))"
    )
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("XDG", "HOME"))}
    done = subprocess.run(
        [sys.executable, "-B", "-c", code], capture_output=True, text=True,
        check=True, cwd=place,
        env={**kept, "HOME": str(home), "TMPDIR": str(place)},
    )  # fmt: skip
    assert json.loads(done.stdout.splitlines()[-1]) == [0, []]
    assert list(home.rglob("*")) == []
    assert list(place.rglob("*")) == []
    assert {path.name for path in tmp_path.iterdir()} == {"home", "place", "out"}


def test_wrong_use_is_explained(
    bsgi: Run, bundle: Path, run: Path, cohort: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    out = tmp_path / "out"
    model = ("--model", bundle, "--out", out)
    for words, status, said in (
        (("predict", cohort, "--model", run, "--out", out), 1, "must hold"),
        (("predict", tmp_path / "no", *model), 2, "must be a cohort or a folder"),
        (("predict", tmp_path / "empty", *model), 1, "there is no file in it"),
        (("predict", cohort, *model, "--keep-ids"), 2, "whose ids are settled"),
        (("predict", cohort, *model, "--engine", "x"), 2, "--engine must be one of"),
        (("predict", cohort, "--model", bundle, "--out", cohort), 1, "not exist yet"),
        (("export", cohort, "--out", out), 1, ""),
        (("export", run, "--out", bundle), 1, "must not exist yet"),
    ):
        done = bsgi(*words)
        assert (done.returncode, done.stdout) == (status, ""), words
        assert said in done.stderr
        assert done.stderr.count("\n") == 1
        assert not out.exists()
