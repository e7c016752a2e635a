from dataclasses import replace

import numpy as np
import pytest

from bsgi.exam.record import Side
from bsgi.physics.breast.contrast import RATIO_LIMITS
from bsgi.physics.population.population import Population
from bsgi.physics.population.settle import settle_gland
from bsgi.physics.population.woman import Woman, draw_woman

PAPER = Population("paper", "dilon-6800-gp", 231, 87, 740.0, 1)


def _ratio(woman: Woman) -> float:
    ratios = {woman.breast(side).uptake.gland_ratio for side in Side}
    (ratio,) = ratios
    assert ratio is not None
    return ratio


def test_both_breasts_get_one_ratio_and_nothing_else_changes() -> None:
    woman = draw_woman(PAPER, 4)
    settled = settle_gland(woman)
    assert RATIO_LIMITS[0] <= _ratio(settled) <= RATIO_LIMITS[1]
    left = replace(settled.left.uptake, gland_ratio=None)
    right = replace(settled.right.uptake, gland_ratio=None)
    assert woman == replace(
        settled,
        left=replace(settled.left, uptake=left),
        right=replace(settled.right, uptake=right),
    )
    assert settle_gland(settled) is settled


def test_more_uptake_on_the_image_needs_more_in_the_gland() -> None:
    woman = draw_woman(PAPER, 4)
    ratios = [
        _ratio(settle_gland(replace(woman, background_ratio=ratio)))
        for ratio in (0.6, 0.9, 1.2, 1.7)
    ]
    assert ratios == sorted(ratios)
    assert ratios[0] < 1.0 < ratios[-1]


def test_fat_overlies_the_gland_so_that_its_ratio_is_farther_from_one() -> None:
    """Away from 1 the concentration differs more than the image does."""
    for index in range(12):
        woman = draw_woman(PAPER, index)
        settled = _ratio(settle_gland(replace(woman, background_ratio=1.6)))
        assert settled > 1.6


def test_a_woman_with_one_breast_is_settled_by_that_one() -> None:
    woman = draw_woman(PAPER, 6)
    both = _ratio(settle_gland(woman))
    one = [
        _ratio(settle_gland(replace(woman, absent=frozenset({side})))) for side in Side
    ]
    assert min(one) <= both <= max(one)
    none = replace(woman, absent=frozenset(Side))
    assert _ratio(settle_gland(none)) == woman.background_ratio


def test_texture_alone_changes_the_ratio_little() -> None:
    """Other gland in the same body: another ratio, of about the same size."""
    woman = replace(draw_woman(PAPER, 8), background_ratio=1.3)
    ratios = [
        _ratio(settle_gland(replace(woman, texture_seed=seed))) for seed in range(6)
    ]
    assert len(set(ratios)) == 6
    assert np.std(np.log(ratios)) < 0.3
    assert np.median(ratios) == pytest.approx(1.7, abs=0.5)
