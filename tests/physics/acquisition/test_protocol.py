import math

import numpy as np
import pytest

from bsgi.errors import ConfigError
from bsgi.exam.orientation import STANDARD_ORIENTATION
from bsgi.exam.record import ViewName
from bsgi.physics.acquisition.protocol import (
    Protocol,
    check_brightest,
    pose_as_saved,
)


def test_views_follow_each_other_from_ten_minutes_on() -> None:
    starts = [Protocol().start_s(name) for name in ViewName]
    assert starts == [600.0, 1260.0, 1920.0, 2580.0]


def test_counts_that_do_not_fit_16_bits_are_refused() -> None:
    check_brightest(np.full((2, 2), 6e4, np.float32))
    with pytest.raises(ConfigError, match=r"at most 60000 counts, got 70000; lower"):
        check_brightest(np.full((2, 2), 7e4, np.float32))
    with pytest.raises(ConfigError, match="at most 60000 counts, got nan"):
        check_brightest(np.full((2, 2), np.nan, np.float32))


def test_stacks_of_heads_are_posed_as_their_images_are() -> None:
    stack = np.arange(24).reshape(2, 3, 4)
    saved = pose_as_saved(stack, ViewName.RCC)
    for head, image in zip(saved, stack, strict=True):
        assert np.array_equal(head, pose_as_saved(image, ViewName.RCC))


@pytest.mark.parametrize("name", ViewName)
def test_right_breasts_have_the_chest_wall_on_the_right(name: ViewName) -> None:
    image = np.arange(12).reshape(3, 4)
    saved = pose_as_saved(image, name)
    expected = image[:, ::-1] if name.side == "R" else image
    assert np.array_equal(saved, expected)
    assert STANDARD_ORIENTATION[name][0] == ("P" if name.side == "R" else "A")


def test_impossible_protocols_are_refused() -> None:
    with pytest.raises(ValueError, match="times must be positive"):
        Protocol(view_s=0.0)
    with pytest.raises(ValueError, match="times must be positive"):
        Protocol(pause_s=-1.0)
    with pytest.raises(ValueError, match="times must be positive"):
        Protocol(view_s=math.nan)
    with pytest.raises(ValueError, match="times must be finite"):
        Protocol(uptake_s=math.inf)
    with pytest.raises(ValueError, match="order must name each view once"):
        Protocol(order=(ViewName.LCC,) * 4)
    with pytest.raises(ValueError, match="view_counts must be 1 to"):
        Protocol(view_counts=0.5)
    with pytest.raises(ValueError, match="view_counts must be 1 to"):
        Protocol(view_counts=math.nan)
    with pytest.raises(ValueError, match="must give 1 to 1000 frames in 600 s, got 0"):
        Protocol(frame_s=0.5)
    with pytest.raises(ValueError, match="motion_share must be 0 to 1, got 1"):
        Protocol(motion_share=1.5)
    with pytest.raises(ValueError, match="motion_mm must not be negative, got -1"):
        Protocol(motion_mm=-1.0)
