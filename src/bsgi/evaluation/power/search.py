"""The smallest difference that is found often enough."""

from collections.abc import Callable

import numpy as np


def search_smallest(
    reaches: Callable[[float], bool], highest: float, *, steps: int, within: float
) -> float | None:
    """The smallest difference that reaches a power, searched in steps, then closer.

    Args:
        reaches: Whether a difference does. Between two steps it may change once only.
        highest: The largest difference that there can be.
        steps: Equal steps up to it that are looked at, from the smallest on.
        within: How close the search comes.

    Returns:
        A difference that reaches it and lies at most `within` above one that does not;
        None if none of the steps does.
    """
    ends = np.linspace(0.0, highest, steps + 1).tolist()
    place = next((n for n in range(1, steps + 1) if reaches(ends[n])), None)
    if place is None:
        return None
    low, high = ends[place - 1], ends[place]
    while high - low > within:
        middle = (low + high) / 2.0
        low, high = (low, middle) if reaches(middle) else (middle, high)
    return float(high)
