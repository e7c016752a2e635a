"""Results of an exam, and what a validator says of files."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from bsgi.dicom.results.write import write_results
from tests.dicom.results.exams import MOMENT, Case, make_case

Written = tuple[Case, dict[str, Path]]
Validate = Callable[[Path], list[str]]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """All results of an exam of four views and two heads."""
    folder = tmp_path_factory.mktemp("results")
    case = make_case(folder / "source", heads=2)
    paths = write_results(case.prediction, case.sources, folder / "out", moment=MOMENT)
    return case, {path.stem: path for path in paths}


@pytest.fixture
def validate(require_program: Callable[[str], str]) -> Validate:
    """Errors and warnings of dciodvfy, which knows no private coding schemes."""
    program = require_program("dciodvfy")

    def run(path: Path) -> list[str]:
        done = subprocess.run(
            [program, path], capture_output=True, text=True, check=False
        )
        lines = (done.stdout + done.stderr).splitlines()
        assert len(lines) >= 1, "dciodvfy names the kind of object"
        found = [line for line in lines if "Error" in line or "Warning" in line]
        return [line for line in found if "<99BSGI>" not in line]

    return run
