from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from bsgi.physics.camera.catalogue import (
    CAMERAS,
    DILON_6800_GP,
    DILON_6800_HR,
    LUMAGEM_3200S,
    LUMAGEM_3200S_STANDARD,
)
from bsgi.physics.camera.detector import draw_gains, find_gains, measure_uniformity
from bsgi.physics.camera.flaws import PERFECT, DetectorFlaws
from bsgi.physics.camera.record import Camera

each_camera = pytest.mark.parametrize("camera", CAMERAS.values(), ids=CAMERAS.keys())


def draw(camera: Camera, seed: int = 0) -> np.ndarray:
    return draw_gains(np.random.default_rng(seed), camera)


@each_camera
def test_gains_average_one_over_the_live_pixels_of_each_head(camera: Camera) -> None:
    gains = draw(camera)
    assert gains.shape == (camera.heads, camera.rows, camera.cols)
    for head in gains:
        assert head[head > 0].mean() == pytest.approx(1.0, abs=1e-4)
    spread = np.hypot(camera.flaws.gain_sd_pixel, camera.flaws.gain_sd_smooth)
    assert gains[gains > 0].std() == pytest.approx(spread, rel=0.1)


@each_camera
def test_the_slow_part_is_shared_by_neighbours(camera: Camera) -> None:
    flaws = DetectorFlaws(gain_sd_smooth=0.02)
    gains = draw(replace(camera, flaws=flaws))[0]
    step = max(1, round(10.0 / camera.pitch_mm))
    near = np.corrcoef(gains[:-step].ravel(), gains[step:].ravel())[0, 1]
    assert near > 0.8
    fine = DetectorFlaws(gain_sd_pixel=0.02)
    gains = draw(replace(camera, flaws=fine))[0]
    assert abs(np.corrcoef(gains[:-1].ravel(), gains[1:].ravel())[0, 1]) < 0.08


@each_camera
def test_a_perfect_detector_is_even(camera: Camera) -> None:
    gains = draw(replace(camera, flaws=PERFECT))
    assert (gains == 1).all()
    assert measure_uniformity(gains[0]) == (0.0, 0.0)


@each_camera
def test_dead_pixels_and_modules_have_their_shares(camera: Camera) -> None:
    pixels = replace(camera, flaws=DetectorFlaws(dead_pixel_share=0.1))
    dead = np.mean([draw(pixels, seed) == 0 for seed in range(4)])
    count = 4 * camera.heads * camera.rows * camera.cols
    assert dead == pytest.approx(0.1, abs=4 * np.sqrt(0.09 / count))

    modules = replace(camera, flaws=DetectorFlaws(dead_module_share=0.3))
    high, wide = camera.module
    stack = np.concatenate([draw(modules, seed) for seed in range(10)]) == 0
    tiles = stack.reshape(
        len(stack), camera.rows // high, high, camera.cols // wide, wide
    )
    whole, any_ = tiles.all(axis=(2, 4)), tiles.any(axis=(2, 4))
    assert np.array_equal(whole, any_)
    assert whole.mean() == pytest.approx(0.3, abs=4 * np.sqrt(0.21 / whole.size))


def test_the_dilon_has_5_to_8_percent_integral_and_3_to_5_differential() -> None:
    found = [measure_uniformity(draw(DILON_6800_GP, seed)[0]) for seed in range(40)]
    integral, differential = np.percentile(found, [5, 95], axis=0).T
    assert 0.05 <= integral[0] < integral[1] <= 0.08
    assert 0.03 <= differential[0] < differential[1] <= 0.052


@pytest.mark.parametrize("name", [name for name in CAMERAS if "dilon" not in name])
def test_czt_is_more_even(name: str) -> None:
    found = [measure_uniformity(draw(CAMERAS[name], seed)[0]) for seed in range(20)]
    integral, differential = np.median(found, axis=0)
    assert 0.03 <= integral <= 0.05
    assert 0.018 <= differential <= 0.03


def test_a_site_keeps_its_detector() -> None:
    gains = find_gains(DILON_6800_GP, "A", 1)
    find_gains.cache_clear()
    again = find_gains(DILON_6800_GP, "A", 1)
    assert np.array_equal(gains, again)
    assert not np.array_equal(gains, find_gains(DILON_6800_GP, "B", 1))
    assert not np.array_equal(gains, find_gains(DILON_6800_GP, "A", 2))
    with pytest.raises(ValueError, match="read-only"):
        gains[0, 0, 0] = 2.0


def test_collimator_and_window_do_not_change_the_detector() -> None:
    assert np.array_equal(
        find_gains(DILON_6800_GP, "A", 1), find_gains(DILON_6800_HR, "A", 1)
    )
    assert np.array_equal(
        find_gains(LUMAGEM_3200S, "A", 1), find_gains(LUMAGEM_3200S_STANDARD, "A", 1)
    )
    heads = find_gains(LUMAGEM_3200S, "A", 1)
    assert not np.array_equal(heads[0], heads[1])


def _slope(share: float) -> np.ndarray:
    """A flood that grows evenly by a share of its mean from one side to the other."""
    return np.tile(1.0 + share * np.linspace(-0.5, 0.5, 40), (30, 1))


def _spot(depth: float) -> np.ndarray:
    image = np.ones((30, 40))
    image[15, 20] -= depth
    return image


@pytest.mark.parametrize(
    ("make", "integral", "differential"),
    [
        # Nine points leave a slope as it is but at its ends, where three columns
        # become two: (2 a + b) / 3. Five of 40 columns differ by 4 of 39 steps.
        (lambda: _slope(0.1), (0.1 - 2 * 0.1 / 39 / 3) / 2, 0.1 * 4 / 39 / 2 / 0.952),
        # A spot keeps a quarter of its depth: 4 of 16.
        (lambda: _spot(0.2), 0.05 / 1.95, 0.05 / 1.95),
    ],
)
def test_uniformity_of_floods_worked_out_by_hand(
    make: Callable[[], np.ndarray], integral: float, differential: float
) -> None:
    measured = measure_uniformity(make())
    assert measured[0] == pytest.approx(integral, rel=2e-3)
    assert measured[1] == pytest.approx(differential, rel=1e-2)


def test_dead_pixels_and_the_border_are_left_out() -> None:
    image = _slope(0.1)
    image[10:14, 20] = 0.0
    image[:2] = 0.3
    whole = measure_uniformity(_slope(0.1))
    assert measure_uniformity(image) == pytest.approx(whole, rel=0.03)


def test_a_flood_must_have_counts() -> None:
    with pytest.raises(ValueError, match="at least 5 x 5 pixels, got 30 x 40 with 0"):
        measure_uniformity(np.zeros((30, 40)))
    with pytest.raises(ValueError, match="got 4 x 40"):
        measure_uniformity(np.ones((4, 40)))


def test_impossible_flaws_are_refused() -> None:
    with pytest.raises(ValueError, match=r"a gain_sd must be 0 to 0\.2, got 0\.3"):
        DetectorFlaws(gain_sd_pixel=0.3)
    with pytest.raises(ValueError, match=r"a dead share must be in \[0, 1\), got 1"):
        DetectorFlaws(dead_module_share=1.0)
