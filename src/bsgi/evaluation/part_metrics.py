"""Area and rates of a part of the exams, with the intervals that its patients allow.

The rules are those of `repeats.average_repeats`, means over the repeats and intervals
at the number of patients, but that repeats which test none of the exams are left out.
"""

import math
from dataclasses import replace

import numpy as np
from jaxtyping import Bool

from bsgi.evaluation.areas.auc import (
    Placements,
    compute_placements,
    estimate_from_variance,
)
from bsgi.evaluation.clusters import (
    compute_clustered_variance,
    count_effective,
    count_patients,
)
from bsgi.evaluation.estimate import LEVEL, Estimate
from bsgi.evaluation.rates.proportions import estimate_mean_share
from bsgi.evaluation.repeats import RepeatedScores
from bsgi.evaluation.scored import Scored


def take_exams(
    scores: RepeatedScores, chosen: Bool[np.ndarray, " exam"]
) -> RepeatedScores:
    """The scores of some exams; repeats that test none of them are left out.

    Args:
        scores: Scores and margins of one method.
        chosen: The exams to keep.
    """
    places = np.flatnonzero(chosen)
    kept = scores.scores[:, places]
    tests = ~np.isnan(kept).all(axis=1)
    return replace(
        scores,
        exam_ids=tuple(scores.exam_ids[place] for place in places),
        patients=tuple(scores.patients[place] for place in places),
        labels=scores.labels[places],
        scores=kept[tests],
        margins=scores.margins[:, places][tests],
    )


def count_tested(scores: RepeatedScores, label: int | None = None) -> int:
    """Patients with a test exam, or with one of a label, each counted once.

    Where repeats test different exams it is the smallest number of those that test any.

    Args:
        scores: Scores of one method.
        label: 1 malignant, 0 benign; None for both.
    """
    lines = _list_tested(scores, label)
    return min((count_patients(scores.patients, there) for there in lines), default=0)


def estimate_rate(
    scores: RepeatedScores, label: int, level: float = LEVEL
) -> Estimate | None:
    """Share of the exams of a label that are called right: sensitivity or specificity.

    Args:
        scores: Margins of one method; an exam is called malignant from 0 on.
        label: 1 for the sensitivity, 0 for the specificity.
        level: Confidence level.

    Returns:
        The mean over the repeats that test such an exam, with Wilson's interval at the
        number of patients (`clusters.count_effective`); None if none does.
    """
    lines = _list_tested(scores, label)
    if not lines:
        return None
    called = scores.margins >= 0
    return estimate_mean_call(scores, called == bool(label), label, level)


def estimate_mean_call(
    scores: RepeatedScores,
    marked: Bool[np.ndarray, "repeat exam"],
    label: int | None = None,
    level: float = LEVEL,
) -> Estimate | None:
    """Share of the tests that are marked, such as calls that are right or changed.

    Args:
        scores: Which exams each repeat tests.
        marked: Whether each test is counted.
        label: Exams of this label only; None for both.
        level: Confidence level.
    """
    shares, numbers = [], []
    for line, hit in zip(~np.isnan(scores.scores), marked, strict=True):
        there = line if label is None else line & (scores.labels == label)
        if there.any():
            shares.append(float(hit[there].mean()))
            numbers.append(count_effective(scores.patients, there))
    if not shares:
        return None
    mean = min(math.fsum(shares) / len(shares), 1.0)
    return estimate_mean_share(mean, min(numbers), level)


def estimate_area(scores: RepeatedScores, level: float = LEVEL) -> Estimate | None:
    """The AUC, mean over the repeats, with the interval of the patients.

    Args:
        scores: Scores of one method.
        level: Confidence level.

    Returns:
        The area; None if a repeat has exams of one label only.

    References:
        Obuchowski 1997, doi 10.2307/2533958.
    """
    placed = place_repeats(scores)
    if placed is None:
        return None
    numbers = count_tested(scores, 1), count_tested(scores, 0)
    if not scores.is_complete:
        mean = math.fsum(each.auc for each in placed) / len(placed)
        return estimate_from_variance(min(mean, 1.0), None, *numbers, level=level)
    together = average_placements(placed)
    of_malignant, of_benign = (
        [scores.patients[place] for place in np.flatnonzero(scores.labels == label)]
        for label in (1, 0)
    )
    variance = compute_clustered_variance(together, of_malignant, of_benign)
    return estimate_from_variance(
        min(together.auc, 1.0), variance, *numbers, level=level
    )


def place_repeats(scores: RepeatedScores) -> list[Placements] | None:
    """Placements of each repeat's exams; None if one has exams of one label only.

    Args:
        scores: Scores of one method.
    """
    tested = ~np.isnan(scores.scores)
    lines = [
        Scored(scores.labels[there], line[there])
        for there, line in zip(tested, scores.scores, strict=True)
        if there.any()
    ]
    if not lines or not all(line.has_both for line in lines):
        return None
    return [compute_placements(line) for line in lines]


def average_placements(placed: list[Placements]) -> Placements:
    """Mean placements of repeats that test the same exams.

    Args:
        placed: Those of each repeat.
    """
    return Placements(
        malignant=np.mean([each.malignant for each in placed], axis=0),
        benign=np.mean([each.benign for each in placed], axis=0),
    )


def _list_tested(
    scores: RepeatedScores, label: int | None
) -> list[Bool[np.ndarray, " exam"]]:
    """For each repeat that tests such exams, which they are."""
    tested = ~np.isnan(scores.scores)
    if label is not None:
        tested = tested & (scores.labels == label)
    return [there for there in tested if there.any()]
