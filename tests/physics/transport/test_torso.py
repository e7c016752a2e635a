"""The torso past the dead edge, against rays that are followed one by one."""

import math

import numpy as np
import pytest

from bsgi.physics.camera.catalogue import CAMERAS, DILON_6800_GP, LUMAGEM_3200S
from bsgi.physics.camera.record import Camera
from bsgi.physics.transport.torso import TORSO_MM, TORSO_MU_PER_CM, find_torso_cm

each_camera = pytest.mark.parametrize("camera", CAMERAS.values(), ids=CAMERAS.keys())


def _follow_rays(camera: Camera, thickness_mm: float, rays: int) -> tuple[float, float]:
    """Depth seen by the first column of pixels and its standard error, by chance.

    Rays start at any place of a wide source at any height, are displaced by the
    collimator's shadow and pass the first column or not. Their path through the torso
    and the breast is summed in short steps.
    """
    rng = np.random.default_rng(7)
    wide_mm = 60.0
    start = -wide_mm * rng.random(rays)
    high = TORSO_MM * rng.random(rays)
    near_mm, far_mm = (camera.collimator_fwhm_mm(h) for h in (0.0, 100.0))
    width = near_mm + (far_mm - near_mm) * high / 100.0
    if camera.heads == 2:  # square holes: a tent is the sum of two boxes
        shift = width * (rng.random(rays) + rng.random(rays) - 1.0)
    else:
        shift = width / math.sqrt(8 * math.log(2)) * rng.standard_normal(rays)
    end = start + shift
    seen = (end >= camera.dead_edge_mm) & (end < camera.dead_edge_mm + camera.pitch_mm)
    inside_mm = camera.collimator.length_mm + camera.back_gap_mm
    height = np.arange(0.5, TORSO_MM, 1.0)
    begin, finish, top = (values[seen][:, None] for values in (start, end, high))
    share = (height + inside_mm) / (top + inside_mm)
    on_the_way = height < top
    open_air = (finish + (begin - finish) * share > 0) & (height > thickness_mm)
    open_air &= on_the_way
    path_cm = 0.1 * (on_the_way & ~open_air).sum(axis=1)
    weights = np.zeros(rays)
    weights[seen] = np.exp(-TORSO_MU_PER_CM * path_cm)
    if camera.heads == 2:  # the other head is in the way
        weights[np.flatnonzero(seen)[open_air.any(axis=1)]] = 0.0
    scale = wide_mm * TORSO_MM / 10.0 / camera.pitch_mm
    mean, spread = weights.mean(), weights.std() / math.sqrt(rays)
    return float(mean * scale), float(spread * scale)


@pytest.mark.parametrize("thickness_mm", [40.0, 80.0])
@pytest.mark.parametrize("camera", [DILON_6800_GP, LUMAGEM_3200S], ids=lambda c: c.name)
def test_the_first_column_sees_what_rays_say(
    camera: Camera, thickness_mm: float
) -> None:
    expected, error = _follow_rays(camera, thickness_mm, 400_000)
    measured = find_torso_cm(camera, thickness_mm)[0]
    assert measured == pytest.approx(expected, abs=3.0 * error + 0.03 * expected)
    assert error < 0.1 * expected + 2e-4


@each_camera
def test_the_torso_fades_outwards_and_is_seen_at_the_edge_only(camera: Camera) -> None:
    profile = find_torso_cm(camera, 60.0)
    assert profile.shape == (camera.cols,)
    assert (np.diff(profile) <= 0).all()
    assert 0.0 <= profile[0] < 0.5
    assert profile[round(40.0 / camera.pitch_mm) :].max() < 1e-5


def test_a_higher_resolution_collimator_keeps_the_torso_out() -> None:
    sharp = find_torso_cm(CAMERAS["dilon-6800-hr"], 60.0)[0]
    assert sharp < 0.3 * find_torso_cm(DILON_6800_GP, 60.0)[0]


def test_a_profile_is_kept_and_cannot_be_changed() -> None:
    profile = find_torso_cm(DILON_6800_GP, 60.0)
    assert find_torso_cm(DILON_6800_GP, 60.9) is profile
    with pytest.raises(ValueError, match="read-only"):
        profile[0] = 1.0
