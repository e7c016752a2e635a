import pytest
from scipy.stats import false_discovery_control

from bsgi.physics.acceptance.prevalence import (
    DENSE,
    EXTREMELY_DENSE,
    LEAST_GLAND,
    PREVALENCES,
    MeasuredWoman,
    adjust_by_holm,
    check_prevalences,
    find_dense,
    measure_women,
)


def _women(*counts: int) -> tuple[MeasuredWoman, ...]:
    levels = ("photopenic", "minimal-mild", "moderate", "marked")
    return tuple(
        MeasuredWoman(number, 0.3, 1.0, level, level)
        for level, count in zip(levels, counts, strict=True)
        for number in range(count)
    )


def test_holm_multiplies_by_the_tests_that_are_left() -> None:
    """Worked by hand: 0.01 x 4, 0.013 x 3, 0.02 x 2 raised to the largest before."""
    adjusted = adjust_by_holm([0.02, 0.01, 0.5, 0.013])
    assert adjusted == pytest.approx((0.04, 0.04, 0.5, 0.04))
    assert adjust_by_holm([0.7, 0.9]) == (1.0, 1.0)


def test_holm_is_stricter_than_the_false_discovery_rate() -> None:
    values = [0.001, 0.008, 0.039, 0.041, 0.042, 0.06]
    looser = false_discovery_control(values)
    for holm, rate in zip(adjust_by_holm(values), looser, strict=True):
        assert holm >= rate - 1e-12


def test_exact_shares_pass_and_shifted_ones_fail() -> None:
    right = {DENSE: _women(440, 1260, 220, 80), EXTREMELY_DENSE: _women(88, 68, 32, 12)}
    assert all(check.passed for check in check_prevalences(right, conclusive=True))
    wrong = {DENSE: _women(540, 1160, 220, 80), EXTREMELY_DENSE: _women(88, 68, 32, 12)}
    checks = check_prevalences(wrong, conclusive=True)
    assert [check.passed for check in checks] == [False, False, True, True, True, True]


def test_few_women_are_not_conclusive() -> None:
    few = {DENSE: _women(2, 6, 1, 1)}
    (first, *_) = check_prevalences(few, conclusive=False)
    assert not first.failed
    assert first.verdict == "too few to tell"


def test_prevalences_sum_to_one() -> None:
    for shares in PREVALENCES.values():
        assert sum(shares.values()) == pytest.approx(1.0)


def test_women_of_a_stratum_are_dense_and_drawn_alike_in_pieces() -> None:
    whole = find_dense(3, 0, 400)
    parts = [find_dense(3, first, 100) for first in range(0, 400, 100)]
    for stratum, found in whole.items():
        assert found == tuple(index for part in parts for index in part[stratum])
    assert set(whole[EXTREMELY_DENSE]) < set(whole[DENSE])
    measured = measure_women(3, whole[DENSE][:12])
    assert all(woman.gland_share >= LEAST_GLAND[DENSE] for woman in measured)
    assert measured == measure_women(3, whole[DENSE][:6]) + measure_women(
        3, whole[DENSE][6:12]
    )
