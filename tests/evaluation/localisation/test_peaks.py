"""Marks from heat maps: the rule of peaks, against checking every pixel."""

import numpy as np
import pytest

from bsgi.evaluation.localisation.peaks import Mark, find_peaks, stretch_map


@pytest.mark.parametrize("seed", range(4))
def test_every_peak_is_the_highest_around_and_no_other_is(seed: int) -> None:
    heat = np.random.default_rng(seed).random((24, 18))
    spacing = (2.0, 3.0)
    found = {(int(one.row), int(one.col)) for one in find_peaks(heat, spacing, 10.0)}
    row, col = np.mgrid[:24, :18]
    for r in range(24):
        for c in range(18):
            near = np.hypot((row - r) * 2.0, (col - c) * 3.0) <= 10.0
            assert ((r, c) in found) == (heat[r, c] == heat[near].max())


def test_peaks_come_the_highest_first_and_apart() -> None:
    heat = np.random.default_rng(5).random((40, 40)).round(1)  # many ties
    found = find_peaks(heat, (1.0, 1.0), 5.0)
    scores = [one.score for one in found]
    assert scores == sorted(scores, reverse=True)
    for place, one in enumerate(found):
        for other in found[:place]:
            assert np.hypot(one.row - other.row, one.col - other.col) > 5.0


def test_a_plateau_is_one_peak_in_its_middle() -> None:
    heat = np.zeros((20, 20))
    heat[4:9, 6:13] = 2.0
    assert find_peaks(heat, (3.0, 3.0), 10.0) == (Mark(6.0, 9.0, 2.0),)


def test_where_nothing_is_there_is_no_mark() -> None:
    assert find_peaks(np.zeros((8, 8)), (1.0, 1.0)) == ()
    with pytest.raises(ValueError, match="not negative"):
        find_peaks(np.full((8, 8), -1.0), (1.0, 1.0))


def test_a_stretched_map_keeps_its_places() -> None:
    heat = np.zeros((4, 4))
    heat[1, 2] = 1.0
    wide = stretch_map(heat, (64, 64))
    (mark,) = find_peaks(wide, (1.0, 1.0))
    assert (mark.row, mark.col) == pytest.approx((23.5, 39.5), abs=1.0)
    assert mark.score == pytest.approx(1.0, abs=0.07)
