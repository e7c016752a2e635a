import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from bsgi.evaluation.rates.confusion import Confusion, count_confusion
from bsgi.evaluation.scored import Scored


def test_agrees_with_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    labels, scores = rng.integers(0, 2, 100), rng.integers(0, 10, 100) / 10
    for threshold in (-1.0, 0.0, 0.3, 0.5, 2.0):
        ours = count_confusion(Scored(labels, scores), threshold)
        theirs = confusion_matrix(labels, scores >= threshold, labels=[0, 1])
        assert [[ours.tn, ours.fp], [ours.fn, ours.tp]] == theirs.tolist()


def test_a_score_at_the_threshold_is_malignant() -> None:
    scored = Scored(np.array([1, 0]), np.array([0.5, 0.5]))
    assert count_confusion(scored, 0.5) == Confusion(tp=1, fp=1, tn=0, fn=0)


def test_positive_is_malignant() -> None:
    confusion = Confusion(tp=84, fp=1, tn=139, fn=1)
    sensitivity, specificity = confusion.sensitivity(), confusion.specificity()
    accuracy = confusion.accuracy()
    assert sensitivity is not None
    assert sensitivity.value == 84 / 85
    assert specificity is not None
    assert specificity.value == 139 / 140
    assert accuracy is not None
    assert accuracy.value == 223 / 225


def test_rates_without_exams_are_undefined() -> None:
    assert Confusion(tp=0, fp=1, tn=1, fn=0).sensitivity() is None
    assert Confusion(tp=1, fp=0, tn=0, fn=1).specificity() is None
    assert Confusion(tp=0, fp=0, tn=0, fn=0).accuracy() is None


def test_refuses_nonsense() -> None:
    with pytest.raises(ValueError, match="counts must not be negative"):
        Confusion(tp=-1, fp=0, tn=0, fn=0)
    with pytest.raises(ValueError, match="threshold must be a number, got nan"):
        count_confusion(Scored(np.array([1]), np.array([0.5])), float("nan"))
