import math

import numpy as np
import pytest

from bsgi.errors import ConfigError
from bsgi.exam.record import ViewName
from bsgi.physics.acquisition.protocol import (
    Protocol,
    check_brightest,
    read_order,
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


def test_impossible_protocols_are_refused() -> None:
    with pytest.raises(ValueError, match="order must name each of LCC, RCC, LMLO, RM"):
        Protocol(order=(ViewName.LCC,) * 4)
    with pytest.raises(ValueError, match="view_counts must be 1 to"):
        Protocol(view_counts=0.5)
    with pytest.raises(ValueError, match="view_counts must be 1 to"):
        Protocol(view_counts=math.nan)
    with pytest.raises(ValueError, match="must give 1 to 1000 frames in 600 s, got 0"):
        Protocol(frame_s=0.5)
    with pytest.raises(ValueError, match="motion_share must be 0 to 1, got 1"):
        Protocol(motion_share=1.5)
    with pytest.raises(ValueError, match="motion_mm must be 0 to 50, got -1"):
        Protocol(motion_mm=-1.0)
    with pytest.raises(ValueError, match=r"motion_mm must be 0 to 50, got 50\.5"):
        Protocol(motion_mm=50.5)


@pytest.mark.parametrize("name", ["uptake_s", "view_s", "pause_s", "frame_s"])
@pytest.mark.parametrize("value", [-1.0, math.nan, math.inf, 86_400.5, 1e9])
def test_no_time_is_negative_or_longer_than_a_day(name: str, value: float) -> None:
    with pytest.raises(
        ValueError, match=f"^{name} must be .*, got {value}.$"
    ) as caught:
        Protocol(**{name: value})  # type: ignore[arg-type]
    assert len(str(caught.value)) < 80
    assert getattr(Protocol(**{name: 86_400.0}), name) == 86_400.0  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["view_s", "frame_s"])
def test_a_duration_of_nothing_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"^{name} must be positive, got 0.0.$"):
        Protocol(**{name: 0.0})  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=f"^{name} must be 0.001 to 86400 s"):
        Protocol(**{name: 0.0009})  # type: ignore[arg-type]


def test_an_order_names_each_view_once() -> None:
    names = ["RMLO", "LMLO", "RCC", "LCC"]
    order = read_order(names)
    assert order == tuple(ViewName(name) for name in names)
    assert Protocol(order=order).start_s(ViewName.RMLO) == 600.0
    for wrong in (names[:3], [*names, "LCC"], [*names[:3], "XCC"], []):
        with pytest.raises(ValueError, match="each of LCC, RCC, LMLO, RMLO once, got"):
            read_order(wrong)
