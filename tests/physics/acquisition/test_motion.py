import math

import numpy as np
import pytest
from scipy import ndimage

from bsgi.physics.acquisition.motion import Motion, draw_motion, shift_rate
from bsgi.physics.acquisition.protocol import Protocol

MOVING = Protocol(motion_share=0.3, motion_mm=8.0)


def test_nobody_moves_by_default_and_no_randomness_is_used() -> None:
    rng = np.random.default_rng(0)
    before = rng.bit_generator.state
    assert draw_motion(rng, Protocol()) is None
    assert rng.bit_generator.state == before


def test_motion_has_its_share_size_moment_and_direction() -> None:
    rng = np.random.default_rng(1)
    drawn = [draw_motion(rng, MOVING) for _ in range(20_000)]
    moves = [motion for motion in drawn if motion is not None]
    assert len(moves) / len(drawn) == pytest.approx(0.3, abs=0.01)
    down = np.array([motion.down_mm for motion in moves])
    across = np.array([motion.across_mm for motion in moves])
    moments = np.array([motion.moment_s for motion in moves])
    assert np.sqrt(np.mean(down**2 + across**2)) == pytest.approx(8.0, rel=0.03)
    assert np.mean(down**2) == pytest.approx(np.mean(across**2), rel=0.1)
    assert abs(np.corrcoef(down, across)[0, 1]) < 0.04
    assert moments.min() >= 0
    assert moments.max() <= MOVING.view_s
    assert moments.mean() == pytest.approx(300.0, rel=0.02)


def test_a_shift_by_whole_pixels_moves_them() -> None:
    rate = np.random.default_rng(2).random((2, 9, 8)).astype(np.float32)
    moved = shift_rate(rate, Motion(0.0, down_mm=4.0, across_mm=-2.0), 2.0)
    assert np.array_equal(moved[:, 2:, :-1], rate[:, :-2, 1:])


def test_a_shift_is_that_of_scipy() -> None:
    """Against scipy.ndimage.shift of first order with the border repeated."""
    rate = np.random.default_rng(3).random((1, 20, 16)).astype(np.float32)
    for down_mm, across_mm in ((3.7, -1.1), (-0.4, 5.0), (0.0, 0.3)):
        moved = shift_rate(rate, Motion(0.0, down_mm, across_mm), 1.6)
        expected = ndimage.shift(
            rate[0], (down_mm / 1.6, across_mm / 1.6), order=1, mode="nearest"
        )
        assert moved[0] == pytest.approx(expected, abs=1e-5)


def test_counts_are_kept_and_the_centre_moves_by_the_shift() -> None:
    rate = np.zeros((1, 60, 50), np.float32)
    rate[0, 20:40, 15:30] = 1.0
    moved = shift_rate(rate, Motion(0.0, down_mm=6.3, across_mm=-4.1), 3.2)
    assert moved.sum() == pytest.approx(rate.sum(), rel=1e-5)
    row, col = np.indices(rate.shape[1:])
    for axis, way_mm in ((row, 6.3), (col, -4.1)):
        before, after = (
            float((image[0] * axis).sum() / image.sum()) for image in (rate, moved)
        )
        assert 3.2 * (after - before) == pytest.approx(way_mm, abs=1e-3)


def test_the_border_is_repeated_at_the_chest_wall() -> None:
    rate = np.full((1, 6, 6), 2.0, np.float32)
    moved = shift_rate(rate, Motion(0.0, 3.0, math.pi), 1.0)
    assert moved == pytest.approx(rate)
