"""Venn-Abers: two probabilities per exam, one of them calibrated by construction.

The exam is put to the calibration exams once as benign and once as malignant, each time
with an isotonic regression. Whatever her label is, one of the two was fitted with it.
How far they are apart says how much the calibration exams can tell at that score. That
one of them is calibrated holds for scores that are exchangeable, those of one network;
scores of the networks of other folds are so only nearly.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float, Integer

from bsgi.evaluation.calibration.isotonic import fit_rising, tally_labels
from bsgi.evaluation.calibration.probabilities import Probabilities


@dataclass(frozen=True, slots=True)
class VennAbers:
    """Scores to pairs of probabilities, by the exams that calibrate.

    Args:
        scores: Scores of the calibration exams, rising, each once.
        malignant: Malignant exams at each.
        exams: Exams at each.
        name: Name of the method.

    Raises:
        ValueError: If there is no exam, scores do not rise, or counts are impossible.

    References:
        Vovk, Petej and Fedorova 2015, Large-scale probabilistic predictors with and
        without guarantees of validity, doi 10.48550/arXiv.1511.00213.
    """

    scores: tuple[float, ...]
    malignant: tuple[int, ...]
    exams: tuple[int, ...]
    name: Literal["venn-abers"] = "venn-abers"

    def __post_init__(self) -> None:
        if not self.scores or not np.all(np.diff(self.scores) > 0):
            raise ValueError("the scores of calibration exams must rise.")
        if not len(self.scores) == len(self.malignant) == len(self.exams):
            raise ValueError("every score must have its counts.")
        pairs = zip(self.malignant, self.exams, strict=True)
        if not all(0 <= some <= total and total > 0 for some, total in pairs):
            raise ValueError("malignant exams must be some of at least one exam.")

    def apply(self, scores: Float[np.ndarray, " exam"]) -> Probabilities:
        """Lower and upper probability of each score, and p1 / (1 - p0 + p1).

        The merged one minimises the largest regret in log loss. It is exact; two
        isotonic regressions are done for each score that occurs.

        Args:
            scores: Any finite numbers.
        """
        values, place = np.unique(scores.astype(np.float64), return_inverse=True)
        pairs = np.array([self._put(float(value)) for value in values])
        lower, upper = pairs.reshape(-1, 2)[place].T
        merged = upper / (1.0 - lower + upper)
        return Probabilities(np.clip(merged, lower, upper), lower, upper)

    def _put(self, score: float) -> tuple[float, float]:
        """Isotonic regression at a score with an exam there: benign, then malignant."""
        known = np.array(self.scores)
        malignant = np.array(self.malignant, dtype=np.float64)
        exams = np.array(self.exams, dtype=np.float64)
        at = int(np.searchsorted(known, score))
        if at == known.size or known[at] != score:
            malignant, exams = (np.insert(each, at, 0.0) for each in (malignant, exams))
        exams[at] += 1.0
        as_benign = fit_rising(malignant, exams)[at]
        malignant[at] += 1.0
        as_malignant = fit_rising(malignant, exams)[at]
        # Rounding must not turn two equal ones round.
        return min(float(as_benign), float(as_malignant)), float(as_malignant)


def fit_venn_abers(
    scores: Float[np.ndarray, " exam"], labels: Integer[np.ndarray, " exam"]
) -> VennAbers:
    """Keep the calibration exams; all is computed where it is applied.

    Args:
        scores: Score of each exam that calibrates.
        labels: 1 malignant, 0 benign.
    """
    tally = tally_labels(scores, labels)
    return VennAbers(
        scores=tuple(map(float, tally.scores)),
        malignant=tuple(map(int, tally.malignant)),
        exams=tuple(map(int, tally.exams)),
    )
