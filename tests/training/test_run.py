"""A whole RUN, also killed and resumed, on a tiny cohort."""

import json
import os
import signal
import subprocess
import sys
import time
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
import tomli_w

from bsgi.errors import CohortError, OutputError, RunError
from bsgi.evaluation.predictions import load_predictions
from bsgi.exam.record import Label
from bsgi.training.recipe import Recipe, load_recipe, parse_recipe
from bsgi.training.run import RunSummary, train_run
from bsgi.training.run_folder import lock_run
from tests.training.conftest import write_cohort

FILES = {
    "recipe.toml", "split.csv", "history.csv", "predictions.csv", "metrics.json",
    "reference.json", "provenance.json", "checkpoints",
}  # fmt: skip
SAME_BITS = (
    "checkpoints/final.safetensors", "predictions.csv", "metrics.json", "split.csv",
    "reference.json",
)  # fmt: skip


@pytest.fixture(scope="module")
def finished(
    cohort_folder: Path, tiny_recipe: Recipe, tmp_path_factory: pytest.TempPathFactory
) -> RunSummary:
    out = tmp_path_factory.mktemp("runs") / "run"
    return train_run(cohort_folder, tiny_recipe, out, seed=3)


def assert_same_results(one: Path, other: Path) -> None:
    for name in SAME_BITS:
        assert (one / name).read_bytes() == (other / name).read_bytes(), name


def test_a_run_holds_what_the_contract_names(finished: RunSummary) -> None:
    assert {entry.name for entry in finished.run.iterdir()} == FILES
    assert (finished.train_exams, finished.test_exams) == (17, 3)
    assert not finished.resumed
    assert finished.notes == ()
    assert finished.metrics.simulated
    method = finished.metrics.methods[0]
    assert (method.method, method.malignant, method.benign) == ("tiny", 1, 2)


def test_predictions_have_every_exam_once_uncalibrated(finished: RunSummary) -> None:
    rows = load_predictions(finished.run / "predictions.csv")
    assert [row.exam_id for row in rows] == [f"{n:04d}-1" for n in range(1, 21)]
    assert {row.probability for row in rows} == {None}
    assert {row.method for row in rows} == {"tiny"}
    assert [row.part for row in rows].count("test") == 3
    assert all(0 <= row.score <= 1 for row in rows)


def test_the_recipe_of_a_run_says_what_was_decided_and_is_a_recipe(
    finished: RunSummary, tiny_recipe: Recipe
) -> None:
    path = finished.run / "recipe.toml"
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    assert tables["run"]["seed"] == 3
    assert tables["decided"]["precision"] == "float32"
    assert tables["decided"]["threads"] == 1
    assert load_recipe(path) == tiny_recipe.model_copy(update={"seed": 3})


def test_the_reference_describes_the_training_exams(finished: RunSummary) -> None:
    content = json.loads((finished.run / "reference.json").read_text(encoding="utf-8"))
    assert content["exams"] == 17
    assert content["labels"] == {"malignant": 7, "benign": 10}
    assert content["cameras"] == {"test camera": 17}
    assert content["views"]["RMLO"] == 17
    assert content["simulated"] is True
    ages = content["ranges"]["age_years"]
    assert ages["known"] == 17
    assert 41 <= ages["quantiles"]["0"] < ages["quantiles"]["0.5"] < 60
    assert content["ranges"]["view_counts"]["known"] == 4 * 17


def test_a_finished_run_is_not_done_twice(
    finished: RunSummary, cohort_folder: Path, tiny_recipe: Recipe
) -> None:
    stamp = (finished.run / "provenance.json").read_bytes()
    again = train_run(cohort_folder, tiny_recipe, finished.run, seed=3)
    assert again == replace(finished, resumed=True)
    assert (finished.run / "provenance.json").read_bytes() == stamp


def test_the_same_seed_gives_the_same_bits(
    finished: RunSummary, cohort_folder: Path, tiny_recipe: Recipe, tmp_path: Path
) -> None:
    other = train_run(cohort_folder, tiny_recipe, tmp_path / "again", seed=3)
    assert_same_results(finished.run, other.run)


def test_the_recipe_of_a_run_repeats_it(
    finished: RunSummary, cohort_folder: Path, tmp_path: Path
) -> None:
    recipe = load_recipe(finished.run / "recipe.toml")
    again = train_run(cohort_folder, recipe, tmp_path / "run")
    assert_same_results(again.run, finished.run)


def test_what_a_recipe_leaves_open_is_settled_once(tiny_recipe: Recipe) -> None:
    open_recipe = load_recipe("paper")
    assert (open_recipe.training.precision, open_recipe.training.threads) == ("auto", 0)
    settled = open_recipe.settle("bfloat16", 2).training
    assert (settled.precision, settled.threads) == ("bfloat16", 2)
    assert tiny_recipe.settle("bfloat16", 2) == tiny_recipe


def test_ctrl_c_leaves_a_run_that_goes_on(
    finished: RunSummary, cohort_folder: Path, tiny_recipe: Recipe, tmp_path: Path
) -> None:
    def interrupt(done: int, total: int, text: str) -> None:
        if text.startswith("epoch 2"):
            raise KeyboardInterrupt

    out = tmp_path / "run"
    with pytest.raises(KeyboardInterrupt):
        train_run(cohort_folder, tiny_recipe, out, seed=3, progress=interrupt)
    assert not (out / "predictions.csv").exists()
    texts: list[str] = []
    summary = train_run(
        cohort_folder, tiny_recipe, out, seed=3,
        progress=lambda done, total, text: texts.append(text),
    )  # fmt: skip
    assert summary.resumed
    assert not any(text.startswith("epoch 1") for text in texts)
    assert_same_results(finished.run, out)


def test_bfloat16_on_two_threads_goes_on_with_the_same_bits(
    cohort_folder: Path, tiny_recipe: Recipe, tmp_path: Path
) -> None:
    """The arithmetic that the shipped recipe settles on where the processor has it."""
    fast = tiny_recipe.training.model_copy(
        update={"precision": "bfloat16", "threads": 2}
    )
    recipe = tiny_recipe.model_copy(update={"training": fast})

    def interrupt(done: int, total: int, text: str) -> None:
        if text.startswith("epoch 3"):
            raise KeyboardInterrupt

    train_run(cohort_folder, recipe, tmp_path / "unbroken", seed=3)
    with pytest.raises(KeyboardInterrupt):
        train_run(cohort_folder, recipe, tmp_path / "run", seed=3, progress=interrupt)
    train_run(cohort_folder, recipe, tmp_path / "run", seed=3)
    assert_same_results(tmp_path / "unbroken", tmp_path / "run")


KILLED = """
import sys
import time
from pathlib import Path
from bsgi.training.recipe import load_recipe
from bsgi.training.run import train_run

def progress(done, total, text):
    print(text, flush=True)
    if text.startswith("epoch"):
        time.sleep(0.05)  # so that the moment is met on a fast machine too

cohort, recipe, out = map(Path, sys.argv[1:])
train_run(cohort, load_recipe(recipe), out, seed=3, progress=progress)
"""


@pytest.mark.parametrize(
    ("moment", "delay_s"),
    [("reading exams", 0.0), ("epoch 1", 0.03), ("epoch 2", 0.0), ("epoch 3", 0.12)],
)
def test_a_killed_run_ends_with_the_bits_of_an_unbroken_one(
    finished: RunSummary,
    cohort_folder: Path,
    tiny_recipe: Recipe,
    tmp_path: Path,
    moment: str,
    delay_s: float,
) -> None:
    recipe = tmp_path / "tiny.toml"
    recipe.write_text(tomli_w.dumps(tiny_recipe.tables()), encoding="utf-8")
    out = tmp_path / "run"
    command = [sys.executable, "-c", KILLED, *map(str, (cohort_folder, recipe, out))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for line in child.stdout:
            if line.startswith(moment):
                break
        time.sleep(delay_s)
        os.kill(child.pid, signal.SIGKILL)
    assert child.returncode == -signal.SIGKILL
    assert not (out / "provenance.json").exists()
    train_run(cohort_folder, tiny_recipe, out, seed=3)
    assert_same_results(finished.run, out)
    left = [entry.name for entry in out.rglob("*") if entry.name.endswith(".partial")]
    assert left == []


def test_two_trainings_in_one_folder_are_one_too_many(
    cohort_folder: Path, tiny_recipe: Recipe, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    with lock_run(out), pytest.raises(RunError, match="in use by another training"):
        train_run(cohort_folder, tiny_recipe, out, seed=3)
    assert train_run(cohort_folder, tiny_recipe, out, seed=3).epochs == 3


@pytest.mark.parametrize("what", ["recipe", "seed", "cohort"])
def test_another_run_is_not_resumed(
    finished: RunSummary,
    cohort_folder: Path,
    tiny_recipe: Recipe,
    tmp_path: Path,
    what: str,
) -> None:
    seed, cohort, recipe = 3, cohort_folder, tiny_recipe
    if what == "seed":
        seed = 4
    elif what == "cohort":
        cohort = tmp_path / "other"
        write_cohort(cohort, [Label.MALIGNANT, Label.BENIGN] * 6)
    else:
        recipe = parse_recipe({"name": "tiny", "training": {"epochs": 4}}, "other")
    with pytest.raises(RunError, match=f"it had another {what}; choose another folder"):
        train_run(cohort, recipe, finished.run, seed=seed)


def test_a_folder_with_other_things_is_refused(
    cohort_folder: Path, tiny_recipe: Recipe, tmp_path: Path
) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(OutputError, match=r"it holds letter\.txt; choose another"):
        train_run(cohort_folder, tiny_recipe, tmp_path, seed=3)
    with pytest.raises(OutputError, match="must be a folder, got a file"):
        train_run(cohort_folder, tiny_recipe, tmp_path / "letter.txt", seed=3)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([Label.UNKNOWN] * 4, "must have labelled exams, got 4 without a label"),
        ([Label.BENIGN] * 9, "got no malignant one among 9 labelled"),
        ([Label.MALIGNANT] * 9, "got no benign one among 9 labelled"),
        ([Label.BENIGN] * 9 + [Label.MALIGNANT] * 2, "a split needs malignant patient"),
    ],
)
def test_a_cohort_that_cannot_be_used_is_refused_before_anything_is_written(
    labels: list[Label], message: str, tiny_recipe: Recipe, tmp_path: Path
) -> None:
    write_cohort(tmp_path / "cohort", labels)
    with pytest.raises(CohortError, match=message):
        train_run(tmp_path / "cohort", tiny_recipe, tmp_path / "run", seed=1)
    assert not (tmp_path / "run").exists()
