from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction

import numpy as np
import pytest

from bsgi.errors import ConfigError
from bsgi.evaluation.audit.printed import Counts, PrintedFigure, Rounding, parse_figure

ROUNDED, CUT = Rounding.ROUNDED, Rounding.CUT


def figure(text: str) -> PrintedFigure:
    found = parse_figure("accuracy", text)
    assert found is not None
    return found


def decimals(count: int, total: int, places: int, rounding: str) -> str:
    """The decimal module is the independent program; 50 digits hold every tie."""
    share = Decimal(count) / Decimal(total)
    return str(share.quantize(Decimal(1).scaleb(-places), rounding=rounding))


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("0.991", Fraction(991, 1000), Fraction(1, 1000)),
        (".98", Fraction(98, 100), Fraction(1, 100)),
        ("99.1%", Fraction(991, 1000), Fraction(1, 1000)),
        (" 99.10 % ", Fraction(991, 1000), Fraction(1, 10_000)),
        ("100%", Fraction(1), Fraction(1, 100)),
        ("1.000", Fraction(1), Fraction(1, 1000)),
        ("0", Fraction(0), Fraction(1)),
    ],
)
def test_the_digits_say_how_exact_a_figure_is(
    text: str, value: Fraction, unit: Fraction
) -> None:
    assert figure(text).value == value
    assert figure(text).unit == unit


@pytest.mark.parametrize(
    "text",
    ["1.2", "-0.3", "nan", "inf", "99.1", "101%", "0,99", "1e-3", "x", "0.9.1", "%",
     "0_5", "\u0660.5", "0." + "1" * 30],
)  # fmt: skip
def test_what_is_no_share_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="accuracy must be a share from 0 to 1"):
        parse_figure("accuracy", text)


@pytest.mark.parametrize("text", ["", "  "])
def test_what_is_not_printed_is_none(text: str) -> None:
    assert parse_figure("accuracy", text) is None


def test_a_count_fits_just_what_it_would_be_printed_as() -> None:
    rng = np.random.default_rng(11)
    for _ in range(120):
        total, places = int(rng.integers(1, 900)), int(rng.integers(1, 5))
        text = decimals(int(rng.integers(0, total + 1)), total, places, ROUND_HALF_UP)
        for rounding, ways in (
            (ROUNDED, (ROUND_HALF_UP, ROUND_HALF_EVEN)),
            (CUT, (ROUND_DOWN,)),
        ):
            fitting = figure(text).find_counts(total, rounding)
            span = range(fitting.first, fitting.last + 1) if fitting else range(0)
            for count in range(total + 1):
                if any(decimals(count, total, places, way) == text for way in ways):
                    assert count in span
                elif count in span:  # a tie that binary arithmetic may have rounded so
                    off = abs(Fraction(count, total) - Fraction(text))
                    assert rounding is ROUNDED
                    assert off == Fraction(1, 2 * 10**places)


@pytest.mark.parametrize("text", ["0.0", "0.1"])
def test_an_exact_half_fits_both_neighbours(text: str) -> None:
    fitting = figure(text).find_counts(20, ROUNDED)
    assert fitting is not None
    assert fitting.first <= 1 <= fitting.last  # 1 of 20 is 0.05


def test_cutting_off_and_rounding_differ() -> None:
    assert figure("0.66").find_counts(3, CUT) == Counts(2, 2)
    assert figure("0.66").find_counts(3, ROUNDED) is None
    assert figure("0.67").find_counts(3, ROUNDED) == Counts(2, 2)
    assert figure("0.67").find_counts(3, CUT) is None
    assert figure("0.5").find_counts(10, CUT) == Counts(5, 5)
    assert figure("1.0").find_counts(10, CUT) == Counts(10, 10)


def test_counts_must_rise() -> None:
    with pytest.raises(ValueError, match="counts must rise"):
        Counts(3, 2)
