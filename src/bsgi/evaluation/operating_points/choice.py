"""The threshold at which some exams reach a sensitivity or a specificity."""

from math import ceil, nextafter

import numpy as np

from bsgi.evaluation.scored import Scored


def choose_at_specificity(scored: Scored, target: float) -> float:
    """The lowest threshold at which at least so many benign exams are called benign.

    It lies half-way between the highest score that must be called benign and the next
    score of any exam; above the last score of all it is the next number.

    Args:
        scored: Labels and scores, with benign exams.
        target: Specificity aimed at, between 0 and 1.

    Raises:
        ValueError: If there is no benign exam.
    """
    benign = np.sort(scored.scores[scored.labels == 0])
    if benign.size == 0:
        raise ValueError("a specificity must have benign exams, got none.")
    # Rounded before, since 0.9 * 30 is a little more than 27 in the machine.
    called_benign = ceil(round(target * benign.size, 9))
    last = float(benign[called_benign - 1])
    higher = scored.scores[scored.scores > last]
    return _part(last, float(higher.min()) if higher.size else np.inf)


def choose_at_sensitivity(scored: Scored, target: float) -> float:
    """The highest threshold at which at least so many malignant exams are caught.

    It lies half-way between the lowest score that must be called malignant and the next
    lower score of any exam; below the first score of all it is that score.

    Args:
        scored: Labels and scores, with malignant exams.
        target: Sensitivity aimed at, between 0 and 1.

    Raises:
        ValueError: If there is no malignant exam.
    """
    malignant = np.sort(scored.scores[scored.labels == 1])[::-1]
    if malignant.size == 0:
        raise ValueError("a sensitivity must have malignant exams, got none.")
    first = float(malignant[ceil(round(target * malignant.size, 9)) - 1])
    lower = scored.scores[scored.scores < first]
    return _part(float(lower.max()), first) if lower.size else first


def _part(below: float, above: float) -> float:
    """A threshold above the one score and not above the other."""
    if above == np.inf:
        return nextafter(below, np.inf)
    middle = below / 2.0 + above / 2.0
    # Between neighbouring numbers of the machine there is no middle.
    return middle if below < middle <= above else above
