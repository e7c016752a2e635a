from itertools import pairwise

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from bsgi.evaluation.calibration.decision_curve import decision_curve
from bsgi.evaluation.calibration.forecasts import Forecasts
from tests.evaluation.calibration.draw import draw_forecasts


def test_agrees_with_counts_of_scikit_learn_1_9() -> None:
    forecasts = draw_forecasts(2, decimals=2)
    curve = decision_curve(forecasts.labels, forecasts.probabilities)
    assert len(curve.thresholds) == 99
    for t, value, everybody in zip(
        curve.thresholds, curve.net_benefit, curve.treat_all, strict=True
    ):
        called = forecasts.probabilities >= t
        (_, fp), (_, tp) = confusion_matrix(forecasts.labels, called)
        odds = t / (1 - t)
        assert value == pytest.approx((tp - fp * odds) / 60)
        m, b = forecasts.malignant, forecasts.benign
        assert everybody == pytest.approx((m - b * odds) / 60)


def test_acting_on_all_is_the_curve_of_probabilities_of_one() -> None:
    labels = draw_forecasts(1).labels
    curve = decision_curve(labels, np.ones(60), seed=4)
    assert curve.net_benefit == pytest.approx(curve.treat_all)
    never = decision_curve(labels, np.zeros(60))
    assert set(never.net_benefit) == set(never.lower) == set(never.upper) == {0.0}


def test_limits_are_those_of_patients_and_hold_the_value() -> None:
    one = draw_forecasts(6, patients=80)
    many = Forecasts(
        np.tile(one.labels, 4), np.tile(one.probabilities, 4), one.patients * 4
    )
    first = decision_curve(one.labels, one.probabilities, one.patients, seed=1)
    other = decision_curve(many.labels, many.probabilities, many.patients, seed=1)
    assert first.net_benefit == pytest.approx(other.net_benefit)
    assert first.lower == pytest.approx(other.lower)
    rows = zip(first.lower, first.net_benefit, first.upper, strict=True)
    assert all(low <= value <= high for low, value, high in rows)


def test_the_bootstraps_spread_is_that_of_the_mean() -> None:
    """At one threshold the net benefit is a mean, whose standard error is known."""
    f = draw_forecasts(9, patients=300)
    curve = decision_curve(f.labels, f.probabilities, seed=0, level=0.95)
    at = curve.thresholds.index(0.3)
    worth = np.where(f.labels == 1, 1.0, -0.3 / 0.7) * (f.probabilities >= 0.3)
    width = curve.upper[at] - curve.lower[at]
    assert width == pytest.approx(2 * 1.96 * worth.std() / np.sqrt(300), rel=0.08)


def test_many_patients_are_drawn_some_at_a_time_with_the_same_result(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    f = draw_forecasts(3)
    whole = decision_curve(f.labels, f.probabilities, resamples=50)
    where = "bsgi.evaluation.calibration.decision_curve._CELLS"
    monkeypatch.setattr(where, 600)
    assert decision_curve(f.labels, f.probabilities, resamples=50) == whole


def test_falling_treat_all_and_refusals() -> None:
    f = draw_forecasts(3)
    curve = decision_curve(f.labels, f.probabilities, resamples=20)
    assert all(one > other for one, other in pairwise(curve.treat_all))
    with pytest.raises(ValueError, match="probabilities must be 0 to 1"):
        decision_curve(f.labels, f.probabilities * 2)
    with pytest.raises(ValueError, match="must not be empty"):
        decision_curve(f.labels[:0], f.probabilities[:0])
