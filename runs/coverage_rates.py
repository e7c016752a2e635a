"""Intervals of a proportion: coverage, calculated over every outcome, not simulated."""

import numpy as np
from jaxtyping import Float
from runs.coverage_tables import Bound, Found
from scipy.stats import binom

from bsgi.evaluation.rates.proportions import ProportionInterval, estimate_proportion

TRUTHS = np.arange(700, 991) / 1000
"""True values: .700 to .990."""

NUMBERS = (17, 28, 38, 45, 62, 87, 100, 144, 231)
"""Patients: the three numbers of the other tables, and their classes."""


def measure_rates(sets: int, seed: int) -> Found:
    """Mean and lowest coverage of Wilson's and the exact interval.

    Args:
        sets: Not used: every outcome is summed up.
        seed: Not used.
    """
    del sets, seed
    rows: list[tuple[str | float, ...]] = []
    bounds: list[Bound] = []
    for number in NUMBERS:
        cells: list[str | float] = [str(number)]
        for method in ProportionInterval:
            coverage, width = compute_coverage(number, method)
            worst = int(np.argmin(coverage))
            cells += [
                float(coverage.mean()), float(coverage[worst]),
                f"{TRUTHS[worst]:.3f}", f"{width.mean():.3f}",
            ]  # fmt: skip
            if method is ProportionInterval.WILSON:
                what, mean = (
                    f"mean of the default, n = {number}",
                    float(coverage.mean()),
                )
                bounds += [
                    Bound(what, mean, 0.94, at_least=True, sets=0),
                    Bound(what, mean, 0.96, at_least=False, sets=0),
                ]
        rows.append(tuple(cells))
    titles = (
        f"{what}, {method.value}"
        for method in ProportionInterval
        for what in ("mean", "lowest", "at", "mean width")
    )
    columns = ("patients", *titles)
    return Found("rates", columns, tuple(rows), tuple(bounds), 0)


def compute_coverage(
    number: int, method: ProportionInterval
) -> tuple[Float[np.ndarray, " truth"], Float[np.ndarray, " truth"]]:
    """Chance that the interval holds each true value, and its expected width.

    Args:
        number: Patients.
        method: How the interval is made.
    """
    counts = np.arange(number + 1)
    found = [estimate_proportion(int(count), number, method) for count in counts]
    lower, upper = (
        np.array([getattr(each, end) for each in found]) for end in ("lower", "upper")
    )
    chances = binom.pmf(counts[None, :], number, TRUTHS[:, None])
    holds = (lower <= TRUTHS[:, None]) & (TRUTHS[:, None] <= upper)
    return (chances * holds).sum(axis=1), chances @ (upper - lower)
