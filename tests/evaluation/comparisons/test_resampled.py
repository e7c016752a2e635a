"""The corrected resampled t test, against SciPy's paired t test."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import t, ttest_rel
from sklearn.metrics import accuracy_score, roc_auc_score

from bsgi.evaluation.comparisons.resampled import (
    CORRECTED_T,
    compare_folds,
    corrected_resampled_test,
)
from bsgi.evaluation.predictions import PredictionRow
from tests.evaluation.rows import row, study_rows


def test_without_a_training_part_it_is_scipys_paired_test() -> None:
    first, second = np.random.default_rng(1).uniform(0.6, 0.9, size=(2, 25))
    known = ttest_rel(first, second)
    for ratio in (1e-12, 0.25, 1.0):
        found = corrected_resampled_test(first, second, ratio=ratio)
        statistic = known.statistic / math.sqrt(1 + 25 * ratio)
        assert found.statistic == pytest.approx(statistic)
        assert found.p == pytest.approx(2 * t.sf(abs(statistic), 24))
        assert found.freedom == 24.0
        assert found.method == CORRECTED_T
    limits = known.confidence_interval(0.95)
    found = corrected_resampled_test(first, second, ratio=1e-12)
    assert found.difference is not None
    assert (found.difference.lower, found.difference.upper) == pytest.approx(
        (limits.low, limits.high)
    )


def test_interval_and_test_agree() -> None:
    rng = np.random.default_rng(2)
    for shift in (0.0, 0.05, 0.1, 0.2):
        first, second = 0.5 + 0.05 * rng.normal(size=(2, 10)) + [[shift], [0.0]]
        found = corrected_resampled_test(first, second, ratio=0.25)
        assert found.p is not None
        assert found.difference is not None
        assert (found.p < 0.05) == found.difference.excludes_zero


def methods() -> tuple[list[PredictionRow], list[PredictionRow]]:
    """Two methods on the same five folds of two repeats."""
    rows = study_rows(repeats=2, folds=5)
    rng = np.random.default_rng(3)
    noise = 0.2 * rng.normal(size=len(rows))
    return rows, [
        replace(each, method="other", score=float(each.score + more))
        for each, more in zip(rows, noise, strict=True)
    ]


@pytest.mark.parametrize("quantity", ["auc", "accuracy"])
def test_takes_every_fold_of_every_repeat(quantity: str) -> None:
    """Areas and accuracies by scikit-learn; 45 exams in folds of 9 give 1/4."""
    first, second = methods()
    values = []
    for rows in (first, second):
        for repeat in range(2):
            for fold in range(5):
                own = [x for x in rows if (x.repeat, x.fold) == (repeat, fold)]
                labels, scores = [x.label for x in own], [x.score for x in own]
                values.append(
                    roc_auc_score(labels, scores)
                    if quantity == "auc"
                    else accuracy_score(labels, np.array(scores) >= 0.5)
                )
    known = corrected_resampled_test(
        np.array(values[:10]), np.array(values[10:]), ratio=0.25, quantity=quantity
    )
    found = compare_folds(first, second, quantity)
    assert found is not None
    assert (found.folds, found.left_out, found.quantity) == (10, 0, quantity)
    assert found.ratio == pytest.approx(0.25)
    assert found.statistic == pytest.approx(known.statistic)
    assert found.p == pytest.approx(known.p)
    by_fold = compare_folds(first, second, quantity, {
        (repeat, fold): 0.5 for repeat in range(2) for fold in range(5)
    })  # fmt: skip
    assert by_fold == found


def test_folds_of_one_label_have_no_area() -> None:
    rows = [
        row(f"{fold}{label}{k}", 0.1 * k + label, label, fold=fold)
        for fold in range(3)
        for label in ((0, 1) if fold else (0,))
        for k in range(3)
    ]
    found = compare_folds(rows, rows, "auc")
    assert found is not None
    assert (found.folds, found.left_out) == (2, 1)
    assert (found.statistic, found.p) == (0.0, 1.0)
    assert compare_folds(rows[:3], rows[:3], "auc") is None


def test_where_folds_do_not_spread_only_no_difference_has_a_p() -> None:
    same = np.full(5, 0.8)
    found = corrected_resampled_test(same, same, ratio=0.25)
    assert (found.statistic, found.p) == (0.0, 1.0)
    found = corrected_resampled_test(same, same - 0.1, ratio=0.25)
    assert (found.statistic, found.p) == (None, None)
    assert found.difference is not None
    assert found.difference.value == pytest.approx(0.1)
    alone = corrected_resampled_test(same[:1], same[:1], ratio=0.25)
    assert (alone.difference, alone.p) == (None, None)


def test_a_single_fold_is_no_cross_validation() -> None:
    rows = study_rows(repeats=3)
    assert compare_folds(rows, rows, "auc") is None
    assert compare_folds(rows, [], "auc") is None


def test_refuses_the_impossible() -> None:
    same = np.full(5, 0.8)
    with pytest.raises(ValueError, match="finite value in each fold"):
        corrected_resampled_test(same, same * np.nan, ratio=0.25)
    with pytest.raises(ValueError, match="quantity must be one of accuracy, auc"):
        corrected_resampled_test(same, same, ratio=0.25, quantity="recall")
    with pytest.raises(ValueError, match="folds and ratio must be possible"):
        corrected_resampled_test(same, same, ratio=0.0)
