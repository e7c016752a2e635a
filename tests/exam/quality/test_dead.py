from dataclasses import replace

import numpy as np
import pytest

from bsgi.exam.quality.dead import DEAD_SHARE, JOINED_PIXELS, find_dead
from bsgi.exam.quality.look import take_look
from bsgi.exam.record import View, ViewName
from tests.exam.quality.conftest import change_counts, healthy


def _view(camera: str = "dilon-6800-gp") -> View:
    return healthy(camera).views[ViewName.LCC]


def _kill(view: View, rows: slice, cols: slice, head: int = 0) -> View:
    def change(counts: np.ndarray) -> np.ndarray:
        counts[rows, cols] = 0
        return counts

    return change_counts(view, change, head)


@pytest.mark.parametrize("pixels", [JOINED_PIXELS - 1, JOINED_PIXELS])
def test_as_many_joined_pixels_as_the_rule_has_are_told(pixels: int) -> None:
    view = _kill(_view(), slice(30, 31), slice(8, 8 + pixels))
    assert bool(find_dead(take_look(view))) == (pixels == JOINED_PIXELS)


def test_the_size_of_a_dead_module_is_told_in_mm() -> None:
    view = _kill(_view(), slice(28, 36), slice(4, 12))
    assert find_dead(take_look(view)) == (
        "64 joined pixels in the breast are dead (26 x 26 mm)"
    )


def test_a_dead_module_of_the_second_head_is_found() -> None:
    view = _kill(_view("ge-nm750b-wide"), slice(40, 50), slice(-20, -10), head=1)
    assert "joined pixels" in find_dead(take_look(view))


def test_a_dead_head_is_told() -> None:
    view = _view("ge-nm750b-wide")
    counts = view.counts.copy()
    counts[1] //= 50
    assert find_dead(take_look(replace(view, counts=counts))).startswith("head 2 has ")


def test_what_is_dead_outside_the_breast_is_not_told() -> None:
    view = _kill(_view(), slice(0, 4), slice(30, 48))
    assert find_dead(take_look(view)) == ""


def test_with_few_counts_nothing_is_said() -> None:
    """At six counts in a normal pixel a live one may count nothing as well."""
    view = _view()
    rng = np.random.default_rng(1)
    share = 6.0 / take_look(view).normal
    thin = replace(view, counts=rng.binomial(view.counts, share).astype(np.uint16))
    assert (thin.counts[0, 25:40, 3:12] == 0).sum() < DEAD_SHARE * 1000
    assert find_dead(take_look(_kill(thin, slice(28, 36), slice(4, 12)))) == ""
