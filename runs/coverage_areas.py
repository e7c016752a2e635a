"""Intervals of an AUC and of a paired difference of two: coverage, width, and size."""

from collections import Counter
from collections.abc import Iterator

import numpy as np
from runs.coverage_draws import (
    AREAS,
    FAMILIES,
    SIZES,
    draw_correlated,
    draw_normal,
    list_labels,
)
from runs.coverage_tables import Bound, Found, Tally
from scipy.stats import norm

from bsgi.evaluation.areas.auc import (
    AucInterval,
    compute_placements,
    estimate_from_variance,
)
from bsgi.evaluation.areas.bootstrap import bootstrap_auc
from bsgi.evaluation.comparisons.areas import compare_paired_areas
from bsgi.evaluation.estimate import Estimate
from bsgi.evaluation.scored import Scored

METHODS: dict[str, AucInterval | None] = {
    "default": None,
    **{method.value: method for method in AucInterval},
}

PAIRS = (*((area, area) for area in AREAS), (0.80, 0.90), (0.85, 0.95), (0.90, 0.98))
"""Two true areas: without a difference, where size is measured, and with one."""

KINDS = (("normal", 0.3), ("normal", 0.6), ("five grades", 0.6))

LEVEL = 0.05
SIZE_LIMIT = 0.056


def measure_areas(sets: int, seed: int) -> Found:
    """The default interval of an AUC beside the single methods.

    Args:
        sets: Data sets per cell.
        seed: Where the scores come from.
    """
    rows: list[tuple[str | float, ...]] = []
    bounds = []
    for kind, (family, draw) in enumerate(FAMILIES.items()):
        for patients, sizes in SIZES.items():
            labels = list_labels(*sizes)
            for area in AREAS:
                rng = np.random.default_rng([seed, kind, patients, round(1000 * area)])
                tallies = {name: Tally() for name in METHODS}
                for _ in range(sets):
                    scored = Scored(labels, draw(rng, labels, area))
                    for name, interval in _list_intervals(scored):
                        tallies[name].add(interval, area)
                coverage = tallies["default"].coverage
                limit = 0.94 if patients >= 100 and area <= 0.95 else 0.92
                what = (
                    f"default interval of an AUC, {family}, n = {patients}, {area:.2f}"
                )
                bounds.append(Bound(what, coverage, limit, at_least=True, sets=sets))
                rows.append(
                    (
                        family, str(patients), f"{area:.2f}",
                        *(tallies[name].coverage for name in METHODS),
                        *(tallies[name].mean_width for name in ("default", "delong")),
                    )
                )  # fmt: skip
    columns = (
        "scores", "patients", "true AUC", *METHODS, "width, default", "width, delong"
    )  # fmt: skip
    return Found("areas", columns, tuple(rows), tuple(bounds), sets)


def _list_intervals(scored: Scored) -> Iterator[tuple[str, Estimate | None]]:
    placements = compute_placements(scored)
    auc, variance = placements.auc, placements.variance
    for name, method in METHODS.items():
        if method is AucInterval.LOGIT_DELONG and auc == 1:
            yield name, None  # no log odds of 1: an interval that holds nothing
        else:
            yield (
                name,
                estimate_from_variance(
                    auc, variance, scored.malignant, scored.benign, method
                ),
            )


def measure_bootstrap(sets: int, seed: int, replicates: int = 2000) -> Found:
    """BCa beside the default, on fewer data sets.

    Args:
        sets: Data sets per cell of the whole run; a fiftieth of them is used.
        seed: Where the scores come from.
        replicates: Draws per data set.
    """
    number = max(sets // 50, 1)
    rows: list[tuple[str | float, ...]] = []
    for patients, sizes in SIZES.items():
        labels = list_labels(*sizes)
        names = [str(place) for place in range(labels.size)]
        for area in AREAS:
            rng = np.random.default_rng([seed, 7, patients, round(1000 * area)])
            bca, default = Tally(), Tally()
            for each in range(number):
                scores = draw_normal(rng, labels, area)
                bca.add(
                    bootstrap_auc(
                        labels, scores, names, seed=each, replicates=replicates
                    ),
                    area,
                )
                (_, interval), *_ = _list_intervals(Scored(labels, scores))
                default.add(interval, area)
            rows.append(
                (
                    str(patients), f"{area:.2f}", bca.coverage, default.coverage,
                    bca.mean_width, default.mean_width,
                )
            )  # fmt: skip
    columns = (
        "patients", "true AUC", "bootstrap-bca", "default", "width, bootstrap-bca",
        "width, default",
    )  # fmt: skip
    return Found("bootstrap", columns, tuple(rows), (), number)


def measure_differences(sets: int, seed: int) -> Found:
    """Interval of a paired difference; size of its test where there is none.

    Args:
        sets: Data sets per cell.
        seed: Where the scores come from.
    """
    rows: list[tuple[str | float, ...]] = []
    bounds: list[Bound] = []
    for kind, (family, correlation) in enumerate(KINDS):
        for patients in SIZES:
            for first, second in PAIRS:
                if family != "normal" and first != second:
                    continue
                key = [seed, 11, kind, patients, round(1000 * (first + 7 * second))]
                rng = np.random.default_rng(key)
                cell = (family, correlation, patients, (first, second))
                row, cell_bounds = _measure_difference(rng, cell, sets)
                rows.append(row)
                bounds += cell_bounds
    columns = (
        "scores", "correlation", "patients", "true AUCs", "coverage, default",
        "coverage, delong", "width, default", "width, delong", "rejects, delong-t",
        "rejects, delong",
    )  # fmt: skip
    return Found("differences", columns, tuple(rows), tuple(bounds), sets)


def _measure_difference(
    rng: np.random.Generator,
    cell: tuple[str, float, int, tuple[float, float]],
    sets: int,
) -> tuple[tuple[str | float, ...], list[Bound]]:
    family, correlation, patients, areas = cell
    labels = list_labels(*SIZES[patients])
    ours, plain = Tally(), Tally()
    rejected: Counter[str] = Counter()
    truth, z = areas[0] - areas[1], float(norm.ppf(1.0 - LEVEL / 2.0))
    for _ in range(sets):
        scores = draw_correlated(
            rng, labels, areas, correlation, graded=family != "normal"
        )
        one, other = (Scored(labels, line) for line in scores)
        found = compare_paired_areas(one, other)
        ours.add(found.difference, truth)
        rejected["t"] += found.p is not None and found.p <= LEVEL
        # DeLong's Z and interval follow from the same statistic.
        statistic = found.statistic or 0.0
        rejected["z"] += abs(statistic) > z
        apart = 0.0 if found.difference is None else found.difference.value
        error = apart / statistic if statistic else 0.0
        plain.sets += 1
        plain.held += abs(apart - truth) <= z * abs(error) + 1e-12
        plain.width += 2.0 * z * abs(error)
    where = f"{family}, correlation {correlation}, n = {patients}, {areas}"
    limit = Bound(
        f"paired difference, {where}", ours.coverage, 0.93, at_least=True, sets=sets
    )
    bounds = [limit]
    sizes: tuple[str | float, ...] = ("", "")
    if truth == 0:
        sizes = (rejected["t"] / sets, rejected["z"] / sets)
        bounds.append(
            Bound(
                f"size of delong-t, paired, {where}", rejected["t"] / sets, SIZE_LIMIT,
                at_least=False, sets=sets,
            )
        )  # fmt: skip
    row = (
        family, f"{correlation:.1f}", str(patients),
        f"{areas[0]:.2f}, {areas[1]:.2f}", ours.coverage, plain.coverage,
        ours.mean_width, plain.mean_width, *sizes,
    )  # fmt: skip
    return row, bounds
