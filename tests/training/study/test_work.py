import pickle
from dataclasses import replace
from pathlib import Path

import pytest

from bsgi.cohort.store import load_cohort
from bsgi.errors import ConfigError, RunError
from bsgi.training.precision import Decision
from bsgi.training.study.plan import list_tasks, plan_study
from bsgi.training.study.work import (
    STEPS,
    Assignment,
    do_task,
    find_versions,
    read_share,
    save_session,
)
from tests.training.study.conftest import make_study, mlp_recipe, small_recipe


def assign(cohort: Path, out: Path, **settings: object) -> Assignment:
    """The first run of a study that somebody works on."""
    study = make_study(mlp_recipe("mlp"), small_recipe("net"), **settings).settle()
    tasks = list_tasks(study, plan_study(study, load_cohort(cohort).rows))
    out.mkdir(exist_ok=True)
    (out / "study.toml").touch()
    save_session(out, "me")
    decision = Decision("float32", 1, "recipe")
    return Assignment(cohort, out, tasks[0], decision, maps=True, session="me")


def test_a_run_is_done_where_it_belongs_and_can_travel(
    two_sites: Path, tmp_path: Path
) -> None:
    assignment = pickle.loads(pickle.dumps(assign(two_sites, tmp_path)))  # noqa: S301
    do_task(assignment)
    run = tmp_path / "runs" / "mlp" / "r0-f0"
    assert assignment.run == run
    assert (run / "provenance.json").exists()
    assert not (run / "maps").exists()  # the method has none
    assert not (run / STEPS).exists()
    stamp = (run / "provenance.json").stat().st_mtime_ns
    do_task(assignment)
    assert (run / "provenance.json").stat().st_mtime_ns == stamp


def test_a_worker_stops_when_another_session_has_begun(
    two_sites: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bsgi.training.study.work.EVERY_S", 0.0)
    assignment = assign(two_sites, tmp_path)
    save_session(tmp_path, "another")
    with pytest.raises(RunError, match="run mlp, repeat 0, fold 0: stopped, since its"):
        do_task(assignment)
    assert not (assignment.run / "provenance.json").exists()


def test_how_far_a_run_is_stands_in_its_folder(
    two_sites: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bsgi.training.study.work.EVERY_S", 0.0)
    assignment = assign(two_sites, tmp_path)
    assignment.run.mkdir(parents=True)
    shares: list[float] = []
    write = Path.write_text

    def spy(path: Path, text: str, **kwargs: str) -> int:
        written = write(path, text, **kwargs)
        if path.name == STEPS:
            shares.append(read_share(assignment.run))
        return written

    monkeypatch.setattr(Path, "write_text", spy)
    do_task(assignment)
    assert shares == sorted(shares)
    assert 0 < shares[0] < 0.05 < shares[-1] <= 1
    assert read_share(assignment.run) == 0


def test_a_computer_that_would_compute_otherwise_is_refused(
    two_sites: Path, tmp_path: Path
) -> None:
    assignment = assign(two_sites, tmp_path)
    for name in ("bsgi", "torch", "numpy"):
        other = replace(assignment, versions=find_versions() | {name: "0.9"})
        with pytest.raises(ConfigError, match=rf"must have {name} 0\.9, but .* has "):
            do_task(other)
    elsewhere = replace(assignment, study=tmp_path / "unseen")
    with pytest.raises(ConfigError, match="put the study on a shared file system"):
        do_task(elsewhere)
    assert not assignment.run.exists()


def test_a_failure_names_its_run(two_sites: Path, tmp_path: Path) -> None:
    assignment = assign(two_sites, tmp_path)
    assignment.run.mkdir(parents=True)
    (assignment.run / "letter.txt").write_text("dear")
    with pytest.raises(RunError, match=r"^run mlp, repeat 0, fold 0: the output"):
        do_task(assignment)


@pytest.mark.parametrize("damage", ["recipe", "version", "checkpoint", "file"])
def test_a_damaged_run_is_named_once_with_the_way_out(
    two_sites: Path, tmp_path: Path, damage: str
) -> None:
    assignment = assign(two_sites, tmp_path)
    do_task(assignment)
    run = assignment.run
    (run / "provenance.json").unlink()
    if damage == "recipe":
        (run / "recipe.toml").write_text("")
    elif damage == "version":
        text = (run / "recipe.toml").read_text().replace("cohort_sha256", "cohort")
        (run / "recipe.toml").write_text(text)
    elif damage == "checkpoint":
        (run / "checkpoints" / "last.safetensors").write_bytes(b"half")
    else:
        run.rename(tmp_path / "elsewhere")
        run.touch()
    with pytest.raises(RunError) as caught:
        do_task(assignment)
    text = str(caught.value)
    assert text.startswith("run mlp, repeat 0, fold 0: ")
    assert text.endswith(
        f"; to do this run again, remove {run} and give the same command."
    )
    assert text.count("give the same command") == 1
    assert "\n" not in text


def test_a_disk_that_does_not_say_who_works_stops_nobody_at_once(
    two_sites: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shared disk may err, or show a file that is half written."""
    monkeypatch.setattr("bsgi.training.study.work.EVERY_S", 0.0)
    assignment = replace(assign(two_sites, tmp_path), session="mine")
    answers = iter(["", "", "mine", "mi", "", "mine"])
    looks: list[str] = []

    def answer(study: Path) -> str:
        looks.append(next(answers, "mine"))
        return looks[-1]

    monkeypatch.setattr("bsgi.training.study.work._read_session", answer)
    do_task(assignment)
    assert len(looks) > 6


def test_a_run_stops_when_nobody_works_on_its_study_any_more(
    two_sites: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bsgi.training.study.work.EVERY_S", 0.0)
    assignment = assign(two_sites, tmp_path)
    (tmp_path / ".session.partial").unlink()
    with pytest.raises(RunError, match="stopped, since its study has ended"):
        do_task(assignment)
