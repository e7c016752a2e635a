from dataclasses import replace

import numpy as np
import pytest
from jaxtyping import Float32

from bsgi.physics.acceptance import resolution
from bsgi.physics.acceptance.resolution import (
    DISTANCES_MM,
    check_resolution,
    check_voxels,
    measure_width_mm,
    trace_voxels,
)
from bsgi.physics.camera.catalogue import CAMERAS, DILON_6800_GP
from bsgi.physics.transport.projector import Projector, find_projector


@pytest.mark.parametrize("name", CAMERAS)
def test_every_camera_has_the_width_of_its_convolution(name: str) -> None:
    checks = check_resolution(name)
    assert len(checks) == 2 * len(DISTANCES_MM)
    assert all(check.passed for check in checks), checks
    assert all("in quadrature" in check.note for check in checks[:5])
    assert all("a strip that fills" in check.note for check in checks[5:])


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


@pytest.mark.parametrize("name", CAMERAS)
@pytest.mark.parametrize(("times", "more_mm"), [(2.0, 0.0), (0.5, 0.0), (1.0, 20.0)])
def test_a_blur_from_a_wrong_height_is_found(
    monkeypatch: pytest.MonkeyPatch, name: str, times: float, more_mm: float
) -> None:
    """Every distance that is changed fails; at the face twice nothing is nothing."""
    right = Projector._transfer
    heights = []

    def wrong(
        self: Projector, height_mm: float
    ) -> tuple[Float32[np.ndarray, " row"], Float32[np.ndarray, " frequency"]]:
        heights.append(height_mm)
        return right(self, times * height_mm + more_mm)

    monkeypatch.setattr(Projector, "_transfer", wrong)
    checks = check_voxels(name)
    changed = [times * mm + more_mm != mm for mm in DISTANCES_MM]
    assert [not check.passed for check in checks] == changed
    assert set(DISTANCES_MM) <= set(heights)


@pytest.mark.parametrize("name", CAMERAS)
def test_voxels_are_sampled_a_voxel_apart(name: str) -> None:
    step_mm = find_projector(CAMERAS[name]).grid.voxel_mm
    seen = trace_voxels(CAMERAS[name], 30.0)
    assert np.diff(seen.offset_mm) == pytest.approx(step_mm, abs=1e-4)
