import pytest

from bsgi.physics.acceptance.prevalence import (
    DENSE,
    EXTREMELY_DENSE,
    LEAST_GLAND,
    PREVALENCES,
    MeasuredWoman,
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
