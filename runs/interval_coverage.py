"""How often intervals for the AUC hold the truth: a table of the metrics reference.

    .venv/bin/python runs/interval_coverage.py

Scores are normal with equal variance in both classes, so that the true AUC is known:
malignant scores are shifted by sqrt(2) times its normal quantile. Half a minute.
"""

import argparse
from collections import Counter

import numpy as np
from scipy.stats import norm

from bsgi.evaluation.auc import AucInterval, estimate_auc
from bsgi.evaluation.scored import Scored

SIZES = ((17, 28), (38, 62), (87, 144))
AREAS = (0.80, 0.90, 0.95, 0.98)
METHODS = {**{method.value: method for method in AucInterval}, "default": None}


def main() -> None:
    """Print the table, in per cent."""
    parser = argparse.ArgumentParser(description="Coverage of intervals for the AUC.")
    parser.add_argument("--sets", type=int, default=1500, help="data sets per cell")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    print("| malignant + benign | true AUC |", " | ".join(METHODS), "|")
    print("|" + "---|" * (2 + len(METHODS)))
    for malignant, benign in SIZES:
        for area in AREAS:
            rng = np.random.default_rng([chosen.seed, malignant, round(100 * area)])
            held = count_held(rng, malignant, benign, area, chosen.sets)
            cells = [f"{100 * held[name] / chosen.sets:.1f}" for name in METHODS]
            print(f"| {malignant} + {benign} | {area:.2f} |", " | ".join(cells), "|")


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
    shift = np.sqrt(2) * norm.ppf(area)
    held: Counter[str] = Counter()
    for _ in range(sets):
        scored = Scored(labels, rng.normal(size=len(labels)) + shift * labels)
        for name, method in METHODS.items():
            try:
                interval = estimate_auc(scored, method)
            except (
                ValueError
            ):  # no logit of an AUC of 1: an interval that holds nothing
                continue
            if interval is not None and interval.lower <= area <= interval.upper:
                held[name] += 1
    return held


if __name__ == "__main__":
    main()
