"""The plain reader that takes the hottest spot."""

import numpy as np
import pytest

from bsgi.exam.record import ViewName
from bsgi.physics.camera.catalogue import CAMERAS
from bsgi.physics.camera.record import Camera
from bsgi.physics.observers.search import find_hottest
from bsgi.physics.transport.projector import find_projector


def _draw_views(camera: Camera, excess: float) -> dict[ViewName, np.ndarray]:
    """Half-round breasts of 1,000 counts per cm2 with one hot spot on the left."""
    rng = np.random.default_rng(1)
    rows_mm, cols_mm = find_projector(camera).grid.pixel_centres_mm()
    density = 1000.0 * camera.pitch_mm**2 / 100.0
    breast = np.hypot(rows_mm[:, None] / 80.0, cols_mm[None, :] / 90.0) < 1
    spot = np.hypot(rows_mm[:, None] - 20.0, cols_mm[None, :] - 45.0)
    views = {}
    for name in ViewName:
        mean = density * breast / camera.heads
        if name.value.startswith("L"):
            mean = mean * (1 + excess * np.exp(-0.5 * (spot / 5.0) ** 2))
        counts = rng.poisson(mean, (camera.heads, *mean.shape))
        views[name] = counts.astype(np.float32)
    return views


@pytest.mark.parametrize("camera", CAMERAS.values(), ids=CAMERAS.keys())
def test_a_hot_spot_stands_out(camera: Camera) -> None:
    found = [find_hottest(_draw_views(camera, x), camera) for x in (0.0, 0.4, 1.0)]
    assert found == sorted(found)
    assert found[0] < 2.0
    assert found[2] > 4.0


def test_a_single_breast_is_enough() -> None:
    camera = CAMERAS["dilon-6800-gp"]
    views = _draw_views(camera, 1.0)
    left = {name: views[name] for name in ViewName if name.value.startswith("L")}
    assert find_hottest(left, camera) == pytest.approx(find_hottest(views, camera))
