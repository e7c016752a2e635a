import numpy as np
import pytest
from sklearn.metrics import roc_curve

from bsgi.evaluation.operating_points.choice import (
    choose_at_sensitivity,
    choose_at_specificity,
)
from bsgi.evaluation.scored import Scored


def draw(rng: np.random.Generator, digits: int) -> Scored:
    labels = np.repeat([1, 0], rng.integers(1, 25, size=2))
    return Scored(labels, np.round(rng.normal(size=labels.size) + labels, digits))


@pytest.mark.parametrize("digits", [0, 1, 8])
def test_no_threshold_that_keeps_the_target_gives_more_of_the_other_rate(
    digits: int,
) -> None:
    """Against all corners of scikit-learn's ROC curve."""
    rng = np.random.default_rng(1)
    for _ in range(40):
        scored = draw(rng, digits)
        target = float(rng.uniform(0.05, 0.95))
        false, true, _ = roc_curve(
            scored.labels, scored.scores, drop_intermediate=False
        )
        malignant = scored.scores[scored.labels == 1]
        benign = scored.scores[scored.labels == 0]
        threshold = choose_at_specificity(scored, target)
        assert (benign < threshold).mean() >= target
        best = true[1 - false >= target - 1e-12].max()
        assert (malignant >= threshold).mean() == pytest.approx(best)
        threshold = choose_at_sensitivity(scored, target)
        assert (malignant >= threshold).mean() >= target
        best = (1 - false)[true >= target - 1e-12].max()
        assert (benign < threshold).mean() == pytest.approx(best)


def test_a_threshold_lies_halfway_between_two_scores() -> None:
    scored = Scored(np.array([0, 0, 0, 1, 1]), np.array([0.1, 0.2, 0.6, 0.4, 0.9]))
    assert choose_at_specificity(scored, 0.6) == pytest.approx(0.3)
    assert choose_at_specificity(scored, 0.7) == pytest.approx(0.75)
    assert choose_at_sensitivity(scored, 0.5) == pytest.approx(0.75)
    assert choose_at_sensitivity(scored, 0.6) == pytest.approx(0.3)


def test_at_the_ends_of_the_scores_there_still_is_a_threshold() -> None:
    assert (
        choose_at_sensitivity(Scored(np.array([1, 0]), np.array([0.1, 0.2])), 0.9)
        == 0.1
    )
    threshold = choose_at_specificity(
        Scored(np.array([1, 0]), np.array([0.1, 0.2])), 0.9
    )
    assert threshold == np.nextafter(0.2, 1.0)
    with pytest.raises(ValueError, match="must have benign exams"):
        choose_at_specificity(Scored(np.array([1]), np.array([0.1])), 0.9)
    with pytest.raises(ValueError, match="must have malignant exams"):
        choose_at_sensitivity(Scored(np.array([0]), np.array([0.1])), 0.9)


def test_nine_tenths_of_thirty_are_twenty_seven() -> None:
    """0.9 * 30 is a little more than 27 in the machine."""
    scored = Scored(np.repeat(0, 30), np.arange(30.0))
    assert choose_at_specificity(scored, 0.9) == 26.5
