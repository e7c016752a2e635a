"""How often the test of heterogeneity between subgroups rejects, where none is there.

    .venv/bin/python runs/subgroup_size.py --sets 2000

Scores are normal with equal variance in both classes; groups are drawn at random, so
that all have one true area. "own": each group has malignant and benign patients;
"cancers": groups of malignant patients, all compared with the same benign ones. Printed
are the share of data sets in which the test is defined, and the share of those in which
p is below 5 %. Some minutes with 2,000 sets.
"""

import argparse

import numpy as np
from scipy.stats import norm

from bsgi.evaluation.repeats import RepeatedScores
from bsgi.evaluation.subgroups import summarize_subgroups

SIZES = ((38, 62), (87, 144), (200, 300))
AREAS = (0.80, 0.90, 0.95)


def main() -> None:
    """Print one line per cell, in per cent."""
    parser = argparse.ArgumentParser(description="Size of the test of heterogeneity.")
    parser.add_argument("--sets", type=int, default=2000, help="data sets per cell")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    print("| malignant + benign | true AUC | groups | compared | defined | p < 5 % |")
    print("|---|---|---|---|---|---|")
    for malignant, benign in SIZES:
        for area in AREAS:
            for groups in (2, 4):
                for kind in ("own", "cancers"):
                    rng = np.random.default_rng(chosen.seed)
                    values = [
                        test_once(rng, malignant, benign, area, groups, kind)
                        for _ in range(chosen.sets)
                    ]
                    known = [value for value in values if value is not None]
                    defined = 100 * len(known) / chosen.sets
                    share = 100 * np.mean(np.array(known) < 0.05) if known else np.nan
                    print(
                        f"| {malignant} + {benign} | {area:.2f} | {groups} | {kind} "
                        f"| {defined:.1f} | {share:.1f} |",
                        flush=True,
                    )


def test_once(
    rng: np.random.Generator,
    malignant: int,
    benign: int,
    area: float,
    groups: int,
    kind: str,
) -> float | None:
    """The p value of one data set; None where the test is undefined.

    Args:
        rng: Source of randomness.
        malignant: Malignant patients.
        benign: Benign patients.
        area: True area.
        groups: Number of groups.
        kind: Whether benign patients are grouped as well (``"own"``) or not.
    """
    labels = np.repeat((1, 0), (malignant, benign))
    shift = np.sqrt(2) * norm.ppf(area)
    scores = (rng.normal(size=labels.size) + shift * labels)[None]
    drawn = rng.integers(groups, size=labels.size)
    names = tuple(f"{number:04d}" for number in range(labels.size))
    members = {
        name: f"group {group}"
        for name, group, label in zip(names, drawn, labels, strict=True)
        if kind == "own" or label == 1
    }
    repeated = RepeatedScores(names, names, labels, scores, scores - shift / 2)
    (part,) = summarize_subgroups(repeated, {"drawn": members})
    return part.p


if __name__ == "__main__":
    main()
