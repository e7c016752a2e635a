from dataclasses import replace

import pytest

from bsgi.exam.quality.finding import FileFacts
from bsgi.exam.quality.look import take_look
from bsgi.exam.quality.window import find_wrong_isotope, find_wrong_window
from bsgi.exam.record import ViewName
from bsgi.physics.camera.catalogue import CAMERAS
from tests.conftest import make_view


@pytest.mark.parametrize(
    ("window", "says"),
    [
        (None, ""),
        *((camera.window_kev, "") for camera in CAMERAS.values()),
        ((110.0, 140.0), "without the photopeak"),
        ((141.0, 160.0), "without the photopeak"),
        ((140.0, 142.0), "an unusual width"),
        ((50.0, 300.0), "an unusual width"),
    ],
)
def test_a_window_must_hold_the_photopeak(
    window: tuple[float, float] | None, says: str
) -> None:
    view = replace(make_view(ViewName.LCC), energy_window_kev=window)
    told = find_wrong_window(take_look(view))
    assert says in told
    assert bool(told) == bool(says)


def test_only_another_isotope_is_told() -> None:
    assert find_wrong_isotope(FileFacts(isotope="another than Tc-99m"))
    assert not find_wrong_isotope(FileFacts(isotope="Tc-99m"))
    assert not find_wrong_isotope(FileFacts())
