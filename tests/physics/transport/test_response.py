"""The shadow of a point, against integrals by SciPy and closed forms."""

import math

import numpy as np
import pytest
from scipy.integrate import quad

from bsgi.physics.camera.catalogue import CAMERAS
from bsgi.physics.camera.collimator import HoleShape
from bsgi.physics.camera.record import Camera
from bsgi.physics.transport.response import share_before, share_per_voxel

each_camera = pytest.mark.parametrize("camera", CAMERAS.values(), ids=CAMERAS.keys())


def _density(shape: HoleShape, fwhm_mm: float, offset_mm: float) -> float:
    """The curve itself, written down apart from its integral."""
    if shape is HoleShape.SQUARE:
        return max(0.0, 1.0 - abs(offset_mm) / fwhm_mm) / fwhm_mm
    sigma = fwhm_mm / math.sqrt(8.0 * math.log(2.0))
    return math.exp(-0.5 * (offset_mm / sigma) ** 2) / (sigma * math.sqrt(2 * math.pi))


@pytest.mark.parametrize("shape", HoleShape)
@pytest.mark.parametrize("fwhm_mm", [1.36, 6.0])
def test_the_share_is_the_integral_of_the_curve(
    shape: HoleShape, fwhm_mm: float
) -> None:
    for until_mm in (-2.0, -0.3, 0.0, 0.7, 4.0):
        expected, _ = quad(
            lambda x: _density(shape, fwhm_mm, x),
            -5 * fwhm_mm,
            until_mm,
            points=[-fwhm_mm, 0.0, min(fwhm_mm, until_mm)],
            limit=200,
        )
        measured = float(share_before(shape, fwhm_mm, np.array([until_mm]))[0])
        assert measured == pytest.approx(expected, abs=1e-7)


@pytest.mark.parametrize("shape", HoleShape)
def test_the_curve_falls_to_half_at_half_the_width(shape: HoleShape) -> None:
    step = 1e-4
    places = np.array([0.0, 2.0])
    after, before = (share_before(shape, 4.0, places + s) for s in (step, -step))
    height = (after - before) / (2 * step)
    assert height[1] / height[0] == pytest.approx(0.5, abs=1e-4)


def test_square_holes_cast_the_autocorrelation_of_a_square() -> None:
    """A hole's opening slid over itself, on a fine grid."""
    opening = np.ones(500)
    overlap = np.convolve(opening, opening) / 500.0**2
    edges_mm = (np.arange(len(overlap) + 1) - len(overlap) / 2) * 0.01
    shares = np.diff(share_before(HoleShape.SQUARE, 5.0, edges_mm))
    assert shares == pytest.approx(overlap, abs=2e-5)


@each_camera
@pytest.mark.parametrize("shift_mm", [0.0, 0.31])
@pytest.mark.parametrize("height_mm", [0.0, 50.0])
def test_shares_per_voxel_add_up_and_keep_the_place(
    camera: Camera, shift_mm: float, height_mm: float
) -> None:
    voxel_mm = 0.8
    shares = share_per_voxel(camera, height_mm, voxel_mm, 200, shift_mm)
    offsets_mm = np.fft.fftfreq(200) * 200 * voxel_mm
    assert shares.min() >= 0.0
    assert shares.sum() == pytest.approx(1.0, abs=1e-9)
    assert (shares * offsets_mm).sum() == pytest.approx(shift_mm, abs=0.03)
