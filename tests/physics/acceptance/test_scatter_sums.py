import numpy as np
import pytest

from bsgi.physics.acceptance.scatter_sums import sum_box, sum_own
from bsgi.physics.camera.catalogue import CAMERAS, DILON_6800_GP
from bsgi.physics.camera.record import Camera
from bsgi.physics.transport.scatter import ScatterModel, find_scatter_model

each_camera = pytest.mark.parametrize("camera", CAMERAS.values(), ids=CAMERAS.keys())


def _one_ring(inner_cm: float, outer_cm: float) -> ScatterModel:
    return ScatterModel(
        thickness_cm=np.array([4.0, 8.0]),
        radius_cm=np.array([inner_cm, outer_cm]),
        own=np.full((2, 1), 0.2),
        outward_cm=np.array([0.5, 8.5]),
        torso=np.zeros((2, 2)),
    )


@pytest.mark.parametrize("radius_cm", [0.5, 2.0, 4.0])
def test_a_ring_that_leaves_the_box_is_lost_as_geometry_says(radius_cm: float) -> None:
    """Overlap of a rectangle with itself, moved by r in all directions."""
    model = _one_ring(radius_cm - 0.01, radius_cm + 0.01)
    place_cm = (np.arange(180) + 0.5) / 20.0
    kept = sum_own(model, 6.0, place_cm).mean() / 0.2
    length_cm, width_cm = 9.0, 16.0
    exact = (
        1.0
        - 2.0 * radius_cm / np.pi * (1.0 / length_cm + 1.0 / width_cm)
        + radius_cm**2 / (np.pi * length_cm * width_cm)
    )
    assert kept == pytest.approx(exact, abs=0.01)


@each_camera
def test_a_box_scatters_less_than_a_wide_breast(camera: Camera) -> None:
    wide = find_scatter_model(camera).own_amplitude(6.0)
    assert 0.5 * wide < sum_box(camera, 6.0, torso=False).mean() < wide


def test_the_torso_adds_most_at_the_chest_wall() -> None:
    alone = sum_box(DILON_6800_GP, 6.0, torso=False)
    added = sum_box(DILON_6800_GP, 6.0, torso=True) - alone
    assert added[0] > 2 * added[4] > 0
