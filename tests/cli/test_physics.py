import json
from pathlib import Path

import pytest

from bsgi.cli.app import run
from bsgi.physics.acceptance.check import Subject, check_near
from bsgi.physics.acceptance.run import Settings
from bsgi.reports import physics_report
from bsgi.reports.physics_report import PhysicsSummary
from tests.cli.conftest import Run


def _answer(
    monkeypatch: pytest.MonkeyPatch, measured: float
) -> list[tuple[Path, Settings]]:
    """Replace the tests by two with a known result, and note what was asked for."""
    asked = []
    checks = tuple(
        check_near(Subject("One", name, "C: sums", "mm"), measured, 2.0, share=0.03)
        for name in ("first", "second")
    )

    def write(out: Path, settings: Settings, progress: object) -> PhysicsSummary:
        asked.append((out, settings))
        failed = sum(not check.passed for check in checks)
        return PhysicsSummary(out / "report.html", 2 - failed, failed, 0, 1.0, checks)

    monkeypatch.setattr(physics_report, "write_physics_report", write)
    return asked


def test_a_simulator_that_passes_gives_status_0(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    asked = _answer(monkeypatch, 2.01)
    words = ["--exams", "500", "--seed", "4", "--processes", "2"]
    assert run(["physics", str(tmp_path / "out"), *words]) == 0
    assert asked == [(tmp_path / "out", Settings(500, 4, processes=2))]
    said = capsys.readouterr()
    assert "first" in said.out
    assert "Acceptance tests: 2 of 2 passed." in said.out
    assert said.err == ""


def test_a_failed_test_is_named_and_gives_status_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    _answer(monkeypatch, 2.5)
    assert run(["physics", str(tmp_path / "out"), "--quick"]) == 1
    said = capsys.readouterr()
    assert said.err.count("\n") == 1
    assert "first must be 2.00 mm (± 3 %), got 2.50 mm and 1 more" in said.err
    assert "FAIL" in said.out


def test_json_holds_every_check(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    _answer(monkeypatch, 2.0)
    assert run(["physics", str(tmp_path / "out"), "--json"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert [check["quantity"] for check in content["checks"]] == ["first", "second"]
    assert content["failed"] == 0


@pytest.mark.parametrize("words", [["--exams", "0"], ["--processes", "0"]])
def test_impossible_numbers_are_refused(
    bsgi: Run, tmp_path: Path, words: list[str]
) -> None:
    done = bsgi("physics", tmp_path / "out", *words)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_quick_and_a_number_of_exams_exclude_each_other(
    bsgi: Run, tmp_path: Path
) -> None:
    done = bsgi("physics", tmp_path / "out", "--quick", "--exams", "100")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "--quick must stand without --exams, got --exams 100" in done.stderr
    assert not (tmp_path / "out").exists()
