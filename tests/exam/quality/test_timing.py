from dataclasses import replace

import pytest

from bsgi.exam.quality.look import take_look
from bsgi.exam.quality.timing import find_late_start, find_unequal_times
from bsgi.exam.record import ViewName
from tests.conftest import make_exam, make_view


@pytest.mark.parametrize(
    ("start_s", "told"), [(None, False), (3600.0, False), (3601.0, True)]
)
def test_an_hour_after_the_injection_is_the_latest(
    start_s: float | None, told: bool
) -> None:
    view = replace(make_view(ViewName.LCC), start_s=start_s)
    assert bool(find_late_start(take_look(view))) == told


@pytest.mark.parametrize(
    ("times_s", "by_counts", "told"),
    [
        ((300.0, 600.0, 600.0, 600.0), False, False),
        ((299.0, 600.0, 600.0, 600.0), False, True),
        ((299.0, 600.0, 600.0, 600.0), True, False),
    ],
)
def test_times_may_differ_by_a_factor_of_two(
    times_s: tuple[float, ...], by_counts: bool, told: bool
) -> None:
    exam = make_exam()
    views = {
        name: replace(exam.views[name], duration_s=time_s, stopped_by_counts=by_counts)
        for name, time_s in zip(ViewName, times_s, strict=True)
    }
    assert bool(find_unequal_times(replace(exam, views=views))) == told
