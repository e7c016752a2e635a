"""A RUN, a STUDY and their COHORTs, as training and import leave them, in seconds."""

import shutil
from pathlib import Path

import pytest

from tests.reports.make_run import write_cohort, write_run
from tests.reports.make_study import write_studied_cohort, write_study


@pytest.fixture
def trained(tmp_path: Path) -> tuple[Path, Path]:
    """A RUN and its COHORT of simulated exams."""
    write_cohort(tmp_path / "cohort")
    write_run(tmp_path / "run", tmp_path / "cohort")
    return tmp_path / "run", tmp_path / "cohort"


@pytest.fixture(scope="session")
def finished_study(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A STUDY in the paper's mode and its COHORT; to be read only."""
    folder = tmp_path_factory.mktemp("study")
    write_studied_cohort(folder / "cohort")
    write_study(folder / "study", folder / "cohort", repeats=2)
    return folder / "study", folder / "cohort"


@pytest.fixture
def studied(finished_study: tuple[Path, Path], tmp_path: Path) -> tuple[Path, Path]:
    """A copy of a finished STUDY, and its COHORT."""
    study = tmp_path / "study"
    shutil.copytree(finished_study[0], study)
    return study, finished_study[1]
