"""The ceiling against the likelihood ratio of known distributions."""

import numpy as np
import pytest
from scipy.stats import norm

from bsgi.evaluation.areas.auc import compute_auc
from bsgi.evaluation.scored import Scored
from bsgi.physics.observers.ceiling import build_ceiling
from bsgi.physics.observers.lesion_prior import Drawn
from bsgi.physics.observers.templates import DIAMETERS_MM


def _draw(rng: np.random.Generator, women: int) -> Drawn:
    malignant = np.arange(women) % 2 == 1
    size = np.exp(rng.normal(np.where(malignant, np.log(16), np.log(11)), np.log(1.7)))
    ratio = np.exp(rng.normal(np.where(malignant, np.log(8), np.log(3.5)), np.log(1.6)))
    more = rng.random(women) < np.where(malignant, 0.4, 0.1)
    node = malignant & (rng.random(women) < 0.2)
    return Drawn(malignant, size, ratio, size, ratio, 1 + more, node)


def test_it_is_the_ratio_of_known_densities() -> None:
    rng = np.random.default_rng(7)
    ceiling = build_ceiling(_draw(rng, 40_000))
    fresh = _draw(rng, 2000)
    found = ceiling.score_main(fresh.diameters_mm, fresh.ratios)
    exact = sum(
        norm.logpdf(np.log(x), np.log(m), s) - norm.logpdf(np.log(x), np.log(b), s)
        for x, m, b, s in (
            (fresh.diameters_mm, 16, 11, np.log(1.7)),
            (fresh.ratios, 8, 3.5, np.log(1.6)),
        )
    )
    labels = fresh.malignant.astype(int)
    areas = [compute_auc(Scored(labels, scores)) for scores in (found, exact)]
    assert areas[0] == pytest.approx(areas[1], abs=0.004)
    assert np.median(np.abs(found - exact)) < 0.15


def test_it_knows_every_lesion() -> None:
    rng = np.random.default_rng(8)
    ceiling = build_ceiling(_draw(rng, 40_000))
    fresh = _draw(rng, 4000)
    main = ceiling.score_main(fresh.diameters_mm, fresh.ratios)
    found = ceiling.score(fresh.diameters_mm, fresh.ratios, fresh.lesions, fresh.node)
    more = fresh.lesions > 1
    exact = np.where(more, np.log(0.4 / 0.1), np.log(0.6 / 0.9)) + np.log(0.8)
    plain = ~fresh.node
    assert (found - main)[plain] == pytest.approx(exact[plain], abs=0.1)
    assert np.all((found - main)[fresh.node] > 5.0)
    labels = fresh.malignant.astype(int)
    areas = [compute_auc(Scored(labels, scores)) for scores in (main, found)]
    assert areas[1] > areas[0] + 0.01


def test_a_woman_without_a_lesion_has_no_second_one_to_count() -> None:
    drawn = _draw(np.random.default_rng(9), 20_000)
    none = ~drawn.malignant & (np.arange(20_000) % 4 == 0)
    size = np.where(none, DIAMETERS_MM[0], drawn.diameters_mm)
    ratio = np.where(none, 1.0, drawn.ratios)
    lesions = np.where(none, 0, drawn.lesions)
    ceiling = build_ceiling(
        Drawn(drawn.malignant, size, ratio, size, ratio, lesions, drawn.node)
    )
    # Those without are no benign women with one lesion alone.
    assert ceiling.more_log_ratio[1, 0] == pytest.approx(
        np.log(0.4 * 0.8 / 0.1), abs=0.1
    )
    zero, one = np.zeros(1), np.ones(1)
    no_node = np.zeros(1, bool)
    found = ceiling.score(zero, one, np.zeros(1, int), no_node)
    assert found == ceiling.score_main(zero, one)
    assert found[0] < -3.0
