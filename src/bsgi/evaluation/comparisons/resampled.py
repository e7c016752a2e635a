"""The corrected resampled t test: two ways of training compared over repeated folds.

Trainings of overlapping patients are not independent, so the plain t test over folds
finds differences where there are none. Nadeau and Bengio add what the overlap hides: a
share of the variance as large as the test part is of the training part.

It asks more than DeLong's test does: whether one way of training is better on other
patients *and* other trainings. For that it rests on an approximation. The correction
takes two trainings to be as correlated as their patients overlap, which no theory
promises and no data can tell (no unbiased variance of cross-validation exists); folds
of few patients have areas that are far from normal; and the folds of one repeat are
exclusive, not drawn at random. So it stands beside the primary tests, not in their
place.

References:
    Nadeau and Bengio 2003, doi 10.1023/A:1024068626366. Bouckaert and Frank 2004, who
    take it for r times k folds, doi 10.1007/978-3-540-24775-3_3. Bengio and Grandvalet
    2004, No unbiased estimator of the variance of k-fold cross-validation, Journal of
    Machine Learning Research 5:1089.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.stats import t

from bsgi.evaluation.areas.auc import compute_auc
from bsgi.evaluation.comparisons.difference import Difference
from bsgi.evaluation.estimate import LEVEL, check_level
from bsgi.evaluation.predictions import PredictionRow
from bsgi.evaluation.scored import Scored
from bsgi.evaluation.thresholds import Thresholds

CORRECTED_T = "corrected-resampled-t"

QUANTITIES = ("accuracy", "auc")
"""What can be compared fold by fold."""


@dataclass(frozen=True, slots=True)
class ResampledComparison:
    """Two methods compared over the folds of all repeats.

    Args:
        quantity: ``"accuracy"`` or ``"auc"``.
        folds: Folds compared, over all repeats.
        left_out: Folds that had no area, for want of a label.
        ratio: Exams of the test part for each of the training part.
        difference: Mean over the folds of the first less the second, with its interval;
            None with fewer than two folds.
        statistic: It in corrected standard errors; None where these are zero.
        freedom: Degrees of freedom of Student's t: folds less one.
        p: Two-sided p value; None where undefined.
        method: Always `CORRECTED_T`.

    Raises:
        ValueError: If the quantity or a number is impossible.
    """

    quantity: str
    folds: int
    left_out: int
    ratio: float
    difference: Difference | None
    statistic: float | None
    freedom: float | None
    p: float | None
    method: str = CORRECTED_T

    def __post_init__(self) -> None:
        if self.quantity not in QUANTITIES:
            raise ValueError(
                f"quantity must be one of {', '.join(QUANTITIES)}, got "
                f"{self.quantity!r}."
            )
        if min(self.folds, self.left_out) < 0 or not self.ratio > 0:
            raise ValueError(f"folds and ratio must be possible, got {self}.")
        if self.p is not None and not 0 <= self.p <= 1:
            raise ValueError(f"a p value must be 0 to 1, got {self}.")


def corrected_resampled_test(
    first: Float[np.ndarray, " fold"],
    second: Float[np.ndarray, " fold"],
    *,
    ratio: float,
    quantity: str = "auc",
    left_out: int = 0,
    level: float = LEVEL,
) -> ResampledComparison:
    """Nadeau and Bengio's test of the mean difference over J folds.

    ``t = mean(d) / sqrt((1 / J + ratio) * var(d))`` with J - 1 degrees of freedom. Of k
    folds the ratio is 1 / (k - 1). Where all folds differ by the same amount there is
    no statistic, unless the amount is 0: then p is 1.

    Args:
        first: Accuracy or AUC of the first method in each fold of each repeat.
        second: That of the second method, in the same order.
        ratio: Exams of the test part for each of the training part.
        quantity: ``"accuracy"`` or ``"auc"``.
        left_out: Folds that could not be compared.
        level: Confidence level.

    Raises:
        ValueError: If the folds do not come in pairs, or a number is impossible.

    References:
        Nadeau and Bengio 2003, doi 10.1023/A:1024068626366.
    """
    check_level(level)
    if first.shape != second.shape or not np.isfinite(first - second).all():
        raise ValueError("both methods must have a finite value in each fold.")
    apart = first - second
    folds = int(apart.size)
    difference, statistic, freedom, p = None, None, None, None
    if folds >= 2:
        mean = float(apart.mean())
        error = math.sqrt((1.0 / folds + ratio) * float(apart.var(ddof=1)))
        # Equal amounts leave some 1e-17 of rounding.
        mean = 0.0 if abs(mean) < 1e-12 else mean
        error = 0.0 if error < 1e-12 else error
        freedom = folds - 1.0
        half = float(t.ppf(0.5 + level / 2.0, freedom)) * error
        difference = Difference(
            mean, max(mean - half, -1.0), min(mean + half, 1.0), CORRECTED_T
        )
        if error > 0:
            statistic = mean / error
            p = min(2.0 * float(t.sf(abs(statistic), freedom)), 1.0)
        elif mean == 0:
            statistic, p = 0.0, 1.0
    return ResampledComparison(
        quantity, folds, left_out, ratio, difference, statistic, freedom, p
    )


def compare_folds(
    first: Sequence[PredictionRow],
    second: Sequence[PredictionRow],
    quantity: str,
    thresholds: float | Thresholds = 0.5,
    level: float = LEVEL,
) -> ResampledComparison | None:
    """Two methods over the folds of every repeat, on the exams that both tested there.

    Only for cross-validation: the other folds of a repeat are taken as the training
    part, which gives the ratio of the sizes.

    Args:
        first: Rows of one method; only those of the part test count.
        second: Rows of the other.
        quantity: ``"accuracy"`` or ``"auc"``.
        thresholds: Score of a malignant call, or that of each repeat and fold.
        level: Confidence level.

    Returns:
        The comparison; None where a repeat has a single fold, or nothing is shared.
    """
    one, other = _group(first), _group(second)
    shared = sorted(set(one) & set(other))
    values, ratios, left_out = [], [], 0
    for repeat, fold in shared:
        at = (repeat, fold)
        tested = sorted(set(one[at]) & set(other[at]))
        total = sum(len(rows) for place, rows in one.items() if place[0] == repeat)
        trained = total - len(one[at])
        if not trained:
            return None
        threshold = thresholds if isinstance(thresholds, float) else thresholds[at]
        pair = [
            _measure([rows[at][exam] for exam in tested], quantity, threshold)
            for rows in (one, other)
        ]
        if pair[0] is None or pair[1] is None:
            left_out += 1
            continue
        values.append((pair[0], pair[1]))
        ratios.append(len(one[at]) / trained)
    if not values:
        return None
    found = np.array(values, np.float64)
    return corrected_resampled_test(
        found[:, 0],
        found[:, 1],
        ratio=math.fsum(ratios) / len(ratios),
        quantity=quantity,
        left_out=left_out,
        level=level,
    )


def _group(
    rows: Sequence[PredictionRow],
) -> dict[tuple[int, int], dict[str, PredictionRow]]:
    """Test rows of each repeat and fold, by exam."""
    found: dict[tuple[int, int], dict[str, PredictionRow]] = {}
    for row in rows:
        if row.part == "test":
            found.setdefault((row.repeat, row.fold), {})[row.exam_id] = row
    return found


def _measure(
    rows: Sequence[PredictionRow], quantity: str, threshold: float
) -> float | None:
    """Accuracy or AUC of one fold; None where it has none."""
    if not rows:
        return None
    if quantity == "accuracy":
        right = sum((row.score >= threshold) == bool(row.label) for row in rows)
        return right / len(rows)
    scored = Scored(
        np.array([row.label for row in rows]), np.array([row.score for row in rows])
    )
    return compute_auc(scored) if scored.has_both else None
