"""Curves of searches against counting at every threshold, and against their areas."""

import numpy as np
import pytest

from bsgi.evaluation.localisation.curves import (
    average_curves,
    build_afroc,
    build_froc,
    build_lroc,
)
from bsgi.evaluation.localisation.metrics import (
    summarize_localisation,
    summarize_repeated,
)
from bsgi.evaluation.localisation.searches import Search
from tests.evaluation.localisation.test_searches import draw_searches


@pytest.mark.parametrize("seed", range(4))
def test_every_corner_is_what_counting_gives(seed: int) -> None:
    searches = draw_searches(np.random.default_rng(seed))
    froc, afroc, lroc = (
        build_froc(searches), build_afroc(searches), build_lroc(searches)
    )  # fmt: skip
    assert froc is not None
    assert afroc is not None
    assert lroc is not None
    ill = [one for one in searches if one.targets]
    well = [one for one in searches if not one.targets]
    targets = [y for one in searches for y in one.targets]
    for place, cut in enumerate(froc.thresholds):
        marks = sum(x >= cut for one in searches for x in one.false_marks)
        hits = sum(y is not None and y >= cut for y in targets)
        assert froc.across[place] == pytest.approx(marks / len(searches))
        assert froc.up[place] == pytest.approx(hits / len(targets))
    for place, cut in enumerate(afroc.thresholds):
        alarms = sum(any(x >= cut for x in one.false_marks) for one in well)
        hits = sum(y is not None and y >= cut for y in targets)
        assert afroc.across[place] == pytest.approx(alarms / len(well))
        assert afroc.up[place] == pytest.approx(hits / len(targets))
    for place, cut in enumerate(lroc.thresholds):
        alarms = sum(one.highest_false >= cut for one in well)
        found = sum(
            one.highest_hit > one.highest_false and one.highest_hit >= cut
            for one in ill
        )
        assert lroc.across[place] == pytest.approx(alarms / len(well))
        assert lroc.up[place] == pytest.approx(found / len(ill))


@pytest.mark.parametrize("seed", range(4))
def test_the_areas_are_those_below_the_curves(seed: int) -> None:
    """AFROC goes straight to (1, 1) from its last corner, LROC level to the right."""
    searches = draw_searches(np.random.default_rng(seed))
    found = summarize_localisation(searches)
    afroc, lroc = build_afroc(searches), build_lroc(searches)
    assert afroc is not None
    assert lroc is not None
    assert found.afroc is not None
    assert found.lroc is not None
    area = np.trapezoid([*afroc.up, 1.0], [*afroc.across, 1.0])
    assert found.afroc.value == pytest.approx(area)
    area = np.trapezoid([*lroc.up, lroc.up[-1]], [*lroc.across, 1.0])
    assert found.lroc.value == pytest.approx(area)


def test_without_targets_there_is_no_curve() -> None:
    searches = [Search("i", "p", (), (1.0,)), Search("j", "q")]
    assert build_froc(searches) is None
    assert build_afroc(searches) is None
    assert build_lroc(searches) is None
    only = [Search("i", "p", (1.0,))]
    assert build_froc(only) is not None
    assert build_lroc(only) is None


def test_the_mean_curve_has_the_mean_area_and_the_mean_shares() -> None:
    rng = np.random.default_rng(8)
    first = draw_searches(rng, 30)
    again = [
        Search(
            one.image, one.patient,
            tuple(None if y is None else y + float(rng.normal()) for y in one.targets),
            tuple(rng.normal(size=rng.poisson(0.8)).tolist()),
        )
        for one in first
    ]  # fmt: skip
    found = summarize_repeated((first, again))
    curves = [build_lroc(own) for own in (first, again)]
    mean = average_curves([c for c in curves if c is not None], 1.0, stepped=False)
    assert found.lroc is not None
    area = float(np.trapezoid(mean.up, mean.across))
    assert area == pytest.approx(found.lroc.value)
    steps = [c for own in (first, again) if (c := build_froc(own)) is not None]
    end = max(float(one.across[-1]) for one in steps)
    mean = average_curves(steps, end, stepped=True)
    assert (np.diff(mean.across) >= 0).all()
    assert (np.diff(mean.up) >= -1e-12).all()
    for one in found.sensitivities:
        place = np.searchsorted(mean.across, one.false_marks + 1e-12, side="right") - 1
        assert mean.up[place] == pytest.approx(one.sensitivity.value)
    for wrong in ([], steps):
        with pytest.raises(ValueError, match="none beyond its end"):
            average_curves(wrong, 0.1, stepped=True)
