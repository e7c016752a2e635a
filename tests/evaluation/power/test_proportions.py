import subprocess
from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import norm

from bsgi.evaluation.power.proportions import (
    compute_group_power,
    compute_mcnemar_power,
    count_for_groups,
    count_for_mcnemar,
    find_critical_counts,
    find_detectable_share,
)
from bsgi.evaluation.rates.mcnemar import compare_paired


def test_agrees_with_published_power_of_the_exact_test() -> None:
    """O'Brien's example as G*Power (0.8393) and R's pwrss 1.3.1 (0.839356985) print it.

    Theirs is one-sided at 5 %: two-sided at 10 % but for 1e-6 on the far side. The
    second is the example of R's pwrss 1.3.1: 249 pairs for a power of 0.8.
    """
    found = compute_mcnemar_power(50, 0.32, 0.08, mid_p=False, level=0.9)
    assert found == pytest.approx(0.839356985, abs=2e-6)
    found = compute_mcnemar_power(249, 0.20, 0.10, mid_p=False)
    assert found == pytest.approx(0.801446921, abs=1e-9)
    assert count_for_mcnemar(0.20, 0.10, mid_p=False) == 249


def test_agrees_with_every_outcome_summed_up_in_r(
    require_program: Callable[[str], str],
) -> None:
    """R's binom.test on every outcome of n pairs, weighted by dmultinom."""
    cases = [(6, 0.4, 0.1), (17, 0.3, 0.05), (28, 0.15, 0.15), (31, 0.0, 0.25)]
    program = "\n".join(
        f"""
        n <- {n}; found <- 0
        for (b in 0:n) for (c in 0:(n - b))
          if (b + c > 0 && binom.test(b, b + c)$p.value <= 0.05)
            found <- found + dmultinom(c(b, c, n - b - c),
                                   prob = c({first}, {second}, {1 - first - second}))
        cat(format(found, digits = 15), '\\n')
        """
        for n, first, second in cases
    )
    done = subprocess.run(
        [require_program("Rscript"), "-e", program],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    theirs = [float(line) for line in done.stdout.splitlines()]
    ours = [compute_mcnemar_power(*case, mid_p=False) for case in cases]
    assert ours == pytest.approx(theirs, abs=1e-10)


@pytest.mark.parametrize("mid_p", [True, False])
def test_critical_counts_are_those_of_the_test(*, mid_p: bool) -> None:
    numbers = np.arange(60)
    found = find_critical_counts(numbers, mid_p=mid_p)
    for number, most in zip(numbers.tolist(), found.tolist(), strict=True):
        values = [compare_paired(b, number - b) for b in range(number // 2 + 1)]
        significant = [
            count
            for count, test in enumerate(values)
            if (test.p_mid if mid_p else test.p_exact) <= 0.05
        ]
        assert most == (max(significant) if significant else -1)


@pytest.mark.parametrize("patients", [17, 28, 45, 100, 231])
def test_neither_test_is_too_liberal(patients: int) -> None:
    """Exactly, not by simulation: power where there is no difference.

    Methods that disagree on more than 60 % of patients are no rivals; where they
    disagree on nearly all, mid-P values reject in up to 5.74 %.
    """
    for share in np.linspace(0.01, 0.99, 50):
        half = float(share) / 2
        exact = compute_mcnemar_power(patients, half, half, mid_p=False)
        mid = compute_mcnemar_power(patients, half, half, mid_p=True)
        assert exact <= min(mid, 0.05)
        assert mid <= (0.05 if share <= 0.6 else 0.0575)


@pytest.mark.parametrize(("patients", "share"), [(17, 0.1), (45, 0.0), (231, 0.2)])
def test_the_detectable_difference_is_the_smallest_found(
    patients: int, share: float
) -> None:
    least = find_detectable_share(patients, share)
    assert least is not None

    def power(difference: float) -> float:
        both = max(share, difference)
        first = (both + difference) / 2
        return compute_mcnemar_power(patients, first, max(both - first, 0.0))

    assert power(least) >= 0.8 > power(least - 2e-4)


def test_few_patients_can_show_nothing() -> None:
    """Of four, all for one method have an exact p of 0.125 and a mid-P of 0.0625."""
    assert find_detectable_share(4, 0.1) is None
    assert find_detectable_share(5, 0.1, mid_p=False) is None
    assert compute_mcnemar_power(4, 1.0, 0.0) == 0.0
    assert compute_mcnemar_power(5, 1.0, 0.0) == 1.0
    assert compute_mcnemar_power(45, 0.0, 0.0) == 0.0


def test_the_number_needed_has_the_power_and_a_lasting_one() -> None:
    for first, second in ((0.15, 0.05), (0.1, 0.0), (0.3, 0.2)):
        needed = count_for_mcnemar(first, second)
        assert needed is not None
        powers = [
            compute_mcnemar_power(n, first, second)
            for n in range(needed - 1, needed + 11)
        ]
        assert powers[0] < 0.8
        assert min(powers[1:]) >= 0.8
    assert count_for_mcnemar(0.1, 0.1) is None
    assert count_for_mcnemar(0.5, 0.4999) is None


def test_large_numbers_agree_with_the_normal_approximation() -> None:
    """Connor 1987, doi 10.2307/2531961: 4,000 pairs, 5.2 against 3.9 %."""
    both, apart = 0.091, 0.013
    z = apart * np.sqrt(4000) - norm.ppf(0.975) * np.sqrt(both)
    approximate = norm.cdf(z / np.sqrt(both - apart**2))
    assert compute_mcnemar_power(4000, 0.052, 0.039) == pytest.approx(
        approximate, abs=0.005
    )


def test_two_groups_agree_with_r(require_program: Callable[[str], str]) -> None:
    """R's power.prop.test."""
    cases = [(0.5, 0.75, 50), (0.9, 0.99, 45), (0.3, 0.2, 231)]
    program = "\n".join(
        f"cat(format(power.prop.test(n={n}, p1={one}, p2={two})$power, digits=12), "
        f"power.prop.test(power=0.9, p1={one}, p2={two}, tol=1e-10)$n, '\\n')"
        for one, two, n in cases
    )
    done = subprocess.run(
        [require_program("Rscript"), "-e", program],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    theirs = [list(map(float, line.split())) for line in done.stdout.splitlines()]
    for (one, two, n), (power, number) in zip(cases, theirs, strict=True):
        assert compute_group_power(one, two, n) == pytest.approx(power, abs=1e-9)
        assert count_for_groups(one, two, 0.9) == np.ceil(number)


def test_refuses_the_impossible() -> None:
    with pytest.raises(ValueError, match="add up to 1 at most"):
        compute_mcnemar_power(45, 0.6, 0.5)
    with pytest.raises(ValueError, match="there must be a patient"):
        compute_mcnemar_power(0, 0.1, 0.1)
    with pytest.raises(ValueError, match="discordant must be 0 to 1"):
        find_detectable_share(45, 1.5)
    with pytest.raises(ValueError, match="one rate must be neither"):
        compute_group_power(0.0, 1.0, 20)
    with pytest.raises(ValueError, match="rates must be 0 to 1"):
        compute_group_power(-0.1, 1.0, 20)
    with pytest.raises(ValueError, match="each group must have a patient"):
        compute_group_power(0.1, 0.2, 0)
    with pytest.raises(ValueError, match="must differ"):
        count_for_groups(0.1, 0.1)
