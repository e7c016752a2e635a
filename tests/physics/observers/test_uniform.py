"""The channelized observer is within 5 % of the ideal one, for every camera."""

import pytest

from bsgi.physics.camera.catalogue import CAMERAS
from bsgi.physics.camera.record import Camera
from bsgi.physics.observers.uniform import D_PRIME, measure_on_uniform


@pytest.mark.parametrize("camera", CAMERAS.values(), ids=CAMERAS.keys())
def test_it_is_within_5_percent_of_the_ideal(camera: Camera) -> None:
    found = measure_on_uniform(camera, seed=1, images=6000)
    assert found.ideal.small_signal == pytest.approx(D_PRIME)
    error = found.observer.standard_error / found.ideal.d_prime
    assert error < 0.013
    assert found.efficiency == pytest.approx(1.0, abs=0.05)
