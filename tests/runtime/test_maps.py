"""A map laid on a view lies where the network saw what it is about."""

from dataclasses import replace
from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bsgi.exam.orientation import find_pose
from bsgi.exam.preprocess import Preprocessing, preprocess_mask
from bsgi.exam.record import View, ViewName
from bsgi.runtime.maps import lay_maps, lay_on_view
from tests.conftest import make_exam, make_view

ORIENTATIONS = {
    ViewName.LCC: (("A", "R"), ("A", "L"), ("P", "R"), ("R", "A"), ("L", "P")),
    ViewName.RMLO: (("P", "FL"), ("A", "FL"), ("P", "HR"), ("F", "P"), ("H", "A")),
}
VIEWS = [(name, each) for name, own in ORIENTATIONS.items() for each in own]
INTENSITIES = ("uptake", "view-maximum")


def some_view(
    name: ViewName, orientation: tuple[str, str], shape: tuple[int, int] = (80, 60)
) -> View:
    view = make_view(name, shape=shape)
    return replace(view, orientation=orientation, spacing_mm=(3.2, 2.4))


@pytest.mark.parametrize("intensity", INTENSITIES)
@pytest.mark.parametrize(("name", "orientation"), VIEWS)
def test_a_spot_comes_back_to_where_the_camera_saw_it(
    name: ViewName,
    orientation: tuple[str, str],
    intensity: Literal["uptake", "view-maximum"],
) -> None:
    """Through preprocessing and back it moves by less than a pixel."""
    view = some_view(name, orientation)
    settings = Preprocessing(64, intensity)
    rng = np.random.default_rng(3)
    pose = find_pose(view)
    for _ in range(5):
        spot = np.zeros((80, 60), np.float32)
        row, col = rng.integers(34, 46), rng.integers(20, 40)
        spot[row - 4 : row + 5, col - 4 : col + 5] = 1
        seen = preprocess_mask(spot, view, settings)
        back = lay_on_view(seen, view, settings)
        assert back.shape == spot.shape
        rows, cols = np.mgrid[:80, :60]
        middle = [float((back * axis).sum() / back.sum()) for axis in (rows, cols)]
        assert abs(middle[0] - row) < 0.6, pose
        assert abs(middle[1] - col) < 0.6, pose


@pytest.mark.parametrize(("name", "orientation"), VIEWS)
def test_a_coarse_map_peaks_in_the_cell_of_its_evidence(
    name: ViewName, orientation: tuple[str, str]
) -> None:
    view, settings = some_view(name, orientation), Preprocessing(64, "view-maximum")
    evidence = np.zeros((4, 4), np.float32)
    evidence[1, 2] = 3.0
    laid = lay_on_view(evidence, view, settings)
    posed = find_pose(view).apply(laid)
    row, col = np.unravel_index(int(posed.argmax()), posed.shape)
    height, width = posed.shape
    assert abs((row + 0.5) / height - 1.5 / 4) < 1 / height
    assert abs((col + 0.5) / width - 2.5 / 4) < 1 / width
    assert laid.max() == pytest.approx(3.0, rel=0.1)


@given(st.integers(1, 20), st.integers(1, 20), st.floats(0.125, 128, width=32))
def test_even_evidence_stays_even_where_the_network_saw(
    rows: int, cols: int, level: float
) -> None:
    view, settings = make_view(ViewName.LCC), Preprocessing(64, field_mm=(100.0, 80.0))
    laid = lay_on_view(np.full((rows, cols), level, np.float32), view, settings)
    inside = laid[20:44, :24]
    np.testing.assert_allclose(inside, level, rtol=1e-5)


def test_what_the_network_did_not_see_has_no_evidence() -> None:
    view, settings = make_view(ViewName.LCC), Preprocessing(64, field_mm=(100.0, 80.0))
    laid = lay_on_view(np.ones((4, 4), np.float32), view, settings)
    assert laid[:16].max() == 0
    assert laid[-16:].max() == 0
    assert laid[:, 26:].max() == 0


def test_only_views_that_are_there_have_a_map() -> None:
    exam = make_exam(views=(ViewName.RCC, ViewName.LMLO))
    maps = lay_maps(np.ones((4, 4), np.float32), exam, Preprocessing(64))
    assert [each.view for each in maps] == [ViewName.RCC, ViewName.LMLO]
    assert all(each.evidence.shape == (64, 48) for each in maps)
