import math
from dataclasses import replace

import numpy as np
import pytest

from bsgi.exam.record import Projection
from bsgi.physics.breast.anatomy import Place
from bsgi.physics.breast.uptake import CELLS
from bsgi.physics.camera.catalogue import CAMERAS, DILON_6800_GP
from bsgi.physics.camera.record import Camera
from bsgi.physics.transport.emission import (
    Ball,
    Void,
    build_emission,
    place_nipple,
)
from bsgi.physics.transport.projector import LARGEST_LAYER_MM, find_projector
from tests.physics.phantom import CONCENTRATION, MU_PER_CM, build_slab, build_uniform

SLAB = build_slab(50.0)
LEVEL = np.full(CELLS, CONCENTRATION, np.float32)
each_camera = pytest.mark.parametrize("camera", CAMERAS.values(), ids=CAMERAS.keys())


@each_camera
@pytest.mark.parametrize("thickness_mm", [25.0, 53.7, 100.0])
def test_activity_is_concentration_times_volume(
    camera: Camera, thickness_mm: float
) -> None:
    slab = build_slab(thickness_mm)
    grid = find_projector(camera).grid
    emission = build_uniform(camera, slab)
    assert emission.layer_mm <= LARGEST_LAYER_MM
    assert len(emission.activity_bq) * emission.layer_mm == pytest.approx(thickness_mm)
    volume_ml = emission.filling.sum(dtype=float) * grid.voxel_cm2 * thickness_mm / 10
    total_bq = emission.activity_bq.sum(dtype=float)
    assert total_bq == pytest.approx(CONCENTRATION * volume_ml, rel=0.002)
    # A flat slab would hold area times thickness; the rounded edge takes some of it.
    assert 0.7 < volume_ml / (slab.area_cm2 * thickness_mm / 10.0) < 1.0


@each_camera
@pytest.mark.parametrize("thickness_mm", [40.0, 53.0, 80.0])
def test_attenuation_is_the_integral_by_hand_for_every_head(
    camera: Camera, thickness_mm: float
) -> None:
    """(1 - exp(-mu T)) / mu: 3.02, 3.54 ... 4.70 cm at 4, 5 ... 8 cm."""
    grid = find_projector(camera).grid
    emission = build_uniform(camera, build_slab(thickness_mm, 150.0))
    row, col = np.abs(grid.upward_mm).argmin(), np.abs(grid.outward_mm - 20.0).argmin()
    expected_cm = -math.expm1(-MU_PER_CM * thickness_mm / 10.0) / MU_PER_CM
    for head in range(camera.heads):
        seen = emission.seen_by(head, MU_PER_CM)[:, row, col].sum()
        seen_cm = seen / CONCENTRATION / grid.voxel_cm2
        assert seen_cm == pytest.approx(expected_cm, rel=0.002)


@pytest.mark.parametrize("head", [0, 1])
def test_a_head_sees_a_source_through_the_tissue_before_it(head: int) -> None:
    """exp(-mu path) from the source to the surface on that side, not to the plate."""
    emission = build_uniform(DILON_6800_GP, SLAB)
    row, thinner = 80, np.flatnonzero(emission.filling[80] < 0.9)
    tip = thinner[emission.filling[80, thinner] > 0.5][0]
    layer = 7  # between the surfaces in either place
    height_mm = (layer + 0.5) * emission.layer_mm
    for col in (10, tip):
        emission.activity_bq[:] = 0.0
        emission.activity_bq[layer, row, col] = 1.0
        seen = emission.seen_by(head, MU_PER_CM)
        from_mm = float((emission.bottom_mm, emission.top_mm)[head][row, col])
        path_mm = height_mm - from_mm if head == 0 else from_mm - height_mm
        assert 0 < path_mm < SLAB.thickness_mm
        near = layer if head == 0 else len(seen) - 1 - layer
        expected = math.exp(-MU_PER_CM * path_mm / 10.0)
        assert seen[near, row, col] == pytest.approx(expected, rel=1e-4)
        assert seen.sum() == pytest.approx(expected, rel=1e-4)


def test_surfaces_lie_about_the_middle() -> None:
    emission = build_uniform(DILON_6800_GP, SLAB)
    assert emission.bottom_mm + emission.top_mm == pytest.approx(50.0, abs=1e-4)
    thick = emission.top_mm - emission.bottom_mm
    assert thick == pytest.approx(emission.filling * 50.0, abs=1e-4)


def test_nothing_is_seen_brighter_than_it_is() -> None:
    """The nipple hangs below the middle of the tip, where there is no tissue."""
    nipple = place_nipple(SLAB, 100.0)
    emission = build_uniform(DILON_6800_GP, SLAB, [nipple])
    assert (emission.seen_by(0, MU_PER_CM) <= emission.activity_bq).all()


@each_camera
@pytest.mark.parametrize("diameter_mm", [5.0, 10.0, 22.0])
def test_a_ball_replaces_what_was_there(camera: Camera, diameter_mm: float) -> None:
    ball = Ball(Place(40.3, 10.7, 25.0), diameter_mm, 8.0 * CONCENTRATION)
    without = build_uniform(camera, SLAB).activity_bq.sum(dtype=float)
    with_ball = build_uniform(camera, SLAB, [ball]).activity_bq.sum(dtype=float)
    volume_ml = math.pi / 6.0 * (diameter_mm / 10.0) ** 3
    expected = 7.0 * CONCENTRATION * volume_ml
    tolerance = 0.08 if diameter_mm < 8 else 0.03
    assert with_ball - without == pytest.approx(expected, rel=tolerance)


def test_balls_of_one_concentration_unite() -> None:
    """Two that overlap hold less than both apart: their lens counts once."""
    balls = [
        Ball(Place(40.0, up_mm, 25.0), 20.0, 8.0 * CONCENTRATION)
        for up_mm in (-5.0, 5.0)
    ]
    plain = build_uniform(DILON_6800_GP, SLAB).activity_bq.sum(dtype=float)
    both = build_uniform(DILON_6800_GP, SLAB, balls).activity_bq.sum(dtype=float)
    # Two spheres of radius r at distance d share pi (4r + d) (2r - d)^2 / 12.
    lens_ml = math.pi * (4 * 1.0 + 1.0) * (2 * 1.0 - 1.0) ** 2 / 12.0
    volume_ml = 2 * math.pi * 2.0**3 / 6.0 - lens_ml
    expected = 7.0 * CONCENTRATION * volume_ml
    assert both - plain == pytest.approx(expected, rel=0.03)


@each_camera
def test_a_void_takes_its_volume_out(camera: Camera) -> None:
    void = Void(Place(40.0, 5.0, 25.0), (30.0, 35.0, 20.0))
    full = build_uniform(camera, SLAB)
    grid = find_projector(camera).grid
    hollow = build_emission(grid, SLAB, LEVEL, muscle=0.0, voids=[void])
    volume_ml = 4.0 / 3.0 * math.pi * 3.0 * 3.5 * 2.0
    lost = full.activity_bq.sum(dtype=float) - hollow.activity_bq.sum(dtype=float)
    assert lost == pytest.approx(CONCENTRATION * volume_ml, rel=0.02)
    assert hollow.activity_bq.min() >= 0.0
    # It attenuates as before.
    assert np.array_equal(hollow.filling, full.filling)


def test_a_ball_outside_the_field_changes_nothing() -> None:
    ball = Ball(Place(400.0, 0.0, 25.0), 10.0, 100.0)
    without = build_uniform(DILON_6800_GP, SLAB)
    with_ball = build_uniform(DILON_6800_GP, SLAB, [ball])
    assert np.array_equal(without.activity_bq, with_ball.activity_bq)


def test_the_nipple_is_at_the_tip() -> None:
    nipple = place_nipple(replace(SLAB, offset_mm=7.0), 5.0)
    assert nipple.place.outward_mm > SLAB.length_mm
    assert nipple.place.upward_mm == 7.0


@each_camera
def test_skin_is_a_shell_of_its_thickness(camera: Camera) -> None:
    """Uniform skin of the tissue's concentration changes nothing; hot skin adds up."""
    grid = find_projector(camera).grid
    plain = build_uniform(camera, SLAB)
    same = build_emission(grid, SLAB, LEVEL, muscle=0.0, skin=CONCENTRATION)
    np.testing.assert_allclose(same.activity_bq, plain.activity_bq, 1e-3, 1e-6)
    hot = build_emission(grid, SLAB, LEVEL, muscle=0.0, skin=3.0 * CONCENTRATION)
    added = hot.activity_bq - plain.activity_bq
    row, col = np.abs(grid.upward_mm).argmin(), np.abs(grid.outward_mm - 20.0).argmin()
    column_ml = added[:, row, col].sum() / (2.0 * CONCENTRATION)
    assert column_ml == pytest.approx(2 * 0.15 * grid.voxel_cm2, rel=1e-3)
    # Over the whole: twice the footprint and the rounded edge, 1.5 mm thick.
    outline_cm = math.pi * 8.7  # a half-round of that area, about
    least = 2.0 * 0.15 * SLAB.area_cm2
    total_ml = added.sum(dtype=float) / (2.0 * CONCENTRATION)
    assert least < total_ml < least + 0.15 * 5.0 * outline_cm


def test_the_axilla_is_in_the_upper_corner_of_the_oblique_view_only() -> None:
    grid = find_projector(DILON_6800_GP).grid
    added = {}
    for projection in Projection:
        slab = replace(SLAB, projection=projection)
        plain, warm = (
            build_emission(grid, slab, LEVEL, muscle=0.0, axilla=value).activity_bq
            for value in (None, 2.0 * CONCENTRATION)
        )
        added[projection] = (warm - plain).sum(axis=0)
    assert not added[Projection.CC].any()
    oblique = added[Projection.MLO]
    row, col = (np.average(axis, weights=oblique) for axis in np.indices(oblique.shape))
    assert grid.upward_mm[round(row)] > 0.6 * SLAB.upper_mm
    assert grid.outward_mm[round(col)] < 0.3 * SLAB.length_mm


def test_a_place_in_the_cells_lies_where_the_anatomy_says() -> None:
    """A hot block of cells, found again in the slab; the anatomy says where."""
    grid = find_projector(DILON_6800_GP).grid
    cells = np.zeros(CELLS, np.float32)
    middle = [
        round(share * (count - 1))
        for share, count in zip((0.5, 0.65, 0.4), CELLS, strict=True)
    ]
    cells[tuple(slice(index - 2, index + 3) for index in middle)] = 1.0
    emission = build_emission(grid, SLAB, cells, muscle=0.0)
    total = emission.activity_bq.sum()
    up_mm = (emission.activity_bq.sum(axis=(0, 2)) * grid.upward_mm).sum() / total
    out_mm = (emission.activity_bq.sum(axis=(0, 1)) * grid.outward_mm).sum() / total
    layers = (np.arange(len(emission.activity_bq)) + 0.5) * emission.layer_mm
    high_mm = (emission.activity_bq.sum(axis=(1, 2)) * layers).sum() / total
    # Lateral 0.3: the share of a disc's area before that chord, across the width.
    share = 2.0 * (0.3 * math.sqrt(1 - 0.09) + math.asin(0.3)) / math.pi
    width_mm = SLAB.half_width_mm(0.5, upper=True)
    assert up_mm == pytest.approx(share * width_mm, abs=1.5)
    assert out_mm == pytest.approx(0.5 * SLAB.length_mm, abs=1.5)
    assert high_mm == pytest.approx(25.0 * (1.0 - 0.2 / math.sqrt(1 - 0.09)), abs=1.0)


@each_camera
def test_no_activity_gives_no_counts(camera: Camera) -> None:
    emission = build_uniform(camera, SLAB)
    nothing = 0 * emission.seen_by(0, MU_PER_CM)
    assert find_projector(camera).project(nothing, emission.layer_mm).max() == 0.0
