import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.special import erf

from bsgi.physics.acceptance.line_spread import (
    Profile,
    collimator_response,
    convolve_line,
    find_width_mm,
)
from bsgi.physics.camera.catalogue import CAMERAS, DILON_6800_GP, LUMAGEM_3200S
from bsgi.physics.camera.record import Camera

each_camera = pytest.mark.parametrize("camera", CAMERAS.values(), ids=CAMERAS.keys())


@each_camera
@pytest.mark.parametrize("distance_mm", [0.0, 50.0])
def test_the_collimator_keeps_all_photons_and_its_width(
    camera: Camera, distance_mm: float
) -> None:
    offset_mm = np.arange(-8000, 8001) * 0.01
    response = collimator_response(camera, distance_mm, offset_mm)
    assert response.sum() * 0.01 == pytest.approx(1.0, abs=1e-4)
    width_mm = find_width_mm(Profile(offset_mm, response))
    assert width_mm == pytest.approx(camera.collimator_fwhm_mm(distance_mm), abs=0.01)


def test_a_bell_curve_through_a_pixel_is_a_difference_of_error_functions() -> None:
    line = convolve_line(DILON_6800_GP, 30.0)
    scale = DILON_6800_GP.collimator_fwhm_mm(30.0) / 2.354820045 * math.sqrt(2)
    half_mm = 0.5 * DILON_6800_GP.pitch_mm
    exact = 0.5 * (
        erf((line.offset_mm + half_mm) / scale)
        - erf((line.offset_mm - half_mm) / scale)
    )
    assert line.response == pytest.approx(exact / DILON_6800_GP.pitch_mm, abs=1e-5)


def test_a_tent_through_a_pixel_of_its_width_has_the_known_peak() -> None:
    """A tent of FWHM w through a box of width w: 3/4 of its counts at the centre."""
    width_mm = LUMAGEM_3200S.collimator_fwhm_mm(20.0)
    camera = replace(LUMAGEM_3200S, pitch_mm=width_mm)
    line = convolve_line(camera, 20.0)
    assert float(line.response.max()) * width_mm == pytest.approx(0.75, abs=1e-3)


def test_a_width_is_interpolated_between_samples() -> None:
    offset_mm = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
    tent = Profile(offset_mm, np.array([0.0, 0.6, 1.2, 0.6, 0.0]))
    assert find_width_mm(tent) == pytest.approx(2.0)
    with pytest.raises(ValueError, match="must fall to half its peak on both sides"):
        find_width_mm(Profile(offset_mm, np.array([1.0, 1.0, 1.2, 0.6, 0.0])))
