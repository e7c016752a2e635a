"""Means over five repeats that share their patients, and bands of mean ROC curves."""

from collections import Counter

import numpy as np
from jaxtyping import Float, Int64
from runs.coverage_draws import SIZES, find_shift, list_labels
from runs.coverage_tables import Found
from scipy.stats import norm

from bsgi.evaluation.areas.auc import estimate_auc
from bsgi.evaluation.estimate import Estimate
from bsgi.evaluation.operating_points.roc_band import build_roc_band
from bsgi.evaluation.rates.proportions import estimate_proportion
from bsgi.evaluation.repeats import RepeatedScores, average_repeats
from bsgi.evaluation.scored import Scored

REPEATS = 5
SHARES = (0.3, 0.7, 0.95)
"""Of the variance of scores, how much belongs to the patient."""

RATES = (1, 2, 5, 10, 20, 30, 50)
"""False-positive rates in per cent at which bands are checked."""

QUANTITIES = ("sensitivity", "specificity", "accuracy", "AUC")


def measure_averages(sets: int, seed: int) -> Found:
    """Our intervals of means over repeats, and those of pooled predictions.

    Args:
        sets: Data sets per cell of the whole run; a tenth of them is used.
        seed: Where the scores come from.
    """
    number = max(sets // 10, 1)
    names = [f"{each}, {kind}" for each in QUANTITIES for kind in ("ours", "pooled")]
    rows: list[tuple[str | float, ...]] = []
    for area in (0.80, 0.90, 0.98):
        for share in SHARES:
            rng = np.random.default_rng([seed, round(100 * area), round(100 * share)])
            held: Counter[str] = Counter()
            for _ in range(number):
                labels, scores = _draw_repeats(rng, SIZES[45], area, share)
                held.update(_check_averages(labels, scores, area))
            shares = (held[name] / number for name in names)
            rows.append((f"{area:.2f}", f"{share:.2f}", *shares))
    columns = ("true AUC", "share of the patient", *names)
    return Found("averages", columns, tuple(rows), (), number)


def measure_bands(sets: int, seed: int) -> Found:
    """Pointwise bands of the mean ROC curve of five repeats.

    Args:
        sets: Data sets per cell of the whole run; a fiftieth of them is used.
        seed: Where the scores come from.
    """
    number = max(sets // 50, 1)
    rows: list[tuple[str | float, ...]] = []
    for patients in (45, 231):
        for area in (0.80, 0.90, 0.98):
            rng = np.random.default_rng([seed, patients, round(100 * area)])
            truth = norm.sf(norm.isf(np.array(RATES) / 100) - find_shift(area))
            held = np.zeros(len(RATES))
            for each in range(number):
                labels, scores = _draw_repeats(rng, SIZES[patients], area, 0.7)
                band = build_roc_band(labels, scores, seed=each, resamples=400)
                lower, upper = band.lower[list(RATES)], band.upper[list(RATES)]
                held += (lower <= truth) & (truth <= upper)
            shares = (float(each) / number for each in held)
            rows.append((str(patients), f"{area:.2f}", *shares))
    columns = ("patients", "true AUC", *(f"at {rate} %" for rate in RATES))
    return Found("bands", columns, tuple(rows), (), number)


def _draw_repeats(
    rng: np.random.Generator, sizes: tuple[int, int], area: float, share: float
) -> tuple[Int64[np.ndarray, " exam"], Float[np.ndarray, "repeat exam"]]:
    """Labels and scores of patients who are tested in every repeat.

    Args:
        rng: Where the scores come from.
        sizes: Malignant and benign patients.
        area: The true AUC of each repeat.
        share: Of the variance of scores, how much belongs to the patient.
    """
    labels = list_labels(*sizes)
    own = np.sqrt(share) * rng.normal(size=labels.size)
    anew = np.sqrt(1.0 - share) * rng.normal(size=(REPEATS, labels.size))
    return labels, find_shift(area) * labels + own + anew


def _check_averages(
    labels: Int64[np.ndarray, " exam"],
    scores: Float[np.ndarray, "repeat exam"],
    area: float,
) -> list[str]:
    """Which intervals hold the truth; the threshold parts the classes evenly."""
    exams = tuple(f"{place:05d}" for place in range(labels.size))
    margins = scores - find_shift(area) / 2.0
    average = average_repeats(RepeatedScores(exams, exams, labels, scores, margins))
    counts = average.confusion
    right, everyone = counts.tp + counts.tn, counts.malignant + counts.benign
    pooled = Scored(np.tile(labels, scores.shape[0]), scores.ravel())
    rate = float(norm.cdf(find_shift(area) / 2.0))
    found = {
        "sensitivity, ours": (average.sensitivity, rate),
        "sensitivity, pooled": (estimate_proportion(counts.tp, counts.malignant), rate),
        "specificity, ours": (average.specificity, rate),
        "specificity, pooled": (estimate_proportion(counts.tn, counts.benign), rate),
        "accuracy, ours": (average.accuracy, rate),
        "accuracy, pooled": (estimate_proportion(right, everyone), rate),
        "AUC, ours": (average.auc, area),
        "AUC, pooled": (estimate_auc(pooled), area),
    }
    return [
        name for name, (interval, truth) in found.items() if _holds(interval, truth)
    ]


def _holds(interval: Estimate | None, truth: float) -> bool:
    return interval is not None and interval.lower <= truth <= interval.upper
