"""The networks of a finished RUN or STUDY under stress."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bsgi.errors import ConfigError, OutputError, RunError
from bsgi.evaluation.predictions import load_predictions
from bsgi.evaluation.stress.rows import NO_STRESS, load_refused, load_stress_rows
from bsgi.evaluation.stress.stored import load_stress
from bsgi.exam.record import ViewName
from bsgi.exam.stress import STRESSES
from bsgi.physics.camera.catalogue import CAMERAS
from bsgi.training.run import train_run
from bsgi.training.stress import PARTS, stress_results
from bsgi.training.stress_scores import find_module
from bsgi.training.study.execute import Workers
from bsgi.training.study.study import run_study
from tests.conftest import make_exam, make_view
from tests.training.study.conftest import (
    make_study,
    mlp_recipe,
    small_recipe,
    write_two_sites,
)


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """12 exams of two hospitals."""
    return write_two_sites(tmp_path_factory.mktemp("stress") / "cohort", 12)


@pytest.fixture(scope="module")
def study(cohort: Path) -> Path:
    """Two methods, two folds."""
    out = cohort.parent / "study"
    plan = make_study(
        mlp_recipe("mlp"), small_recipe("net"), design="folds", folds=2, repeats=1
    )
    run_study(cohort, plan, out, workers=Workers(jobs=1))
    return out


@pytest.fixture(scope="module")
def done(cohort: Path, study: Path) -> Path:
    """The study under stress."""
    out = study / "stress"
    stress_results(study, cohort, out)
    return out


def test_every_test_exam_is_scored_or_refused_under_every_stress(
    done: Path, study: Path
) -> None:
    rows = load_stress_rows(done / "stress.csv")
    keys = {
        (row.method, row.repeat, row.fold, row.exam_id)
        for row in load_predictions(study / "predictions.csv")
        if row.part == "test"
    }
    left_out = {
        (row.method, row.exam_id, row.stress)
        for row in load_refused(done / "refused.csv")
    }
    scored = {
        (row.method, row.repeat, row.fold, row.exam_id, row.stress) for row in rows
    }
    assert len(scored) == len(rows)
    for key in keys:
        for stress in (NO_STRESS, *STRESSES):
            refused = (key[0], key[3], stress) in left_out
            assert ((*key, stress) in scored) != refused


def test_the_exam_as_it_was_gets_the_score_of_the_study(
    done: Path, study: Path
) -> None:
    before = {
        (row.method, row.repeat, row.fold, row.exam_id): row.score
        for row in load_predictions(study / "predictions.csv")
    }
    rows = [r for r in load_stress_rows(done / "stress.csv") if r.stress == NO_STRESS]
    for row in rows:
        key = (row.method, row.repeat, row.fold, row.exam_id)
        assert row.score == pytest.approx(before[key], abs=1e-5)
    others = [r for r in load_stress_rows(done / "stress.csv") if r.stress != NO_STRESS]
    assert np.std([row.score for row in others]) > 0


def test_the_results_are_paired_and_have_their_numbers(done: Path) -> None:
    metrics = load_stress(done / "stress.json")
    assert [each.method for each in metrics.methods] == ["mlp", "net"]
    assert metrics.simulated
    for method in metrics.methods:
        first, *others = method.results
        assert first.stress == NO_STRESS
        assert first.comparison is None
        assert [each.stress for each in others] == list(STRESSES)
        assert first.patients == first.malignant + first.benign == 12
        for each in others:
            assert each.exams + len(each.refused) == 12
            assert each.comparison is not None
            assert each.comparison.paired
            assert each.comparison.difference is not None
            assert each.auc is not None
            assert each.unstressed_auc is not None
            assert each.comparison.difference.value == pytest.approx(
                each.auc.value - each.unstressed_auc.value
            )


def test_a_finished_stress_test_is_not_done_again(
    done: Path, study: Path, cohort: Path
) -> None:
    before = {path: path.read_bytes() for path in done.iterdir() if path.is_file()}
    summary = stress_results(study, cohort, done)
    assert summary.done_before == summary.networks == 4
    assert before == {p: p.read_bytes() for p in done.iterdir() if p.is_file()}
    assert not (done / PARTS).exists()


def test_a_stopped_one_goes_on_to_the_same_bytes(
    done: Path, study: Path, cohort: Path, tmp_path: Path
) -> None:
    out = tmp_path / "stress"

    def stop(at: int, _total: int, _text: str) -> None:
        if at == 15:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stress_results(study, cohort, out, progress=stop)
    assert len(list((out / PARTS).iterdir())) == 2
    assert stress_results(study, cohort, out).done_before == 2
    for name in ("plan.json", "stress.csv", "refused.csv", "stress.json"):
        assert (out / name).read_bytes() == (done / name).read_bytes()


def test_other_settings_are_refused_in_the_same_folder(
    done: Path, study: Path, cohort: Path
) -> None:
    with pytest.raises(RunError, match="another seed; choose another folder"):
        stress_results(study, cohort, done, seed=2)


def test_a_folder_of_others_is_left_alone(
    study: Path, cohort: Path, tmp_path: Path
) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(OutputError, match=r"letter\.txt"):
        stress_results(study, cohort, tmp_path)


def test_lost_results_are_made_again(
    done: Path, study: Path, cohort: Path, tmp_path: Path
) -> None:
    out = tmp_path / "stress"
    shutil.copytree(done, out)
    (out / "stress.csv").unlink()
    (out / "stress.json").write_text("{}")
    assert stress_results(study, cohort, out).done_before == 0
    assert (out / "stress.json").read_bytes() == (done / "stress.json").read_bytes()


def test_another_cohort_is_refused(study: Path, tmp_path: Path) -> None:
    other = write_two_sites(tmp_path / "other", 10)
    with pytest.raises(RunError, match="must be the cohort of"):
        stress_results(study, other, tmp_path / "out")


def test_an_unfinished_study_is_refused(
    study: Path, cohort: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "study"
    shutil.copytree(study, copy, ignore=shutil.ignore_patterns("stress"))
    (copy / "provenance.json").unlink()
    with pytest.raises(RunError, match="must be finished"):
        stress_results(copy, cohort, tmp_path / "out")


def test_networks_that_changed_are_found_out(
    study: Path, cohort: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "study"
    shutil.copytree(study, copy, ignore=shutil.ignore_patterns("stress"))
    runs = copy / "runs" / "mlp"
    weights = "checkpoints/final.safetensors"
    shutil.copy(runs / "r0-f1" / weights, runs / "r0-f0" / weights)
    with pytest.raises(RunError, match=r"mlp, repeat 0, fold 0 must score"):
        stress_results(copy, cohort, tmp_path / "out")


def test_a_learning_curve_is_refused(study: Path, cohort: Path, tmp_path: Path) -> None:
    copy = tmp_path / "study"
    shutil.copytree(study, copy, ignore=shutil.ignore_patterns("stress"))
    metrics = copy / "metrics.json"
    content = json.loads(metrics.read_text(encoding="utf-8"))
    metrics.write_text(json.dumps(content | {"design": "sizes"}))
    with pytest.raises(ConfigError, match="learning curve"):
        stress_results(copy, cohort, tmp_path / "out")


def test_a_run_can_be_put_under_stress_too(cohort: Path, tmp_path: Path) -> None:
    train_run(cohort, mlp_recipe("mlp"), tmp_path / "run")
    summary = stress_results(tmp_path / "run", cohort, tmp_path / "out")
    assert summary.networks == 1
    assert [each.method for each in summary.metrics.methods] == ["mlp"]


def test_a_camera_is_known_by_its_name_or_its_matrix() -> None:
    exam = make_exam()
    assert exam.views[ViewName.LCC].counts.shape[1:] == (64, 48)
    assert find_module(exam) == CAMERAS["dilon-6800-gp"].module
    assert find_module(replace(exam, camera="ge-nm750b-wide")) == (16, 16)
    small = make_view(ViewName.LCC, shape=(30, 20))
    assert find_module(replace(exam, views={ViewName.LCC: small})) is None
