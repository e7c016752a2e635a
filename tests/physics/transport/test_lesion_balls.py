import math

import numpy as np
import pytest

from bsgi.exam.record import Focus, Lesion, LesionShape, Projection, Side
from bsgi.physics.breast.anatomy import Place, Slab, place_in_slab
from bsgi.physics.breast.uptake import CELLS, Uptake
from bsgi.physics.camera.catalogue import CAMERAS
from bsgi.physics.camera.record import Camera
from bsgi.physics.transport.emission import Ball
from bsgi.physics.transport.lesion_balls import (
    find_local_concentration,
    outline_balls,
    place_lesion,
)
from bsgi.physics.transport.projector import find_projector

CC = Slab(Projection.CC, 50.0, 90.0, 60.0, 60.0)
MLO = Slab(Projection.MLO, 50.0, 90.0, 60.0, 60.0)
CELL_ONES = np.ones(CELLS, np.float32)
UPTAKE = Uptake(
    concentration=2.0,
    gland_share=0.2,
    gland_ratio=1.2,
    texture=0.1,
    nipple_ratio=1.0,
    muscle_ratio=1.0,
    skin_ratio=1.0,
    axilla_ratio=1.5,
)
each_camera = pytest.mark.parametrize("camera", CAMERAS.values(), ids=CAMERAS.keys())


def _lesion(
    position: tuple[float, float, float],
    diameter_mm: float,
    shape: LesionShape = LesionShape.MASS,
    foci: tuple[Focus, ...] = (),
) -> Lesion:
    return Lesion(Side.LEFT, True, "IDC", diameter_mm, 6.0, position, shape, foci)


def test_local_concentration_is_taken_around_the_place() -> None:
    cells = np.ones(CELLS, np.float32)
    cells[24:, :, :] = 3.0
    assert find_local_concentration(cells, (0.2, 0.0, 0.0), 10.0) == 1.0
    assert find_local_concentration(cells, (0.8, 0.5, -0.5), 10.0) == 3.0
    assert 1.0 < find_local_concentration(cells, (0.5, 0.0, 0.0), 10.0) < 3.0


def test_a_lesion_is_kept_between_paddle_and_detector() -> None:
    for along, diameter_mm, expected_mm in (
        (-0.99, 20.0, 10.0),
        (0.99, 20.0, 40.0),
        (0.99, 60.0, 25.0),
    ):
        lesion = _lesion((0.4, 0.0, along), diameter_mm)
        (ball,) = place_lesion(CC, lesion, CELL_ONES, UPTAKE)
        assert ball.place.height_mm == pytest.approx(expected_mm)


@pytest.mark.parametrize("slab", [CC, MLO], ids=["CC", "MLO"])
def test_a_mass_lies_where_the_anatomy_says_with_its_ratio(slab: Slab) -> None:
    position = (0.5, 0.2, -0.1)
    (ball,) = place_lesion(slab, _lesion(position, 8.0), 3.0 * CELL_ONES, UPTAKE)
    assert ball.place == place_in_slab(slab, position)
    assert ball.diameter_mm == 8.0
    assert ball.concentration == pytest.approx(18.0)


@pytest.mark.parametrize("shape", [LesionShape.SEGMENTAL, LesionShape.REGIONAL])
def test_all_balls_of_a_lesion_share_one_concentration(shape: LesionShape) -> None:
    cells = np.random.default_rng(1).random(CELLS, np.float32) + 1.0
    foci = tuple(Focus((0.3 + 0.05 * k, 0.1, 0.02 * k), 4.0 + k) for k in range(5))
    balls = place_lesion(
        MLO, _lesion((0.4, 0.1, 0.0), 30.0, shape, foci), cells, UPTAKE
    )
    assert len(balls) == 5
    assert len({ball.concentration for ball in balls}) == 1
    assert [ball.diameter_mm for ball in balls] == [4.0, 5.0, 6.0, 7.0, 8.0]


def test_a_node_is_seen_in_the_oblique_view_only_beside_the_axilla() -> None:
    node = _lesion((0.1, 0.5, 0.6), 9.0, LesionShape.NODE)
    assert place_lesion(CC, node, CELL_ONES, UPTAKE) == []
    (ball,) = place_lesion(MLO, node, CELL_ONES, UPTAKE)
    assert ball.concentration == pytest.approx(6.0 * 1.5 * 2.0)


@each_camera
def test_a_mask_has_the_area_of_the_lesion(camera: Camera) -> None:
    ball = Ball(Place(60.0, 5.0, 25.0), 30.0, 1.0)
    mask = outline_balls(find_projector(camera), [ball])
    # Pixels that are touched at all: a rim of half a pixel more than the disc.
    area_mm2 = mask.sum() * camera.pitch_mm**2
    rim_mm2 = math.pi * 30.0 * camera.pitch_mm
    assert 0 < area_mm2 - math.pi * 15.0**2 < rim_mm2


@each_camera
def test_the_mask_of_several_balls_is_their_union(camera: Camera) -> None:
    projector = find_projector(camera)
    balls = [Ball(Place(40.0 + 9.0 * k, 3.0, 25.0), 12.0, 1.0) for k in range(3)]
    apart = [outline_balls(projector, [ball]) for ball in balls]
    assert np.array_equal(outline_balls(projector, balls), np.any(apart, axis=0))
    assert not outline_balls(projector, []).any()
