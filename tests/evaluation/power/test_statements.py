import math

import numpy as np
import pytest
from pydantic import TypeAdapter
from scipy.stats import norm

from bsgi.evaluation.areas.auc import compute_placements
from bsgi.evaluation.power.areas import (
    compute_difference_power,
    compute_hanley_variance,
)
from bsgi.evaluation.power.proportions import compute_mcnemar_power
from bsgi.evaluation.power.statements import PowerEntry, PowerStatement, describe_power
from bsgi.evaluation.readers.mrmc import delong_covariance
from bsgi.evaluation.repeats import RepeatedScores, collect_repeats
from bsgi.evaluation.scored import Scored
from tests.evaluation.rows import row, study_rows


def collect(**settings: object) -> dict[str, RepeatedScores]:
    rows = study_rows(methods=("paper", "other"), **settings)  # type: ignore[arg-type]
    return {
        name: collect_repeats([each for each in rows if each.method == name])
        for name in ("paper", "other")
    }


def find(statement: PowerStatement, quantity: str) -> PowerEntry:
    (entry,) = [each for each in statement.entries if each.quantity == quantity]
    return entry


def test_the_area_has_the_variance_of_its_patients() -> None:
    methods = collect(malignant=80, benign=120, repeats=1, seed=3)
    statement = describe_power(methods)
    entry = find(statement, "auc")
    placed = [
        compute_placements(Scored(each.labels, each.scores[0]))
        for each in methods.values()
    ]
    covariance = delong_covariance(placed)
    variance = float(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])
    assert entry.detectable is not None
    found = compute_difference_power(entry.detectable, variance, variance)
    assert found == pytest.approx(0.8)
    assert entry.agreement == pytest.approx(
        covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1])
    )
    assert entry.number == 200
    assert not entry.assumed
    assert "Hanley" not in entry.words
    assert entry.needed is not None
    scaled = variance * 200 / entry.needed
    assert compute_difference_power(0.05, scaled, scaled) == pytest.approx(
        0.8, abs=5e-3
    )


def alike(malignant: int, benign: int, *, swaps: int) -> dict[str, RepeatedScores]:
    """Two methods that differ in so many swapped neighbouring pairs and no more."""
    rng = np.random.default_rng(4)
    labels = [1] * malignant + [0] * benign
    first = rng.normal(size=len(labels)) + 1.5 * np.array(labels)
    second = first.copy()
    order = np.argsort(first)
    done = 0
    for low, high in zip(order[:-1:2], order[1::2], strict=False):
        if labels[low] != labels[high] and done < swaps:
            second[[low, high]] = first[[high, low]]
            done += 1
    assert done == swaps
    rows = [
        row(f"{place:04d}", float(score), label, method=name)
        for name, scores in (("one", first), ("other", second))
        for place, (label, score) in enumerate(zip(labels, scores, strict=True))
    ]
    return {
        name: collect_repeats([each for each in rows if each.method == name])
        for name in ("one", "other")
    }


@pytest.mark.parametrize(("malignant", "benign"), [(17, 28), (87, 144)])
def test_one_swapped_pair_is_no_proof_that_little_takes_two_patients(
    malignant: int, benign: int
) -> None:
    """Its variance kept, 0.008 would be detected, and 0.05 take 2 patients."""
    entry = find(describe_power(alike(malignant, benign, swaps=1)), "auc")
    assert entry.detectable is not None
    assert entry.needed is not None
    assert entry.agreement is not None
    assert entry.agreement > 0.99
    number = malignant + benign
    # In proportion to the root of the number of patients, as a standard error is.
    assert 0.4 < entry.detectable * np.sqrt(number) < 0.9
    assert (entry.needed > number) is (entry.detectable > 0.05)
    assert 40 < entry.needed < 400
    assert (
        "Hanley and McNeil's formula at least, with a correlation of 0.90"
        in entry.words
    )


@pytest.mark.parametrize("swaps", [1, 3])
@pytest.mark.parametrize("difference", [0.05, 0.3, 0.7])
def test_two_patients_of_each_label_are_needed_at_least(
    swaps: int, difference: float
) -> None:
    methods = alike(17, 28, swaps=swaps)
    entry = find(describe_power(methods, difference=difference), "auc")
    assert entry.needed is not None
    assert entry.needed * 17 / 45 >= 2.0


def test_rates_have_the_disagreement_of_the_calls() -> None:
    statement = describe_power(collect(repeats=1, seed=3))
    assert (statement.patients, statement.malignant, statement.benign) == (45, 17, 28)
    for quantity, number in (
        ("accuracy", 45),
        ("sensitivity", 17),
        ("specificity", 28),
    ):
        entry = find(statement, quantity)
        assert entry.number == number
        assert entry.agreement is not None
        assert entry.detectable is not None
        both = max(entry.agreement, entry.detectable)
        first = (both + entry.detectable) / 2
        power = compute_mcnemar_power(number, first, max(both - first, 0.0))
        assert power == pytest.approx(0.8, abs=2e-3)
        assert power >= 0.8
        assert f"{entry.detectable:.3f}" in entry.words
        assert str(entry.needed) in entry.words


def test_five_times_the_same_repeat_show_no_more() -> None:
    one = collect(repeats=1, seed=5)
    five = {
        name: RepeatedScores(
            each.exam_ids, each.patients, each.labels,
            np.repeat(each.scores, 5, axis=0), np.repeat(each.margins, 5, axis=0),
        )
        for name, each in one.items()
    }  # fmt: skip
    for first, second in zip(
        describe_power(one).entries, describe_power(five).entries, strict=True
    ):
        assert second.detectable == pytest.approx(first.detectable)
        assert second.needed == first.needed


def test_exams_of_one_woman_are_one_patient() -> None:
    """Every exam twice: as many patients, and they show no more."""
    once, twice = [], []
    for each in study_rows(repeats=1, methods=("paper", "other"), seed=6):
        once.append(each)
        twice += [
            row(f"{each.exam_id}{side}", each.score, each.label,
                patient=each.patient_id, method=each.method)
            for side in "ab"
        ]  # fmt: skip
    results = []
    for rows in (once, twice):
        methods = {
            name: collect_repeats([each for each in rows if each.method == name])
            for name in ("paper", "other")
        }
        results.append(describe_power(methods))
    assert results[1].patients == 45
    for first, second in zip(results[0].entries, results[1].entries, strict=True):
        assert second.number == first.number
        assert second.detectable == pytest.approx(first.detectable)
        assert second.needed == first.needed


def test_one_method_is_compared_with_an_imagined_one() -> None:
    statement = describe_power({"paper": collect(repeats=2)["paper"]})
    assert [entry.quantity for entry in statement.entries] == [
        "auc", "accuracy", "sensitivity", "specificity"
    ]  # fmt: skip
    assert all(entry.second is None and entry.assumed for entry in statement.entries)
    assert "assumed correlation 0.50" in statement.entries[0].words
    assert "best case" in statement.entries[1].words


def test_perfect_scores_tell_no_spread() -> None:
    """Hanley and McNeil's variance stands in for the missing one."""
    rows = [
        row(f"{n}", float(n), int(n > 9), method=m) for n in range(20) for m in "ab"
    ]
    methods = {
        name: collect_repeats([each for each in rows if each.method == name])
        for name in "ab"
    }
    entry = find(describe_power(methods), "auc")
    assert "no spread" in entry.words
    assert "Hanley" in entry.words
    assert entry.detectable is not None
    assert entry.needed is not None
    # An area of 1 has no variance; at the limit that of the other decides alone.
    spread = compute_hanley_variance(1.0 - entry.detectable, 10, 10)
    reach = norm.ppf(0.975) + norm.ppf(0.8)
    assert entry.detectable == pytest.approx(reach * math.sqrt(spread), abs=1e-6)
    spread = compute_hanley_variance(0.95, 10, 10)
    assert entry.needed == math.ceil(20 * spread * (reach / 0.05) ** 2)


@pytest.mark.parametrize("perfect", [True, False])
def test_a_single_method_without_spread_gets_figures_too(perfect: bool) -> None:
    """Perfect separation, and the same score everywhere."""
    rows = [row(f"{n}", float(perfect and n > 99), int(n > 99)) for n in range(200)]
    entry = find(describe_power({"a": collect_repeats(rows)}), "auc")
    assert entry.detectable is not None
    assert 0.01 < entry.detectable < 0.2
    assert entry.needed is not None
    assert (entry.agreement, entry.assumed) == (0.5, True)
    assert "best case" not in entry.words
    assert "Hanley" in entry.words


def test_one_area_without_spread_has_no_correlation() -> None:
    """A perfect method beside one that errs."""
    rng = np.random.default_rng(3)
    labels = [1] * 17 + [0] * 28
    rows = [
        row(f"e{place}", float(score), label, method=name)
        for name, scores in (("sure", labels), ("unsure", rng.random(45)))
        for place, (label, score) in enumerate(zip(labels, scores, strict=True))
    ]
    methods = {
        name: collect_repeats([each for each in rows if each.method == name])
        for name in ("sure", "unsure")
    }
    entry = find(describe_power(methods), "auc")
    assert entry.agreement is None
    assert entry.detectable is not None
    assert "one of the areas shows no spread" in entry.words


@pytest.mark.parametrize("labels", [(0, 0), (1, 0), (1, 1, 0)])
def test_few_or_one_label_is_no_crash(labels: tuple[int, ...]) -> None:
    rows = [
        row(f"{n}", float(n), label, method=method)
        for n, label in enumerate(labels)
        for method in "ab"
    ]
    methods = {
        name: collect_repeats([each for each in rows if each.method == name])
        for name in "ab"
    }
    statement = describe_power(methods)
    assert all(entry.detectable is None for entry in statement.entries)
    assert not [entry for entry in statement.entries if entry.quantity == "auc"]
    assert "could have shown no difference" in statement.entries[0].words


def test_a_statement_survives_json() -> None:
    adapter = TypeAdapter(PowerStatement)
    statement = describe_power(collect(repeats=2, folds=3), level=0.9, power=0.9)
    assert adapter.validate_json(adapter.dump_json(statement)) == statement


def test_refuses_the_impossible() -> None:
    methods = collect(repeats=1)
    with pytest.raises(ValueError, match="there must be a method"):
        describe_power({})
    with pytest.raises(ValueError, match="a difference between 0 and 1"):
        describe_power(methods, difference=0.0)
    with pytest.raises(ValueError, match="power must lie"):
        describe_power(methods, power=1.0)
