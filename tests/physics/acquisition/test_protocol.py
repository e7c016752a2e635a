import math

import numpy as np
import pytest

from bsgi.errors import ConfigError
from bsgi.exam.orientation import STANDARD_ORIENTATION
from bsgi.exam.record import ViewName
from bsgi.physics.acquisition.protocol import (
    Protocol,
    draw_counts,
    pose_as_saved,
)
from bsgi.physics.camera.isotope import TC99M


def test_views_follow_each_other_from_ten_minutes_on() -> None:
    starts = [Protocol().start_s(name) for name in ViewName]
    assert starts == [600.0, 1260.0, 1920.0, 2580.0]


def test_later_views_have_less_activity() -> None:
    """Starts at 10, 21, 32 and 43 min, where .981, .960, .940 and .921 are left."""
    protocol = Protocol(view_s=1.0, pause_s=659.0)
    left = [protocol.exposure_mbq_s(name, 1.0, TC99M) for name in ViewName]
    assert left == pytest.approx([0.981, 0.960, 0.940, 0.921], abs=5e-4)


def test_exposure_is_linear_in_dose_and_counts_fall_within_a_view() -> None:
    protocol = Protocol()
    one = protocol.exposure_mbq_s(ViewName.LCC, 370.0, TC99M)
    assert protocol.exposure_mbq_s(ViewName.LCC, 740.0, TC99M) == pytest.approx(2 * one)
    assert one < 370.0 * 600.0 * TC99M.decay_factor(600.0)


def test_counts_are_poisson() -> None:
    """Variance over mean of repeated acquisitions is one, 1.00 +- 0.02."""
    rng = np.random.default_rng(12)
    mean = np.full((64, 48), 126.0, np.float32)
    stack = np.stack([draw_counts(rng, mean) for _ in range(40)]).astype(float)
    assert stack.var(axis=0, ddof=1).mean() / stack.mean() == pytest.approx(1, abs=0.02)
    assert stack.mean() == pytest.approx(126.0, rel=0.002)


def test_counts_that_do_not_fit_16_bits_are_refused() -> None:
    rng = np.random.default_rng(13)
    with pytest.raises(ConfigError, match=r"at most 60000 counts, got 70000; lower"):
        draw_counts(rng, np.full((2, 2), 7e4, np.float32))
    with pytest.raises(ConfigError, match="at most 60000 counts, got nan"):
        draw_counts(rng, np.full((2, 2), np.nan, np.float32))


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
