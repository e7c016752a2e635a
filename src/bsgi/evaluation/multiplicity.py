"""Several tests at once: p values that keep the chance of any false alarm."""

from collections.abc import Sequence

import numpy as np


def adjust_by_holm(values: Sequence[float]) -> tuple[float, ...]:
    """P values of a family of tests, each made larger by Holm's procedure.

    Whoever calls those below 5 % significant is wrong about any of them in at most 5 %
    of families, however the tests depend on each other.

    Args:
        values: P values of single tests.

    Returns:
        The adjusted p values, in the same order.

    References:
        Holm 1979, A simple sequentially rejective multiple test procedure,
        Scandinavian Journal of Statistics 6:65.
    """
    order = np.argsort(values, kind="stable")
    adjusted = np.empty(len(values))
    worst = 0.0
    for rank, index in enumerate(order):
        worst = max(worst, min(1.0, (len(values) - rank) * values[index]))
        adjusted[index] = worst
    return tuple(float(value) for value in adjusted)
