from dataclasses import replace

import pytest

from bsgi.physics.acceptance.lesion_sums import Sphere
from bsgi.physics.acceptance.phantom import (
    LESION_OUTWARD_MM,
    build_round_slab,
    find_middle,
    measure_box,
    project_ratio,
    sum_scatter,
)
from bsgi.physics.camera.catalogue import CAMERAS, DILON_6800_GP
from bsgi.physics.camera.record import Camera
from bsgi.physics.transport.projector import find_projector

each_camera = pytest.mark.parametrize("camera", CAMERAS.values(), ids=CAMERAS.keys())


@pytest.mark.parametrize("area_cm2", [80.0, 120.0])
def test_a_round_slab_has_its_area(area_cm2: float) -> None:
    assert build_round_slab(60.0, area_cm2).area_cm2 == pytest.approx(area_cm2)


@each_camera
def test_lesions_lie_above_a_pixel_where_they_should(camera: Camera) -> None:
    row, col = find_middle(camera)
    upward_mm, outward_mm = find_projector(camera).grid.pixel_centres_mm()
    assert abs(outward_mm[col] - LESION_OUTWARD_MM) <= 0.5 * camera.pitch_mm
    assert abs(upward_mm[row]) <= camera.pitch_mm


def test_scatter_where_lesions_lie_is_that_of_the_whole_breast() -> None:
    """The breast's mean of a box is 0.36 at 6 cm under an open paddle."""
    scatter = sum_scatter(DILON_6800_GP, build_round_slab(60.0))
    there = scatter.own + scatter.torso[len(scatter.torso) // 2]
    assert there == pytest.approx(0.36, abs=0.06)


def test_a_lesion_is_brightest_in_its_own_pixel() -> None:
    slab = build_round_slab(50.0)
    middle = find_middle(DILON_6800_GP)
    image = project_ratio(DILON_6800_GP, slab, Sphere(10.0, 8.0, 25.0), middle)
    size = len(image)
    assert int(image.argmax()) == (size // 2) * size + size // 2
    assert image == pytest.approx(image[::-1], rel=0.02)


def test_a_box_of_another_thickness_scatters_otherwise() -> None:
    camera = replace(DILON_6800_GP, heads=2)
    thin, thick = (measure_box(camera, t, torso=True) for t in (4.0, 8.0))
    assert thin.shape == (9,)
    assert (thin < thick).all()
