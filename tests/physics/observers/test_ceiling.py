"""The ceiling against the density ratio of known log-normal distributions."""

import numpy as np
import pytest
from scipy.stats import norm

from bsgi.evaluation.auc import compute_auc
from bsgi.evaluation.scored import Scored
from bsgi.physics.observers.ceiling import build_ceiling
from bsgi.physics.observers.lesion_prior import Drawn


def _draw(rng: np.random.Generator, women: int) -> Drawn:
    malignant = np.arange(women) % 2 == 1
    size = np.exp(rng.normal(np.where(malignant, np.log(16), np.log(11)), np.log(1.7)))
    ratio = np.exp(rng.normal(np.where(malignant, np.log(8), np.log(3.5)), np.log(1.6)))
    return Drawn(malignant, size, ratio, size, ratio)


def test_it_is_the_ratio_of_known_densities() -> None:
    rng = np.random.default_rng(7)
    ceiling = build_ceiling(_draw(rng, 40_000))
    fresh = _draw(rng, 2000)
    found = ceiling.score(fresh.diameters_mm, fresh.ratios)
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
