import numpy as np
import pytest

from bsgi.physics.camera.catalogue import CAMERAS
from bsgi.physics.camera.record import Camera
from bsgi.physics.transport.grid import LARGEST_VOXEL_MM, MARGIN_MM, build_grid

each_camera = pytest.mark.parametrize("camera", CAMERAS.values(), ids=CAMERAS.keys())


@each_camera
def test_voxels_are_fine_and_whole_per_pixel(camera: Camera) -> None:
    grid = build_grid(camera)
    assert grid.voxel_mm <= LARGEST_VOXEL_MM
    assert grid.per_pixel >= 2
    assert grid.voxel_mm * grid.per_pixel == pytest.approx(camera.pitch_mm)
    assert grid.voxel_cm2 == pytest.approx((camera.pitch_mm / grid.per_pixel / 10) ** 2)


@each_camera
def test_pixels_lie_where_the_detector_has_them(camera: Camera) -> None:
    upward_mm, outward_mm = build_grid(camera).pixel_centres_mm()
    assert outward_mm[0] == pytest.approx(camera.dead_edge_mm + camera.pitch_mm / 2)
    assert upward_mm[0] == pytest.approx((camera.rows - 1) / 2 * camera.pitch_mm)
    assert upward_mm.sum() == pytest.approx(0.0, abs=1e-3)
    assert (len(upward_mm), len(outward_mm)) == (camera.rows, camera.cols)


@each_camera
def test_there_is_room_on_every_side_of_the_field(camera: Camera) -> None:
    grid = build_grid(camera)
    edge_mm = 0.5 * camera.rows * camera.pitch_mm + MARGIN_MM - grid.voxel_mm
    assert grid.upward_mm[0] > edge_mm
    assert grid.upward_mm[-1] < -edge_mm
    far_mm = camera.dead_edge_mm + camera.cols * camera.pitch_mm + MARGIN_MM
    assert grid.outward_mm[-1] > far_mm - grid.voxel_mm
    assert abs(grid.outward_mm[0]) < grid.voxel_mm


@each_camera
def test_pixel_centres_follow_from_the_record(camera: Camera) -> None:
    rows = (0.5 * (camera.rows - 1) - np.arange(camera.rows)) * camera.pitch_mm
    cols = camera.dead_edge_mm + (np.arange(camera.cols) + 0.5) * camera.pitch_mm
    found = build_grid(camera).pixel_centres_mm()
    for mine, theirs in zip((rows, cols), found, strict=True):
        assert mine == pytest.approx(theirs, abs=1e-3)
