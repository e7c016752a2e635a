"""`bsgi physics` once, with few women and one test of each kind."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from bsgi.errors import ConfigError, OutputError
from bsgi.physics.acceptance import run as acceptance_run
from bsgi.physics.acceptance.jobs import Job
from bsgi.physics.acceptance.run import Settings, list_tests
from bsgi.physics.camera.catalogue import CAMERAS
from bsgi.reports import physics_pictures
from bsgi.reports.physics_report import PhysicsSummary, write_physics_report

GROUPS = {
    "Resolution", "Sensitivity", "Energy", "Counts", "Scatter, on the shipped tables",
    "Scatter, on simulated views", "Torso, unscattered", "Lesion contrast", "Detector",
    "Acquisition", "Noise", "Texture", "Observer", "Background uptake",
}  # fmt: skip
SHOWN = ("dilon-6800-gp", "ge-nm750b-wide")

Written = tuple[PhysicsSummary, list[tuple[int, int, str]]]


def _list_few(settings: Settings) -> list[Job]:
    """One test of each kind; the tests themselves are tested with the simulator."""
    few: dict[tuple[object, ...], Job] = {}
    for job in list_tests(settings):
        group = [word for word in job.arguments if word in GROUPS]
        few.setdefault((job.function, *group), job)
    return [
        Job(job.name, job.function, (*job.arguments, 6))
        if job.name == "texture"
        else job
        for job in few.values()
    ]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    out = tmp_path_factory.mktemp("physics") / "out"
    seen: list[tuple[int, int, str]] = []
    settings = Settings(women=3, seed=1, quick=True)
    few = {name: CAMERAS[name] for name in SHOWN}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(acceptance_run, "list_tests", _list_few)
        patch.setattr(physics_pictures, "CAMERAS", few)
        summary = write_physics_report(out, settings, lambda *at: seen.append(at))
    return summary, seen


def test_every_group_is_there_and_every_certain_test_passes(written: Written) -> None:
    summary, _ = written
    assert {check.group for check in summary.checks} == GROUPS
    assert summary.passed + summary.failed + summary.undecided == len(summary.checks)
    assert summary.undecided == 6
    certain = [c for c in summary.checks if c.conclusive and c.group != "Texture"]
    assert [check for check in certain if not check.passed] == []
    doubtful = {check.group for check in summary.checks if not check.conclusive}
    assert doubtful == {"Background uptake"}


def test_every_camera_is_tested_in_every_way() -> None:
    jobs = list_tests(Settings())
    for kind in ("resolution", "sensitivity", "noise", "observer"):
        names = [job.arguments[0] for job in jobs if job.name == kind]
        assert names == list(CAMERAS)


def test_progress_reaches_its_end(written: Written) -> None:
    done, total, text = written[1][-1]
    assert done == total > 10
    assert text


def test_files_of_the_table_agree(written: Written) -> None:
    summary, _ = written
    folder = summary.report.parent
    with (folder / "acceptance.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    content = json.loads((folder / "acceptance.json").read_text(encoding="utf-8"))
    assert len(rows) == len(content["checks"]) == len(summary.checks)
    assert content["format_version"] == 1
    assert content["simulated"] is True
    assert content["failed"] == summary.failed
    assert content["undecided"] == summary.undecided
    for row, check in zip(rows, content["checks"], strict=True):
        assert row["quantity"] == check["quantity"]
        assert row["verdict"] == check["verdict"]
    made = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
    assert made["seed"] == 1
    assert "scatter.npz" in made["inputs"]


def test_the_page_stands_alone_and_says_what_it_is(written: Written) -> None:
    summary, _ = written
    page = summary.report.read_text(encoding="utf-8")
    figures = sorted((summary.report.parent / "figures").glob("*.png"))
    assert len(figures) == 6 + len(SHOWN)
    assert page.count("data:image/png;base64,") == len(figures)
    assert "http://" not in page
    assert "https://" not in page
    for text in ("Research use only", "Simulated exams: no claim about patients"):
        assert page.count(text) >= 2
    for check in summary.checks:
        if check.group == "Resolution":
            assert check.quantity in page


def test_an_output_that_is_taken_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OutputError, match="must not exist yet"):
        write_physics_report(tmp_path, Settings(women=1, quick=True))


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ({"women": 0}, "women must be at least 1, got 0"),
        ({"processes": 0}, "processes must be at least 1, got 0"),
        ({"seed": -1}, "seed must not be negative, got -1"),
    ],
)
def test_impossible_settings_are_refused(words: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        Settings(**words)
