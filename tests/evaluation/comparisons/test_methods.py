from dataclasses import asdict, replace
from itertools import combinations

import numpy as np
import pytest

from bsgi.evaluation.comparisons.methods import (
    Comparison,
    call_patients,
    compare_methods,
)
from bsgi.evaluation.multiplicity import adjust_by_holm
from bsgi.evaluation.predictions import PredictionRow
from bsgi.evaluation.rates.mcnemar import compare_paired
from bsgi.evaluation.repeats import collect_repeats
from tests.evaluation.rows import row, study_rows


def compare(rows: list[PredictionRow]) -> tuple[Comparison, ...]:
    methods = dict.fromkeys(each.method for each in rows)
    return compare_methods(
        {
            method: collect_repeats([each for each in rows if each.method == method])
            for method in methods
        }
    )


def test_every_pair_in_three_quantities_and_one_family() -> None:
    rows = study_rows(methods=("paper", "neural-network", "autoencoder"), shift=0.8)
    found = compare(rows)
    pairs = [(each.first, each.second) for each in found[::3]]
    assert pairs == list(combinations(("paper", "neural-network", "autoencoder"), 2))
    assert [each.quantity for each in found[:3]] == [
        "accuracy", "sensitivity", "specificity",
    ]  # fmt: skip
    assert [each.number for each in found[:3]] == [45, 17, 28]
    adjusted = adjust_by_holm([each.p_mid for each in found])
    assert tuple(each.p_adjusted for each in found) == adjusted
    for accuracy, sensitivity, specificity in zip(*[iter(found)] * 3, strict=True):
        assert accuracy.only_first == sensitivity.only_first + specificity.only_first
        test = asdict(compare_paired(accuracy.only_first, accuracy.only_second))
        assert test.items() <= asdict(accuracy).items()


def test_counts_by_hand() -> None:
    """Of 6 malignant patients a has 4 right, b 2, one of them the same."""
    right = {"a": "1111..", "b": "1....1"}
    rows = [
        row(str(number), 0.9 if mark == "1" else 0.1, 1, method=method)
        for method, marks in right.items()
        for number, mark in enumerate(marks)
    ]
    accuracy, sensitivity = compare(rows)
    assert (accuracy.quantity, sensitivity.quantity) == ("accuracy", "sensitivity")
    for found in (accuracy, sensitivity):
        assert (found.number, found.only_first, found.only_second) == (6, 3, 1)


def test_repeats_add_no_patients() -> None:
    once = study_rows(repeats=1, methods=("a", "b"), shift=0.5)
    five = [replace(each, repeat=repeat) for repeat in range(5) for each in once]
    assert compare(five) == compare(once)


def test_scores_are_averaged_before_they_are_called() -> None:
    """Called malignant in two of three repeats, but benign by the mean score."""
    scores = (0.51, 0.51, 0.2)
    rows = [row("m", score, 1, repeat=r, method="a") for r, score in enumerate(scores)]
    rows.append(row("m", 0.9, 1, method="b"))
    (accuracy, _) = compare(rows)
    assert (accuracy.only_first, accuracy.only_second) == (0, 1)


def test_a_patient_has_one_call_for_each_label() -> None:
    rows = [
        row("m1", 0.9, 1, patient="x"), row("m2", 0.3, 1, patient="x"),
        row("b1", 0.7, 0, patient="x"), row("b2", 0.1, 0, patient="y"),
        row("b3", 0.7, 0, patient="y"),
    ]  # fmt: skip
    calls = call_patients(collect_repeats(rows))
    assert calls == {("x", 1): True, ("x", 0): True, ("y", 0): False}
    other = [replace(each, method="b", score=0.5) for each in rows]
    accuracy, sensitivity, specificity = compare([*rows, *other])
    assert [each.number for each in (accuracy, sensitivity, specificity)] == [3, 1, 2]


def test_only_what_both_have_tested_is_compared() -> None:
    rows = [
        row("m1", 0.9, 1, method="a"), row("m2", 0.9, 1, method="a"),
        row("m3", 0.9, 1, patient="pm2", method="a"), row("m1", 0.1, 1, method="b"),
        row("m2", 0.1, 1, method="b"), row("b", 0.1, 0, method="b"),
    ]  # fmt: skip
    accuracy, sensitivity = compare(rows)
    assert (accuracy.number, sensitivity.number) == (2, 2)
    # The exam that b did not test would have made a's mean margin positive.
    rows[1] = replace(rows[1], score=0.45)
    accuracy, _ = compare(rows)
    assert (accuracy.only_first, accuracy.only_second) == (1, 0)


def test_strangers_and_single_methods_are_not_compared() -> None:
    assert compare(study_rows()) == ()
    assert compare([row("x", 0.4, 0, method="a"), row("y", 0.4, 0, method="b")]) == ()


def test_a_true_null_is_rejected_in_five_per_cent_or_so() -> None:
    """Two methods that differ by chance alone, 300 studies of 45 patients."""
    rng = np.random.default_rng(4)
    rejected = 0
    for _ in range(300):
        right = rng.random((2, 45)) < 0.8
        test = compare_paired(int((right[0] & ~right[1]).sum()),
                              int((right[1] & ~right[0]).sum()))  # fmt: skip
        rejected += test.p_mid < 0.05
    assert rejected / 300 < 0.056


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"quantity": "recall"}, "quantity must be one of accuracy, sensitivity"),
        ({"only_first": 46}, "numbers of patients must fit together"),
        ({"p_mid": 1.5}, "p values must be 0 to 1"),
    ],
)
def test_refuses_the_impossible(change: dict[str, object], message: str) -> None:
    found = compare(study_rows(methods=("a", "b")))[0]
    with pytest.raises(ValueError, match=message):
        replace(found, **change)  # type: ignore[arg-type]
