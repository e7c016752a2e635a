"""A share as it stands in print, and the whole numbers that would be printed so."""

import math
import re
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from bsgi.errors import ConfigError

_FORM = re.compile(
    r"(?P<digits>\d{1,20}(\.\d{0,20})?|\.\d{1,20})\s*(?P<percent>%?)", re.A
)


class Rounding(StrEnum):
    """How a share may have come to its printed digits.

    - ``ROUNDED``: to the nearest. A share that lies exactly halfway counts for both
      neighbours: rounding half up and half to even take different ones, and binary
      arithmetic either.
    - ``CUT``: further digits were cut off.
    """

    ROUNDED = "rounded"
    CUT = "cut off"


@dataclass(frozen=True, slots=True)
class Counts:
    """Whole numbers from one to another.

    Args:
        first: The smallest.
        last: The greatest.

    Raises:
        ValueError: If there is none.
    """

    first: int
    last: int

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise ValueError(f"counts must rise, got {self.first} to {self.last}.")


@dataclass(frozen=True, slots=True)
class PrintedFigure:
    """A share between 0 and 1 as printed; its digits say how exactly it is known.

    Args:
        text: What is printed.
        value: The share.
        unit: One in its last digit.
    """

    text: str
    value: Fraction
    unit: Fraction

    def bounds(self, rounding: Rounding) -> tuple[Fraction, Fraction]:
        """Lower and upper bound of the share before it was shortened, within 0 to 1."""
        if rounding is Rounding.CUT:
            return self.value, min(self.value + self.unit, Fraction(1))
        half = self.unit / 2
        return max(self.value - half, Fraction(0)), min(self.value + half, Fraction(1))

    def find_counts(self, total: int, rounding: Rounding) -> Counts | None:
        """How often of `total` it may have happened; None if no whole number fits.

        Args:
            total: Number of predictions that the share is of, at least 1.
            rounding: How the share was shortened.
        """
        lower, upper = self.bounds(rounding)
        first, last = math.ceil(lower * total), math.floor(upper * total)
        if rounding is Rounding.CUT and Fraction(last, total) == self.value + self.unit:
            last -= 1  # it would be printed with the next digit
        return Counts(first, last) if first <= last else None


def parse_figure(name: str, text: str) -> PrintedFigure | None:
    """Read a share from what is printed, such as 0.991 or 99.1%.

    Args:
        name: What it is called, for the message.
        text: What is printed; blank if nothing is.

    Raises:
        ConfigError: If it is no share.
    """
    plain = text.strip()
    if not plain:
        return None
    match = _FORM.fullmatch(plain)
    if match is not None:
        digits, scale = match["digits"], 100 if match["percent"] else 1
        value = Fraction(digits) / scale
        if value <= 1:
            decimals = len(digits.partition(".")[2])
            return PrintedFigure(plain, value, Fraction(1, scale * 10**decimals))
    raise ConfigError(
        f"{name} must be a share from 0 to 1, or per cent with its sign, such as 0.991 "
        f"or 99.1%, got {text!r}."
    )
