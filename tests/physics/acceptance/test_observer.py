import numpy as np
import pytest

from bsgi.physics.acceptance.observer import check_observer
from bsgi.physics.camera.catalogue import CAMERAS
from bsgi.physics.observers import uniform
from bsgi.physics.observers.channels import laguerre_gauss
from bsgi.physics.observers.uniform import D_PRIME


@pytest.mark.parametrize("name", CAMERAS)
def test_the_observer_reaches_the_ideal_on_a_uniform_background(name: str) -> None:
    (check,) = check_observer(name, 3)
    assert check.passed, check
    assert check.value == pytest.approx(D_PRIME, rel=0.1)


def test_channels_that_miss_the_lesion_are_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        uniform,
        "laguerre_gauss",
        lambda mm, width, _: np.asarray(laguerre_gauss(mm, 4 * width, 2)),
    )
    assert not check_observer("dilon-6800-gp", 3)[0].passed
