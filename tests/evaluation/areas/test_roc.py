import numpy as np
import pytest
from sklearn.metrics import roc_curve

from bsgi.evaluation.areas.auc import compute_auc
from bsgi.evaluation.areas.roc import build_roc
from bsgi.evaluation.scored import Scored


@pytest.mark.parametrize("levels", [2, 5, 1000])
def test_agrees_with_scikit_learn(levels: int) -> None:
    rng = np.random.default_rng(levels)
    labels = rng.integers(0, 2, 200)
    scores = np.round((labels + rng.normal(size=200)) * levels / 10)
    curve = build_roc(Scored(labels, scores))
    false_rate, true_rate, thresholds = roc_curve(
        labels, scores, drop_intermediate=False
    )
    np.testing.assert_array_equal(curve.false_positive_rate, false_rate)
    np.testing.assert_array_equal(curve.true_positive_rate, true_rate)
    np.testing.assert_array_equal(curve.thresholds, thresholds)


def test_the_area_below_is_the_mann_whitney_auc() -> None:
    rng = np.random.default_rng(1)
    scored = Scored(np.arange(50) % 2, rng.integers(0, 6, 50).astype(float))
    curve = build_roc(scored)
    area = np.trapezoid(curve.true_positive_rate, curve.false_positive_rate)
    assert area == pytest.approx(compute_auc(scored), abs=1e-12)


def test_all_tied_is_the_diagonal() -> None:
    curve = build_roc(Scored(np.array([0, 1, 1]), np.full(3, 0.5)))
    assert curve.false_positive_rate.tolist() == [0, 1]
    assert curve.true_positive_rate.tolist() == [0, 1]


def test_two_exams_are_enough_and_one_label_is_not() -> None:
    curve = build_roc(Scored(np.array([0, 1]), np.array([0.1, 0.9])))
    assert curve.true_positive_rate.tolist() == [0, 1, 1]
    with pytest.raises(ValueError, match="must have malignant and benign exams"):
        build_roc(Scored(np.array([1, 1]), np.array([0.1, 0.9])))
