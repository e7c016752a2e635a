"""What lesions of either label may be, and the spheres that stand for them."""

from dataclasses import replace

import numpy as np
import pytest

from bsgi.exam.record import Focus, Lesion, LesionShape, Side
from bsgi.physics.observers.lesion_prior import (
    RATIOS,
    Drawn,
    build_prior,
    count_lesions,
    draw_lesions_of,
    find_equivalent,
)
from bsgi.physics.observers.templates import DIAMETERS_MM
from bsgi.physics.population.population import Population

POPULATION = Population("paper", "dilon-6800-gp", 100, 38, 740.0, 1)
BALL = Lesion(Side.LEFT, True, "IDC", 12.0, 5.0, (0.5, 0.1, 0.1))


def test_a_ball_stands_for_itself() -> None:
    assert find_equivalent(BALL) == (12.0, 5.0)
    one = replace(BALL, foci=(Focus(BALL.position, 12.0),))
    assert find_equivalent(one) == pytest.approx((12.0, 5.0), rel=0.03)


def test_two_balls_far_apart_hold_the_same_activity_thinly() -> None:
    apart = (
        Focus((0.5, 0.1 - 10 / 64, 0.1), 6.0),
        Focus((0.5, 0.1 + 10 / 64, 0.1), 6.0),
    )
    lesion = replace(BALL, shape=LesionShape.REGIONAL, diameter_mm=26.0, foci=apart)
    seen_mm, ratio = find_equivalent(lesion)
    # Mean square radius: 10 mm from the middle, and 3/5 r^2 of each ball.
    assert seen_mm == pytest.approx(2 * np.sqrt((100 + 0.6 * 9) / 0.6), rel=1e-6)
    activity = (ratio - 1) * seen_mm**3
    assert activity == pytest.approx(4.0 * 2 * 6.0**3, rel=0.05)


def test_the_prior_has_the_moments_of_the_draws() -> None:
    drawn = draw_lesions_of(POPULATION, 600, 9)
    assert drawn.malignant.mean() == 0.5
    prior = build_prior(drawn)
    for label, shares in ((True, prior.malignant), (False, prior.benign)):
        assert shares.sum() == pytest.approx(1.0)
        chosen = drawn.malignant == label
        for values, nodes, axis in (
            (drawn.seen_mm, DIAMETERS_MM, 0),
            (drawn.seen_ratios, RATIOS, 1),
        ):
            held = np.clip(values[chosen], nodes[0], nodes[-1])
            mean = (shares.sum(axis=1 - axis) * np.log(nodes)).sum()
            assert mean == pytest.approx(np.log(held).mean(), abs=0.03)
    ratios = np.log(RATIOS)
    assert (prior.malignant.sum(0) * ratios).sum() > (
        prior.benign.sum(0) * ratios
    ).sum()


def test_the_reader_learns_from_other_women() -> None:
    with pytest.raises(ValueError, match="must not learn"):
        draw_lesions_of(POPULATION, 10, POPULATION.seed)


def test_one_label_alone_is_refused() -> None:
    some = np.full(3, 10.0)
    with pytest.raises(ValueError, match="both labels"):
        build_prior(
            Drawn(
                np.ones(3, bool),
                some,
                some,
                some,
                some,
                np.ones(3, int),
                np.zeros(3, bool),
            )
        )


def test_all_lesions_of_a_woman_are_counted() -> None:
    node = replace(BALL, shape=LesionShape.NODE)
    assert count_lesions(()) == (0, False)
    assert count_lesions((BALL,)) == (1, False)
    assert count_lesions((BALL, BALL, node)) == (2, True)
    drawn = draw_lesions_of(POPULATION, 600, 9)
    more = drawn.lesions > 1
    assert drawn.lesions.min() == 1
    assert more[drawn.malignant].mean() == pytest.approx(0.165, abs=0.05)
    assert more[~drawn.malignant].mean() == pytest.approx(0.15, abs=0.05)
    assert 0.05 < drawn.node[drawn.malignant].mean() < 0.25
    assert not drawn.node[~drawn.malignant].any()
