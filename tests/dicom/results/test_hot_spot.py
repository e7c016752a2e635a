"""Hot spots: places, moments and the edges of images."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bsgi.dicom.results.hot_spot import find_hot_spot


def test_a_blank_map_has_none() -> None:
    assert find_hot_spot(np.zeros((4, 5), np.float32)) is None


def test_one_pixel_is_a_circle_of_its_own_moments() -> None:
    evidence = np.zeros((9, 9), np.float32)
    evidence[3, 5] = 2.0
    spot = find_hot_spot(evidence)
    assert spot is not None
    assert spot.peak == (5.5, 3.5)
    assert spot.maximum == 2.0
    first, second, third, fourth = np.array(spot.axes)
    # An ellipse has a quarter of its squared half-axis as second moment.
    for begin, end in ((first, second), (third, fourth)):
        assert np.linalg.norm(end - begin) == pytest.approx(4 * np.sqrt(1 / 12))
        assert (begin + end) / 2 == pytest.approx([5.5, 3.5])


def test_an_ellipse_is_found_again() -> None:
    """A filled ellipse of half-axes 20 and 8, turned by 30 degrees."""
    row, col = np.mgrid[:90, :120] + 0.5
    along = np.deg2rad(30)
    x, y = col - 61.3, row - 44.1
    u, v = x * np.cos(along) + y * np.sin(along), -x * np.sin(along) + y * np.cos(along)
    inside = (u / 20) ** 2 + (v / 8) ** 2 <= 1
    evidence = inside.astype(np.float32)
    evidence[2, 2] = 0.9  # another spot, which is not connected
    spot = find_hot_spot(evidence)
    assert spot is not None
    ends = np.array(spot.axes)
    assert ends[:2].mean(axis=0) == pytest.approx([61.3, 44.1], abs=0.1)
    longer, shorter = ends[1] - ends[0], ends[3] - ends[2]
    assert np.linalg.norm(longer) / 2 == pytest.approx(20, abs=0.3)
    assert np.linalg.norm(shorter) / 2 == pytest.approx(8, abs=0.3)
    angle = np.rad2deg(np.arctan2(longer[1], longer[0])) % 180
    assert angle == pytest.approx(30, abs=1)


@given(st.integers(0, 2**32 - 1), st.integers(1, 12), st.integers(1, 12))
def test_axes_stay_inside_the_image_and_cross_at_right_angles(
    seed: int, rows: int, cols: int
) -> None:
    rng = np.random.default_rng(seed)
    spot = find_hot_spot(rng.random((rows, cols)).astype(np.float32) + np.float32(1e-3))
    assert spot is not None
    ends = np.array(spot.axes)
    assert (ends >= 0).all()
    assert (ends <= [cols, rows]).all()
    longer, shorter = ends[1] - ends[0], ends[3] - ends[2]
    assert abs(longer @ shorter) < 1e-4
    assert ends[:2].mean(axis=0) == pytest.approx(ends[2:].mean(axis=0), abs=1e-4)
