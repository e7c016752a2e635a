"""The ideal observer against draws of its own decision variable."""

import numpy as np
import pytest
from scipy.stats import norm

from bsgi.evaluation.areas.auc import compute_auc
from bsgi.evaluation.scored import Scored
from bsgi.physics.observers.ideal import measure_ideal


def _example(strength: float) -> tuple[np.ndarray, np.ndarray]:
    axis = np.arange(-8.0, 9.0)
    signal = strength * np.exp(-0.5 * (axis[:, None] ** 2 + axis**2) / 2.5**2)
    return signal, np.full(signal.shape, 100.0)


def test_a_weak_lesion_has_the_closed_form() -> None:
    signal, background = _example(0.1)
    ideal = measure_ideal(signal, background)
    # A sampled Gaussian: the sum of squares is pi sigma^2 times the peak squared.
    closed = 0.1 * 2.5 * np.sqrt(np.pi / 100.0)
    assert ideal.small_signal == pytest.approx(closed, rel=1e-3)
    assert ideal.d_prime == pytest.approx(ideal.small_signal, rel=1e-3)


@pytest.mark.parametrize("strength", [4.0, 8.0])
def test_its_area_is_that_of_drawn_likelihood_ratios(strength: float) -> None:
    signal, background = _example(strength)
    ideal = measure_ideal(signal, background)
    rng, images = np.random.default_rng(1), 6000
    weight = np.log1p(signal / background).ravel()
    scores = [
        rng.poisson(mean.ravel(), (images, mean.size)) @ weight
        for mean in (background, background + signal)
    ]
    labels = np.repeat([0, 1], images)
    drawn = compute_auc(Scored(labels, np.concatenate(scores)))
    assert ideal.auc == pytest.approx(drawn, abs=0.012)
    assert ideal.auc == pytest.approx(norm.cdf(ideal.d_prime / np.sqrt(2)), abs=1e-3)


def test_a_background_without_counts_is_refused() -> None:
    with pytest.raises(ValueError, match="expect counts"):
        measure_ideal(np.ones(3), np.array([1.0, 0.0, 1.0]))
