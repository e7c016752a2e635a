"""Round templates against images that the projector makes elsewhere in the field."""

import numpy as np
import pytest

from bsgi.physics.breast.anatomy import Place
from bsgi.physics.camera.catalogue import CAMERAS, DILON_6800_GP
from bsgi.physics.observers.phantom import project_slab
from bsgi.physics.observers.templates import (
    DIAMETERS_MM,
    RADII_MM,
    average_over_directions,
    find_templates,
)
from bsgi.physics.transport.emission import Ball
from bsgi.physics.transport.projector import find_projector


@pytest.mark.parametrize("name", ["dilon-6800-gp", "ge-nm750b-wide"])
@pytest.mark.parametrize(("number", "height_mm"), [(2, 20.0), (4, 33.0), (6, 40.0)])
def test_a_template_is_the_image_of_its_sphere(
    name: str, number: int, height_mm: float
) -> None:
    camera, thickness_mm = CAMERAS[name], 60.0
    rows_mm, cols_mm = find_projector(camera).grid.pixel_centres_mm()
    place = Place(float(cols_mm[20]) + 1.1, float(rows_mm[25]) - 0.4, height_mm)
    ball = Ball(place, DIAMETERS_MM[number], 1.0)
    images = project_slab(camera, thickness_mm, 0.0, ball)
    radius_mm = np.hypot(
        (rows_mm - place.upward_mm)[:, None], (cols_mm - place.outward_mm)[None, :]
    )
    near = radius_mm < 30.0
    for head, image in enumerate(images):
        above_mm = height_mm if head == 0 else thickness_mm - height_mm
        found = find_templates(camera).image(thickness_mm, above_mm, radius_mm[near])
        error = np.sqrt(np.mean((found[number] - image[near]) ** 2))
        assert error < 0.03 * image.max()
        assert found[number].sum() == pytest.approx(image[near].sum(), rel=0.03)


def test_a_known_round_image_comes_back() -> None:
    camera = DILON_6800_GP
    rows_mm, cols_mm = find_projector(camera).grid.pixel_centres_mm()
    radius_mm = np.hypot((rows_mm - 0.5)[:, None], (cols_mm - 80.3)[None, :])
    image = np.exp(-0.5 * (radius_mm / 4.0) ** 2).astype(np.float32)
    found = average_over_directions(image, radius_mm, camera.pitch_mm)
    assert found == pytest.approx(np.exp(-0.5 * (RADII_MM / 4.0) ** 2), abs=0.02)


def test_a_sphere_too_large_for_its_place_is_moved_up() -> None:
    templates = find_templates(DILON_6800_GP)
    radius_mm = np.array([0.0, 5.0])
    low, right = (templates.image(60.0, h, radius_mm) for h in (2.0, 0.5 * 23.6))
    large = int(np.abs(np.array(DIAMETERS_MM) - 23.6).argmin())
    assert low[large] == pytest.approx(right[large], rel=0.05)
    assert low[0, 0] > right[0, 0]
