"""How often conformal thresholds exclude the true label, and what a new camera does.

    .venv/bin/python runs/conformal_coverage.py split    # patients set aside
    .venv/bin/python runs/conformal_coverage.py crossed  # scores of other networks
    .venv/bin/python runs/conformal_coverage.py shift    # another camera

All scores are simulated: normal, so that the true error at a pair of thresholds is
known and need not be counted. Each line has, in per cent, the mean over so many sets of
calibration patients, its standard error and the 5th to 95th percentile of the single
sets. It holds if the mean is at most 10 % plus three standard errors. A minute each.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float, Int64
from scipy.stats import norm

from bsgi.evaluation.abstention.guarantee import bound_folds, spread_error
from bsgi.evaluation.abstention.thresholds import ConformalThresholds, fit_thresholds
from bsgi.evaluation.scored import Scored

RATE = 0.1
SIZES = (9, 20, 45, 100, 200)
"""Calibration patients per label."""

SHIFT = 1.8
"""Distance of the labels' mean scores: an AUC of 0.90."""

STEP = 1.0
"""Heavily tied scores are rounded to whole standard deviations, some seven values."""

FEATURES = 10
"""Of the simulated exams that the networks of `crossed` learn from."""

FOLDS = 5
EXAMS = 3
"""A woman has one to three exams where there are several."""

SHARED = 0.7
"""Of the variance of her scores, how much her exams have in common."""

COLUMNS = ("malignant", "benign", "holds")
"""Of each label mean and standard error of the error, and 5th to 95th percentile."""

SOURCES = (
    ("other folds", "patients of the study"),
    ("other folds", "new patients"),
    ("inner folds", "new patients"),
)
"""Where thresholds come from, and whose error is measured."""


def main() -> None:
    """Print a table."""
    tables: dict[str, Callable[[int, int], None]] = {
        "split": print_split,
        "crossed": print_crossed,
        "shift": print_shift,
    }
    parser = argparse.ArgumentParser(description="Errors of conformal thresholds.")
    parser.add_argument("table", choices=list(tables))
    parser.add_argument("--sets", type=int, default=1000, help="sets per line")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    tables[chosen.table](chosen.sets, chosen.seed)


def print_split(sets: int, seed: int) -> None:
    """Errors of new patients at thresholds on patients set aside.

    Args:
        sets: Sets of calibration patients per line.
        seed: Where the scores come from.
    """
    _print_line(
        "scores", "patients per label", *COLUMNS, "5 % to 95 %, beta distribution"
    )
    print("|" + "---|" * (3 + len(COLUMNS)))
    for number, kind in enumerate(("continuous", "tied", "several exams")):
        for size in SIZES:
            rng = np.random.default_rng([seed, number, size])
            errors = measure_split(rng, size, sets, kind)
            low, high = (100 * limit for limit in spread_error(size, RATE, 0.9))
            theory = "" if kind == "tied" else f"{low:.1f} to {high:.1f}"
            _print_line(kind, str(size), *_describe(errors), theory)


def measure_split(
    rng: np.random.Generator, size: int, sets: int, kind: str
) -> Float[np.ndarray, "set label"]:
    """True errors, malignant and benign, at thresholds of drawn calibration patients.

    Args:
        rng: Where the scores come from.
        size: Calibration patients per label.
        sets: Sets of them.
        kind: continuous, tied, or several exams.
    """
    found = np.zeros((sets, 2))
    for each in range(sets):
        exams = (
            rng.integers(1, EXAMS + 1, size=2 * size)
            if kind == "several exams"
            else np.ones(2 * size, dtype=np.int64)
        )
        owner = np.repeat(np.arange(2 * size), exams)
        labels = (owner < size).astype(np.int64)
        own = np.sqrt(SHARED) * rng.normal(size=2 * size)
        scores = SHIFT * labels + own[owner]
        scores += np.sqrt(1.0 - SHARED) * rng.normal(size=owner.size)
        if kind == "tied":
            scores = STEP * np.round(scores / STEP)
        thresholds = fit_thresholds(Scored(labels, scores), list(map(str, owner)), RATE)
        found[each] = compute_errors(thresholds, kind)
    return found


def compute_errors(thresholds: ConformalThresholds, kind: str) -> tuple[float, float]:
    """The chance that a new malignant and a new benign patient's label is excluded.

    Args:
        thresholds: The thresholds.
        kind: continuous, tied, or several exams, of which any is excluded.
    """
    lowest, highest = thresholds.malignant_from, thresholds.benign_up_to
    if lowest is None or highest is None:
        return 0.0, 0.0
    # A rounded score is below a threshold if it was so by half a step.
    reach = STEP / 2.0 if kind == "tied" else 0.0
    distances = np.array([lowest - SHIFT - reach, -highest - reach])
    if kind != "several exams":
        chances = norm.cdf(distances)
    else:
        nodes, weights = np.polynomial.hermite_e.hermegauss(60)
        inside = norm.sf(
            (distances[:, None] - np.sqrt(SHARED) * nodes) / np.sqrt(1.0 - SHARED)
        )
        kept = np.mean([inside**exams for exams in range(1, EXAMS + 1)], axis=0)
        chances = 1.0 - kept @ (weights / weights.sum())
    return float(chances[0]), float(chances[1])


def print_crossed(sets: int, seed: int) -> None:
    """Errors where other networks scored the calibration patients.

    Args:
        sets: Sets of patients per line.
        seed: Where the exams come from.
    """
    _print_line(
        "networks, scores", "patients per label", "thresholds from", "error of",
        *COLUMNS, "proved: at most",
    )  # fmt: skip
    print("|" + "---|" * (5 + len(COLUMNS)))
    for number, kind in enumerate(("alike, continuous", "alike, tied", "unlike")):
        for size in SIZES[1:]:
            rng = np.random.default_rng([seed, size, number])
            errors = np.array([measure_crossed(rng, size, kind) for _ in range(sets)])
            folds = [np.bincount(np.arange(size) % FOLDS).tolist()]
            proved = f"{100 * (1.0 - (bound_folds(folds, RATE) or 0.0)):.1f}"
            for row, (source, whom) in enumerate(SOURCES):
                _print_line(
                    kind, str(size), source, whom, *_describe(errors[:, row]),
                    proved if row == 0 else "nothing",
                )  # fmt: skip


def measure_crossed(
    rng: np.random.Generator, size: int, kind: str
) -> Float[np.ndarray, "3 label"]:
    """Errors of each label in one study of linear discriminants, as `SOURCES` has them.

    First those of the study's own patients, each in her fold; then those of new
    patients, at the thresholds and networks of the folds; then those of new patients if
    one network learns from all and its thresholds come from the scores of the folds.

    Args:
        rng: Where the exams come from.
        size: Patients per label.
        kind: What the networks of the folds are to each other. Unlike ones put an
            offset of their own on all their scores, of standard deviation 1, about half
            as large as that of the scores of a label.
    """
    labels = np.repeat([1, 0], size)
    centre = SHIFT * labels[:, None] * np.eye(1, FEATURES)
    exams = rng.normal(size=(2 * size, FEATURES)) + centre
    folds = np.concatenate([rng.permutation(size) % FOLDS for _ in range(2)])
    step = STEP if kind == "alike, tied" else 0.0
    networks = [
        _learn(exams[folds != fold], labels[folds != fold], step)
        for fold in range(FOLDS)
    ]
    whole = _learn(exams, labels, step)
    if kind == "unlike":
        networks = [replace(n, offset=n.offset + rng.normal()) for n in networks]
        whole = replace(whole, offset=whole.offset + rng.normal())
    scores, wrong, new = np.zeros(2 * size), np.zeros(2 * size), []
    for fold, network in enumerate(networks):
        scores[folds == fold] = network.score(exams[folds == fold])
    for fold, network in enumerate(networks):
        thresholds, here = _fit(labels, scores, folds != fold), folds == fold
        wrong[here] = _exclude(thresholds, labels[here], scores[here])
        new.append(network.find_errors(thresholds))
    everyone = _fit(labels, scores, np.ones(2 * size, dtype=np.bool_))
    study = wrong[labels == 1].mean(), wrong[labels == 0].mean()
    return np.array([study, np.mean(new, axis=0), whole.find_errors(everyone)])


def print_shift(sets: int, seed: int) -> None:
    """Errors and referrals on a camera whose scores are shifted.

    Args:
        sets: Sets of 45 calibration patients per label.
        seed: Where the scores come from.
    """
    _print_line(
        "scores higher by", "malignant judged wrongly", "malignant referred",
        "benign judged wrongly", "benign referred",
    )  # fmt: skip
    print("|" + "---|" * 5)
    labels = np.repeat([1, 0], 45)
    for shift in (-1.0, -0.5, -0.25, 0.0, 0.25, 0.5, 1.0):
        rng = np.random.default_rng(seed)
        found = []
        for _ in range(sets):
            scores = rng.normal(size=90) + SHIFT * labels
            thresholds = _fit(labels, scores, np.ones(90, dtype=np.bool_))
            found.append(_shifted_shares(thresholds, shift))
        means = np.mean(found, axis=0)
        _print_line(f"{shift:g}", *(f"{100 * mean:.1f}" for mean in means))


def _shifted_shares(
    thresholds: ConformalThresholds, shift: float
) -> tuple[float, float, float, float]:
    """Errors and referrals of either label where all scores are shifted."""
    lowest, highest = _limits(thresholds)
    malignant = norm.cdf([lowest - SHIFT - shift, highest - SHIFT - shift])
    benign = norm.cdf([lowest - shift, highest - shift])
    return (
        float(malignant[0]),
        float(abs(malignant[1] - malignant[0])),
        float(1.0 - benign[1]),
        float(abs(benign[1] - benign[0])),
    )


@dataclass(frozen=True, slots=True)
class Network:
    """A linear discriminant.

    Args:
        weights: Of each feature.
        offset: Added to the weighted sum.
        step: What scores are rounded to; 0 for continuous ones.
    """

    weights: Float[np.ndarray, " feature"]
    offset: float
    step: float

    def score(
        self, exams: Float[np.ndarray, "exam feature"]
    ) -> Float[np.ndarray, " exam"]:
        """Scores of exams; the higher, the more malignant."""
        scores = exams @ self.weights + self.offset
        rounded: Float[np.ndarray, " exam"] = (
            self.step * np.round(scores / self.step) if self.step else scores
        )
        return rounded

    def find_errors(self, thresholds: ConformalThresholds) -> tuple[float, float]:
        """The chance that a new patient's label is excluded: malignant, benign."""
        lowest, highest = _limits(thresholds)
        reach, deviation = self.step / 2.0, float(np.linalg.norm(self.weights))
        mean = self.offset + SHIFT * self.weights[0]
        return (
            float(norm.cdf((lowest - reach - mean) / deviation)),
            float(norm.sf((highest + reach - self.offset) / deviation)),
        )


def _learn(
    exams: Float[np.ndarray, "exam feature"],
    labels: Int64[np.ndarray, " exam"],
    step: float,
) -> Network:
    means = [exams[labels == label].mean(axis=0) for label in (1, 0)]
    inside = np.concatenate(
        [exams[labels == 1] - means[0], exams[labels == 0] - means[1]]
    )
    covariance = inside.T @ inside / (len(exams) - 2)
    weights = np.linalg.solve(covariance, means[0] - means[1])
    return Network(weights, float(-weights @ (means[0] + means[1]) / 2.0), step)


def _fit(
    labels: Int64[np.ndarray, " exam"],
    scores: Float[np.ndarray, " exam"],
    chosen: Bool[np.ndarray, " exam"],
) -> ConformalThresholds:
    scored = Scored(labels[chosen], scores[chosen])
    return fit_thresholds(scored, list(map(str, np.flatnonzero(chosen))), RATE)


def _limits(thresholds: ConformalThresholds) -> tuple[float, float]:
    lowest, highest = thresholds.malignant_from, thresholds.benign_up_to
    if lowest is None or highest is None:
        return -np.inf, np.inf
    return lowest, highest


def _exclude(
    thresholds: ConformalThresholds,
    labels: Int64[np.ndarray, " exam"],
    scores: Float[np.ndarray, " exam"],
) -> Bool[np.ndarray, " exam"]:
    lowest, highest = _limits(thresholds)
    excluded: Bool[np.ndarray, " exam"] = np.where(
        labels == 1, scores < lowest, scores > highest
    )
    return excluded


def _describe(errors: Float[np.ndarray, "set label"]) -> tuple[str, str, str]:
    """Of both labels mean, standard error and spread, and whether the means hold."""
    cells, holds = [], True
    for found in errors.T:
        mean = float(found.mean())
        deviation = float(found.std(ddof=1)) / np.sqrt(found.size)
        low, high = np.quantile(found, [0.05, 0.95])
        holds &= mean <= RATE + 3.0 * deviation
        cells.append(
            f"{100 * mean:.2f} ± {100 * deviation:.2f} "
            f"({100 * low:.1f} to {100 * high:.1f})"
        )
    return cells[0], cells[1], "yes" if holds else "no"


def _print_line(*cells: str) -> None:
    print("|", " | ".join(cells), "|", flush=True)


if __name__ == "__main__":
    main()
