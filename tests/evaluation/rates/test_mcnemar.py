import subprocess
from collections.abc import Callable

import pytest
from scipy.stats import binom, binomtest, chi2

from bsgi.evaluation.rates.mcnemar import compare_paired


def test_agrees_with_r(require_program: Callable[[str], str]) -> None:
    """R's binom.test and mcnemar.test, with and without the correction."""
    pairs = [(b, c) for b in range(7) for c in range(7) if b + c] + [(12, 30), (90, 61)]
    program = """
        for (pair in strsplit(commandArgs(TRUE), ":")) {
            n <- as.numeric(pair)
            table <- matrix(c(40, n[2], n[1], 50), 2)
            plain <- suppressWarnings(mcnemar.test(table, correct = FALSE))
            edwards <- suppressWarnings(mcnemar.test(table, correct = TRUE))
            found <- c(binom.test(n[1], sum(n))$p.value, plain$statistic,
                       plain$p.value, edwards$statistic, edwards$p.value)
            cat(formatC(found, digits = 15, format = "g"), "\\n")
        }
    """
    done = subprocess.run(
        [require_program("Rscript"), "-e", program, *(f"{b}:{c}" for b, c in pairs)],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    answers = [[float(x) for x in line.split()] for line in done.stdout.splitlines()]
    assert len(answers) == len(pairs)
    for (first, second), theirs in zip(pairs, answers, strict=True):
        ours = compare_paired(first, second)
        assert [
            ours.p_exact,
            ours.chi_square,
            ours.p_chi_square,
            ours.chi_square_corrected,
            ours.p_chi_square_corrected,
        ] == pytest.approx(theirs, rel=1e-9, abs=1e-12)


def test_agrees_with_scipy() -> None:
    """SciPy's binomtest for the exact test, its chi2 for the statistic."""
    for first, second in [(0, 1), (3, 9), (9, 3), (12, 30), (61, 90)]:
        found = compare_paired(first, second)
        number = first + second
        assert found.p_exact == pytest.approx(binomtest(first, number).pvalue)
        assert found.p_chi_square == pytest.approx(
            chi2.sf((first - second) ** 2 / number, 1)
        )
        # Half of what was observed, on both sides.
        mid = 2 * (binom.cdf(min(first, second), number, 0.5))
        mid -= binom.pmf(first, number, 0.5)
        assert found.p_mid == pytest.approx(mid)


def test_agrees_with_statsmodels() -> None:
    """The function mcnemar of statsmodels 0.14, where it is installed."""
    tables = pytest.importorskip("statsmodels.stats.contingency_tables")
    for first, second in [(0, 1), (3, 9), (9, 3), (12, 30), (61, 90)]:
        found = compare_paired(first, second)
        table = [[40, first], [second, 50]]
        plain = tables.mcnemar(table, exact=False, correction=False)
        edwards = tables.mcnemar(table, exact=False, correction=True)
        assert found.p_exact == pytest.approx(tables.mcnemar(table, exact=True).pvalue)
        assert found.chi_square == pytest.approx(plain.statistic)
        assert found.p_chi_square == pytest.approx(plain.pvalue)
        assert found.chi_square_corrected == pytest.approx(edwards.statistic)
        assert found.p_chi_square_corrected == pytest.approx(edwards.pvalue)


def test_the_published_example() -> None:
    """Fagerland et al. 2013: airway hyper-responsiveness, 1 and 7 of 21 children."""
    found = compare_paired(1, 7)
    assert found.p_exact == pytest.approx(0.0703125)
    assert found.p_mid == pytest.approx(0.0390625)
    assert round(found.p_chi_square, 3) == 0.034
    assert round(found.p_chi_square_corrected, 3) == 0.077


def test_where_nothing_differs_nothing_is_shown() -> None:
    found = compare_paired(0, 0)
    assert found.p_exact == found.p_mid == 1.0
    assert found.p_chi_square == found.p_chi_square_corrected == 1.0
    assert found.chi_square == found.chi_square_corrected == 0.0


def test_mid_p_counts_half_of_what_was_observed() -> None:
    """The chance of less likely splits, and half of that of equally likely ones."""
    for first in range(12):
        for second in range(12):
            if first + second == 0:
                continue
            number = first + second
            apart = abs(first - second)
            chances = [
                (abs(2 * k - number), float(binom.pmf(k, number, 0.5)))
                for k in range(number + 1)
            ]
            further = sum(chance for distance, chance in chances if distance > apart)
            equal = sum(chance for distance, chance in chances if distance == apart)
            found = compare_paired(first, second)
            assert found.p_mid == pytest.approx(further + equal / 2)
            assert found.p_exact == pytest.approx(further + equal)
            assert found.p_mid < found.p_exact


def test_order_of_methods_does_not_matter() -> None:
    one, other = compare_paired(3, 9), compare_paired(9, 3)
    assert one.p_exact == pytest.approx(other.p_exact)
    assert one.p_mid == pytest.approx(other.p_mid)
    assert one.chi_square == other.chi_square


def test_the_smallest_difference_that_is_significant_among_ten() -> None:
    """By hand: 1 of 10 has 2 x 11 / 1024 = 0.021; 2 of 10 has 2 x 56 / 1024 = 0.109."""
    assert compare_paired(1, 9).p_exact == pytest.approx(22 / 1024)
    assert compare_paired(2, 8).p_exact == pytest.approx(112 / 1024)


def test_refuses_negative_numbers() -> None:
    with pytest.raises(ValueError, match="must not be negative, got -1, 3"):
        compare_paired(-1, 3)
