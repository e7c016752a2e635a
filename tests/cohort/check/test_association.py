"""One property and the label, against SciPy and R (fisher.test, chisq.test)."""

import subprocess
from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import mannwhitneyu

from bsgi.cohort.check.association import (
    associate_categories,
    associate_numbers,
    estimate_cramers_v,
)


def spread_out(table: list[list[int]]) -> tuple[np.ndarray, list[str]]:
    """Labels and kinds of patients with these numbers, benign ones in the first row."""
    labels, kinds = [], []
    for label, row in enumerate(table):
        for kind, number in enumerate(row):
            labels += [label] * number
            kinds += ["abcdefgh"[kind]] * number
    return np.array(labels), kinds


TABLES = {
    "two kinds": [[20, 7], [3, 15]],
    "three kinds, few": [[8, 3, 1], [1, 4, 6]],
    "four kinds, few": [[5, 0, 3, 9], [2, 6, 2, 1]],
    "three kinds, many": [[40, 30, 20], [20, 30, 41]],
}


@pytest.mark.parametrize("name", TABLES)
def test_p_values_are_those_of_r(
    name: str, require_program: Callable[[str], str]
) -> None:
    table = TABLES[name]
    rows = ",".join(str(number) for row in table for number in row)
    code = (
        f"m <- matrix(c({rows}), nrow=2, byrow=TRUE);"
        "cat(fisher.test(m)$p.value,"
        "suppressWarnings(chisq.test(m, correct=FALSE))$p.value)"
    )
    done = subprocess.run(
        [require_program("Rscript"), "-e", code],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    exact, chi_square = (float(text) for text in done.stdout.split())
    found = associate_categories(*spread_out(table))
    assert found is not None
    if found.test == "chi-square test":
        assert name == "three kinds, many"
        assert found.p == pytest.approx(chi_square, rel=1e-6)
    elif found.test == "Fisher's exact test":
        assert found.p == pytest.approx(exact, rel=1e-6)
    else:  # drawn tables, 19,999 of them
        error = 3.5 * np.sqrt(exact * (1 - exact) / 19_999)
        assert abs(found.p - exact) < error + 1e-4


def test_a_number_has_the_p_value_of_scipy_and_the_area_as_strength() -> None:
    rng = np.random.default_rng(3)
    labels = np.repeat([0, 1], [30, 20])
    values = np.round(rng.normal(labels * 0.8), 1)
    found = associate_numbers(labels, values)
    assert found is not None
    result = mannwhitneyu(values[labels == 1], values[labels == 0])
    assert found.p == pytest.approx(result.pvalue)
    assert found.strength.value == pytest.approx(result.statistic / 600)


def test_the_interval_of_cramers_v_is_that_of_smithson() -> None:
    """With one degree of freedom the limits invert the normal distribution of its root.

    The noncentral chi-square of one degree is the square of a normal number, so that
    the lower limit lies near the root of the statistic less 1.96.
    """
    found = estimate_cramers_v(36.0, 1, 100)
    # Bergsma's: chance alone would add one over the number less one.
    assert found.value == pytest.approx(np.sqrt((0.36 - 1 / 99) / (1 - 1 / 99)))
    assert found.lower == pytest.approx((6.0 - 1.96) / 10.0, abs=1e-3)
    assert found.upper == pytest.approx((6.0 + 1.96) / 10.0, abs=1e-3)


def test_the_interval_of_cramers_v_holds_its_level() -> None:
    rng = np.random.default_rng(8)
    chance = np.array([0.2, 0.3, 0.5])
    other = np.array([0.35, 0.3, 0.35])
    middle = (chance + other) / 2
    true = float(np.sqrt(sum(((p - middle) ** 2 / middle).sum() for p in
                             (chance, other)) / 2))  # fmt: skip
    held = 0
    for _ in range(100):
        table = [rng.multinomial(100, chance).tolist(),
                 rng.multinomial(100, other).tolist()]  # fmt: skip
        found = associate_categories(*spread_out(table))
        assert found is not None
        held += found.strength.lower <= true <= found.strength.upper
    assert held >= 88


@pytest.mark.parametrize(
    ("labels", "kinds"),
    [([0, 1, 0], ["a", "a", "a"]), ([1, 1, 1], ["a", "b", "a"])],
)
def test_what_does_not_vary_is_not_tested(labels: list[int], kinds: list[str]) -> None:
    assert associate_categories(np.array(labels), kinds) is None


def test_numbers_that_do_not_vary_are_not_tested() -> None:
    assert associate_numbers(np.array([0, 1]), np.array([2.0, 2.0])) is None
    assert associate_numbers(np.array([1, 1]), np.array([2.0, 3.0])) is None
    assert associate_numbers(np.array([], dtype=int), np.array([])) is None


def test_p_values_of_drawn_tables_are_the_same_every_time() -> None:
    labels, kinds = spread_out(TABLES["four kinds, few"])
    one, two = (associate_categories(labels, kinds) for _ in range(2))
    assert one == two
