import math
import subprocess
from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import binomtest

from bsgi.evaluation.rates.proportions import (
    ProportionInterval,
    estimate_mean_share,
    estimate_proportion,
)

WILSON, EXACT = ProportionInterval.WILSON, ProportionInterval.EXACT


# Newcombe 1998, table I, doi 10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>
# 3.0.CO;2-E: methods 3 (Wilson) and 5 (Clopper-Pearson).
@pytest.mark.parametrize(
    ("successes", "total", "method", "limits"),
    [
        (81, 263, WILSON, (0.2553, 0.3662)),
        (15, 148, WILSON, (0.0624, 0.1605)),
        (0, 20, WILSON, (0.0000, 0.1611)),
        (1, 29, WILSON, (0.0061, 0.1718)),
        (81, 263, EXACT, (0.2527, 0.3676)),
        (15, 148, EXACT, (0.0578, 0.1617)),
        (0, 20, EXACT, (0.0000, 0.1684)),
        (1, 29, EXACT, (0.0009, 0.1776)),
    ],
)
def test_agrees_with_published_limits(
    successes: int,
    total: int,
    method: ProportionInterval,
    limits: tuple[float, float],
) -> None:
    estimate = estimate_proportion(successes, total, method)
    assert estimate is not None
    assert estimate.value == successes / total
    assert (estimate.lower, estimate.upper) == pytest.approx(limits, abs=5.1e-5)
    assert estimate.method == method.value


@pytest.mark.parametrize("total", [1, 2, 17, 28, 45, 1000])
def test_wilson_limits_solve_their_equation(total: int) -> None:
    z = 1.959963984540054
    for successes in range(0, total + 1, max(1, total // 17)):
        estimate = estimate_proportion(successes, total)
        assert estimate is not None
        for limit in (estimate.lower, estimate.upper):
            error = z * math.sqrt(limit * (1 - limit) / total)
            assert abs(estimate.value - limit) == pytest.approx(error, abs=1e-9)


def test_all_right_in_45_exams_is_92_percent_at_least() -> None:
    estimate = estimate_proportion(45, 45, EXACT)
    assert estimate is not None
    assert estimate.lower == pytest.approx(0.025 ** (1 / 45))
    assert estimate.upper == 1.0


def test_wilson_covers_on_average_and_exact_always() -> None:
    total, level = 28, 0.95
    truths = np.linspace(0.7, 0.99, 59)
    ways = [math.comb(total, k) for k in range(total + 1)]
    for method in (WILSON, EXACT):
        estimates = [estimate_proportion(k, total, method) for k in range(total + 1)]
        covered = []
        for truth in truths:
            chance = [
                way * truth**k * (1 - truth) ** (total - k)
                for k, way in enumerate(ways)
            ]
            hits = [e is not None and e.lower <= truth <= e.upper for e in estimates]
            covered.append(float(np.dot(chance, hits)))
        if method is EXACT:
            assert min(covered) >= level
        else:
            assert np.mean(covered) == pytest.approx(level, abs=0.01)


COUNTS = [(0, 20), (1, 29), (13, 17), (27, 28), (45, 45), (180, 231)]


def test_agrees_with_scipy() -> None:
    """SciPy's binomtest, for counts and for shares."""
    for successes, total in COUNTS:
        test = binomtest(successes, total)
        for method, name in ((WILSON, "wilson"), (EXACT, "exact")):
            known = test.proportion_ci(0.95, method=name)
            count = estimate_proportion(successes, total, method)
            mean = estimate_mean_share(successes / total, total, method=method)
            assert count is not None
            for found in (count, mean):
                limits = (found.lower, found.upper)
                assert limits == pytest.approx((known.low, known.high), abs=1e-10)


def test_agrees_with_statsmodels() -> None:
    """The function proportion_confint of statsmodels 0.14, where it is installed."""
    proportion = pytest.importorskip("statsmodels.stats.proportion")
    for successes, total in COUNTS:
        for method, name in ((WILSON, "wilson"), (EXACT, "beta")):
            known = proportion.proportion_confint(successes, total, method=name)
            count = estimate_proportion(successes, total, method)
            assert count is not None
            assert (count.lower, count.upper) == pytest.approx(known, abs=1e-10)


def test_nothing_to_count_is_undefined() -> None:
    assert estimate_proportion(0, 0) is None


@pytest.mark.parametrize(("successes", "total"), [(-1, 3), (4, 3)])
def test_refuses_impossible_counts(successes: int, total: int) -> None:
    with pytest.raises(ValueError, match="successes must be 0 to total"):
        estimate_proportion(successes, total)


@pytest.mark.parametrize("method", ProportionInterval)
def test_a_share_of_whole_patients_is_a_proportion(method: ProportionInterval) -> None:
    for number in (1, 2, 17, 45, 300):
        for right in range(number + 1):
            mean = estimate_mean_share(right / number, number, method=method)
            count = estimate_proportion(right, number, method)
            assert count is not None
            assert mean.value == count.value
            assert (mean.lower, mean.upper) == pytest.approx(
                (count.lower, count.upper), abs=1e-12
            )


def test_numbers_that_are_not_whole_agree_with_r(
    require_program: Callable[[str], str],
) -> None:
    """R's prop.test for Wilson and qbeta for the exact interval, at four levels."""
    cases = [(139 / 140, 28, 0.95), (84 / 85, 17, 0.9), (0.013, 45, 0.99),
             (223 / 225, 45, 0.8)]  # fmt: skip
    program = "options(digits = 15)\n" + "\n".join(
        f"""
        x <- {share!r} * {number}
        wilson <- suppressWarnings(
            prop.test(x, {number}, conf.level = {level}, correct = FALSE)$conf.int)
        tail <- (1 - {level}) / 2
        cat(wilson, qbeta(tail, x, {number} - x + 1),
            qbeta(1 - tail, x + 1, {number} - x), "\\n")
        """
        for share, number, level in cases
    )
    done = subprocess.run(
        [require_program("Rscript"), "-e", program],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    answers = [[float(x) for x in line.split()] for line in done.stdout.splitlines()]
    assert len(answers) == len(cases)
    for (share, number, level), theirs in zip(cases, answers, strict=True):
        wilson = estimate_mean_share(share, number, level)
        exact = estimate_mean_share(share, number, level, EXACT)
        assert (wilson.method, exact.method) == ("wilson", "clopper-pearson")
        limits = [wilson.lower, wilson.upper, exact.lower, exact.upper]
        assert limits == pytest.approx(theirs, abs=1e-9)


def test_all_right_is_not_certain() -> None:
    """45 of 45 patients: 92.1 to 100 % exactly, however many repeats agree."""
    exact = estimate_mean_share(1.0, 45, method=EXACT)
    assert round(exact.lower, 3) == 0.921
    assert exact.upper == 1.0


@pytest.mark.parametrize(
    ("share", "number"), [(-0.1, 5), (1.01, 5), (math.nan, 5), (0.5, 0)]
)
def test_refuses_impossible_shares(share: float, number: int) -> None:
    with pytest.raises(ValueError, match="share must be 0 to 1 of at least one"):
        estimate_mean_share(share, number)
