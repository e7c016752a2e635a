"""What two areas under the ROC curve rest on: their spread, together and apart.

Patients are the independent units. Malignant and benign ones are drawn apart, so a
difference of areas has two independent parts where both methods saw the same patients
and four where they saw different ones.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from bsgi.evaluation.areas.auc import Placements, compute_placements
from bsgi.evaluation.clusters import compute_clustered_variance
from bsgi.evaluation.repeats import RepeatedScores
from bsgi.evaluation.scored import Scored

_NOTHING = 1e-20
"""A variance up to this is rounding; so is a difference up to its square root."""


@dataclass(frozen=True, slots=True)
class AreaEvidence:
    """Two areas and the variances that their difference needs.

    Args:
        areas: AUC of the first and of the second.
        variances: DeLong's variance of each, by patients; None with fewer than two
            patients of a label.
        variance: That of their difference, likewise.
        parts: Its independent parts, each with the number of patients that it is from.
        classes: Malignant and benign patients of the first, then of the second.
        patients: All patients, each counted once.
        averaged: Whether the areas are those of scores averaged over the repeats.
    """

    areas: tuple[float, float]
    variances: tuple[float | None, float | None]
    variance: float | None
    parts: tuple[tuple[float, int], ...]
    classes: tuple[tuple[int, int], tuple[int, int]]
    patients: int
    averaged: bool = False

    @property
    def difference(self) -> float:
        """First area less second; exactly 0 where only rounding parts them."""
        apart = self.areas[0] - self.areas[1]
        return 0.0 if abs(apart) <= math.sqrt(_NOTHING) else apart

    @property
    def has_spread(self) -> bool:
        """Whether the difference has a standard error."""
        return self.variance is not None and self.variance > _NOTHING

    @property
    def correlation(self) -> float:
        """Correlation of the two areas that comes from the patients; 0 if unknown."""
        one, other = self.variances
        if one is None or other is None or self.variance is None:
            return 0.0
        if min(one, other) <= _NOTHING:
            return 0.0
        found = (one + other - self.variance) / (2.0 * math.sqrt(one * other))
        return min(max(found, -1.0), 1.0)

    @property
    def freedom(self) -> float:
        """Degrees of freedom of the variance, by Satterthwaite.

        A patient with exams of both labels is in both parts; so there are never more
        than all patients less one.

        References:
            Satterthwaite 1946, doi 10.2307/3002019. Brunner and Munzel 2000, who take
            them for areas under the curve,
            doi 10.1002/(SICI)1521-4036(200001)42:1<17::AID-BIMJ17>3.0.CO;2-U.
        """
        total = sum(spread for spread, _ in self.parts)
        below = sum(spread**2 / (units - 1) for spread, units in self.parts)
        return min(total**2 / below, self.patients - 1.0)


def find_paired_evidence(first: Scored, second: Scored) -> AreaEvidence:
    """Two readings of the same exams, each exam of another patient.

    Args:
        first: Labels and scores of one reading.
        second: The same exams in the same order, read otherwise.

    Raises:
        ValueError: If the exams differ, or are of one label only.
    """
    if not np.array_equal(first.labels, second.labels):
        raise ValueError("both readings must be of the same exams.")
    one, other = compute_placements(first), compute_placements(second)
    apart = Placements(one.malignant - other.malignant, one.benign - other.benign)
    sizes = first.malignant, first.benign
    parts: tuple[tuple[float, int], ...] = ()
    if min(sizes) >= 2:
        parts = _split_variance(apart)
    return AreaEvidence(
        areas=(one.auc, other.auc),
        variances=(one.variance, other.variance),
        variance=apart.variance,
        parts=parts,
        classes=(sizes, sizes),
        patients=sum(sizes),
    )


def find_unpaired_evidence(first: Scored, second: Scored) -> AreaEvidence:
    """Areas of different exams, each exam of another patient.

    Args:
        first: Labels and scores of some exams.
        second: Labels and scores of others.

    Raises:
        ValueError: If one has exams of one label only.
    """
    one, other = compute_placements(first), compute_placements(second)
    variance = None
    parts: tuple[tuple[float, int], ...] = ()
    if one.variance is not None and other.variance is not None:
        variance = one.variance + other.variance
        parts = _split_variance(one) + _split_variance(other)
    return AreaEvidence(
        areas=(one.auc, other.auc),
        variances=(one.variance, other.variance),
        variance=variance,
        parts=parts,
        classes=((first.malignant, first.benign), (second.malignant, second.benign)),
        patients=int(first.labels.size + second.labels.size),
    )


def find_repeated_evidence(
    first: RepeatedScores, second: RepeatedScores
) -> AreaEvidence | None:
    """Two methods on the exams that both have tested, each in several repeats.

    The area of a method is the mean over its repeats, that of its averaged placements:
    the trainings are these and no others. Where a repeat lacks some of the exams the
    areas are those of the scores averaged over the repeats that have them.

    Args:
        first: Scores of one method.
        second: Scores of the other.

    Returns:
        The evidence, or None where the shared exams are none or of one label only.

    Raises:
        ValueError: If the two do not agree on the label or patient of an exam.
    """
    one, other = _share_exams(first, second)
    if len(set(one.labels.tolist())) < 2:
        return None
    averaged = not (one.is_complete and other.is_complete)
    placed = [_place(each, averaged=averaged) for each in (one, other)]
    of_malignant, of_benign = (
        [one.patients[place] for place in np.flatnonzero(one.labels == label)]
        for label in (1, 0)
    )
    apart = Placements(
        placed[0].malignant - placed[1].malignant, placed[0].benign - placed[1].benign
    )
    variances = [
        compute_clustered_variance(each, of_malignant, of_benign)
        for each in (*placed, apart)
    ]
    sizes = len(set(of_malignant)), len(set(of_benign))
    return AreaEvidence(
        areas=(min(placed[0].auc, 1.0), min(placed[1].auc, 1.0)),
        variances=(variances[0], variances[1]),
        variance=variances[2],
        parts=_split_clusters(apart, of_malignant, of_benign),
        classes=(sizes, sizes),
        patients=len(set(one.patients)),
        averaged=averaged,
    )


def _share_exams(
    first: RepeatedScores, second: RepeatedScores
) -> tuple[RepeatedScores, RepeatedScores]:
    """Both methods with the exams that both have tested, in one order."""
    there = set(first.exam_ids) & set(second.exam_ids)
    one, other = (_select(each, there) for each in (first, second))
    same = one.exam_ids == other.exam_ids and one.patients == other.patients
    if not same or not np.array_equal(one.labels, other.labels):
        raise ValueError("both methods must know an exam by one patient and label.")
    return one, other


def _select(scores: RepeatedScores, exam_ids: set[str]) -> RepeatedScores:
    chosen = [place for place, name in enumerate(scores.exam_ids) if name in exam_ids]
    return replace(
        scores,
        exam_ids=tuple(scores.exam_ids[place] for place in chosen),
        patients=tuple(scores.patients[place] for place in chosen),
        labels=scores.labels[chosen],
        scores=scores.scores[:, chosen],
        margins=scores.margins[:, chosen],
    )


def _place(scores: RepeatedScores, *, averaged: bool) -> Placements:
    if averaged:
        return compute_placements(Scored(scores.labels, scores.mean_scores()))
    placed = [compute_placements(Scored(scores.labels, line)) for line in scores.scores]
    return Placements(
        malignant=np.mean([each.malignant for each in placed], axis=0),
        benign=np.mean([each.benign for each in placed], axis=0),
    )


def _split_variance(placements: Placements) -> tuple[tuple[float, int], ...]:
    """What the exams of each label add to the variance, with their number."""
    return tuple(
        (float(each.var(ddof=1) / each.size), int(each.size))
        for each in (placements.malignant, placements.benign)
    )


def _split_clusters(
    placements: Placements, of_malignant: Sequence[str], of_benign: Sequence[str]
) -> tuple[tuple[float, int], ...]:
    """What the patients of each label add to the variance, with their number."""
    level = placements.auc
    # Placements that all equal the area add nothing: what is left is of one label.
    alone = (
        replace(placements, benign=np.full_like(placements.benign, level)),
        replace(placements, malignant=np.full_like(placements.malignant, level)),
    )
    parts = []
    for kept, patients in zip(alone, (of_malignant, of_benign), strict=True):
        spread = compute_clustered_variance(kept, of_malignant, of_benign)
        if spread is not None:
            parts.append((spread, len(set(patients))))
    return tuple(parts)
