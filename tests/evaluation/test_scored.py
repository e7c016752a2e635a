import numpy as np
import pytest

from bsgi.evaluation.scored import Scored


def test_counts_both_labels() -> None:
    scored = Scored(np.array([1, 0, 0]), np.array([0.5, 0.1, 0.2]))
    assert (scored.malignant, scored.benign, scored.has_both) == (1, 2, True)


def test_refuses_labels_other_than_0_and_1() -> None:
    with pytest.raises(ValueError, match="labels must be 0 or 1, got 2 at index 1"):
        Scored(np.array([1, 2]), np.array([0.5, 0.1]))


@pytest.mark.parametrize("score", [np.nan, np.inf])
def test_refuses_scores_that_are_not_finite(score: float) -> None:
    with pytest.raises(ValueError, match=r"scores must be finite, got .* at index 1"):
        Scored(np.array([1, 0]), np.array([0.5, score]))


def test_refuses_nothing() -> None:
    with pytest.raises(ValueError, match="must not be empty"):
        Scored(np.array([], dtype=np.int64), np.array([]))


def test_one_label_gives_no_curve() -> None:
    with pytest.raises(ValueError, match="malignant and benign exams, got 2 and 0"):
        Scored(np.array([1, 1]), np.array([0.5, 0.1])).check_both()
