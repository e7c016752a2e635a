import numpy as np
import pytest
from scipy.stats import ttest_1samp

from bsgi.evaluation.comparisons.paired_means import (
    FEWEST,
    Interval,
    PairedMeans,
    compare_means,
)


def sure(means: PairedMeans | None) -> PairedMeans:
    assert means is not None
    return means


def test_for_normal_values_it_is_students_interval() -> None:
    """SciPy's one-sample t test is the independent program."""
    rng = np.random.default_rng(1)
    first, second = rng.normal(0.4, 0.05, 400), np.full(400, 0.3)
    found = sure(compare_means(first, second)).difference
    expected = ttest_1samp(first - second, 0.0).confidence_interval(0.95)
    assert found.value == pytest.approx(float((first - second).mean()))
    width = expected.high - expected.low
    assert found.lower == pytest.approx(expected.low, abs=0.1 * width)
    assert found.upper == pytest.approx(expected.high, abs=0.1 * width)


def test_with_one_area_the_ratio_says_what_the_difference_says() -> None:
    rng = np.random.default_rng(2)
    for _ in range(20):
        first = rng.exponential(0.1, 20).clip(0, 1)
        means = sure(compare_means(first, np.full(20, 0.08)))
        difference, ratio = means.difference, means.ratio
        for one, other in (
            (difference.value, ratio.value), (difference.lower, ratio.lower),
            (difference.upper, ratio.upper),
        ):  # fmt: skip
            assert other == pytest.approx(1 + one / 0.08)


@pytest.mark.parametrize("exams", [17, 40])
def test_ratio_and_difference_cover_skewed_shares(exams: int) -> None:
    """Exponential shares about areas that vary and go with them; 400 data sets."""
    rng = np.random.default_rng(3)
    hits = np.zeros(2)
    for _ in range(400):
        second = rng.uniform(0.02, 0.06, exams)
        first = 2.0 * second * rng.exponential(1.0, exams)
        means = sure(compare_means(first, second, resamples=500))
        for place, (one, true) in enumerate(
            ((means.difference, 0.04), (means.ratio, 2.0))
        ):
            hits[place] += one.lower <= true <= one.upper
    assert hits / 400 == pytest.approx(0.95, abs=0.04)


def test_the_order_of_exams_does_not_matter_and_a_seed_repeats() -> None:
    rng = np.random.default_rng(4)
    first, second = rng.uniform(0, 0.3, 15), rng.uniform(0.01, 0.1, 15)
    order = rng.permutation(15)
    assert compare_means(first, second) == compare_means(first[order], second[order])
    assert compare_means(first, second) != compare_means(first, second, seed=1)


def test_exams_that_are_alike_have_no_spread() -> None:
    means = sure(compare_means(np.full(9, 0.8), np.full(9, 0.6)))
    assert means.difference == Interval(0.2, 0.2, 0.2)
    assert means.ratio.value == pytest.approx(4 / 3)


def test_limits_stay_where_shares_can_be() -> None:
    first = np.array([1.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    means = sure(compare_means(first, np.full(6, 0.5)))
    assert -1 <= means.difference.lower <= means.difference.upper <= 1
    assert 0 <= means.ratio.lower <= means.ratio.upper <= 2


def test_few_exams_and_wrong_shares_are_refused() -> None:
    few = np.full(FEWEST - 1, 0.5)
    assert compare_means(few, few) is None
    with pytest.raises(ValueError, match="two shares, the second above 0"):
        compare_means(few, np.zeros(FEWEST - 1))
    with pytest.raises(ValueError, match="must hold its value"):
        Interval(0.5, 0.6, 0.7)
