"""What the comparison needs; `tests/physics/acceptance` compares on every camera."""

import pytest

from bsgi.physics.camera.catalogue import DILON_6800_GP
from bsgi.physics.observers.uniform import D_PRIME, measure_on_uniform


def test_the_task_has_its_detectability_and_a_known_error() -> None:
    found = measure_on_uniform(DILON_6800_GP, seed=1, images=4000)
    assert found.ideal.small_signal == pytest.approx(D_PRIME)
    error = found.observer.standard_error / found.ideal.d_prime
    assert error < 0.02
    assert found.efficiency == pytest.approx(1.0, abs=4 * error + 0.01)
