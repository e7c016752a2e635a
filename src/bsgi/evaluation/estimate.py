"""A value with its interval, and the name of the method the interval came from."""

from dataclasses import dataclass

LEVEL = 0.95
"""Confidence level of every interval, unless another is asked for."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A rate or an area between 0 and 1, with its confidence interval.

    Args:
        value: What was observed.
        lower: Lower limit of the interval.
        upper: Upper limit of the interval.
        method: How the interval was made, such as ``"wilson"``.

    Raises:
        ValueError: If the four do not fit together.
    """

    value: float
    lower: float
    upper: float
    method: str

    def __post_init__(self) -> None:
        if not 0 <= self.lower <= self.value <= self.upper <= 1:
            raise ValueError(
                "an estimate must have 0 <= lower <= value <= upper <= 1, got "
                f"{self.lower}, {self.value}, {self.upper}."
            )
        if not self.method:
            raise ValueError("an estimate must name the method of its interval.")


def check_level(level: float) -> None:
    """Refuse a confidence level that is none.

    Raises:
        ValueError: If it does not lie between 0 and 1.
    """
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, got {level}.")
