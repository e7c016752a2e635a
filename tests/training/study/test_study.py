"""Whole studies on a small cohort: any number of processes, stopped and taken up."""

import json
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bsgi.cohort.fold_table import load_splits
from bsgi.errors import CohortError, OutputError, RunError
from bsgi.evaluation.design import Design
from bsgi.evaluation.fixed import load_operating_points
from bsgi.evaluation.maps.rows import load_map_rows
from bsgi.evaluation.predictions import load_predictions
from bsgi.exam.record import Label
from bsgi.training.folder_lock import lock_folder
from bsgi.training.study.execute import Workers
from bsgi.training.study.study import StudySummary, run_study
from bsgi.training.study.work import Assignment, do_task
from tests.training.conftest import write_cohort
from tests.training.study.conftest import (
    make_study,
    mlp_recipe,
    small_recipe,
    write_two_sites,
)

ALONE = Workers(jobs=1)
STUDY = make_study(mlp_recipe("mlp"), small_recipe("net"))
FILES = {
    "study.toml", "splits.csv", "runs", "predictions.csv", "metrics.json", "maps.csv",
    "provenance.json",
}  # fmt: skip
Snapshot = dict[str, tuple[int, bytes]]


def snapshot(folder: Path) -> Snapshot:
    return {
        str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def timeless(folder: Path) -> dict[str, bytes]:
    found = snapshot(folder).items()
    return {name: text for name, (_, text) in found if "provenance" not in name}


@pytest.fixture(scope="module")
def finished(two_sites: Path, tmp_path_factory: pytest.TempPathFactory) -> StudySummary:
    out = tmp_path_factory.mktemp("studies") / "study"
    return run_study(two_sites, STUDY, out, workers=ALONE)


def test_a_study_holds_what_the_contract_names(finished: StudySummary) -> None:
    assert {entry.name for entry in finished.study.iterdir()} == FILES
    assert (finished.runs, finished.done_before, finished.resumed) == (4, 0, False)
    assert finished.design is Design.SINGLE
    runs = {str(path.parent.relative_to(finished.study))
            for path in finished.study.glob("runs/*/*/recipe.toml")}  # fmt: skip
    assert runs == {f"runs/{m}/r{r}-f0" for m in ("mlp", "net") for r in (0, 1)}
    assert len(load_splits(finished.study / "splits.csv")) == 2
    for run in sorted(runs):
        fixed = load_operating_points(finished.study / run)
        assert fixed.names == (run.split("/")[1],)
        assert fixed.simulated


def test_predictions_have_all_runs_in_order(finished: StudySummary) -> None:
    rows = load_predictions(finished.study / "predictions.csv")
    keys = [(row.method, row.repeat, row.fold, row.exam_id) for row in rows]
    assert keys == sorted(keys)
    assert len(keys) == 4 * 24
    assert Counter(row.part for row in rows) == {"train": 4 * 20, "test": 4 * 4}
    own = load_predictions(finished.study / "runs/net/r1-f0/predictions.csv")
    placed = [replace(row, repeat=1) for row in own]
    assert [row for row in rows if (row.method, row.repeat) == ("net", 1)] == placed


def test_repeats_differ_by_the_seed_and_methods_share_the_split(
    finished: StudySummary,
) -> None:
    runs = [finished.study / "runs" / place for place in ("net/r0-f0", "net/r1-f0")]
    weights = [run / "checkpoints" / "final.safetensors" for run in runs]
    assert weights[0].read_bytes() != weights[1].read_bytes()
    splits = {path.read_bytes() for path in finished.study.glob("runs/*/*/split.csv")}
    assert len(splits) == 1
    for repeat, run in enumerate(runs):
        made = json.loads((run / "provenance.json").read_text(encoding="utf-8"))
        assert made["seed"] == 3 + repeat
        assert "host" not in made
        assert made["seconds"] > 0


def test_maps_of_all_test_exams_are_measured(finished: StudySummary) -> None:
    rows = load_map_rows(finished.study / "maps.csv")
    scores = load_predictions(finished.study / "predictions.csv")
    tested = [
        row.exam_id for row in scores if (row.part, row.method) == ("test", "net")
    ]
    assert [row.exam_id for row in rows] == tested
    assert [mass.method for mass in finished.metrics.map_mass] == ["net"]
    maps = finished.study / "runs" / "net" / "r0-f0" / "maps"
    assert {path.stem for path in maps.iterdir()} == set(tested)


def test_two_processes_give_the_same_bytes_as_one(
    finished: StudySummary, two_sites: Path, tmp_path: Path
) -> None:
    told: list[int] = []
    other = run_study(
        two_sites, STUDY, tmp_path / "two", workers=Workers(jobs=2),
        progress=lambda done, _total, _text: told.append(done),
    )  # fmt: skip
    assert told == sorted(told)  # per cent, of runs and heat maps together
    assert told[-1] == 100
    assert timeless(other.study) == timeless(finished.study)
    assert other.metrics == finished.metrics


def test_a_finished_study_is_not_touched(
    finished: StudySummary, two_sites: Path
) -> None:
    before = snapshot(finished.study)
    again = run_study(two_sites, STUDY, finished.study, workers=ALONE)
    assert again == replace(finished, done_before=4, resumed=True)
    assert snapshot(finished.study) == before


def remove(name: str) -> Callable[[Path], object]:
    return lambda out: (out / name).unlink()


def spoil(name: str) -> Callable[[Path], object]:
    return lambda out: (out / name).write_bytes(b"spoilt")


def drop_maps(out: Path) -> None:
    shutil.rmtree(out / "runs/net/r1-f0/maps")


def mix_up_splits(out: Path) -> None:
    """Another split, well formed: every part the other way round."""
    text = (out / "splits.csv").read_text(encoding="utf-8")
    for old, new in ((",train", ",?"), (",test", ",train"), (",?", ",test")):
        text = text.replace(old, new)
    (out / "splits.csv").write_text(text, encoding="utf-8")


STUDYS_OWN = (
    remove("predictions.csv"), remove("metrics.json"), remove("maps.csv"),
    spoil("predictions.csv"), spoil("metrics.json"), spoil("maps.csv"),
    spoil("provenance.json"), remove("provenance.json"), mix_up_splits,
    spoil("splits.csv"), remove("splits.csv"),
)  # fmt: skip
OF_A_RUN = (
    remove("runs/net/r0-f0/predictions.csv"), remove("runs/net/r0-f0/metrics.json"),
    remove("runs/net/r1-f0/operating_points.json"),
    remove("runs/mlp/r0-f0/provenance.json"), remove("runs/mlp/r0-f0/split.csv"),
    remove("runs/mlp/r0-f0/checkpoints/final.safetensors"), drop_maps,
)  # fmt: skip


@pytest.mark.parametrize("lose", [*STUDYS_OWN, *OF_A_RUN])
def test_what_a_finished_study_has_lost_is_made_again(
    finished: StudySummary, two_sites: Path, tmp_path: Path,
    lose: Callable[[Path], object],
) -> None:  # fmt: skip
    out = tmp_path / "study"
    shutil.copytree(finished.study, out)
    lose(out)
    before = snapshot(out)
    again = run_study(two_sites, STUDY, out, workers=ALONE)
    assert again.metrics == finished.metrics
    assert again.done_before == (4 if lose in STUDYS_OWN else 3)
    assert timeless(out) == timeless(finished.study)
    assert (out / "provenance.json").exists()
    if lose in STUDYS_OWN:
        after = snapshot(out)
        runs = [name for name in before if name.startswith("runs")]
        assert {name: after[name] for name in runs} == {n: before[n] for n in runs}


def test_a_run_with_all_its_weights_gone_is_trained_again(
    finished: StudySummary, two_sites: Path, tmp_path: Path
) -> None:
    out = tmp_path / "study"
    shutil.copytree(finished.study, out)
    shutil.rmtree(out / "runs/mlp/r1-f0/checkpoints")
    run_study(two_sites, STUDY, out, workers=ALONE)
    assert timeless(out) == timeless(finished.study)


def test_only_what_is_ours_is_swept(
    finished: StudySummary, two_sites: Path, tmp_path: Path
) -> None:
    out = tmp_path / "study"
    shutil.copytree(finished.study, out)
    (out / "provenance.json").unlink()
    run = out / "runs/net/r0-f0"
    ours = [
        out / ".metrics.json.partial",
        run / ".steps.partial",
        run / ".maps.partial/x",
        run / "checkpoints/.last.safetensors.partial",
    ]
    theirs = [out / "notes.partial", out / ".mine.partial", run / "own.partial/x"]
    for path in (*ours, *theirs):
        path.parent.mkdir(exist_ok=True)
        path.touch()
    run_study(two_sites, STUDY, out, workers=ALONE)
    assert not any(path.exists() for path in ours)
    assert not (run / ".maps.partial").exists()
    assert all(path.exists() for path in theirs)


def test_a_stopped_study_goes_on_and_leaves_finished_runs_alone(
    finished: StudySummary, two_sites: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Stopped after the second run, and again while the results are put together."""
    out = tmp_path / "study"
    done: list[object] = []

    def stop_after_two(assignment: Assignment) -> None:
        if len(done) == 2:
            raise KeyboardInterrupt
        do_task(assignment)
        done.append(assignment)

    with monkeypatch.context() as patch:
        patch.setattr("bsgi.training.study.execute.do_task", stop_after_two)
        with pytest.raises(KeyboardInterrupt):
            run_study(two_sites, STUDY, out, workers=ALONE)
    kept = snapshot(out)
    assert sum(name.endswith("provenance.json") for name in kept) == 2

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("bsgi.training.study.collect.save_map_rows", stop)
        with pytest.raises(KeyboardInterrupt):
            run_study(two_sites, STUDY, out, workers=ALONE)
    for name in ("runs/net/r0-f0/.lock", "runs/net/r0-f0/.steps.partial"):
        (out / name).touch()  # as a killed process would leave them
    last = run_study(two_sites, STUDY, out, workers=ALONE)
    assert (last.resumed, last.done_before) == (True, 4)
    assert timeless(out) == timeless(finished.study)
    after = snapshot(out)
    assert all(after[name] == content for name, content in kept.items())


def test_another_study_in_the_same_folder_is_refused(
    finished: StudySummary, two_sites: Path, tmp_path: Path
) -> None:
    other = replace(STUDY, recipe=STUDY.recipe.model_copy(update={"seed": 4}))
    with pytest.raises(RunError, match="it had another seed; choose another folder"):
        run_study(two_sites, other, finished.study, workers=ALONE)
    cohort = write_two_sites(tmp_path / "cohort", 25)
    with pytest.raises(RunError, match="it had another cohort; choose another folder"):
        run_study(cohort, STUDY, finished.study, workers=ALONE)
    (tmp_path / "letter.txt").write_text("dear")
    for out in (tmp_path, tmp_path / "letter.txt"):
        with pytest.raises(OutputError, match="the output"):
            run_study(two_sites, STUDY, out, workers=ALONE)
    assert {entry.name for entry in tmp_path.iterdir()} == {"cohort", "letter.txt"}


def test_two_studies_in_one_folder_are_one_too_many(
    two_sites: Path, tmp_path: Path
) -> None:
    with lock_folder(tmp_path / "study", "study"), pytest.raises(
        RunError, match="is in use by another study"
    ):  # fmt: skip
        run_study(two_sites, STUDY, tmp_path / "study", workers=ALONE)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_run_that_fails_stops_the_study_and_is_named(
    two_sites: Path, tmp_path: Path, jobs: int
) -> None:
    wild = small_recipe(
        "wild", training={"epochs": 2, "precision": "float32", "learning_rate": 1e30}
    )
    study = make_study(mlp_recipe("mlp"), wild, repeats=1)
    # the dearest run comes first, and here it is the one that fails
    with pytest.raises(RunError, match="run wild, repeat 0, fold 0: the loss must"):
        run_study(two_sites, study, tmp_path / "study", workers=Workers(jobs=jobs))
    assert not (tmp_path / "study" / "predictions.csv").exists()
    assert not list((tmp_path / "study").rglob(".session*"))


def test_scores_of_other_exams_are_not_joined(two_sites: Path, tmp_path: Path) -> None:
    study = make_study(mlp_recipe("mlp"), repeats=1)
    out = run_study(two_sites, study, tmp_path / "study", workers=ALONE).study
    (out / "provenance.json").unlink()
    path = out / "runs" / "mlp" / "r0-f0" / "predictions.csv"
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))
    with pytest.raises(RunError, match=r"must have the exams and parts of splits\.csv"):
        run_study(two_sites, study, out, workers=ALONE)
    for damage in ("", "spoilt\n", "exam_id\n"):
        path.write_text(damage)
        with pytest.raises(RunError, match=f"run again, remove {path.parent} and give"):
            run_study(two_sites, study, out, workers=ALONE)


def test_a_heat_map_that_cannot_be_read_is_named_with_the_way_out(
    finished: StudySummary, two_sites: Path, tmp_path: Path
) -> None:
    out = tmp_path / "study"
    shutil.copytree(finished.study, out)
    (out / "metrics.json").unlink()
    path = next(out.glob("runs/net/r0-f0/maps/*.npz"))
    path.write_bytes(b"spoilt")
    with pytest.raises(RunError, match=r"must be a heat map, .* give the same command"):
        run_study(two_sites, STUDY, out, workers=ALONE)


@pytest.mark.parametrize(
    ("settings", "runs"),
    [
        ({"design": "folds", "folds": 3, "threshold": "youden"}, 6),
        ({"design": "site"}, 4),
        ({"design": "time", "folds": 3}, 4),
    ],
)
def test_every_design_can_be_run(
    two_sites: Path, tmp_path: Path, settings: dict[str, object], runs: int
) -> None:
    study = make_study(mlp_recipe("mlp"), **settings)
    summary = run_study(two_sites, study, tmp_path / "study", workers=ALONE)
    assert summary.runs == runs
    assert summary.metrics.design is study.design
    (method,) = summary.metrics.methods
    assert len(method.repeats) == runs
    titles = [fold.title for fold in method.by_fold]
    if settings["design"] == "site":
        assert titles == ["site A", "site B"]
    if settings["design"] == "time":
        assert titles == ["period 2 of 3", "period 3 of 3"]


def test_a_learning_curve_has_no_maps_and_small_runs_read_few_exams(
    tmp_path: Path,
) -> None:
    cohort = write_two_sites(tmp_path / "cohort", 64)
    study = make_study(small_recipe("net"), design="sizes", sizes=(6, 12), repeats=1)
    summary = run_study(cohort, study, tmp_path / "study", workers=ALONE)
    assert [fold.title for fold in summary.metrics.methods[0].by_fold] == [
        "6 patients", "12 patients",
    ]  # fmt: skip
    rows = load_predictions(summary.study / "runs/net/r0-f0/predictions.csv")
    assert Counter(row.part for row in rows) == {"train": 6, "test": 52}
    assert load_map_rows(summary.study / "maps.csv") == ()
    assert not list(summary.study.rglob("maps"))


def test_a_cohort_that_does_not_suffice_leaves_no_folder(
    two_sites: Path, tmp_path: Path
) -> None:
    study = make_study(mlp_recipe("mlp"), design="folds", folds=12)
    with pytest.raises(CohortError, match="12 folds need 12 malignant patients"):
        run_study(two_sites, study, tmp_path / "study", workers=ALONE)
    write_cohort(tmp_path / "cohort", [Label.UNKNOWN] * 3)
    with pytest.raises(CohortError, match="must have labelled exams"):
        run_study(tmp_path / "cohort", STUDY, tmp_path / "study", workers=ALONE)
    assert not (tmp_path / "study").exists()
