"""What several repeats on the same patients say together.

Five trainings tested on 45 patients give 225 predictions and still tell of 45 patients.
So rates are averaged over the repeats and their intervals are those of the patients.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from jaxtyping import Bool, Float, Integer

from bsgi.errors import RunError
from bsgi.evaluation.areas.auc import (
    Placements,
    compute_placements,
    estimate_from_variance,
)
from bsgi.evaluation.clusters import (
    compute_clustered_covariance,
    compute_clustered_variance,
    count_effective,
    count_patients,
)
from bsgi.evaluation.estimate import Estimate
from bsgi.evaluation.predictions import PredictionRow
from bsgi.evaluation.rates.confusion import Confusion, count_confusion
from bsgi.evaluation.rates.proportions import estimate_mean_share
from bsgi.evaluation.readers.mrmc import estimate_mean_area
from bsgi.evaluation.scored import Scored
from bsgi.evaluation.thresholds import Thresholds

NEW_TRAININGS: Final = "obuchowski-rockette"
"""Method of an interval that holds for other trainings and other patients."""


@dataclass(frozen=True, slots=True)
class AverageMetrics:
    """One method's results averaged over its repeats.

    Args:
        repeats: Number of repeats.
        patients: Patients with a test exam, each counted once; the smallest number of a
            repeat if the repeats differ.
        malignant: Patients with a malignant test exam, likewise.
        benign: Patients with a benign test exam, likewise.
        confusion: Right and wrong calls, summed over the repeats.
        accuracy: Mean over the repeats of the share of exams called right.
        sensitivity: Mean over the repeats; None if one has no malignant exam.
        specificity: Mean over the repeats; None if one has no benign exam.
        auc: Mean over the repeats of the area under the ROC curve; None if one has one
            label only. Its interval's method is `NEW_TRAININGS` where it holds for
            other trainings too.
        averaged_confusion: Calls of the exams by their scores averaged over the
            repeats.
        averaged_auc: Area of the scores averaged over the repeats; None with one label.
    """

    repeats: int
    patients: int
    malignant: int
    benign: int
    confusion: Confusion
    accuracy: Estimate | None
    sensitivity: Estimate | None
    specificity: Estimate | None
    auc: Estimate | None
    averaged_confusion: Confusion
    averaged_auc: Estimate | None


@dataclass(frozen=True, slots=True)
class FoldMetrics:
    """One method's results in one fold, such as a hospital, averaged over its repeats.

    Args:
        fold: Number of the fold.
        title: What it is, such as ``"site A"`` or ``"186 patients"``.
        average: The results.
    """

    fold: int
    title: str
    average: AverageMetrics


@dataclass(frozen=True, slots=True)
class RepeatedScores:
    """One method's test scores side by side, one row per repeat.

    Args:
        exam_ids: Names of the exams, sorted.
        patients: The patient of each exam.
        labels: 1 malignant, 0 benign.
        scores: Raw scores; NaN where a repeat did not test an exam.
        margins: Scores less the threshold of their repeat and fold; an exam is called
            malignant from 0 on.
    """

    exam_ids: tuple[str, ...]
    patients: tuple[str, ...]
    labels: Integer[np.ndarray, " exam"]
    scores: Float[np.ndarray, "repeat exam"]
    margins: Float[np.ndarray, "repeat exam"]

    @property
    def is_complete(self) -> bool:
        """Whether every repeat tests every exam."""
        return not bool(np.isnan(self.scores).any())

    def mean_scores(self) -> Float[np.ndarray, " exam"]:
        """Score of each exam, averaged over the repeats that test it."""
        return _average(self.scores)

    def mean_margins(self) -> Float[np.ndarray, " exam"]:
        """Margin of each exam, averaged over the repeats that test it."""
        return _average(self.margins)


def has_overlap(rows: Iterable[PredictionRow]) -> bool:
    """Whether a repeat tests an exam in more than one fold.

    Args:
        rows: Test rows of one method.
    """
    listed = [(row.repeat, row.exam_id) for row in rows]
    return len(set(listed)) < len(listed)


def collect_repeats(
    rows: Sequence[PredictionRow], thresholds: float | Thresholds = 0.5
) -> RepeatedScores:
    """One method's test scores side by side, those of a repeat's folds pooled.

    Args:
        rows: Rows of one method, in any order; only those of the part test count.
        thresholds: That of all rows, or of each repeat and fold.

    Raises:
        RunError: If a repeat tests an exam twice.
        ValueError: If there is no test row, or there are several methods.
    """
    tested = [row for row in rows if row.part == "test"]
    if len({row.method for row in tested}) != 1:
        raise ValueError("there must be test rows of one method.")
    if has_overlap(tested):
        raise RunError(
            f"{tested[0].method} must test an exam at most once in a repeat; state the "
            "design sizes if its folds are sizes of a training set."
        )
    exams = {row.exam_id: row for row in tested}
    exam_ids = tuple(sorted(exams))
    place = {exam_id: index for index, exam_id in enumerate(exam_ids)}
    repeats = sorted({row.repeat for row in tested})
    scores = np.full((len(repeats), len(exam_ids)), np.nan)
    margins = np.full_like(scores, np.nan)
    for row in tested:
        at = repeats.index(row.repeat), place[row.exam_id]
        threshold = (
            thresholds[row.repeat, row.fold]
            if isinstance(thresholds, Mapping)
            else thresholds
        )
        scores[at], margins[at] = row.score, row.score - threshold
    return RepeatedScores(
        exam_ids=exam_ids,
        patients=tuple(exams[exam_id].patient_id for exam_id in exam_ids),
        labels=np.array([exams[exam_id].label for exam_id in exam_ids], dtype=np.int64),
        scores=scores,
        margins=margins,
    )


def average_repeats(
    scores: RepeatedScores, *, new_trainings: bool = False
) -> AverageMetrics:
    """The results averaged over the repeats, with the intervals of the patients.

    Rates have Wilson's interval of their mean at the number of patients, by Kish where
    these have unequal numbers of exams; see `clusters.count_effective`. The variance
    of the mean AUC is that of the placements averaged over the repeats, by patients; it
    is what Obuchowski and Rockette's model has for readers who are not drawn from a
    population. So all intervals tell of other patients, not of other trainings. Where
    the repeats do not test the same exams the AUC has Newcombe's interval.

    Args:
        scores: Scores and margins of one method.
        new_trainings: Whether the repeats learned from patients drawn anew, so that the
            interval of the AUC shall hold for other trainings as well; it is then at
            least as wide as that of the patients.

    References:
        Obuchowski and Rockette 1995, doi 10.1080/03610919508813243.
    """
    labels = scores.labels
    tested = ~np.isnan(scores.scores)
    calls = [
        count_confusion(Scored(labels[there], margins[there]), 0.0)
        for there, margins in zip(tested, scores.margins, strict=True)
    ]
    everyone = (tested, tested & (labels == 1), tested & (labels == 0))
    patients, malignant, benign = (
        min(count_patients(scores.patients, there) for there in chosen)
        for chosen in everyone
    )
    effective = [
        min(count_effective(scores.patients, there) for there in chosen)
        for chosen in everyone
    ]
    auc = _average_areas(scores, tested, malignant, benign)
    if new_trainings and auc is not None:
        auc = _widen_by_trainings(auc, scores)
    sums = np.sum([(c.tp, c.fp, c.tn, c.fn) for c in calls], axis=0)
    right = [(c.tp + c.tn, c.malignant + c.benign) for c in calls]
    return AverageMetrics(
        repeats=len(calls),
        patients=patients,
        malignant=malignant,
        benign=benign,
        confusion=Confusion(*(int(count) for count in sums)),
        accuracy=_average_rates(right, effective[0]),
        sensitivity=_average_rates([(c.tp, c.malignant) for c in calls], effective[1]),
        specificity=_average_rates([(c.tn, c.benign) for c in calls], effective[2]),
        auc=auc,
        averaged_confusion=count_confusion(Scored(labels, scores.mean_margins()), 0.0),
        averaged_auc=_area_of_means(scores),
    )


def _average(
    values: Float[np.ndarray, "repeat exam"],
) -> Float[np.ndarray, " exam"]:
    """Means of the columns, rounded once, so that no order of repeats changes them."""
    columns = [column[~np.isnan(column)] for column in values.T]
    return np.array([math.fsum(column) / column.size for column in columns])


def _average_rates(
    counts: Sequence[tuple[int, int]], patients: float
) -> Estimate | None:
    """The mean of shares, each so many of so many; None if one has nothing to count."""
    if any(total == 0 for _, total in counts):
        return None
    mean = math.fsum(right / total for right, total in counts) / len(counts)
    return estimate_mean_share(min(mean, 1.0), patients)


def _average_areas(
    scores: RepeatedScores,
    tested: Bool[np.ndarray, "repeat exam"],
    malignant: int,
    benign: int,
) -> Estimate | None:
    if min(malignant, benign) == 0:
        return None
    placed = [
        compute_placements(Scored(scores.labels[there], line[there]))
        for there, line in zip(tested, scores.scores, strict=True)
    ]
    if not scores.is_complete:
        mean = math.fsum(placements.auc for placements in placed) / len(placed)
        return estimate_from_variance(min(mean, 1.0), None, malignant, benign)
    together = Placements(
        malignant=np.mean([placements.malignant for placements in placed], axis=0),
        benign=np.mean([placements.benign for placements in placed], axis=0),
    )
    return _estimate_by_patients(together, scores)


def _area_of_means(scores: RepeatedScores) -> Estimate | None:
    averaged = Scored(scores.labels, scores.mean_scores())
    if not averaged.has_both:
        return None
    return _estimate_by_patients(compute_placements(averaged), scores)


def _widen_by_trainings(auc: Estimate, scores: RepeatedScores) -> Estimate:
    """The same area with an interval for other trainings too, where there are any."""
    if len(scores.scores) < 2 or not scores.is_complete:
        return auc
    placed = [compute_placements(Scored(scores.labels, line)) for line in scores.scores]
    covariance = compute_clustered_covariance(placed, *_list_patients(scores))
    if covariance is None:
        return auc
    wide = estimate_mean_area(np.array([each.auc for each in placed]), covariance)
    return replace(
        auc,
        lower=max(min(wide.lower, auc.lower), 0.0),
        upper=min(max(wide.upper, auc.upper), 1.0),
        method=NEW_TRAININGS,
    )


def _list_patients(scores: RepeatedScores) -> tuple[list[str], list[str]]:
    """The patient of each malignant exam, and of each benign one."""
    of_malignant, of_benign = (
        [scores.patients[place] for place in np.flatnonzero(scores.labels == label)]
        for label in (1, 0)
    )
    return of_malignant, of_benign


def _estimate_by_patients(placements: Placements, scores: RepeatedScores) -> Estimate:
    """The area of placements of all exams, with the interval of their patients."""
    of_malignant, of_benign = _list_patients(scores)
    return estimate_from_variance(
        min(placements.auc, 1.0),
        compute_clustered_variance(placements, of_malignant, of_benign),
        len(set(of_malignant)),
        len(set(of_benign)),
    )
