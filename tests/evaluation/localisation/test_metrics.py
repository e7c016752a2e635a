"""Areas and sensitivities of searches: RJafroc 2.1.3, counting by hand, coverage."""

import json

import numpy as np
import pytest
from pydantic import TypeAdapter

from bsgi.evaluation.areas.auc import estimate_auc
from bsgi.evaluation.localisation.metrics import (
    LocalisationMetrics,
    summarize_localisation,
    summarize_repeated,
)
from bsgi.evaluation.localisation.searches import Search
from bsgi.evaluation.localisation.sensitivities import FALSE_MARKS
from bsgi.evaluation.scored import Scored
from tests.evaluation.localisation.test_searches import draw_searches

WITHOUT = [(), (), (3.0, 3.0), (4.0,), (), (1.0,), (5.0,), (1.0,), (1.0,)]
"""False marks of nine images without target."""
WITH = [
    ((6.0, 2.0, 4.0), (2.0, 5.0)),
    ((3.0,), (3.0, 3.0)),
    ((6.0, 2.0, 3.0), (3.0, 5.0)),
    ((5.0, 3.0), (5.0, 5.0)),
    ((5.0,), ()),
    ((2.0,), ()),
    ((None, 2.0), ()),
    ((None, None), (1.0, 2.0)),
]
"""Ratings of the targets, and false marks, of eight images."""


def test_the_areas_are_rjafrocs() -> None:
    """AFROC and wAFROC of RJafroc 2.1.3 (its MyFOM.cpp) on these marks."""
    searches = [Search(f"n{k}", f"n{k}", (), one) for k, one in enumerate(WITHOUT)]
    searches += [Search(f"d{k}", f"d{k}", *one) for k, one in enumerate(WITH)]
    found = summarize_localisation(searches)
    assert found.afroc is not None
    assert found.weighted_afroc is not None
    assert found.lroc is not None
    assert found.afroc.value == pytest.approx(0.670370370370370, abs=1e-14)
    assert found.weighted_afroc.value == pytest.approx(0.672453703703703, abs=1e-14)
    # of 8 images the highest mark hits in 5: d0, d2, d4, d5 and d6
    wins = [1.0, 1.0, (8 + 0.5) / 9, 6 / 9, 6 / 9]
    assert found.lroc.value == pytest.approx(sum(wins) / 8)
    assert (found.images, found.images_with_target, found.targets) == (17, 8, 15)
    assert (found.marks_on_targets, found.false_marks) == (12, 17)


def count_area(searches: list[Search], *, weighted: bool) -> float:
    """The figure of merit pair by pair, as it is defined."""
    total = weight = 0.0
    for one in searches:
        for target in one.targets:
            share = 1 / len(one.targets) if weighted else 1.0
            y = -np.inf if target is None else target
            for other in searches:
                if not other.targets:
                    x = max(other.false_marks, default=-np.inf)
                    total += share * ((y > x) + 0.5 * (y == x))
                    weight += share
    return total / weight


@pytest.mark.parametrize("seed", range(5))
def test_the_areas_are_shares_of_pairs(seed: int) -> None:
    searches = draw_searches(np.random.default_rng(seed))
    found = summarize_localisation(searches)
    assert found.afroc is not None
    assert found.weighted_afroc is not None
    assert found.afroc.value == pytest.approx(count_area(searches, weighted=False))
    assert found.weighted_afroc.value == pytest.approx(
        count_area(searches, weighted=True)
    )


@pytest.mark.parametrize("seed", range(5))
def test_sensitivities_are_the_best_that_the_false_marks_allow(seed: int) -> None:
    searches = draw_searches(np.random.default_rng(seed))
    found = summarize_localisation(searches)
    targets = [y for one in searches for y in one.targets]
    marks = [x for one in searches for x in one.false_marks]
    cuts = [np.inf, *marks, *(y for y in targets if y is not None)]
    for rate, own in zip(FALSE_MARKS, found.sensitivities, strict=True):
        allowed = [
            sum(y is not None and y >= cut for y in targets) / len(targets)
            for cut in cuts
            if sum(x >= cut for x in marks) <= rate * len(searches)
        ]
        assert own.false_marks == rate
        assert own.sensitivity.value == pytest.approx(max(allowed))


def test_one_mark_per_image_and_all_located_is_a_roc_curve() -> None:
    rng = np.random.default_rng(3)
    labels = np.arange(80) % 2
    scores = np.round(rng.normal(size=80) + labels, 1)
    searches = [
        Search(f"i{k}", f"p{k}", (float(s),) if labels[k] else (),
               () if labels[k] else (float(s),))
        for k, s in enumerate(scores)
    ]  # fmt: skip
    wanted = estimate_auc(Scored(labels, scores))
    found = summarize_localisation(searches)
    assert wanted is not None
    for area in (found.lroc, found.afroc, found.weighted_afroc):
        assert area is not None
        assert area.method == wanted.method
        assert (area.value, area.lower, area.upper) == pytest.approx(
            (wanted.value, wanted.lower, wanted.upper)
        )


def test_seeing_the_same_women_twice_tells_nothing_new() -> None:
    once = draw_searches(np.random.default_rng(4), 60)
    twice = [
        Search(f"{one.image} {time}", one.patient, one.targets, one.false_marks)
        for one in once
        for time in range(2)
    ]
    first, second = summarize_localisation(once), summarize_localisation(twice)
    for name in ("lroc", "afroc", "weighted_afroc"):
        one, other = getattr(first, name), getattr(second, name)
        assert (one.value, one.lower, one.upper) == pytest.approx(
            (other.value, other.lower, other.upper)
        )
    for mine, theirs in zip(first.sensitivities, second.sensitivities, strict=True):
        one, other = mine.sensitivity, theirs.sensitivity
        assert (one.value, one.lower, one.upper) == pytest.approx(
            (other.value, other.lower, other.upper)
        )


def test_repeats_are_averaged_and_share_their_women() -> None:
    rng = np.random.default_rng(7)
    first = draw_searches(rng, 60)
    shift = [
        Search(
            one.image,
            one.patient,
            tuple(None if y is None else y - rng.normal() for y in one.targets),
            tuple(rng.normal(size=rng.poisson(1.0)).tolist()),
        )
        for one in first
    ]
    alone = [summarize_localisation(own) for own in (first, shift)]
    both = summarize_repeated((first, shift[::-1]))  # the order of images is free
    assert (both.repeats, both.images, both.patients) == (2, 60, 60)
    assert both.false_marks == sum(one.false_marks for one in alone)
    for name in ("lroc", "afroc", "weighted_afroc"):
        found = [getattr(one, name) for one in alone]
        mean = getattr(both, name)
        assert mean.value == pytest.approx(np.mean([one.value for one in found]))
        widths = [one.upper - one.lower for one in found]
        assert 0.5 * min(widths) < mean.upper - mean.lower < 1.05 * max(widths)
    for place, share in enumerate(both.sensitivities):
        values = [one.sensitivities[place].sensitivity.value for one in alone]
        assert share.sensitivity.value == pytest.approx(np.mean(values))
    same = summarize_repeated((first, first, first))
    assert same.lroc is not None
    assert alone[0].lroc is not None
    assert same.lroc.upper == pytest.approx(alone[0].lroc.upper)
    assert same.sensitivities[2].sensitivity.lower == pytest.approx(
        alone[0].sensitivities[2].sensitivity.lower
    )
    for others in (first[1:], [*first[1:], Search("another", "p")], [
        Search(one.image, one.patient, (), one.false_marks) for one in first
    ]):  # fmt: skip
        with pytest.raises(ValueError, match="the same images"):
            summarize_repeated((first, others))


def test_the_intervals_cover() -> None:
    """150 drawn studies of 60 images of 30 women: standard error 1.8 %.

    `runs/reader_tests.py` draws more.
    """
    rng = np.random.default_rng(5)
    whole = summarize_localisation(draw_searches(rng, 4000, per_patient=2))
    hits = np.zeros(3)
    for _ in range(150):
        found = summarize_localisation(draw_searches(rng, 60, per_patient=2))
        for place, name in enumerate(("lroc", "afroc", "weighted_afroc")):
            own, true = getattr(found, name), getattr(whole, name).value
            hits[place] += own.lower <= true <= own.upper
    assert (hits / 150 >= 0.95 - 2 * 0.018).all()


def test_what_cannot_be_told_is_none() -> None:
    only = summarize_localisation([Search("i", "p", (1.0, None))])
    assert (only.lroc, only.afroc, only.weighted_afroc) == (None, None, None)
    assert only.sensitivities[0].sensitivity.value == 0.5
    none = summarize_localisation([Search("i", "p"), Search("j", "q", (), (1.0,))])
    assert none.sensitivities == ()
    silent = summarize_localisation([Search("i", "p", (None,)), Search("j", "q")])
    assert silent.lroc is not None
    assert silent.lroc.value == 0.0
    assert silent.afroc is not None
    assert silent.afroc.value == 0.5
    assert silent.sensitivities[-1].sensitivity.value == 0.0
    with pytest.raises(ValueError, match="one search per image"):
        summarize_localisation([Search("i", "p"), Search("i", "p")])
    for nothing in ((), ((),)):
        with pytest.raises(ValueError, match="at least one"):
            summarize_repeated(nothing)


def test_it_is_the_same_after_json() -> None:
    found = summarize_localisation(draw_searches(np.random.default_rng(6)))
    adapter = TypeAdapter(LocalisationMetrics)
    text = json.dumps(adapter.dump_python(found, mode="json"), allow_nan=False)
    assert adapter.validate_python(json.loads(text)) == found
