import pytest

from bsgi.physics.acceptance.count_density import check_densities, measure_density
from bsgi.physics.camera.catalogue import DILON_6800_GP, DILON_6800_HR


def test_counts_are_the_published_ones() -> None:
    checks = check_densities()
    assert len(checks) == 5
    assert all(check.passed for check in checks), checks


def test_density_follows_sensitivity() -> None:
    """The same slab through two collimators of one camera, blur apart."""
    ratio = measure_density(DILON_6800_HR) / measure_density(DILON_6800_GP)
    expected = (
        DILON_6800_HR.sensitivity_cps_per_mbq / DILON_6800_GP.sensitivity_cps_per_mbq
    )
    assert ratio == pytest.approx(expected, rel=0.01)
