"""An interval of the AUC by drawing the patients anew, without a formula for its error.

A patient is drawn with all of her exams. Patients with malignant exams only, with
benign ones only and with both are drawn apart, so that each draw has as many of each.
"""

import math
from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Int64, Integer
from scipy.stats import norm

from bsgi.evaluation.areas.auc import compute_placements, newcombe_interval
from bsgi.evaluation.estimate import LEVEL, Estimate, check_level
from bsgi.evaluation.scored import Scored

REPLICATES = 10_000
"""How often the patients are drawn, unless another number is asked for."""

BCA = "bootstrap-bca"
_CELLS = 1 << 19
"""Replicates times exams that are worked on at once: some megabytes."""

_SAME = 1e-12
"""Areas that differ by less differ by rounding."""


def bootstrap_auc(
    labels: Integer[np.ndarray, " exam"],
    scores: Float[np.ndarray, " exam"],
    patients: Sequence[str],
    *,
    seed: int,
    replicates: int = REPLICATES,
    level: float = LEVEL,
) -> Estimate:
    """The AUC with Efron's interval, bias-corrected and accelerated, by patients.

    Where it cannot be had, Newcombe's interval takes its place and its method says so
    (``"newcombe"``): where all draws have one area, as with perfect separation, where a
    label has fewer than two patients, and where a correction is undefined, as it can be
    with a handful of patients. The order of the exams does not matter.

    Args:
        labels: 1 malignant, 0 benign.
        scores: The higher, the more malignant.
        patients: The patient of each exam.
        seed: Seed of the draws.
        replicates: Number of draws.
        level: Confidence level.

    Raises:
        ValueError: If a label does not occur, a score is not finite, an exam lacks its
            patient, or there are fewer than 100 replicates.

    References:
        Efron 1987, Better bootstrap confidence intervals,
        doi 10.1080/01621459.1987.10478410. Davison and Hinkley 1997, Bootstrap Methods
        and their Application, 5.3.2, for several strata.
    """
    check_level(level)
    scored = Scored(labels, scores)
    scored.check_both()
    if len(patients) != labels.size or replicates < 100:
        raise ValueError(
            "every exam must have its patient and there must be 100 replicates, got "
            f"{len(patients)} patients of {labels.size} exams and {replicates}."
        )
    # Sorted by patient, then by score: the draws do not depend on the given order.
    names, place = np.unique(np.asarray(patients), return_inverse=True)
    order = np.lexsort((labels, scores, place))
    scored, place = Scored(labels[order], scores[order]), place[order]
    strata = _part_patients(scored.labels, place, names.size)
    auc = min(compute_placements(scored).auc, 1.0)
    sizes = [np.unique(place[scored.labels == label]).size for label in (1, 0)]
    drawn = np.empty(0)
    if min(sizes) >= 2:
        rng = np.random.default_rng(seed)
        drawn = _draw_areas(scored, place, strata, rng, replicates)
    if drawn.size == 0 or float(np.ptp(drawn)) < _SAME:
        return newcombe_interval(auc, sizes[0], sizes[1], level)
    tails = _correct_tails(auc, drawn, _find_acceleration(scored, place, strata), level)
    if tails is None:
        return newcombe_interval(auc, sizes[0], sizes[1], level)
    lower, upper = (float(limit) for limit in np.quantile(drawn, tails))
    lower, upper = min(max(lower, 0.0), auc), max(min(upper, 1.0), auc)
    return Estimate(auc, lower, upper, BCA)


def _part_patients(
    labels: Integer[np.ndarray, " exam"], place: Int64[np.ndarray, " exam"], number: int
) -> list[Int64[np.ndarray, "_"]]:
    """Patients with malignant exams only, with benign ones only, and with both."""
    has = [
        np.bincount(place[labels == label], minlength=number) > 0 for label in (0, 1)
    ]
    kinds = (has[1] & ~has[0], has[0] & ~has[1], has[0] & has[1])
    return [np.flatnonzero(kind) for kind in kinds if kind.any()]


def _draw_areas(
    scored: Scored,
    place: Int64[np.ndarray, " exam"],
    strata: list[Int64[np.ndarray, "_"]],
    rng: np.random.Generator,
    replicates: int,
) -> Float[np.ndarray, " replicate"]:
    """Areas of the draws that hold both labels, as all do but in freak cases."""
    areas = []
    number = sum(stratum.size for stratum in strata)
    at_once = max(_CELLS // scored.labels.size, 1)
    for begin in range(0, replicates, at_once):
        rows = min(at_once, replicates - begin)
        weights = np.zeros((rows, number))
        line = np.arange(rows)[:, None] * number
        for stratum in strata:
            chosen = stratum[rng.integers(stratum.size, size=(rows, stratum.size))]
            counted = np.bincount((line + chosen).ravel(), minlength=rows * number)
            weights += counted.reshape(rows, number)
        areas.append(_weigh_areas(scored, weights[:, place]))
    found = np.concatenate(areas)
    return np.asarray(found[np.isfinite(found)], np.float64)


def _weigh_areas(
    scored: Scored, weights: Float[np.ndarray, "replicate exam"]
) -> Float[np.ndarray, " replicate"]:
    """The AUC where each exam counts so often; NaN where a label has no weight."""
    order = np.argsort(scored.scores, kind="stable")
    ranked = scored.scores[order]
    starts = np.concatenate([[0], np.flatnonzero(ranked[1:] != ranked[:-1]) + 1])
    malignant, benign = (
        np.add.reduceat(
            weights[:, order] * (scored.labels[order] == label), starts, axis=1
        )
        for label in (1, 0)
    )
    below = np.cumsum(benign, axis=1) - benign / 2.0
    pairs = malignant.sum(axis=1) * benign.sum(axis=1)
    wins = np.einsum("re,re->r", malignant, below)
    areas = np.full(pairs.shape, np.nan)
    np.divide(wins, pairs, out=areas, where=pairs > 0)
    return areas


def _find_acceleration(
    scored: Scored,
    place: Int64[np.ndarray, " exam"],
    strata: list[Int64[np.ndarray, "_"]],
) -> float | None:
    """How fast the standard error changes with the area, by leaving out each patient.

    None where it is undefined: a patient is alone with her label, or nobody matters.
    """
    left_out = _leave_out(scored, place, sum(stratum.size for stratum in strata))
    if not np.isfinite(left_out).all():
        return None
    squares, cubes = 0.0, 0.0
    for stratum in strata:
        size = stratum.size
        influence = (size - 1) * (left_out[stratum].mean() - left_out[stratum])
        squares += float(np.sum(influence**2)) / size**2
        cubes += float(np.sum(influence**3)) / size**3
    return cubes / (6.0 * squares**1.5) if squares > _SAME**2 else None


def _leave_out(
    scored: Scored, place: Int64[np.ndarray, " exam"], number: int
) -> Float[np.ndarray, " patient"]:
    """The AUC without each patient; NaN where that leaves one label only."""
    placements = compute_placements(scored)
    ill, well = place[scored.labels == 1], place[scored.labels == 0]
    wins = placements.auc * scored.malignant * scored.benign
    without = wins - (
        np.bincount(ill, placements.malignant, number) * scored.benign
        + np.bincount(well, placements.benign, number) * scored.malignant
    )
    high, low = scored.scores[scored.labels == 1], scored.scores[scored.labels == 0]
    for patient in np.intersect1d(ill, well):
        # Her own pairs were taken away twice.
        own, other = high[ill == patient][:, None], low[well == patient][None, :]
        without[patient] += np.sum((own > other) + 0.5 * (own == other))
    pairs = (scored.malignant - np.bincount(ill, minlength=number)) * (
        scored.benign - np.bincount(well, minlength=number)
    )
    areas = np.full(number, np.nan)
    np.divide(without, pairs, out=areas, where=pairs > 0)
    return areas


def _correct_tails(
    auc: float,
    drawn: Float[np.ndarray, " replicate"],
    acceleration: float | None,
    level: float,
) -> tuple[float, float] | None:
    """Which quantiles of the draws are the limits; None where that is undefined."""
    # A draw with the area itself is half below and half above.
    below = np.mean(drawn < auc - _SAME) + 0.5 * np.mean(np.abs(drawn - auc) <= _SAME)
    bias = float(norm.ppf(below))
    if acceleration is None or not math.isfinite(bias):
        return None
    found = []
    for tail in (0.5 - level / 2.0, 0.5 + level / 2.0):
        shifted = bias + float(norm.ppf(tail))
        scale = 1.0 - acceleration * shifted
        if scale <= 0:
            return None
        found.append(float(norm.cdf(bias + shifted / scale)))
    return found[0], found[1]
