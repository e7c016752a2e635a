from dataclasses import replace

import pytest

from bsgi.physics.acceptance import resolution
from bsgi.physics.acceptance.resolution import check_resolution, measure_width_mm
from bsgi.physics.camera.catalogue import CAMERAS, DILON_6800_GP


@pytest.mark.parametrize("name", CAMERAS)
def test_every_camera_has_the_width_of_its_convolution(name: str) -> None:
    checks = check_resolution(name)
    assert len(checks) == 5
    assert all(check.passed for check in checks), checks
    assert all("in quadrature" in check.note for check in checks)


def test_another_collimator_than_the_record_says_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    worn = replace(
        DILON_6800_GP,
        collimator=replace(DILON_6800_GP.collimator, hole_mm=2.05),
    )
    monkeypatch.setattr(
        resolution, "measure_width_mm", lambda _, mm: measure_width_mm(worn, mm)
    )
    failed = [check for check in check_resolution("dilon-6800-gp") if not check.passed]
    assert len(failed) >= 3
