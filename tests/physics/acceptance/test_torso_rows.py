import math

import numpy as np
import pytest

from bsgi.physics import simulate
from bsgi.physics.acceptance.torso_rows import CAMERAS, check_torso, sum_torso_counts
from bsgi.physics.camera.catalogue import CAMERAS as EVERY
from bsgi.physics.camera.catalogue import DILON_6800_GP
from bsgi.physics.transport.torso import find_torso_cm


@pytest.mark.parametrize("name", CAMERAS)
def test_first_columns_see_of_the_torso_what_rays_say(name: str) -> None:
    (check,) = check_torso(name)
    assert check.passed, check
    assert check.value > 0.1


@pytest.mark.parametrize("name", CAMERAS)
@pytest.mark.parametrize("factor", [0.0, 0.9, 1.15])
def test_another_share_of_the_torso_is_found(
    monkeypatch: pytest.MonkeyPatch, name: str, factor: float
) -> None:
    monkeypatch.setattr(
        simulate, "find_torso_cm", lambda *words: factor * find_torso_cm(*words)
    )
    assert not check_torso(name)[0].passed


def test_cameras_stand_for_both_kinds() -> None:
    assert {EVERY[name].heads for name in CAMERAS} == {1, 2}


def test_a_camera_that_looks_at_nothing_but_torso_sees_its_depth(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Far behind the chest wall: a column 20 cm deep that water attenuates."""
    monkeypatch.setattr(
        "bsgi.physics.acceptance.torso_rows.collimator_response",
        lambda _camera, _height, offset: np.where(
            np.abs(offset - 45.0) < 5.0, 0.1, 0.0
        ),
    )
    # Rays so slanted that they stay in the torso, or in a breast without end.
    monkeypatch.setattr("bsgi.physics.acceptance.torso_rows.MU_PER_CM", 0.1537)
    depth_cm = -math.expm1(-0.1537 * 20.0) / 0.1537
    pixel = DILON_6800_GP.pitch_mm**2 / 100.0
    scale = pixel * DILON_6800_GP.sensitivity_cps_per_mbq * 1e-6
    assert sum_torso_counts(DILON_6800_GP, 500.0) / scale == pytest.approx(
        depth_cm, rel=0.01
    )
