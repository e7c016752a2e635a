"""Pixels that could count no further."""

from typing import Final

import numpy as np
from jaxtyping import Integer
from scipy import special

from bsgi.exam.quality.look import Look

LIMITS: Final = (2**15 - 1, 2**16 - 1)
"""Greatest values of 16 bits, with a sign and without."""

PLATEAU_PIXELS: Final = 5
"""Pixels that must share the greatest value before it is called a plateau."""

CHANCE: Final = 1e-6
"""Chance of so many by the counts just below, under which it is called a plateau. A
design choice: with four views of two heads, one false alarm in 100,000 exams."""


def find_saturation(look: Look) -> str:
    """Values at the limit of the type, or a plateau of the greatest value.

    Where an acquisition clips its counts, many pixels share the greatest value. In an
    image of chance they do not: the greatest value is no more frequent than those just
    below it, so that the number of its pixels is at most Poisson with their mean
    frequency.

    Args:
        look: The view.
    """
    for counts in look.view.counts:
        top = int(counts.max())
        if top in LIMITS:
            return f"saturated at {top:,} counts in a pixel"
        number = int(np.count_nonzero(counts == top))
        if number >= PLATEAU_PIXELS and _is_plateau(counts, top, number):
            return f"saturated: {number:,} pixels share the greatest value, {top:,}"
    return ""


def _is_plateau(counts: Integer[np.ndarray, "row col"], top: int, number: int) -> bool:
    """Whether the greatest value is too frequent for the values just below it."""
    width = max(1, round(top**0.5))
    below = np.count_nonzero((counts >= top - width) & (counts < top)) / width
    return float(special.pdtrc(number - 1, max(below, 1.0))) < CHANCE
