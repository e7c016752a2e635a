"""The whole way once, small: simulate, import, train, explain, evaluate, report."""

import json
import re
from pathlib import Path

import pytest

from bsgi.cli.app import run as run_program
from bsgi.cohort.store import load_cohort
from bsgi.provenance import hash_file
from tests.cli.conftest import Run

RECIPE = """
name = "small"
[preprocess]
size = 64
[training]
epochs = 2
threads = 1
precision = "float32"
"""


@pytest.fixture(scope="module")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recipe") / "small.toml"
    path.write_text(RECIPE)
    return path


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, recipe: Path) -> Path:
    """A demo of twenty exams, eight of them malignant."""
    out = tmp_path_factory.mktemp("demo") / "demo"
    words = ["--exams", "20", "--malignant", "8", "--recipe", str(recipe)]
    assert run_program(["demo", str(out), *words]) == 0
    return out


def test_every_exam_went_through_dicom_files(demo: Path) -> None:
    assert len(list((demo / "simulation" / "dicom").rglob("*.dcm"))) == 80
    cohort = load_cohort(demo / "cohort")
    assert len(cohort.rows) == 20
    assert cohort.simulated
    assert all(cohort.load_truth(row.exam_id) is not None for row in cohort.rows)


def test_the_run_has_every_file_of_the_contract(demo: Path) -> None:
    names = {path.name for path in (demo / "run").iterdir()}
    assert names >= {
        "recipe.toml", "split.csv", "history.csv", "predictions.csv", "metrics.json",
        "reference.json", "checkpoints", "maps", "figures", "report.html",
        "provenance.json",
    }  # fmt: skip


def test_the_report_says_what_it_is(demo: Path) -> None:
    page = (demo / "run" / "report.html").read_text()
    assert "Research use only" in page
    assert "no claim about patients" in page
    assert not re.findall(r'(?:src|href)="(?!data:|#)[^"]*"', page)  # opens offline


def test_nothing_half_written_is_left(demo: Path) -> None:
    assert not list(demo.rglob("*.partial"))


def test_the_same_seed_gives_the_same_weights_in_another_process(
    bsgi: Run, demo: Path, recipe: Path, tmp_path: Path
) -> None:
    again = bsgi(
        "train", demo / "cohort", "--recipe", recipe, "--out", tmp_path / "run"
    )
    assert again.returncode == 0
    for name in ("checkpoints/final.safetensors", "predictions.csv", "metrics.json"):
        assert hash_file(tmp_path / "run" / name) == hash_file(demo / "run" / name)


def test_explain_draws_the_exam_that_was_asked_for(
    bsgi: Run, demo: Path, tmp_path: Path
) -> None:
    exam_id = load_cohort(demo / "cohort").rows[0].exam_id
    out = tmp_path / "maps"
    done = bsgi(
        "explain", demo / "run", demo / "cohort", "--exam", exam_id, "--out", out
    )
    assert done.returncode == 0
    assert (out / f"{exam_id}.npz").exists()
    assert {path.suffix for path in out.iterdir()} == {".npz", ".svg", ".csv", ".json"}


def test_explain_names_an_exam_that_is_not_there(
    bsgi: Run, demo: Path, tmp_path: Path
) -> None:
    done = bsgi(
        "explain", demo / "run", demo / "cohort", "--exam", "X", "--out", tmp_path / "m"
    )
    assert done.returncode == 2
    assert "'X'" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_report_is_written_anew(bsgi: Run, demo: Path) -> None:
    page = demo / "run" / "report.html"
    before = page.read_bytes()
    page.unlink()
    done = bsgi("report", demo / "run", demo / "cohort", "--json")
    assert json.loads(done.stdout) == {"report": str(page)}
    assert page.read_bytes() == before


def test_evaluate_agrees_with_the_run(bsgi: Run, demo: Path, tmp_path: Path) -> None:
    out = tmp_path / "evaluation"
    done = bsgi(
        "evaluate", demo / "run" / "predictions.csv", "--simulated", "--out", out
    )
    assert done.returncode == 0
    metrics = json.loads((out / "metrics.json").read_text())
    assert metrics == json.loads((demo / "run" / "metrics.json").read_text())


def test_evaluate_must_be_told_whom_the_scores_are_of(
    bsgi: Run, demo: Path, tmp_path: Path
) -> None:
    words = ["evaluate", demo / "run" / "predictions.csv", "--out", tmp_path / "e"]
    for both_or_none in ([], ["--simulated", "--patients"]):
        done = bsgi(*words, *both_or_none)
        assert done.returncode == 2
        assert "one of --simulated and --patients" in done.stderr
    done = bsgi(*words, "--patients", "--threshold", "nan")
    assert done.returncode == 2
    assert "threshold" in done.stderr
    assert list(tmp_path.iterdir()) == []
