import pytest

from bsgi.physics.acceptance import sensitivity
from bsgi.physics.acceptance.sensitivity import check_sensitivity, derive_sensitivity
from bsgi.physics.camera.catalogue import CAMERAS, find_camera


@pytest.mark.parametrize("name", CAMERAS)
def test_every_camera_counts_what_its_record_says(name: str) -> None:
    assert all(check.passed for check in check_sensitivity(name))
    camera = find_camera(name)
    assert derive_sensitivity(camera) == pytest.approx(
        camera.sensitivity_cps_per_mbq, rel=1e-9
    )


def test_lost_counts_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sensitivity, "measure_sensitivity", lambda _: 0.9 * 176.8)
    assert not check_sensitivity("dilon-6800-gp")[0].passed
