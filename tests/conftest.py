"""What every room's tests share: system programs, real files, small exams."""

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

from bsgi.exam.record import Exam, Label, View, ViewName

ROOT = Path(__file__).resolve().parents[1]

# Tests run beside each other: how long an example takes says nothing about the code.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")


def _absent(reason: str) -> None:
    """Skip, or fail where everything has to be there, as in continuous integration."""
    if os.environ.get("BSGI_REQUIRE_ALL") == "1":
        pytest.fail(f"{reason}, and BSGI_REQUIRE_ALL=1 forbids to skip it")
    pytest.skip(reason)


@pytest.fixture
def require_program() -> Callable[[str], str]:
    """The path of a system program that a test needs."""

    def find(program: str) -> str:
        # An environment's own programs may bear the names of those of the system.
        own = str(Path(sys.executable).parent)
        places = os.environ.get("PATH", os.defpath).split(os.pathsep)
        others = [place for place in places if place != own]
        path = shutil.which(program, path=os.pathsep.join(others))
        if path is None:
            _absent(f"the program {program} is not installed")
        return str(path)

    return find


@pytest.fixture
def shared_folder() -> Path:
    """Real files with licences of their own; see CONTRIBUTING.md."""
    folder = Path(os.environ.get("BSGI_SHARED", ROOT.parent / "shared"))
    if not folder.is_dir():
        _absent(f"the folder of real files {folder} is absent (BSGI_SHARED)")
    return folder


def make_view(
    name: ViewName,
    *,
    rng: np.random.Generator | None = None,
    shape: tuple[int, int] = (64, 48),
    counts: float = 100.0,
) -> View:
    """A half-disc of uniform uptake at the chest wall, hung as in mammography."""
    row, col = np.mgrid[: shape[0], : shape[1]]
    reach = np.hypot(
        (row - shape[0] / 2 + 0.5) / (shape[0] * 0.4), col / shape[1] / 0.7
    )
    mean = counts * (reach < 1)
    if name.side == "R":
        mean = mean[:, ::-1]
    image = mean if rng is None else rng.poisson(mean)
    return View(
        name=name,
        counts=image.astype(np.uint16)[None],
        spacing_mm=(3.2, 3.2),
        duration_s=600.0,
        start_s=600.0,
        energy_window_kev=(126.0, 154.0),
        source_uid=f"2.25.{list(ViewName).index(name) + 1}",
    )


def make_exam(
    exam_id: str = "0001-1",
    *,
    rng: np.random.Generator | None = None,
    label: Label = Label.BENIGN,
    views: tuple[ViewName, ...] = tuple(ViewName),
) -> Exam:
    """An exam of half-discs, with Poisson noise if there is an rng."""
    return Exam(
        exam_id=exam_id,
        patient_id=exam_id.rpartition("-")[0] or exam_id,
        views={name: make_view(name, rng=rng) for name in views},
        site="A",
        camera="test camera",
        dose_mbq=740.0,
        age_years=50.0,
        label=label,
    )
