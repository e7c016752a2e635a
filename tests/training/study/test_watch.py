import time
from pathlib import Path

import pytest

from bsgi.training.study.watch import (
    Watched,
    take_share,
    tell_time_left,
    watch_runs,
)
from bsgi.training.study.work import STEPS


@pytest.mark.parametrize(
    ("spent_s", "done", "left", "text"),
    [
        (10.0, 0.001, 0.999, ""),
        (10.0, 0.5, 0.5, ", less than a minute left"),
        (60.0, 0.1, 0.9, ", about 9 min left"),
        (3600.0, 0.1, 0.9, ", about 9.0 h left"),
        (60.0, 1.0, 0.0, ""),
    ],
)
def test_the_time_left_is_told_once_it_is_known(
    spent_s: float, done: float, left: float, text: str
) -> None:
    assert tell_time_left(spent_s, done, left) == text


def test_runs_count_by_what_they_cost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bsgi.training.study.watch.POLL_S", 0.01)
    costs_s = {"a": 60.0, "b": 30.0, "c": 10.0}
    runs = [Watched(tmp_path / name, cost_s) for name, cost_s in costs_s.items()]
    for run in runs:
        run.run.mkdir()
    (tmp_path / "c" / "provenance.json").touch()
    (tmp_path / "b" / STEPS).write_text("0.5")
    (tmp_path / "a" / STEPS).write_text("half a num")
    seen: list[tuple[int, int, str]] = []
    with watch_runs(runs, lambda *words: seen.append(words)):
        deadline = time.monotonic() + 5
        while not seen and time.monotonic() < deadline:
            time.sleep(0.01)
        before = seen[-1]
        (tmp_path / "a" / "provenance.json").touch()
        while seen[-1] == before and time.monotonic() < deadline:
            time.sleep(0.01)
    assert before == (25, 100, "percent; 1 of 3 runs done")
    assert seen[-1][:2] == (85, 100)
    assert seen[-1][2].startswith("percent; 2 of 3 runs done, less than a minute left")
    number = len(seen)
    time.sleep(0.05)
    assert len(seen) == number  # nobody watches any more


def test_the_bar_never_goes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that was stopped reads its exams anew, and one that ends says no more."""
    monkeypatch.setattr("bsgi.training.study.watch.POLL_S", 0.01)
    steps = tmp_path / STEPS
    seen: list[int] = []

    def wait(number: int) -> None:
        deadline = time.monotonic() + 5
        while len(seen) < number and time.monotonic() < deadline:
            time.sleep(0.005)

    steps.write_text("0.6")
    runs = [Watched(tmp_path, 1.0)]
    with watch_runs(runs, take_share(lambda at, _total, _text: seen.append(at), 0, 95)):
        wait(1)
        steps.write_text("0.02")
        wait(len(seen) + 2)
        steps.unlink()
        wait(len(seen) + 2)
        steps.write_text("0.8")
        wait(len(seen) + 2)
    assert (seen[0], seen[-1]) == (57, 76)
    assert seen == sorted(seen)


def test_a_stage_has_its_part_of_the_bar() -> None:
    seen: list[tuple[int, int, str]] = []
    stage = take_share(lambda *words: seen.append(words), 95, 100, "exams")
    assert stage is not None
    stage(0, 4, "measuring")
    stage(2, 4, "measuring")
    stage(4, 4, "measuring")
    assert seen == [
        (95, 100, "percent; measuring, 0 of 4 exams"),
        (97, 100, "percent; measuring, 2 of 4 exams"),
        (100, 100, "percent; measuring, 4 of 4 exams"),
    ]
    assert take_share(None, 0, 100) is None


def test_nobody_watches_where_nobody_asks(tmp_path: Path) -> None:
    with watch_runs([Watched(tmp_path, 1.0)], None):
        pass
