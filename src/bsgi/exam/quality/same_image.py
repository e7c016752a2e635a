"""One image under the names of two views of an exam."""

from collections.abc import Mapping
from itertools import combinations
from typing import Final

import numpy as np
from jaxtyping import Float32

from bsgi.exam.orientation import view_image
from bsgi.exam.quality.look import Look
from bsgi.exam.record import ViewName

LEAST_CORRELATION: Final = 0.9
"""Correlation of the differences of neighbouring pixels, which are counting noise for
the most part, from which on two images are one. A design choice between 1 for copies
and what two acquisitions share, see `runs/quality_rates.py`."""

_LEAST_COARSE: Final = 0.95
_LIKE: Final = 0.02


def find_same_image(looks: Mapping[ViewName, Look]) -> str:
    """Two views of an exam that are one image, also turned over.

    Args:
        looks: The views of the exam.
    """
    totals = {name: look.view.total_counts for name, look in looks.items()}
    pairs = [
        f"{one} and {other}"
        for one, other in combinations(looks, 2)
        if abs(totals[one] - totals[other]) <= _LIKE * totals[one]
        and _is_same(looks[one], looks[other])
    ]
    return f"{', '.join(pairs)} are the same image" if pairs else ""


def _is_same(one: Look, other: Look) -> bool:
    """Whether one image is the other, as it is or turned over either way."""
    if one.view.counts.shape != other.view.counts.shape or one.normal == 0:
        return False
    steps = [(down, along) for down in (1, -1) for along in (1, -1)]
    like = [
        (down, along)
        for down, along in steps
        if _correlate(one.coarse, other.coarse[::down, ::along]) >= _LEAST_COARSE
    ]
    if not like:
        return False
    first, second = _differ(view_image(one.view)), view_image(other.view)
    return any(
        _correlate(first, _differ(second[::down, ::along])) >= LEAST_CORRELATION
        for down, along in like
    )


def _differ(image: Float32[np.ndarray, "row col"]) -> Float32[np.ndarray, "step col"]:
    """Differences of pixels and those below them."""
    return np.asarray(image[1:] - image[:-1])


def _correlate(
    one: Float32[np.ndarray, "row col"],
    other: Float32[np.ndarray, "other_row other_col"],
) -> float:
    """Correlation of two images about zero; 0 if their shapes differ."""
    if one.shape != other.shape:
        return 0.0
    first, second = one.ravel(), other.ravel()
    scale = float(first @ first) * float(second @ second)
    return float(first @ second) / scale**0.5 if scale > 0 else 0.0
