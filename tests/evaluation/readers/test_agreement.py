"""Agreement, against published tables, base R 4.2 and scikit-learn 1.9."""

import subprocess
from collections.abc import Callable

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from bsgi.evaluation.readers.agreement import (
    Agreement,
    Correlation,
    Weights,
    compare_grades,
    compare_many_grades,
    correlate_ratings,
)

SHROUT = np.array(
    [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9],
     [6, 2, 4, 7]], np.float64,
).T  # fmt: skip
"""Six cases read by four judges: table 2 of Shrout and Fleiss 1979."""


@pytest.mark.parametrize(
    ("form", "value", "lower", "upper"),
    [
        (Correlation.ONE, 0.17, -0.133, 0.72),
        (Correlation.TWO, 0.29, 0.019, 0.76),
        (Correlation.THREE, 0.71, 0.342, 0.95),
        (Correlation.ONE_MEAN, 0.44, -0.884, 0.91),
        (Correlation.TWO_MEAN, 0.62, 0.071, 0.93),
        (Correlation.THREE_MEAN, 0.91, 0.676, 0.99),
    ],
)
def test_correlations_of_shrout_and_fleiss(
    form: Correlation, value: float, lower: float, upper: float
) -> None:
    """Values as printed in 1979; limits as R's psych 2 prints them for this table."""
    found = correlate_ratings(SHROUT, form)
    assert found is not None
    assert found.value == pytest.approx(value, abs=0.005)
    assert found.lower == pytest.approx(lower, abs=0.0005)
    assert found.upper == pytest.approx(upper, abs=0.005)


def test_correlations_are_made_of_aovs_mean_squares(
    require_program: Callable[[str], str],
) -> None:
    rng = np.random.default_rng(1)
    ratings = rng.normal(size=12) + rng.normal(0, 0.7, (3, 12)) + [[0.0], [0.4], [1.0]]
    numbers = ",".join(str(one) for one in ratings.ravel().tolist())
    code = (
        f"y<-c({numbers}); n<-12; k<-3; r<-factor(rep(1:k,each=n));"
        "s<-factor(rep(1:n,k)); a<-summary(aov(y~s+r))[[1]][['Mean Sq']];"
        "w<-summary(aov(y~s))[[1]][['Mean Sq']][2];"
        "b<-a[1]; j<-a[2]; e<-a[3];"
        "cat(format(c((b-w)/(b+(k-1)*w),(b-e)/(b+(k-1)*e+k*(j-e)/n),"
        "(b-e)/(b+(k-1)*e),(b-w)/b,(b-e)/(b+(j-e)/n),(b-e)/b,"
        "(b/e/qf(.975,n-1,(n-1)*(k-1))-1)/(b/e/qf(.975,n-1,(n-1)*(k-1))+k-1)),"
        "digits=15))"
    )
    done = subprocess.run(
        [require_program("Rscript"), "-e", code], capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    wanted = [float(one) for one in done.stdout.split()]
    found = [correlate_ratings(ratings, form) for form in Correlation]
    assert [one.value for one in found if one] == pytest.approx(wanted[:6])
    assert found[2] is not None
    assert found[2].lower == pytest.approx(wanted[6])


@pytest.mark.parametrize("form", [Correlation.TWO, Correlation.THREE])
def test_the_interval_of_a_correlation_covers_it(form: Correlation) -> None:
    """500 drawn studies of 4 readers and 20 cases: standard error 1 %."""
    rng = np.random.default_rng(2)
    hits = 0
    for _ in range(500):
        shift = rng.normal(0, 0.7, (4, 1)) if form is Correlation.TWO else 0.0
        ratings = rng.normal(size=20) + rng.normal(0, 0.7, (4, 20)) + shift
        found = correlate_ratings(ratings, form)
        true = 1 / (1 + 0.49 + 0.49 * (form is Correlation.TWO))
        assert found is not None
        assert found.lower is not None
        assert found.upper is not None
        hits += found.lower <= true <= found.upper
    assert 0.92 <= hits / 500 <= 0.985


def spread(table: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    """The grades of two readers from their table."""
    counts = np.array(table)
    first, second = np.indices(counts.shape)
    return (
        np.repeat(first.ravel(), counts.ravel()),
        np.repeat(second.ravel(), counts.ravel()),
    )


COUPLES = [[7, 7, 2, 3], [2, 8, 3, 7], [1, 5, 4, 9], [2, 8, 9, 14]]
"""91 couples' answers in four grades, data set SexualFun of R's vcd."""


@pytest.mark.parametrize(
    ("weights", "value", "error"),
    [(Weights.NONE, 0.1293, 0.06860), (Weights.LINEAR, 0.2374, 0.07832)],
)
def test_cohens_kappa_as_vcd_prints_it(
    weights: Weights, value: float, error: float
) -> None:
    found = compare_grades(*spread(COUPLES), 4, weights)
    assert found is not None
    assert found.lower is not None
    assert found.upper is not None
    assert found.value == pytest.approx(value, abs=5e-5)
    assert (found.upper - found.lower) / 2 / 1.959964 == pytest.approx(error, abs=5e-6)


@pytest.mark.parametrize("weights", Weights)
@pytest.mark.parametrize("seed", range(3))
def test_cohens_kappa_is_scikit_learns(weights: Weights, seed: int) -> None:
    rng = np.random.default_rng(seed)
    first = rng.integers(0, 5, 80)
    second = np.clip(first + rng.integers(-1, 2, 80), 0, 4)
    name = {Weights.NONE: None, Weights.LINEAR: "linear"}.get(weights, "quadratic")
    found = compare_grades(first, second, 5, weights)
    assert found is not None
    wanted = cohen_kappa_score(first, second, weights=name, labels=range(5))
    assert found.value == pytest.approx(wanted)


def test_the_interval_of_kappa_covers_it() -> None:
    """500 drawn pairs of readers of 80 cases: standard error 1 %."""
    rng = np.random.default_rng(3)

    def draw(cases: int) -> tuple[np.ndarray, np.ndarray]:
        case = rng.normal(size=cases)
        one, other = case + rng.normal(0, 0.6, (2, cases))
        return np.digitize(one, [-0.8, 0.3, 1.0]), np.digitize(other, [-0.6, 0.2, 1.2])

    whole = compare_grades(*draw(200_000), 4, Weights.QUADRATIC)
    assert whole is not None
    hits = 0
    for _ in range(500):
        found = compare_grades(*draw(80), 4, Weights.QUADRATIC)
        assert found is not None
        assert found.lower is not None
        assert found.upper is not None
        hits += found.lower <= whole.value <= found.upper
    assert 0.915 <= hits / 500 <= 0.98


FLEISS = [
    [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0],
    [2, 2, 8, 1, 1], [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2],
    [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
]  # fmt: skip
"""Fourteen readers, ten cases, five grades: the usual worked example, kappa 0.210."""


def test_fleiss_kappa_of_the_usual_example() -> None:
    ratings = np.array([np.repeat(np.arange(5), row) for row in FLEISS]).T
    found = compare_many_grades(ratings, 5)
    assert found is not None
    assert found.value == pytest.approx(0.210, abs=5e-4)
    assert (found.cases, found.readers) == (10, 14)
    # the jackknife by leaving out each case and counting anew
    left = [
        one.value
        for case in range(10)
        if (one := compare_many_grades(np.delete(ratings, case, axis=1), 5))
    ]
    error = (81 / 10 * np.var(left, ddof=1)) ** 0.5
    assert found.upper is not None
    assert found.upper - found.value == pytest.approx(1.959964 * error)


def test_perfect_agreement_and_none_to_tell() -> None:
    grades = np.array([0, 1, 2, 1, 0, 2])
    for weights in Weights:
        one = compare_grades(grades, grades, 3, weights)
        assert one is not None
        # Nothing spreads, so no large-sample interval can be had.
        assert one.value == pytest.approx(1.0)
        assert one.lower is one.upper is None
    together = compare_many_grades(np.stack([grades] * 3), 3)
    assert together is not None
    assert together.value == pytest.approx(1.0)
    flat = np.zeros(6, np.int64)
    assert compare_grades(flat, flat, 3) is None
    assert compare_many_grades(np.stack([flat] * 3), 3) is None
    for form in Correlation:
        same = correlate_ratings(np.stack([grades.astype(float)] * 3), form)
        assert same is not None
        assert (same.value, same.lower, same.upper) == (1.0, None, None)
        assert correlate_ratings(np.ones((3, 6)), form) is None


@pytest.mark.parametrize("form", Correlation)
@pytest.mark.parametrize("seed", range(5))
def test_any_ratings_have_a_value_in_their_interval(
    form: Correlation, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    shape = (int(rng.integers(2, 5)), int(rng.integers(2, 6)))
    ratings = rng.integers(0, 3, shape).astype(float)
    found = correlate_ratings(ratings, form)
    if found is not None and found.lower is not None and found.upper is not None:
        assert found.lower <= found.value <= found.upper <= 1 + 1e-12


def test_nonsense_is_refused() -> None:
    grades = np.array([0, 1, 2])
    with pytest.raises(ValueError, match="0 to 1, got 0 to 2"):
        compare_grades(grades, grades, 2)
    with pytest.raises(ValueError, match="the same cases"):
        compare_grades(grades[:0], grades[:0], 3)
    with pytest.raises(ValueError, match="two readers and cases"):
        compare_many_grades(grades[None], 3)
    with pytest.raises(ValueError, match="two readers and cases"):
        correlate_ratings(np.ones((1, 3)))
    with pytest.raises(ValueError, match="lie in its interval"):
        Agreement("kappa", 0.5, 0.6, 0.7, 10, 2)
