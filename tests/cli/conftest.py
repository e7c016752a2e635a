"""The program as a user runs it: a process of its own, with an exit status."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bsgi.cli.app import run as run_program

PROGRAM = Path(sys.executable).with_name("bsgi")
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def bsgi() -> Run:
    """Run a command; standard error must never hold a traceback."""

    def run(*words: object) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [PROGRAM, *map(str, words)],
            capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        assert "Traceback" not in done.stderr
        return done

    return run


@pytest.fixture(scope="session")
def simulation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve simulated exams, five of them malignant, as DICOM files."""
    out = tmp_path_factory.mktemp("cli") / "simulation"
    status = run_program(
        ["simulate", str(out), "--exams", "12", "--malignant", "5", "--seed", "3"]
    )
    assert status == 0
    return out


@pytest.fixture(scope="session")
def cohort(simulation: Path) -> Path:
    """The cohort imported from the simulation."""
    out = simulation.parent / "cohort"
    status = run_program(
        [
            "import", str(simulation / "dicom"), "--labels",
            str(simulation / "labels.csv"), "--truth", str(simulation / "truth"),
            "--out", str(out), "--keep-ids",
        ]
    )  # fmt: skip
    assert status == 0
    return out
