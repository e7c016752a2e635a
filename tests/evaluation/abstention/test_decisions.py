import pytest

from bsgi.evaluation.abstention.decisions import Decision, decide
from bsgi.evaluation.abstention.thresholds import ConformalThresholds, refer_everything

OVERLAP = ConformalThresholds(0.1, 0.3, 0.6, 20, 20)
APART = ConformalThresholds(0.1, 0.6, 0.3, 20, 20)


@pytest.mark.parametrize(
    ("score", "overlap", "apart"),
    [
        (0.1, Decision.BENIGN, Decision.BENIGN),
        (0.3, Decision.BOTH, Decision.BENIGN),
        (0.45, Decision.BOTH, Decision.NEITHER),
        (0.6, Decision.BOTH, Decision.MALIGNANT),
        (0.9, Decision.MALIGNANT, Decision.MALIGNANT),
    ],
)
def test_scores_are_called_or_referred(
    score: float, overlap: Decision, apart: Decision
) -> None:
    assert decide(OVERLAP, score) is overlap
    assert decide(APART, score) is apart


def test_without_either_threshold_everything_is_referred() -> None:
    half = ConformalThresholds(0.1, None, 0.6, 8, 20)
    for score in (-9.0, 0.5, 9.0):
        assert decide(half, score) is Decision.BOTH
        assert decide(refer_everything(0.1), score) is Decision.BOTH


def test_errors_are_excluded_labels_and_empty_sets_are_referred_too() -> None:
    assert [d for d in Decision if d.is_referred] == [Decision.BOTH, Decision.NEITHER]
    assert [d for d in Decision if d.excludes(1)] == [Decision.BENIGN, Decision.NEITHER]
    assert [d for d in Decision if d.excludes(0)] == [
        Decision.MALIGNANT, Decision.NEITHER,
    ]  # fmt: skip
