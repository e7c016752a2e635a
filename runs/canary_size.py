"""How often a canary alarms in a sound study: the size of its permutation test.

    .venv/bin/python runs/canary_size.py

Labels without meaning, 45 patients with 17 malignant, ridge regression on random
numbers, five folds drawn anew each time. The labels are dealt anew under scores that
stay, as `bsgi.evaluation.canary` does; since each score depends on the labels of the
other folds, the test is not exact. Prints the share of studies with p below 5 %, 1 %
and 0.1 %. Simulated.
"""

import argparse

import numpy as np
from jaxtyping import Float, Integer

from bsgi.evaluation.canary import judge_canary
from bsgi.evaluation.predictions import PredictionRow

PATIENTS, MALIGNANT, FOLDS = 45, 17, 5


def score_patients(
    values: Float[np.ndarray, "patient number"],
    labels: Integer[np.ndarray, " patient"],
    rng: np.random.Generator,
) -> Float[np.ndarray, " patient"]:
    """Scores of each fold by a ridge regression on the others."""
    fold = np.empty(PATIENTS, int)
    for label in (0, 1):
        order = rng.permutation(np.flatnonzero(labels == label))
        fold[order] = np.arange(order.size) % FOLDS
    columns = np.column_stack([values, np.ones(PATIENTS)])
    scores = np.empty(PATIENTS)
    for each in range(FOLDS):
        known = fold != each
        own = columns[known]
        weights = np.linalg.solve(
            own.T @ own + np.eye(own.shape[1]), own.T @ (labels[known] - 0.5)
        )
        scores[~known] = columns[~known] @ weights
    return scores


def find_p(numbers: int, repeats: int, rng: np.random.Generator) -> float:
    """The p value of one study."""
    values = rng.normal(size=(PATIENTS, numbers))
    labels = rng.permutation((np.arange(PATIENTS) < MALIGNANT).astype(np.int64))
    rows = [
        PredictionRow(
            f"{n}", f"{n}", "ridge", repeat, 0, "test", int(labels[n]), float(score)
        )
        for repeat in range(repeats)
        for n, score in enumerate(score_patients(values, labels, rng))
    ]
    (verdict,) = judge_canary(rows, simulated=True, permutations=4999).verdicts
    return verdict.p


def main() -> None:
    """Print one line per number of columns and repeats."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--studies", type=int, default=2000, help="per line")
    studies = parser.parse_args().studies
    print(
        "| numbers | repeats | p < 5 % | p < 1 % | p < 0.1 % |\n|---|---|---|---|---|"
    )
    for numbers, repeats in ((2, 5), (20, 1), (100, 5)):
        rng = np.random.default_rng((numbers, repeats))
        found = np.array([find_p(numbers, repeats, rng) for _ in range(studies)])
        shares = " | ".join(
            f"{100 * np.mean(found < at):.1f}" for at in (0.05, 0.01, 0.001)
        )
        print(f"| {numbers} | {repeats} | {shares} |", flush=True)


if __name__ == "__main__":
    main()
