"""A difference of two rates or areas with its interval; 0 is no difference.

`estimate.Estimate` is a rate itself and cannot be negative.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Difference:
    """What the first has more than the second, with its confidence interval.

    Args:
        value: What was observed, -1 to 1.
        lower: Lower limit of the interval.
        upper: Upper limit of the interval.
        method: How the interval was made, such as ``"delong"``.

    Raises:
        ValueError: If the four do not fit together.
    """

    value: float
    lower: float
    upper: float
    method: str

    def __post_init__(self) -> None:
        if not -1 <= self.lower <= self.value <= self.upper <= 1:
            raise ValueError(
                "a difference must have -1 <= lower <= value <= upper <= 1, got "
                f"{self.lower}, {self.value}, {self.upper}."
            )
        if not self.method:
            raise ValueError("a difference must name the method of its interval.")

    @property
    def excludes_zero(self) -> bool:
        """Whether the interval lies on one side of no difference."""
        return self.lower > 0 or self.upper < 0
