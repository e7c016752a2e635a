import numpy as np
import pytest
from jaxtyping import Float

from bsgi.physics.camera.catalogue import CAMERAS
from bsgi.physics.camera.collimator import HoleShape
from bsgi.physics.camera.record import Camera
from bsgi.physics.transport.projector import find_projector

each_camera = pytest.mark.parametrize("camera", CAMERAS.values(), ids=CAMERAS.keys())
DISTANCES = [0.0, 20.0, 30.0, 50.0, 100.0]
STEP_MM = 0.01


def _convolve(
    camera: Camera, distance_mm: float
) -> tuple[Float[np.ndarray, " place"], Float[np.ndarray, " place"]]:
    """Collimator response and pixel box, convolved as sampled curves, peak 1."""
    fwhm_mm = camera.collimator_fwhm_mm(distance_mm)
    count = int(4 * (fwhm_mm + camera.pitch_mm) / STEP_MM)
    place = (np.arange(2 * count + 1) - count) * STEP_MM
    if camera.collimator.shape is HoleShape.SQUARE:
        curve = np.clip(1.0 - np.abs(place) / fwhm_mm, 0.0, None)
    else:
        curve = 2.0 ** (-((2.0 * place / fwhm_mm) ** 2))
    box = np.ones(round(camera.pitch_mm / STEP_MM))
    together = np.convolve(curve, box, mode="same")
    return place, together / together.max()


def _width(
    place: Float[np.ndarray, " place"], curve: Float[np.ndarray, " place"]
) -> float:
    """Full width at half maximum, linear between samples."""
    above = np.flatnonzero(curve >= 0.5 * curve.max())
    ends = []
    for inner, outer in ((above[0], above[0] - 1), (above[-1], above[-1] + 1)):
        share = (curve[inner] - 0.5 * curve.max()) / (curve[inner] - curve[outer])
        ends.append(place[inner] + share * (place[outer] - place[inner]))
    return float(ends[1] - ends[0])


def _trace(
    camera: Camera, distance_mm: float
) -> tuple[Float[np.ndarray, " place"], Float[np.ndarray, " place"]]:
    """The projector's response to a line at 40 places within a pixel."""
    projector = find_projector(camera)
    places, shares = [], []
    for offset_mm in (np.arange(40) / 40 - 0.5) * camera.pitch_mm:
        place, share = projector.line_response(distance_mm, float(offset_mm))
        places.append(place)
        shares.append(share)
    place = np.concatenate(places)
    order = np.argsort(place)
    return place[order], np.concatenate(shares)[order].astype(float)


@each_camera
@pytest.mark.parametrize("distance_mm", DISTANCES)
def test_system_resolution_is_the_convolution_of_response_and_pixel(
    camera: Camera, distance_mm: float
) -> None:
    expected = _width(*_convolve(camera, distance_mm))
    assert _width(*_trace(camera, distance_mm)) == pytest.approx(expected, rel=0.01)
    # Neither a box nor a tent is the bell curve that data sheets take it for.
    assert 0.75 < expected / camera.system_fwhm_mm(distance_mm) < 1.05


@each_camera
@pytest.mark.parametrize("distance_mm", DISTANCES)
def test_the_whole_response_to_a_line_is_that_convolution(
    camera: Camera, distance_mm: float
) -> None:
    place, share = _trace(camera, distance_mm)
    known, curve = _convolve(camera, distance_mm)
    expected = np.interp(place, known, curve, left=0.0, right=0.0)
    assert share / share.max() == pytest.approx(expected, abs=0.01)


@each_camera
@pytest.mark.parametrize("distance_mm", [1.0, 49.0])
def test_a_line_of_voxels_has_that_response(camera: Camera, distance_mm: float) -> None:
    """The same through `project`, as activity in a layer of a breast."""
    projector = find_projector(camera)
    grid = projector.grid
    layers = np.zeros((1, grid.rows, grid.cols), np.float32)
    voxel = grid.first_col + camera.cols // 2 * grid.per_pixel
    layers[0, :, voxel] = 1.0
    counts = projector.project(layers, 2.0 * distance_mm)[camera.rows // 2]
    middle_mm = grid.pixel_centres_mm()[1][camera.cols // 2]
    offset_mm = float(grid.outward_mm[voxel] - middle_mm)
    _, expected = projector.line_response(distance_mm, offset_mm)
    scale = projector.cps_per_bq * grid.per_pixel
    assert counts / scale == pytest.approx(expected, abs=1e-5)


@each_camera
def test_a_source_in_air_gives_the_sensitivity_at_every_height(camera: Camera) -> None:
    projector = find_projector(camera)
    grid = projector.grid
    for layer in (0, 10, 25, 49):
        layers = np.zeros((50, grid.rows, grid.cols), np.float32)
        layers[layer, grid.rows // 2, grid.cols // 2] = 1e6
        counts = projector.project(layers, 2.0)
        assert counts.sum() == pytest.approx(camera.sensitivity_cps_per_mbq, rel=1e-4)


@each_camera
def test_a_point_at_the_face_does_not_ring(camera: Camera) -> None:
    """Nothing is seen beyond the tent's foot or the bell curve's tail."""
    projector = find_projector(camera)
    grid = projector.grid
    plane = np.zeros((1, grid.rows, grid.cols), np.float32)
    row, col = grid.rows // 2, grid.cols // 2
    plane[0, row, col] = 1.0
    spectrum = np.fft.rfft2(plane)[0].astype(np.complex64) * projector.blur(0.0)
    image = projector.invert(spectrum)
    assert image.min() > -1e-6
    reach = 1 + int(2.0 * camera.collimator_fwhm_mm(0.0) / grid.voxel_mm)
    image[row - reach : row + reach + 1, col - reach : col + reach + 1] = 0.0
    assert np.abs(image).max() < 1e-5


@each_camera
def test_projection_is_linear_and_never_negative(camera: Camera) -> None:
    projector = find_projector(camera)
    shape = (5, projector.grid.rows, projector.grid.cols)
    one, other = np.random.default_rng(11).random((2, *shape), np.float32)
    together = projector.project(one + 2 * other, 1.9)
    apart = projector.project(one, 1.9) + 2 * projector.project(other, 1.9)
    assert together == pytest.approx(apart, rel=1e-4)
    spot = np.zeros(shape, np.float32)
    spot[3, 60, 60] = 1.0
    assert projector.project(spot, 1.9).min() >= 0


@each_camera
def test_two_layers_of_one_band_blur_as_their_middle(camera: Camera) -> None:
    projector = find_projector(camera)
    grid = projector.grid
    layers = np.zeros((3, grid.rows, grid.cols), np.float32)
    layers[0, 60, 60] = 1.0
    first = projector.project(layers, 2.0)
    second = projector.project(np.roll(layers, 1, axis=0), 2.0)
    third = projector.project(np.roll(layers, 2, axis=0), 2.0)
    assert np.array_equal(first, second)
    assert third.max() < first.max()
    flat = projector.project(layers[:1], 4.0)
    assert first == pytest.approx(flat, abs=1e-6 * float(flat.max()))


@each_camera
def test_activity_does_not_come_in_by_the_other_end(camera: Camera) -> None:
    """Sources in the margin, 10 cm high, light up their own end of the field only."""
    projector = find_projector(camera)
    grid = projector.grid
    layers = np.zeros((1, grid.rows, grid.cols), np.float32)
    layers[0, -1, :] = 1.0
    counts = projector.project(layers, 200.0)
    inside = projector.project(np.roll(layers, -grid.rows // 2, axis=1), 200.0)
    assert counts[: camera.rows // 2].max() < 1e-4 * inside.max()


@each_camera
def test_the_live_field_begins_behind_the_dead_edge(camera: Camera) -> None:
    place_mm, counted = find_projector(camera).scan_edge()
    half_mm = np.interp(0.5, counted, place_mm)
    assert half_mm == pytest.approx(camera.dead_edge_mm, abs=0.1)
    assert counted[0] < 1e-3
    assert counted[-1] == pytest.approx(1.0, abs=1e-3)


@each_camera
def test_a_projector_is_built_once(camera: Camera) -> None:
    assert find_projector(camera) is find_projector(camera)
