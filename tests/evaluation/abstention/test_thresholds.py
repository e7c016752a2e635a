import math
from fractions import Fraction

import numpy as np
import pytest

from bsgi.evaluation.abstention.thresholds import (
    ConformalThresholds,
    count_needed,
    count_strange,
    fit_thresholds,
)
from bsgi.evaluation.scored import Scored


def fit(
    malignant: list[float], benign: list[float], rate: float = 0.1
) -> ConformalThresholds:
    labels = np.repeat([1, 0], [len(malignant), len(benign)])
    scored = Scored(labels, np.array([*malignant, *benign]))
    return fit_thresholds(scored, [f"p{n}" for n in range(labels.size)], rate)


def p_value(score: float, others: list[float], sign: int) -> Fraction:
    """The definition: the share at least as strange, the new exam among them."""
    strange = sum(sign * other <= sign * score for other in others)
    return Fraction(strange + 1, len(others) + 1)


@pytest.mark.parametrize("rate", [0.05, 0.1, 0.2, 0.3, 0.7])
@pytest.mark.parametrize("digits", [0, 1, 8])
def test_a_label_is_excluded_where_its_p_value_says_so(
    rate: float, digits: int
) -> None:
    """By brute force from the definition of a conformal p value (MAPIE is not here)."""
    rng = np.random.default_rng([digits, round(100 * rate)])
    for _ in range(25):
        sizes = rng.integers(1, 45, size=2)
        malignant, benign = (np.round(rng.normal(size=n), digits) for n in sizes)
        found = fit(list(malignant), list(benign), rate)
        meant = Fraction(str(rate))
        for score in np.round(rng.normal(scale=2.0, size=12), digits):
            low, high = found.malignant_from, found.benign_up_to
            excluded = (
                low is not None and score < low,
                high is not None and score > high,
            )
            assert excluded == (
                p_value(score, list(malignant), 1) <= meant,
                p_value(score, list(benign), -1) <= meant,
            )


@pytest.mark.parametrize(
    ("rate", "needed"), [(0.1, 9), (0.05, 19), (0.3, 3), (0.5, 1), (0.07, 14)]
)
def test_too_few_patients_exclude_nothing(rate: float, needed: int) -> None:
    """ceil(1 / rate) - 1 patients of the label, neither more nor fewer."""
    assert count_needed(rate) == needed == math.ceil(1 / rate) - 1
    assert (count_strange(needed - 1, rate), count_strange(needed, rate)) == (0, 1)
    many = [float(n) for n in range(60)]
    few = fit(many[: needed - 1] or [0.0], many, rate)
    assert few.refers_everything == (needed > 1)
    enough = fit(many[:needed], many, rate)
    assert enough.malignant_from == 0.0
    assert not enough.refers_everything


def test_ties_at_the_threshold_exclude_nothing() -> None:
    found = fit([0.5] * 50, [0.5] * 50)
    assert found.malignant_from == found.benign_up_to == 0.5


def test_rates_are_taken_as_written() -> None:
    """0.1 x 30 is 3, and 0.7 x 10 is 7, though not in binary numbers."""
    assert [count_strange(n, 0.1) for n in (9, 19, 29, 69)] == [1, 2, 3, 7]
    assert count_strange(9, 0.7) == 7


def test_a_woman_counts_once_with_her_strangest_exam() -> None:
    rng = np.random.default_rng(3)
    scores = rng.normal(size=(30, 4))
    labels = np.repeat([1, 0], 15)
    owners = [f"p{number}" for number in range(30)]
    several = fit_thresholds(
        Scored(np.repeat(labels, 4), scores.ravel()), list(np.repeat(owners, 4)), 0.2
    )
    strangest = np.where(labels == 1, scores.min(axis=1), scores.max(axis=1))
    assert several == fit_thresholds(Scored(labels, strangest), owners, 0.2)
    assert several.malignant_patients == several.benign_patients == 15


def test_a_woman_with_both_labels_stands_in_both() -> None:
    scored = Scored(np.array([1, 0] * 9), np.arange(18.0))
    found = fit_thresholds(scored, [f"p{n // 2}" for n in range(18)])
    assert (found.malignant_patients, found.benign_patients) == (9, 9)
    assert (found.malignant_from, found.benign_up_to) == (0.0, 17.0)


def test_exams_in_any_order_give_the_same() -> None:
    rng = np.random.default_rng(4)
    labels, scores = rng.integers(0, 2, size=80), rng.normal(size=80)
    owners = [f"p{n // 2}" for n in range(80)]
    order = rng.permutation(80)
    assert fit_thresholds(Scored(labels, scores), owners) == fit_thresholds(
        Scored(labels[order], scores[order]), [owners[place] for place in order]
    )


@pytest.mark.parametrize("kind", ["continuous", "tied", "several exams"])
@pytest.mark.parametrize("size", [20, 60])
def test_the_mean_error_over_sets_of_patients_holds(kind: str, size: int) -> None:
    """150 sets, 300 new patients each; `runs/conformal_coverage.py` has more."""
    rng = np.random.default_rng([size, len(kind)])
    exams = 3 if kind == "several exams" else 1

    def draw(number: int) -> np.ndarray:
        own = rng.normal(size=(number, 1)) + 0.5 * rng.normal(size=(number, exams))
        return np.round(own) if kind == "tied" else own

    errors = []
    for _ in range(150):
        malignant, benign = draw(size) + 2.0, draw(size)
        found = fit_thresholds(
            Scored(
                np.repeat([1, 0], size * exams),
                np.concatenate([malignant.ravel(), benign.ravel()]),
            ),
            [f"p{number}" for number in np.repeat(np.arange(2 * size), exams)],
        )
        assert found.malignant_from is not None
        assert found.benign_up_to is not None
        errors.append(
            (
                np.mean((draw(300) + 2.0 < found.malignant_from).any(axis=1)),
                np.mean((draw(300) > found.benign_up_to).any(axis=1)),
            )
        )
    mean, deviation = np.mean(errors, axis=0), np.std(errors, axis=0) / np.sqrt(150)
    assert np.all(mean <= 0.1 + 3.0 * deviation)
    if kind != "tied":
        wanted = count_strange(size, 0.1) / (size + 1)
        assert np.all(np.abs(mean - wanted) < 4.0 * deviation)


@pytest.mark.parametrize("rate", [0.0, 1.0, -0.1, math.nan])
def test_error_rates_that_are_none_are_refused(rate: float) -> None:
    with pytest.raises(ValueError, match="error_rate must lie between 0 and 1"):
        fit([1.0], [0.0], rate)


def test_exams_without_patients_are_refused() -> None:
    with pytest.raises(ValueError, match="every exam must have its patient"):
        fit_thresholds(Scored(np.array([1, 0]), np.array([1.0, 0.0])), ["a"])
