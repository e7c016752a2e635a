"""Two areas under ROC curves on the same patients, as power calculations need them.

What a study could have shown of a difference follows from how far chance carries it.
These patients tell that themselves where there are enough of them; few who misplace
one another once or twice do not, and two methods that are alike show hardly any spread,
which says nothing of two that differ. Then a formula sets what it must be at least.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bsgi.evaluation.areas.auc import (
    FEW_MISPLACED,
    SMALL_CLASS,
    Placements,
    compute_placements,
)
from bsgi.evaluation.clusters import compute_clustered_covariance
from bsgi.evaluation.power.areas import compute_hanley_variance
from bsgi.evaluation.repeats import RepeatedScores
from bsgi.evaluation.scored import Scored

ASSUMED_CORRELATION = 0.5
"""Of two areas on the same patients, where there is one method only."""

NO_SPREAD = 1e-20
"""A variance up to this is none: where all placements are equal, rounding leaves some
1e-35."""

MOST_CORRELATION = 0.9
"""A correlation of two areas above this is not relied on where few patients showed it.

Two methods that are alike so far show one near 1; with a true difference they are not.
"""


@dataclass(frozen=True, slots=True)
class PairedAreas:
    """Two areas on the same patients, and how far chance carries their difference.

    Args:
        area: The larger of the two, 0 to 1.
        least_misplaced: The smaller class times an area or 1 less it, the least of both
            methods.
        malignant: Malignant patients.
        benign: Benign patients.
        variance: Observed variance of the difference, such as DeLong's.
        correlation: Of the two areas; None if one shows no spread.
        disagreement: Mean distance of the placements of a patient by the two methods,
            the smaller of both labels: no two areas with such placements are further
            apart. None if the second method is only imagined.
        differing: Patients of a label whom the two methods place differently, the
            fewer of both labels; None likewise.
    """

    area: float
    least_misplaced: float
    malignant: int
    benign: int
    variance: float
    correlation: float | None
    disagreement: float | None
    differing: int | None

    def relies_on_observed(self, difference: float) -> bool:
        """Whether the observed variance may stand where the difference is this one.

        Not where it is none, as at perfect separation; nor with fewer than 20 patients
        of a label, or so many whom the methods place differently, or so few misplaced
        that no interval rests on DeLong's variance; nor for a difference that the
        observed placements do not allow.

        Args:
            difference: The true difference.
        """
        if self.variance <= NO_SPREAD:
            return False
        classes = (self.malignant, self.benign)
        if min(classes) < SMALL_CLASS or self.least_misplaced < FEW_MISPLACED:
            return False
        if self.differing is not None and self.differing < SMALL_CLASS:
            return False
        return self.disagreement is None or difference <= self.disagreement

    def compute_variance(self, difference: float) -> float:
        """Variance of the observed difference where the true one is this.

        The observed variance where that may stand. Otherwise at least that of Hanley
        and McNeil's two areas, the larger one and it less the difference, with the
        observed correlation, but no more than `MOST_CORRELATION`; 0 if it is unknown.

        Args:
            difference: The true difference, 0 up to the area.

        References:
            Hanley and McNeil 1983, doi 10.1148/radiology.148.3.6878708.
        """
        if self.relies_on_observed(difference):
            return self.variance
        first, second = (
            compute_hanley_variance(max(area, 0.0), self.malignant, self.benign)
            for area in (self.area, self.area - difference)
        )
        correlation = min(self.correlation or 0.0, MOST_CORRELATION)
        shared = 2.0 * correlation * math.sqrt(first * second)
        return max(self.variance, first + second - shared)


def pair_areas(
    methods: Mapping[str, RepeatedScores], first: str, second: str | None
) -> tuple[int, PairedAreas] | None:
    """What the patients whom both methods have tested show of their two areas.

    Args:
        methods: Scores by name of the method.
        first: Name of one method.
        second: Name of the other; None for one that is imagined: as good, with a
            correlation of the areas of `ASSUMED_CORRELATION`.

    Returns:
        The number of patients and the areas; None with fewer than two patients of a
        label, or where an exam is not tested in every repeat.
    """
    names = [first] if second is None else [first, second]
    shared = set.intersection(*(set(methods[name].exam_ids) for name in names))
    placed, owners = [], None
    for name in names:
        scores = methods[name]
        keep = np.array([exam_id in shared for exam_id in scores.exam_ids])
        labels, lines = scores.labels[keep], scores.scores[:, keep]
        if len(set(labels.tolist())) < 2 or np.isnan(lines).any():
            return None
        owners = [
            [
                scores.patients[int(place)]
                for place in np.flatnonzero(keep)[labels == label]
            ]
            for label in (1, 0)
        ]
        placed.append(_average_placements([Scored(labels, line) for line in lines]))
    covariance = compute_clustered_covariance(placed, *(owners or ([], [])))
    if covariance is None:
        return None
    malignant, benign = (set(part) for part in owners or ((), ()))
    own = float(covariance[0, 0])
    correlation: float | None = ASSUMED_CORRELATION
    variance = 2.0 * own * (1.0 - ASSUMED_CORRELATION)
    if second is not None:
        other, both = float(covariance[1, 1]), float(covariance[0, 1])
        product = math.sqrt(max(own, 0.0) * max(other, 0.0))
        correlation = min(max(both / product, -1.0), 1.0) if product > 1e-20 else None
        variance = max(own + other - 2.0 * both, 0.0)
    areas = [each.auc for each in placed]
    smaller = min(len(malignant), len(benign))
    disagreement, differing = _compare_placements(placed, owners or ())
    return len(malignant | benign), PairedAreas(
        area=max(areas),
        least_misplaced=smaller * min(min(area, 1.0 - area) for area in areas),
        malignant=len(malignant),
        benign=len(benign),
        variance=variance,
        correlation=correlation,
        disagreement=disagreement,
        differing=differing,
    )


def _compare_placements(
    placed: Sequence[Placements], owners: Sequence[Sequence[str]]
) -> tuple[float | None, int | None]:
    """Mean distance of two methods' placements, and patients of whom they differ."""
    if len(placed) < 2:
        return None, None
    first, second = placed
    apart = (
        np.abs(first.malignant - second.malignant),
        np.abs(first.benign - second.benign),
    )
    differing = [
        {owner for owner, far in zip(part, distances, strict=True) if far > 1e-12}
        for part, distances in zip(owners, apart, strict=True)
    ]
    return min(float(each.mean()) for each in apart), min(map(len, differing))


def _average_placements(repeats: list[Scored]) -> Placements:
    placed = [compute_placements(scored) for scored in repeats]
    return Placements(
        malignant=np.mean([each.malignant for each in placed], axis=0),
        benign=np.mean([each.benign for each in placed], axis=0),
    )
