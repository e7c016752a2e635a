from dataclasses import replace

import numpy as np
import pytest

from bsgi.errors import ConfigError, RunError
from bsgi.evaluation.design import Design
from bsgi.evaluation.predictions import PredictionRow
from bsgi.evaluation.repeats import average_repeats, collect_repeats
from bsgi.evaluation.summary import summarize_predictions
from tests.evaluation.rows import row, study_rows


def make_rows(
    *, method: str = "paper", repeat: int = 0, benign: int = 28, malignant: int = 17
) -> list[PredictionRow]:
    rng = np.random.default_rng(repeat)
    labels = [0] * benign + [1] * malignant
    return [
        PredictionRow(
            exam_id=f"{number}-1",
            patient_id=str(number),
            method=method,
            repeat=repeat,
            fold=0,
            part="test",
            label=label,
            score=float(rng.normal() / 5 + 0.3 + 0.4 * label),
        )
        for number, label in enumerate(labels)
    ]


def test_counts_the_test_part_only() -> None:
    rows = make_rows()
    trained = [
        replace(row, patient_id=f"t{row.patient_id}", part="train") for row in rows
    ]
    metrics = summarize_predictions([*trained, *rows], simulated=True)
    assert metrics == summarize_predictions(rows, simulated=True)
    (method,) = metrics.methods
    assert (method.malignant, method.benign) == (17, 28)
    (result,) = method.repeats
    confusion = result.confusion
    assert confusion.tp + confusion.fn == 17
    assert confusion.tn + confusion.fp == 28
    assert result.auc is not None
    assert result.auc.method == "newcombe"
    assert result.sensitivity is not None
    assert result.sensitivity.value == confusion.tp / 17


def test_repeats_and_methods_stand_apart() -> None:
    rows = [
        *make_rows(repeat=1),
        *make_rows(repeat=0),
        *make_rows(method="mlp", repeat=0),
    ]
    metrics = summarize_predictions(rows, simulated=False)
    assert [method.method for method in metrics.methods] == ["paper", "mlp"]
    assert [result.repeat for result in metrics.methods[0].repeats] == [0, 1]
    assert metrics.methods[0].malignant == 17


def test_a_missing_label_is_undefined() -> None:
    metrics = summarize_predictions(make_rows(malignant=0), simulated=True)
    (result,) = metrics.methods[0].repeats
    assert result.sensitivity is None
    assert result.auc is None


def test_refuses_predictions_without_a_test_part() -> None:
    rows = [replace(row, part="train") for row in make_rows()]
    with pytest.raises(RunError, match="must have rows of the part test, got none"):
        summarize_predictions(rows, simulated=True)


@pytest.mark.parametrize("threshold", ["nan", "inf", "-inf"])
def test_a_threshold_is_a_number(threshold: str) -> None:
    message = f"threshold must be a finite number, got {threshold}; choose"
    with pytest.raises(ConfigError, match=message) as raised:
        summarize_predictions(make_rows(), threshold=float(threshold), simulated=True)
    assert raised.value.exit_status == 2


@pytest.mark.parametrize(
    "design", [None, Design.SINGLE, Design.FOLDS, Design.SITES, Design.PERIODS]
)
def test_folds_of_a_repeat_are_pooled_and_methods_compared(
    design: Design | None,
) -> None:
    rows = study_rows(repeats=2, folds=3, methods=("paper", "mlp"))
    metrics = summarize_predictions(rows, simulated=True, design=design)
    assert metrics.design is design
    for method in metrics.methods:
        own = [each for each in rows if each.method == method.method]
        assert method.average == average_repeats(collect_repeats(own))
        assert len(method.repeats) == 6
    assert len(metrics.comparisons) == 3


@pytest.mark.parametrize("design", [Design.SITES, Design.PERIODS])
def test_folds_that_mean_something_have_results_of_their_own(design: Design) -> None:
    rows = study_rows(repeats=2, folds=3)
    titles = {0: "site A", 1: "site B"}
    metrics = summarize_predictions(rows, simulated=True, design=design, titles=titles)
    (method,) = metrics.methods
    assert [fold.title for fold in method.by_fold] == ["site A", "site B", "fold 2"]
    second = [each for each in rows if each.fold == 1]
    assert method.by_fold[1].average == average_repeats(collect_repeats(second))


def test_a_learning_curve_has_folds_and_no_average() -> None:
    """The same test set at each size, so that pooling would count it thrice."""
    rows = [
        replace(each, fold=fold, score=each.score * (fold + 1) / 3)
        for fold in range(3)
        for each in study_rows(repeats=2, methods=("a", "b"))
    ]
    titles = {0: "50 patients", 1: "100 patients", 2: "186 patients"}
    metrics = summarize_predictions(
        rows, simulated=True, design=Design.SIZES, titles=titles
    )
    for method in metrics.methods:
        assert method.average is None
        assert [fold.title for fold in method.by_fold] == list(titles.values())
        assert [fold.average.malignant for fold in method.by_fold] == [17] * 3
        assert all(fold.average.auc is not None for fold in method.by_fold)
    assert metrics.comparisons == ()


def test_unknown_folds_that_overlap_are_not_pooled() -> None:
    rows = [row("m", 0.9, 1), row("m", 0.8, 1, fold=1), row("b", 0.1, 0)]
    metrics = summarize_predictions(rows, simulated=True)
    assert metrics.methods[0].average is None
    assert metrics.methods[0].by_fold == ()


def test_stated_folds_must_not_overlap() -> None:
    rows = [row("m", 0.9, 1), row("m", 0.8, 1, fold=1)]
    with pytest.raises(RunError, match="must test an exam at most once in a repeat"):
        summarize_predictions(rows, simulated=True, design=Design.FOLDS)


@pytest.mark.parametrize("design", [Design.FOLDS, Design.SITES, Design.SIZES])
def test_order_of_rows_does_not_matter(design: Design) -> None:
    rows = study_rows(repeats=3, folds=4)
    shuffled = [
        rows[place] for place in np.random.default_rng(2).permutation(len(rows))
    ]
    one, other = (
        summarize_predictions(
            each,
            threshold="youden" if design is Design.FOLDS else 0.4,
            simulated=True,
            design=design,
        )
        for each in (rows, shuffled)
    )
    assert one == other


def test_youden_calls_each_fold_at_its_own_threshold() -> None:
    rows = study_rows(repeats=2, folds=3)
    metrics = summarize_predictions(
        rows, threshold="youden", simulated=True, design=Design.FOLDS
    )
    (method,) = metrics.methods
    for result in method.repeats:
        called = sum(
            each.score >= result.threshold
            for each in rows
            if (each.repeat, each.fold) == (result.repeat, result.fold)
        )
        assert called == result.confusion.tp + result.confusion.fp
    assert method.average is not None
    assert method.average.confusion.tp == sum(
        result.confusion.tp for result in method.repeats
    )
