import math
from dataclasses import replace

import pytest

from bsgi.physics.acceptance.check import Subject, check_near, check_range

SUBJECT = Subject("Group", "quantity", "C: somewhere", unit="mm", digits=1)


@pytest.mark.parametrize(
    ("measured", "share", "margin", "passed"),
    [
        (10.29, 0.03, 0.0, True),
        (10.31, 0.03, 0.0, False),
        (9.69, 0.03, 0.0, False),
        (10.45, 0.03, 0.5, True),  # the larger of the two counts
        (10.45, 0.05, 0.3, True),
        (10.55, 0.05, 0.3, False),
        (math.nan, 0.5, 0.0, False),
    ],
)
def test_a_value_is_near_by_a_share_or_a_margin(
    measured: float, share: float, margin: float, passed: bool
) -> None:
    assert (
        check_near(SUBJECT, measured, 10.0, share=share, margin=margin).passed is passed
    )


@pytest.mark.parametrize(
    ("measured", "highest", "passed"),
    [(2.0, 3.0, True), (3.0, 3.0, True), (3.1, 3.0, False), (1.9, 3.0, False)],
)
def test_a_value_is_within_limits(
    measured: float, highest: float, passed: bool
) -> None:
    assert check_range(SUBJECT, measured, 2.0, highest).passed is passed


def test_a_check_shows_its_numbers_with_their_unit() -> None:
    check = check_near(SUBJECT, 1234.56, 1200.0, share=0.15, margin=0.015)
    assert check.expected == "1,200.0 mm"
    assert check.measured == "1,234.6 mm"
    assert check.tolerance == "± 15 % or ± 0.015, the larger"
    assert check.verdict == "pass"
    assert check_range(SUBJECT, 1.0, 2.0).expected == "at least 2.0 mm"
    assert check_range(SUBJECT, 1.0, 2.0, 3.0).expected == "2.0 to 3.0 mm"
    assert check_range(SUBJECT, 1.0, 2.0).verdict == "FAIL"


@pytest.mark.parametrize("measured", [1.0, 2.0])
def test_too_few_to_tell_is_neither_passed_nor_failed(measured: float) -> None:
    check = replace(check_range(SUBJECT, measured, 2.0), conclusive=False)
    assert check.verdict == "too few to tell"
    assert not check.failed
