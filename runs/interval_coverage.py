"""How often our intervals hold the truth: the tables of the metrics reference.

    .venv/bin/python runs/interval_coverage.py            # one repeat: the AUC
    .venv/bin/python runs/interval_coverage.py averages   # means over five repeats
    .venv/bin/python runs/interval_coverage.py bands      # bands of mean ROC curves

Scores are normal with equal variance in both classes, so that the truth is known:
malignant scores are shifted by sqrt(2) times the normal quantile of the AUC. Where
there are repeats, a share of each score's variance belongs to the patient and is the
same in all of them; the rest is drawn anew. A minute or less each.
"""

import argparse
from collections import Counter
from collections.abc import Callable

import numpy as np
from jaxtyping import Float, Int64
from scipy.stats import norm

from bsgi.evaluation.auc import AucInterval, estimate_auc
from bsgi.evaluation.estimate import Estimate
from bsgi.evaluation.proportions import estimate_proportion
from bsgi.evaluation.repeats import RepeatedScores, average_repeats
from bsgi.evaluation.roc_band import build_roc_band
from bsgi.evaluation.scored import Scored

SIZES = ((17, 28), (38, 62), (87, 144))
AREAS = (0.80, 0.90, 0.95, 0.98)
METHODS = {**{method.value: method for method in AucInterval}, "default": None}

REPEATS = 5
SHARES = (0.3, 0.7, 0.95)
"""Of the variance of scores, how much belongs to the patient."""

RATES = (1, 2, 5, 10, 20, 30, 50)
"""False-positive rates in per cent at which bands are checked."""


def main() -> None:
    """Print a table, in per cent."""
    tables: dict[str, Callable[[int, int], None]] = {
        "areas": print_areas,
        "averages": print_averages,
        "bands": print_bands,
    }
    parser = argparse.ArgumentParser(description="Coverage of intervals.")
    parser.add_argument("table", nargs="?", choices=list(tables), default="areas")
    parser.add_argument("--sets", type=int, default=1500, help="data sets per cell")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    tables[chosen.table](chosen.sets, chosen.seed)


def print_areas(sets: int, seed: int) -> None:
    """The AUC of one repeat, by every method.

    Args:
        sets: Data sets per cell.
        seed: Where the scores come from.
    """
    _print_line("malignant + benign", "true AUC", *METHODS)
    print("|" + "---|" * (2 + len(METHODS)))
    for malignant, benign in SIZES:
        for area in AREAS:
            rng = np.random.default_rng([seed, malignant, round(100 * area)])
            held = count_held(rng, malignant, benign, area, sets)
            cells = [f"{100 * held[name] / sets:.1f}" for name in METHODS]
            _print_line(f"{malignant} + {benign}", f"{area:.2f}", *cells)


def count_held(
    rng: np.random.Generator, malignant: int, benign: int, area: float, sets: int
) -> Counter[str]:
    """Data sets whose interval holds the true area, by method.

    Args:
        rng: Where the scores come from.
        malignant: Malignant exams per data set.
        benign: Benign exams per data set.
        area: The true AUC.
        sets: Number of data sets.
    """
    labels = np.repeat([1, 0], [malignant, benign])
    held: Counter[str] = Counter()
    for _ in range(sets):
        scored = Scored(labels, rng.normal(size=len(labels)) + _shift(area) * labels)
        for name, method in METHODS.items():
            try:
                interval = estimate_auc(scored, method)
            except (
                ValueError
            ):  # no logit of an AUC of 1: an interval that holds nothing
                continue
            held[name] += _holds(interval, area)
    return held


def draw_repeats(
    rng: np.random.Generator,
    malignant: int,
    benign: int,
    area: float,
    share: float,
) -> tuple[Int64[np.ndarray, " exam"], Float[np.ndarray, "repeat exam"]]:
    """Labels and scores of patients who are tested in every repeat.

    Args:
        rng: Where the scores come from.
        malignant: Malignant exams.
        benign: Benign exams.
        area: The true AUC of each repeat.
        share: Of the variance of scores, how much belongs to the patient.
    """
    labels = np.repeat([1, 0], [malignant, benign])
    own = np.sqrt(share) * rng.normal(size=labels.size)
    anew = np.sqrt(1.0 - share) * rng.normal(size=(REPEATS, labels.size))
    return labels, _shift(area) * labels + own + anew


def print_averages(sets: int, seed: int) -> None:
    """Means over repeats: our intervals and those of pooled predictions.

    Args:
        sets: Data sets per cell.
        seed: Where the scores come from.
    """
    names = [
        f"{quantity}, {kind}"
        for quantity in ("sensitivity", "specificity", "accuracy", "AUC")
        for kind in ("ours", "pooled")
    ]
    _print_line("true AUC", "share of the patient", *names)
    print("|" + "---|" * (2 + len(names)))
    malignant, benign = SIZES[0]
    for area in (0.80, 0.90, 0.98):
        for share in SHARES:
            rng = np.random.default_rng([seed, round(100 * area), round(100 * share)])
            held: Counter[str] = Counter()
            for _ in range(sets):
                labels, scores = draw_repeats(rng, malignant, benign, area, share)
                held.update(_check_averages(labels, scores, area))
            cells = [f"{100 * held[name] / sets:.1f}" for name in names]
            _print_line(f"{area:.2f}", f"{share:.2f}", *cells)


def _check_averages(
    labels: Int64[np.ndarray, " exam"],
    scores: Float[np.ndarray, "repeat exam"],
    area: float,
) -> list[str]:
    """Which intervals hold the truth; the threshold parts the classes evenly."""
    exams = tuple(f"{place:05d}" for place in range(labels.size))
    margins = scores - _shift(area) / 2.0
    average = average_repeats(RepeatedScores(exams, exams, labels, scores, margins))
    counts = average.confusion
    right, everyone = counts.tp + counts.tn, counts.malignant + counts.benign
    pooled = Scored(np.tile(labels, scores.shape[0]), scores.ravel())
    rate = float(norm.cdf(_shift(area) / 2.0))
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


def print_bands(sets: int, seed: int) -> None:
    """Pointwise bands of the mean ROC curve of five repeats.

    Args:
        sets: Data sets per cell; a fifth of them is used, of 400 resamples each.
        seed: Where the scores come from.
    """
    number = max(sets // 5, 1)
    _print_line("malignant + benign", "true AUC", *(f"at {rate} %" for rate in RATES))
    print("|" + "---|" * (2 + len(RATES)))
    for malignant, benign in (SIZES[0], SIZES[-1]):
        for area in (0.80, 0.90, 0.98):
            rng = np.random.default_rng([seed, malignant, round(100 * area)])
            truth = norm.sf(norm.isf(np.array(RATES) / 100) - _shift(area))
            held = np.zeros(len(RATES))
            for each in range(number):
                labels, scores = draw_repeats(rng, malignant, benign, area, 0.7)
                band = build_roc_band(labels, scores, seed=each, resamples=400)
                lower, upper = band.lower[list(RATES)], band.upper[list(RATES)]
                held += (lower <= truth) & (truth <= upper)
            cells = [f"{100 * count / number:.1f}" for count in held]
            _print_line(f"{malignant} + {benign}", f"{area:.2f}", *cells)


def _shift(area: float) -> float:
    return float(np.sqrt(2) * norm.ppf(area))


def _holds(interval: Estimate | None, truth: float) -> bool:
    return interval is not None and interval.lower <= truth <= interval.upper


def _print_line(*cells: str) -> None:
    print("|", " | ".join(cells), "|", flush=True)


if __name__ == "__main__":
    main()
