"""Paired comparisons of methods on the patients that both have tested.

Five trainings of one method on 45 patients are 45 pairs, not 225. So each patient has
one call per method: that of her scores averaged over repeats.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from itertools import combinations

from bsgi.evaluation.audit.published import FIGURES
from bsgi.evaluation.multiplicity import adjust_by_holm
from bsgi.evaluation.rates.mcnemar import compare_paired
from bsgi.evaluation.repeats import RepeatedScores

_LABELS = dict(zip(FIGURES, ((0, 1), (1,), (0,)), strict=True))
"""Labels of the patients that each quantity is about."""

Unit = tuple[str, int]
"""A patient and a label: a woman with exams of both labels is called once for each."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """McNemar's test of two methods in one quantity; see `mcnemar.McNemar`.

    Args:
        first: Name of one method.
        second: Name of the other.
        quantity: ``"accuracy"`` on all patients, ``"sensitivity"`` on malignant ones or
            ``"specificity"`` on benign ones.
        number: Patients compared. One with exams of both labels counts for each.
        only_first: Patients whom the first method alone called right.
        only_second: Patients whom the second method alone called right.
        p_exact: P value of the exact test.
        p_mid: Its mid-P value.
        chi_square: McNemar's statistic.
        p_chi_square: Its p value.
        chi_square_corrected: The same with Edwards' correction.
        p_chi_square_corrected: Its p value.
        p_adjusted: `p_mid` adjusted by Holm over all comparisons of the study; this
            test is the primary one, since its size comes nearest to 5 %.

    Raises:
        ValueError: If the quantity is another, or a number is impossible.
    """

    first: str
    second: str
    quantity: str
    number: int
    only_first: int
    only_second: int
    p_exact: float
    p_mid: float
    chi_square: float
    p_chi_square: float
    chi_square_corrected: float
    p_chi_square_corrected: float
    p_adjusted: float

    def __post_init__(self) -> None:
        if self.quantity not in _LABELS:
            raise ValueError(
                f"quantity must be one of {', '.join(_LABELS)}, got {self.quantity!r}."
            )
        fewest = min(self.only_first, self.only_second)
        if fewest < 0 or self.only_first + self.only_second > self.number:
            raise ValueError(f"numbers of patients must fit together, got {self}.")
        values = (
            self.p_exact, self.p_mid, self.p_chi_square,
            self.p_chi_square_corrected, self.p_adjusted,
        )  # fmt: skip
        if not all(0 <= value <= 1 for value in values):
            raise ValueError(f"p values must be 0 to 1, got {self}.")


def compare_methods(methods: Mapping[str, RepeatedScores]) -> tuple[Comparison, ...]:
    """Every pair of methods in accuracy, sensitivity and specificity.

    A patient's call is that of the mean of her margins, score less threshold: over the
    repeats, then over her exams of one label that both methods have tested. All
    comparisons are one family for Holm's adjustment. What no patient can tell, such as
    the sensitivity where both tested only benign exams, is left out.

    Args:
        methods: Scores and margins by name of the method, in the order to report.
    """
    found = []
    for first, second in combinations(methods, 2):
        right = _pair_calls(methods[first], methods[second])
        for quantity, labels in _LABELS.items():
            pairs = [pair for (_, label), pair in right.items() if label in labels]
            if not pairs:
                continue
            test = compare_paired(
                only_first=sum(one and not other for one, other in pairs),
                only_second=sum(other and not one for one, other in pairs),
            )
            comparison = Comparison(
                first, second, quantity, len(pairs), **asdict(test), p_adjusted=1.0
            )
            found.append(comparison)
    adjusted = adjust_by_holm([comparison.p_mid for comparison in found])
    return tuple(
        replace(comparison, p_adjusted=p)
        for comparison, p in zip(found, adjusted, strict=True)
    )


def call_patients(
    scores: RepeatedScores, exam_ids: frozenset[str] | None = None
) -> dict[Unit, bool]:
    """Whether each patient is called malignant, once for each label that she has.

    Args:
        scores: Scores and margins of one method.
        exam_ids: Exams to take; None takes all.
    """
    margins = scores.mean_margins()
    listed: dict[Unit, list[float]] = {}
    for place, exam_id in enumerate(scores.exam_ids):
        if exam_ids is None or exam_id in exam_ids:
            unit = scores.patients[place], int(scores.labels[place])
            listed.setdefault(unit, []).append(float(margins[place]))
    return {unit: math.fsum(values) >= 0 for unit, values in listed.items()}


def _pair_calls(
    first: RepeatedScores, second: RepeatedScores
) -> dict[Unit, tuple[bool, bool]]:
    """Whether the two methods called each patient right, for those whom both tested."""
    shared = frozenset(first.exam_ids) & frozenset(second.exam_ids)
    calls, others = call_patients(first, shared), call_patients(second, shared)
    return {
        unit: (called == bool(unit[1]), others[unit] == bool(unit[1]))
        for unit, called in calls.items()
        if unit in others
    }
