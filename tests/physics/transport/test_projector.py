import math

import numpy as np
import pytest
from scipy.special import erf

from bsgi.physics.camera.catalogue import CAMERAS
from bsgi.physics.camera.record import Camera
from bsgi.physics.transport.projector import LARGEST_VOXEL_MM, find_projector

each_camera = pytest.mark.parametrize("camera", CAMERAS.values(), ids=CAMERAS.keys())
DISTANCES = [0.0, 20.0, 30.0, 50.0, 100.0]


def _line_response(
    camera: Camera, distance_mm: float, offsets_mm: list[float]
) -> list[float]:
    """Collimator Gaussian convolved with the pixel's box, in closed form."""
    sigma_mm = camera.collimator_fwhm_mm(distance_mm) / 2.354820045
    half_mm = 0.5 * camera.pitch_mm
    return [
        0.5
        * float(
            erf((offset + half_mm) / (sigma_mm * math.sqrt(2)))
            - erf((offset - half_mm) / (sigma_mm * math.sqrt(2)))
        )
        for offset in offsets_mm
    ]


@each_camera
def test_grid_covers_field_and_dead_edge(camera: Camera) -> None:
    grid = find_projector(camera).grid
    assert grid.voxel_mm <= LARGEST_VOXEL_MM
    assert grid.voxel_mm * grid.per_pixel == pytest.approx(camera.pitch_mm)
    upward_mm, outward_mm = grid.pixel_centres_mm()
    assert outward_mm[0] == pytest.approx(camera.dead_edge_mm + camera.pitch_mm / 2)
    assert upward_mm[0] == pytest.approx((camera.rows - 1) / 2 * camera.pitch_mm)
    assert upward_mm.sum() == pytest.approx(0.0, abs=1e-3)
    assert (len(upward_mm), len(outward_mm)) == (camera.rows, camera.cols)


@each_camera
@pytest.mark.parametrize("distance_mm", DISTANCES)
def test_a_line_is_blurred_by_collimator_and_pixel(
    camera: Camera, distance_mm: float
) -> None:
    projector = find_projector(camera)
    grid = projector.grid
    plane = np.zeros((grid.rows, grid.cols), np.float32)
    line = grid.first_col + 20 * grid.per_pixel
    plane[:, line] = 1.0
    spectrum = np.fft.rfft2(plane).astype(np.complex64) * projector.blur(distance_mm)
    pixels = projector.bin_to_pixels(projector.invert(spectrum))
    profile = pixels[camera.rows // 2] / grid.per_pixel
    _, outward_mm = grid.pixel_centres_mm()
    offsets_mm = [float(x) for x in outward_mm - grid.outward_mm[line]]
    expected = _line_response(camera, distance_mm, offsets_mm)
    # 2 %: what sampling by voxels leaves of the sharpest response, at the collimator.
    assert profile == pytest.approx(expected, abs=0.02 * max(expected))


@each_camera
@pytest.mark.parametrize("distance_mm", DISTANCES)
def test_the_width_is_no_more_than_quadrature_says(
    camera: Camera, distance_mm: float
) -> None:
    """A box is narrower than the bell curve that the sum in quadrature takes it for."""
    offsets_mm = [0.01 * step for step in range(2000)]
    response = np.array(_line_response(camera, distance_mm, offsets_mm))
    half = 2.0 * offsets_mm[int(np.argmax(response < 0.5 * response[0]))]
    ratio = half / camera.system_fwhm_mm(distance_mm)
    assert 0.80 < ratio < 1.01


@each_camera
def test_a_source_in_air_gives_the_sensitivity_at_every_height(camera: Camera) -> None:
    projector = find_projector(camera)
    grid = projector.grid
    for layer in (0, 10, 25):
        emission = np.zeros((30, grid.rows, grid.cols), np.float32)
        emission[layer, grid.rows // 2, grid.cols // 2] = 1e6
        counts = projector.project(emission).sum()
        # 0.5 %: a point at the face is sharper than the voxels; its ringing is cut.
        assert counts == pytest.approx(camera.sensitivity_cps_per_mbq, rel=5e-3)


@each_camera
def test_projection_is_linear_and_never_negative(camera: Camera) -> None:
    projector = find_projector(camera)
    shape = (12, projector.grid.rows, projector.grid.cols)
    one, other = np.random.default_rng(11).random((2, *shape), np.float32)
    together = projector.project(one + 2 * other)
    apart = projector.project(one) + 2 * projector.project(other)
    assert together == pytest.approx(apart, rel=1e-4)
    spot = np.zeros(shape, np.float32)
    spot[5, 40, 40] = 1.0
    assert projector.project(spot).min() >= 0


@each_camera
def test_activity_behind_the_dead_edge_is_not_seen(camera: Camera) -> None:
    projector = find_projector(camera)
    emission = np.zeros((4, projector.grid.rows, projector.grid.cols), np.float32)
    emission[0, :, 0] = 1.0
    assert (
        projector.project(emission).max()
        < 1e-3
        * projector.project(np.roll(emission, projector.grid.cols // 2, axis=2)).max()
    )


@each_camera
def test_a_projector_is_built_once(camera: Camera) -> None:
    assert find_projector(camera) is find_projector(camera)
