"""A whole RUN, also killed and resumed, on a tiny cohort."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
import tomli_w
from safetensors.torch import save_file

from bsgi.cohort.folds import plan_single
from bsgi.cohort.split import Part, Split, SplitRow, load_split
from bsgi.cohort.store import load_cohort
from bsgi.errors import CohortError, OutputError, RunError
from bsgi.evaluation.predictions import load_predictions
from bsgi.exam.record import Label
from bsgi.models.catalogue import build_model
from bsgi.models.imagenet import choose_weights
from bsgi.training.batches import LabelledImages
from bsgi.training.checkpoint import CheckpointFile
from bsgi.training.folder_lock import lock_folder
from bsgi.training.loop import Fitted, decide, fit
from bsgi.training.precision import Decision
from bsgi.training.recipe import Recipe, load_recipe, parse_recipe
from bsgi.training.run import RunSummary, train_run
from tests.training.conftest import write_cohort

FILES = {
    "recipe.toml", "split.csv", "history.csv", "predictions.csv", "metrics.json",
    "reference.json", "provenance.json", "checkpoints", "operating_points.json",
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


def test_the_split_is_that_of_a_study_of_one_split(
    finished: RunSummary, cohort_folder: Path
) -> None:
    (fold,) = plan_single(load_cohort(cohort_folder).rows, 3, 1, 0.2)
    assert load_split(finished.run / "split.csv") == fold.split


def test_who_was_learned_from_is_not_tested(
    cohort_folder: Path,
    tiny_recipe: Recipe,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No split brings her into both parts; were it done, the run would not go on."""

    def fit_with_a_leak(
        recipe: Recipe, exams: LabelledImages, decision: Decision, *,
        seed: int, checkpoint: CheckpointFile, progress: None,
    ) -> Fitted:  # fmt: skip
        fitted = fit(recipe, exams, decision, seed=seed)
        return replace(fitted, learned_from=fitted.learned_from | {"0015"})

    monkeypatch.setattr("bsgi.training.run.fit", fit_with_a_leak)
    split = name_split(range(1, 15), range(15, 17))
    with pytest.raises(CohortError, match=r"from her, got 1 such patient; put all"):
        train_run(cohort_folder, tiny_recipe, tmp_path / "run", seed=3, split=split)
    left = {entry.name for entry in (tmp_path / "run").iterdir()}
    assert left == {"recipe.toml", "split.csv"}


def test_the_precision_is_decided_on_training_exams_alone(
    cohort_folder: Path,
    tiny_recipe: Recipe,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[str] = []

    def watch(recipe: Recipe, exams: LabelledImages) -> Decision:
        seen.extend(exams.patients)
        return decide(recipe, exams)

    monkeypatch.setattr("bsgi.training.run.decide", watch)
    split = name_split(range(10, 20), range(1, 10))
    train_run(cohort_folder, tiny_recipe, tmp_path / "run", seed=3, split=split)
    assert seen == [f"{n:04d}" for n in range(10, 16)]


def test_a_run_goes_on_with_its_file_of_weights_elsewhere(
    cohort_folder: Path, tiny_recipe: Recipe, tmp_path: Path
) -> None:
    """What the file holds must be the same, not where it lies."""
    network = build_model("paper-resnet", seed=9)
    weights = {
        name: each[:, :3].clone() if name == "conv1.weight" else each.clone()
        for name, each in network.state_dict().items()
        if not name.startswith("fc")
    }
    first, second = tmp_path / "a.safetensors", tmp_path / "b.safetensors"
    save_file(weights, first)
    out = tmp_path / "run"

    def start_from(path: Path) -> Recipe:
        model = choose_weights(tiny_recipe.model, str(path))
        return tiny_recipe.model_copy(update={"model": model})

    def interrupt(done: int, total: int, text: str) -> None:
        if text.startswith("epoch 1"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_run(cohort_folder, start_from(first), out, seed=3, progress=interrupt)
    first.rename(second)
    moved = start_from(second)
    assert train_run(cohort_folder, moved, out, seed=3).resumed
    save_file(weights | {"bn1.bias": weights["bn1.bias"] + 1}, second)
    with pytest.raises(RunError, match="it had another weights; choose another folder"):
        train_run(cohort_folder, moved, out, seed=3)


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
    message = "in use by another training"
    with lock_folder(out, "training"), pytest.raises(RunError, match=message):
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


def name_split(train: range, test: range, patient: str = "") -> Split:
    """Exams of the tiny cohort by their numbers; patients are named as they are."""
    rows = [
        SplitRow(f"{n:04d}-1", patient or f"{n:04d}", part)
        for numbers, part in ((train, Part.TRAIN), (test, Part.TEST))
        for n in numbers
    ]
    return Split(tuple(rows))


def test_a_given_split_is_run_and_its_other_exams_are_not_read(
    cohort_folder: Path, tiny_recipe: Recipe, tmp_path: Path
) -> None:
    part = tmp_path / "part"
    shutil.copytree(cohort_folder, part)
    for number in (19, 20):  # the bytes count, as part of the cohort; no more is read
        (part / "exams" / f"{number:04d}-1.npz").write_bytes(b"damaged")
    seen: list[int] = []
    split = name_split(range(1, 15), range(15, 17))
    summary = train_run(
        part, tiny_recipe, tmp_path / "run", seed=3, split=split, maps=True,
        decision=Decision("float32", 1, "recipe"),
        progress=lambda done, total, text: (
            seen.append(total) if text == "reading exams" else None
        ),
    )  # fmt: skip
    assert set(seen) == {16}
    assert (summary.train_exams, summary.test_exams) == (14, 2)
    assert len(load_predictions(summary.run / "predictions.csv")) == 16
    maps = [entry.name for entry in (summary.run / "maps").iterdir()]
    assert sorted(maps) == ["0015-1.npz", "0016-1.npz"]
    again = train_run(
        part, tiny_recipe, summary.run, seed=3, split=split,
        decision=Decision("float32", 1, "recipe"),
    )  # fmt: skip
    assert again.resumed
    with pytest.raises(RunError, match="it had another split; choose another folder"):
        train_run(
            part, tiny_recipe, summary.run, seed=3,
            split=name_split(range(1, 15), range(15, 18)),
            decision=Decision("float32", 1, "recipe"),
        )  # fmt: skip
    with pytest.raises(RunError, match="it had another recipe and precision"):
        train_run(
            part, tiny_recipe.model_copy(update={"training": OPEN}), summary.run,
            seed=3, split=split, decision=Decision("bfloat16", 1, "measured"),
        )  # fmt: skip


OPEN = load_recipe("paper").training
"""Its precision is left open."""


@pytest.mark.parametrize(
    ("split", "message"),
    [
        (name_split(range(1, 15), range(40, 41)), "got 0040-1, which is none"),
        (name_split(range(1, 15), range(0), "x"), "that of 0001-1 is another in the"),
        (name_split(range(1, 15), range(0)), "the part test must have exams, got none"),
        (name_split(range(5, 7), range(8, 10)), "the part train must have benign and"),
    ],
)
def test_a_split_that_does_not_fit_is_refused(
    cohort_folder: Path, tiny_recipe: Recipe, tmp_path: Path, split: Split, message: str
) -> None:
    with pytest.raises(CohortError, match=message):
        train_run(cohort_folder, tiny_recipe, tmp_path / "run", seed=3, split=split)
    assert not (tmp_path / "run").exists()


def test_no_time_stands_in_a_run_but_in_its_provenance(finished: RunSummary) -> None:
    recipe = (finished.run / "recipe.toml").read_text(encoding="utf-8")
    assert "_step_s" not in recipe
    header = (finished.run / "history.csv").read_text(encoding="utf-8").splitlines()[0]
    assert header == "epoch,phase,loss,accuracy,learning_rate"
    made = json.loads((finished.run / "provenance.json").read_text(encoding="utf-8"))
    assert made["seconds"] > 0
    assert "host" not in made
