from dataclasses import replace

import pytest
from scipy.stats import norm

from bsgi.errors import ConfigError
from bsgi.physics.camera.catalogue import CAMERAS, DILON_6800_GP, find_camera
from bsgi.physics.camera.record import Camera
from bsgi.physics.transport.scatter import find_scatter_model

each_camera = pytest.mark.parametrize("camera", CAMERAS.values(), ids=CAMERAS.keys())


@each_camera
def test_a_camera_is_found_by_its_name(camera: Camera) -> None:
    assert find_camera(camera.name) is camera
    assert camera.title


@each_camera
def test_resolution_worsens_and_sensitivity_is_possible(camera: Camera) -> None:
    widths = [camera.system_fwhm_mm(distance) for distance in (0.0, 20.0, 50.0, 100.0)]
    assert widths == sorted(widths)
    assert widths[0] >= camera.intrinsic_fwhm_mm
    photons = 1e6 * camera.isotope.abundance * camera.collimator.efficiency
    assert 0.4 * photons < camera.sensitivity_cps_per_mbq < photons
    assert camera.collimator.penetration < 0.05


@each_camera
def test_acceptance_is_that_of_a_normal_distribution(camera: Camera) -> None:
    """Against scipy.stats."""
    line = camera.isotope.photon_kev
    spectrum = norm(line, camera.energy_fwhm * line / 2.3548)
    lower, upper = camera.window_kev
    expected = spectrum.cdf(upper) - spectrum.cdf(lower)
    assert camera.window_acceptance == pytest.approx(expected, rel=1e-4)


@each_camera
def test_every_camera_has_a_scatter_model(camera: Camera) -> None:
    assert find_scatter_model(camera).own_amplitude(6.0) > 0


def test_dilon_sensitivity_is_176_cps_per_mbq() -> None:
    assert DILON_6800_GP.sensitivity_cps_per_mbq == pytest.approx(176, rel=0.05)
    assert DILON_6800_GP.stopping == pytest.approx(0.79, abs=0.005)
    assert DILON_6800_GP.window_acceptance == pytest.approx(0.93, abs=0.005)
    assert DILON_6800_GP.collimator.efficiency == pytest.approx(3.4e-4, rel=0.01)


@pytest.mark.parametrize(
    ("distance_mm", "fwhm_mm"),
    [(0.0, 4.0), (20.0, 5.1), (30.0, 5.7), (50.0, 7.0), (100.0, 10.6)],
)
def test_dilon_resolution_in_quadrature(distance_mm: float, fwhm_mm: float) -> None:
    measured = DILON_6800_GP.system_fwhm_mm(distance_mm)
    assert measured == pytest.approx(fwhm_mm, abs=0.06)


def test_dilon_has_3072_pixels_on_15_by_20_cm() -> None:
    assert DILON_6800_GP.rows * DILON_6800_GP.cols == 3072
    assert DILON_6800_GP.field_mm == pytest.approx((204.8, 153.6))


def test_an_unknown_camera_names_the_known_ones() -> None:
    with pytest.raises(ConfigError, match=r"must be one of dilon-6800-gp.*'dilon'"):
        find_camera("dilon")


def test_impossible_cameras_are_refused() -> None:
    with pytest.raises(ValueError, match=r"must hold 140.5 keV, got \(100.0, 120.0\)"):
        replace(DILON_6800_GP, window_kev=(100.0, 120.0))
    with pytest.raises(ValueError, match="sizes of dilon-6800-gp must be positive"):
        replace(DILON_6800_GP, rows=0)
    with pytest.raises(ValueError, match="shares of dilon-6800-gp must be in"):
        replace(DILON_6800_GP, fill=1.5)
    with pytest.raises(ValueError, match="gaps of dilon-6800-gp must not be negative"):
        replace(DILON_6800_GP, dead_edge_mm=-1.0)
    with pytest.raises(ValueError, match="two mean free paths"):
        replace(DILON_6800_GP.collimator, length_mm=0.5)
    with pytest.raises(ValueError, match="hole_mm and septum_mm must be positive"):
        replace(DILON_6800_GP.collimator, hole_mm=0.0)
