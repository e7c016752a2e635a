import math
from dataclasses import replace

import numpy as np
import pytest

from bsgi.physics.breast.anatomy import Place
from bsgi.physics.breast.uptake import CELLS
from bsgi.physics.camera.catalogue import CAMERAS, DILON_6800_GP
from bsgi.physics.camera.record import Camera
from bsgi.physics.transport.emission import (
    Ball,
    build_emission,
    find_local_concentration,
    place_ball,
    place_nipple,
)
from bsgi.physics.transport.projector import find_projector
from tests.physics.phantom import CONCENTRATION, MU_PER_CM, build_slab, build_uniform

SLAB = build_slab(50.0)
NO_ATTENUATION = 1e-9
each_camera = pytest.mark.parametrize("camera", CAMERAS.values(), ids=CAMERAS.keys())


@each_camera
def test_activity_is_concentration_times_volume(camera: Camera) -> None:
    grid = find_projector(camera).grid
    emission = build_uniform(camera, SLAB, mu_per_cm=NO_ATTENUATION)
    area_ml = grid.voxel_mm**2 / 100.0
    volume_ml = emission.filling.sum() * area_ml * SLAB.thickness_mm / 10.0
    total_bq = emission.activity_bq.sum(dtype=float)
    assert total_bq == pytest.approx(CONCENTRATION * volume_ml, rel=0.01)
    # A flat slab would hold area times thickness; the rounded edge takes some of it.
    assert 0.8 < volume_ml / (SLAB.area_cm2 * 5.0) < 1.0


@each_camera
@pytest.mark.parametrize("thickness_mm", [40.0, 53.0, 80.0])
def test_attenuation_is_the_integral_by_hand(
    camera: Camera, thickness_mm: float
) -> None:
    """(1 - exp(-mu T)) / mu: 3.02, 3.54 ... 4.70 cm at 4, 5 ... 8 cm."""
    grid = find_projector(camera).grid
    activity = build_uniform(camera, build_slab(thickness_mm, 150.0)).activity_bq
    row, col = np.abs(grid.upward_mm).argmin(), np.abs(grid.outward_mm - 20.0).argmin()
    seen_cm = activity[:, row, col].sum() / CONCENTRATION / (grid.voxel_mm**2 / 100.0)
    expected_cm = -math.expm1(-MU_PER_CM * thickness_mm / 10.0) / MU_PER_CM
    assert seen_cm == pytest.approx(expected_cm, rel=0.005)


@each_camera
@pytest.mark.parametrize("diameter_mm", [5.0, 10.0, 22.0])
def test_a_ball_replaces_what_was_there(camera: Camera, diameter_mm: float) -> None:
    ball = Ball(Place(40.3, 10.7, 25.0), diameter_mm, 8.0 * CONCENTRATION)
    without = build_uniform(camera, SLAB, mu_per_cm=NO_ATTENUATION)
    with_ball = build_uniform(camera, SLAB, [ball], mu_per_cm=NO_ATTENUATION)
    added = with_ball.activity_bq.sum(dtype=float) - without.activity_bq.sum(
        dtype=float
    )
    volume_ml = math.pi / 6.0 * (diameter_mm / 10.0) ** 3
    expected = 7.0 * CONCENTRATION * volume_ml
    tolerance = 0.08 if diameter_mm < 8 else 0.03
    assert added == pytest.approx(expected, rel=tolerance)


def test_a_ball_outside_the_field_changes_nothing() -> None:
    ball = Ball(Place(400.0, 0.0, 25.0), 10.0, 100.0)
    without = build_uniform(DILON_6800_GP, SLAB)
    with_ball = build_uniform(DILON_6800_GP, SLAB, [ball])
    assert np.array_equal(without.activity_bq, with_ball.activity_bq)


def test_a_lesion_is_kept_between_paddle_and_detector() -> None:
    low = place_ball(SLAB, (0.4, 0.0, -0.99), 20.0, 1.0)
    assert low.place.height_mm == pytest.approx(10.0)
    high = place_ball(SLAB, (0.4, 0.0, 0.99), 20.0, 1.0)
    assert high.place.height_mm == pytest.approx(40.0)
    huge = place_ball(SLAB, (0.4, 0.0, 0.99), 60.0, 1.0)
    assert huge.place.height_mm == pytest.approx(25.0)


def test_the_nipple_is_at_the_tip() -> None:
    nipple = place_nipple(replace(SLAB, offset_mm=7.0), 5.0)
    assert nipple.place.outward_mm > SLAB.length_mm
    assert nipple.place.upward_mm == 7.0


def test_local_concentration_is_taken_around_the_place() -> None:
    cells = np.ones(CELLS, np.float32)
    cells[24:, :, :] = 3.0
    assert find_local_concentration(cells, (0.2, 0.0, 0.0), 10.0) == 1.0
    assert find_local_concentration(cells, (0.8, 0.5, -0.5), 10.0) == 3.0
    assert 1.0 < find_local_concentration(cells, (0.5, 0.0, 0.0), 10.0) < 3.0


def test_a_place_in_the_cells_is_found_again_in_the_slab() -> None:
    """A hot cell block and a lesion's place, drawn from the same position, agree."""
    grid = find_projector(DILON_6800_GP).grid
    position = (0.5, 0.3, -0.2)
    cells = np.zeros(CELLS, np.float32)
    middle = [
        round(share * (count - 1))
        for share, count in zip((0.5, 0.65, 0.4), CELLS, strict=True)
    ]
    cells[tuple(slice(index - 2, index + 3) for index in middle)] = 1.0
    activity = build_emission(
        grid, SLAB, cells, muscle=0.0, balls=[], mu_per_cm=NO_ATTENUATION
    ).activity_bq
    total = activity.sum()
    place = place_ball(SLAB, position, 1.0, 1.0).place
    up_mm = (activity.sum(axis=(0, 2)) * grid.upward_mm).sum() / total
    out_mm = (activity.sum(axis=(0, 1)) * grid.outward_mm).sum() / total
    assert up_mm == pytest.approx(place.upward_mm, abs=1.5)
    assert out_mm == pytest.approx(place.outward_mm, abs=1.5)
