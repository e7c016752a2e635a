"""Out-of-fold scores of the training part, their calibrator, and stops between them."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import tomli_w

from bsgi.cohort.split import Part, Split, SplitRow
from bsgi.cohort.store import load_cohort
from bsgi.errors import CohortError, ConfigError, RunError
from bsgi.evaluation.calibration.calibrator import load_calibration
from bsgi.evaluation.calibration.platt import fit_platt
from bsgi.evaluation.calibration.recalibrate import recalibrate_rows
from bsgi.evaluation.calibration_scores import find_calibration_rows
from bsgi.evaluation.predictions import load_predictions
from bsgi.exam.record import Label
from bsgi.training.batches import LabelledImages
from bsgi.training.loop import Fitted, fit, predict
from bsgi.training.recipe import Recipe, load_recipe, parse_recipe
from bsgi.training.run import RunSummary, train_run
from bsgi.training.run_exams import read_exams
from bsgi.training.run_folder import load_run_record
from tests.training.conftest import write_cohort

FOLDS = 3


@pytest.fixture(scope="module")
def recipe() -> Recipe:
    """A method that learns in no time, and the folds of its calibration."""
    return parse_recipe(
        {
            "name": "mlp",
            "preprocess": {"size": 32},
            "model": {"name": "neural-network", "grid": 8},
            "training": {
                "epochs": 4, "batch_size": 6, "precision": "float32", "threads": 1,
            },
            "calibration": {"method": "platt", "folds": FOLDS},
        },
        "mlp",
    )  # fmt: skip


@pytest.fixture(scope="module")
def finished(
    cohort_folder: Path, recipe: Recipe, tmp_path_factory: pytest.TempPathFactory
) -> RunSummary:
    return train_run(
        cohort_folder, recipe, tmp_path_factory.mktemp("c") / "run", seed=3
    )


def results(run: Path) -> dict[str, bytes]:
    """Every file but that with times."""
    return {
        str(path.relative_to(run)): path.read_bytes()
        for path in sorted(run.rglob("*"))
        if path.is_file() and path.name != "provenance.json"
    }


def test_every_training_exam_is_scored_out_of_fold_and_every_test_exam_calibrated(
    finished: RunSummary, recipe: Recipe
) -> None:
    rows = load_predictions(finished.run / "predictions.csv")
    assert Counter(row.part for row in rows) == {
        "train": 17, "calibrate": 17, "test": 3,
    }  # fmt: skip
    by_part = {
        part: [row.exam_id for row in rows if row.part == part]
        for part in ("train", "calibrate")
    }
    assert by_part["train"] == by_part["calibrate"]
    assert {row.part for row in rows if row.probability is not None} == {"test"}
    calibration = load_calibration(finished.run / "calibration.json")
    assert (calibration.malignant, calibration.benign) == (7, 10)
    assert (calibration.patients, calibration.folds) == (17, FOLDS)
    assert calibration.simulated
    assert calibration.method == recipe.name


def test_the_calibrator_is_fitted_on_the_out_of_fold_scores_alone(
    finished: RunSummary,
) -> None:
    """Nothing of the test and no score of an exam by its own network is in it."""
    rows = load_predictions(finished.run / "predictions.csv")
    given = find_calibration_rows(rows, 0, 0, None)
    assert given is not None
    assert given.cross_fitted
    calibration = load_calibration(finished.run / "calibration.json")
    assert calibration.calibrator == fit_platt(given.scored.scores, given.scored.labels)
    assert recalibrate_rows(rows, "platt", None) == rows


def test_out_of_fold_scores_are_those_of_networks_that_had_not_seen_her(
    finished: RunSummary,
    cohort_folder: Path,
    recipe: Recipe,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[frozenset[str]] = []

    def watch(
        own: Recipe, exams: LabelledImages, *args: object, **more: object
    ) -> Fitted:
        seen.append(frozenset(exams.patients))
        return fit(own, exams, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr("bsgi.training.calibration.fit", watch)
    out = tmp_path / "run"
    train_run(cohort_folder, recipe, out, seed=3)
    rows = load_predictions(out / "predictions.csv")
    train = {row.patient_id for row in rows if row.part == "train"}
    assert len(seen) == FOLDS
    assert all(each < train for each in seen)
    held = [train - each for each in seen]
    assert sorted(patient for each in held for patient in each) == sorted(train)
    labels = {row.patient_id: row.label for row in rows}
    numbers = [sum(labels[patient] for patient in each) for each in held]
    assert max(numbers) - min(numbers) <= 1
    # One of the scores again, by hand.
    record = load_run_record(out)
    split = Split(
        tuple(
            SplitRow(row.exam_id, row.patient_id, Part.TRAIN)
            for row in rows
            if row.part == "train" and row.patient_id in seen[0]
        )
    )
    cohort = load_cohort(cohort_folder)
    settings = recipe.preprocess.settings()
    inside = [row for row in cohort.rows if row.patient_id in seen[0]]
    outside = [row for row in cohort.rows if row.patient_id in held[0]]
    aside = Split(
        tuple(SplitRow(row.exam_id, row.patient_id, Part.TEST) for row in outside)
    )
    learned = read_exams(cohort, inside, split, settings, None).images
    tested = read_exams(cohort, outside, aside, settings, None).images
    fitted = fit(recipe, learned, record.decision, seed=3)
    scores = predict(fitted.network, tested, threads=1)
    mine = {row.exam_id: row.score for row in rows if row.part == "calibrate"}
    assert [mine[row.exam_id] for row in outside] == list(map(float, scores))


def test_the_network_is_that_of_a_run_without_a_calibration(
    finished: RunSummary, cohort_folder: Path, recipe: Recipe, tmp_path: Path
) -> None:
    plain = recipe.model_copy(update={"calibration": None})
    other = train_run(cohort_folder, plain, tmp_path / "run", seed=3)
    theirs = load_predictions(other.run / "predictions.csv")
    mine = load_predictions(finished.run / "predictions.csv")
    assert not (other.run / "calibration.json").exists()
    assert [row.score for row in mine if row.part != "calibrate"] == [
        row.score for row in theirs
    ]


@pytest.mark.parametrize("moment", ["epoch 3", "calibration 1 of 3, epoch 1",
                                    "calibration 2 of 3, epoch 3"])  # fmt: skip
def test_a_stop_goes_on_with_the_same_bits(
    finished: RunSummary,
    cohort_folder: Path,
    recipe: Recipe,
    tmp_path: Path,
    moment: str,
) -> None:
    texts: list[str] = []
    shares: list[float] = []

    def stop(done: int, total: int, text: str) -> None:
        if text.startswith(moment):
            raise KeyboardInterrupt

    def listen(done: int, total: int, text: str) -> None:
        texts.append(text)
        shares.append(done / total)

    out = tmp_path / "run"
    with pytest.raises(KeyboardInterrupt):
        train_run(cohort_folder, recipe, out, seed=3, progress=stop)
    assert not (out / "predictions.csv").exists()
    train_run(cohort_folder, recipe, out, seed=3, progress=listen)
    assert results(out) == results(finished.run)
    assert not list((out / "checkpoints").glob("calibration-*.safetensors"))
    own = [share for text, share in zip(texts, shares, strict=True) if "epoch" in text]
    assert own == sorted(own)
    assert own[-1] == 1.0
    if moment.startswith("calibration 2"):
        assert not any(text.startswith("calibration 1") for text in texts)
        assert not any(text.startswith("calibration 2 of 3, epoch 1") for text in texts)


KILLED = """
import sys
from pathlib import Path
from bsgi.training.recipe import load_recipe
from bsgi.training.run import train_run

cohort, recipe, out = map(Path, sys.argv[1:])
train_run(cohort, load_recipe(recipe), out, seed=3,
          progress=lambda done, total, text: print(text, flush=True))
"""


def test_a_run_killed_while_it_calibrates_ends_with_the_same_bits(
    finished: RunSummary, cohort_folder: Path, recipe: Recipe, tmp_path: Path
) -> None:
    path, out = tmp_path / "mlp.toml", tmp_path / "run"
    path.write_text(tomli_w.dumps(recipe.tables()), encoding="utf-8")
    command = [sys.executable, "-c", KILLED, *map(str, (cohort_folder, path, out))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for line in child.stdout:
            if line.startswith("calibration 2 of 3, epoch 2"):
                break
        os.kill(child.pid, signal.SIGKILL)
    train_run(cohort_folder, recipe, out, seed=3)
    assert results(out) == results(finished.run)


def test_scores_of_another_run_are_refused(
    finished: RunSummary, cohort_folder: Path, recipe: Recipe, tmp_path: Path
) -> None:
    out = tmp_path / "run"

    def stop(done: int, total: int, text: str) -> None:
        if text.startswith("calibration 2"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_run(cohort_folder, recipe, out, seed=3, progress=stop)
    path = out / "checkpoints" / "calibration-1.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["identity"] += "x"
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(RunError, match=r"calibration-1\.json must hold the scores of"):
        train_run(cohort_folder, recipe, out, seed=3)


def test_exams_that_are_set_aside_are_scored_by_the_network_itself(
    cohort_folder: Path, recipe: Recipe, tmp_path: Path
) -> None:
    rows = load_cohort(cohort_folder).rows
    parts = [Part.TRAIN] * 10 + [Part.CALIBRATE] * 6 + [Part.TEST] * 4
    split = Split(
        tuple(
            SplitRow(row.exam_id, row.patient_id, part)
            for row, part in zip(rows, parts, strict=True)
        )
    )
    run = train_run(cohort_folder, recipe, tmp_path / "run", seed=3, split=split).run
    found = load_predictions(run / "predictions.csv")
    assert Counter(row.part for row in found) == {
        "train": 10,
        "calibrate": 6,
        "test": 4,
    }
    given = find_calibration_rows(found, 0, 0, None)
    assert given is not None
    assert not given.cross_fitted
    assert load_calibration(run / "calibration.json").folds == 0
    assert all(row.probability is not None for row in found if row.part == "test")
    benign = [
        SplitRow(row.exam_id, row.patient_id, part)
        for row, part in zip(rows, parts, strict=True)
        if part is not Part.CALIBRATE or row.label is Label.BENIGN
    ]
    with pytest.raises(
        CohortError, match="the part calibrate must have benign and mal"
    ):
        train_run(
            cohort_folder,
            recipe,
            tmp_path / "other",
            seed=3,
            split=Split(tuple(benign)),
        )


def test_too_few_patients_are_refused_before_anything_is_trained(
    recipe: Recipe, tmp_path: Path
) -> None:
    labels = [Label.BENIGN] * 8 + [Label.MALIGNANT] * 4
    write_cohort(tmp_path / "cohort", labels)
    split = {"split": {"test_fraction": 0.5}}
    few = parse_recipe(recipe.tables() | split, "few")
    message = (
        r"^calibration of the training part: 3 folds need 3 malignant .*, got 2; ask"
    )
    with pytest.raises(CohortError, match=message):
        train_run(tmp_path / "cohort", few, tmp_path / "run", seed=1)
    assert not (tmp_path / "run").exists()


def test_the_tables_of_a_recipe_without_calibration_are_what_they_were() -> None:
    """Runs and studies that were begun before must go on."""
    assert load_recipe("paper").fingerprint() == (
        "2b48c04c1e9a3edc695e9b1446d71e0bc995fdc1fafefea42940f36dc25537d5"
    )
    assert load_recipe("paper-calibrated").calibration is not None
    ours, papers = (
        load_recipe(name).tables() for name in ("paper-calibrated", "paper")
    )
    assert ours.pop("calibration") == {"method": "platt", "folds": 5}
    for tables in (ours, papers):
        del tables["name"], tables["title"]
    assert ours == papers


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"method": "plat"}, r"^f: calibration.method must be 'temperature', .*'plat'"),
        ({"method": "platt", "folds": 1}, r"calibration.folds must be .* 2, got 1\."),
        ({}, r"calibration.method"),
        ({"method": "platt", "fold": 3}, r"calibration.fold is not .*mean folds\?"),
    ],
)
def test_a_wrong_calibration_is_explained(
    table: dict[str, object], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        parse_recipe({"name": "own", "calibration": table}, "f")


def test_probabilities_keep_the_order_of_the_scores(finished: RunSummary) -> None:
    rows = load_predictions(finished.run / "predictions.csv")
    tested = sorted((row for row in rows if row.part == "test"), key=lambda r: r.score)
    assert np.all(np.diff([row.probability or 0.0 for row in tested]) >= 0)
