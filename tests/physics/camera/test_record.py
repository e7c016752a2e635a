from dataclasses import replace

import pytest
from scipy.stats import exponnorm, norm

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
def test_acceptance_is_that_of_known_distributions(camera: Camera) -> None:
    """Against scipy.stats: a bell curve, and for a share one with an exponential."""
    energy, line = camera.energy, camera.isotope.photon_kev
    sigma = energy.fwhm * line / 2.3548
    lower, upper = camera.window_kev
    bell = norm(line, sigma)
    expected = bell.cdf(upper) - bell.cdf(lower)
    if energy.tail:
        lost = exponnorm(energy.tail_kev / sigma, -line, sigma)  # of minus the energy
        in_tail = lost.cdf(-lower) - lost.cdf(-upper)
        expected = (1 - energy.tail) * expected + energy.tail * in_tail
    assert camera.window_acceptance == pytest.approx(expected, rel=1e-4)


@each_camera
def test_a_wider_window_takes_in_more(camera: Camera) -> None:
    lower, upper = camera.window_kev
    wider = replace(camera, window_kev=(lower - 10.0, upper))
    assert wider.sensitivity_cps_per_mbq > camera.sensitivity_cps_per_mbq


@each_camera
def test_sensitivity_is_the_product_of_its_parts(camera: Camera) -> None:
    half = replace(camera, fill=camera.fill / 2)
    assert half.sensitivity_cps_per_mbq == pytest.approx(
        camera.sensitivity_cps_per_mbq / 2
    )
    thick = replace(camera, crystal_mm=1000.0)
    assert thick.sensitivity_cps_per_mbq == pytest.approx(
        camera.sensitivity_cps_per_mbq / camera.stopping
    )


@each_camera
def test_every_camera_has_a_scatter_model(camera: Camera) -> None:
    assert find_scatter_model(camera) is not None


def test_an_unknown_camera_names_the_known_ones() -> None:
    with pytest.raises(ConfigError, match=r"must be one of dilon-6800-gp.*'dilon'"):
        find_camera("dilon")


def test_impossible_cameras_are_refused() -> None:
    with pytest.raises(ValueError, match=r"must hold 140.5 keV, got \(100.0, 120.0\)"):
        replace(DILON_6800_GP, window_kev=(100.0, 120.0))
    with pytest.raises(ValueError, match="sizes of dilon-6800-gp must be positive"):
        replace(DILON_6800_GP, rows=0)
    with pytest.raises(ValueError, match="fill of dilon-6800-gp must be in"):
        replace(DILON_6800_GP, fill=1.5)
    with pytest.raises(ValueError, match="gaps of dilon-6800-gp must not be negative"):
        replace(DILON_6800_GP, dead_edge_mm=-1.0)
    with pytest.raises(ValueError, match="two mean free paths"):
        replace(DILON_6800_GP.collimator, length_mm=0.5)
    with pytest.raises(ValueError, match="hole_mm and septum_mm must be positive"):
        replace(DILON_6800_GP.collimator, hole_mm=0.0)
    with pytest.raises(ValueError, match=r"must fill 64 x 48 pixels, got \(7, 8\)"):
        replace(DILON_6800_GP, module=(7, 8))
