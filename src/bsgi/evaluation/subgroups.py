"""Results by subgroup, such as camera or lesion size: never without n and interval.

A study is planned for its whole sample. Its subgroups are small, many and chosen
afterwards, so what they show is a question for another study, never an answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import numpy as np
from jaxtyping import Bool, Float
from scipy.stats import f as f_distribution

from bsgi.evaluation.estimate import LEVEL, Estimate, check_level
from bsgi.evaluation.multiplicity import adjust_by_holm
from bsgi.evaluation.part_metrics import (
    average_placements,
    count_tested,
    estimate_area,
    estimate_rate,
    place_repeats,
    take_exams,
)
from bsgi.evaluation.repeats import RepeatedScores

EXPLORATORY: Final = (
    "Differences between subgroups are exploratory: the study was not planned for "
    "them, the groups are small, and of many some differ by chance."
)
"""What has to be said wherever subgroups are shown."""

TESTED_FROM: Final = 10
"""Patients of a label that a group must have to take part in the test of
heterogeneity; below, the normal approximation of its area fails too often."""


class ComparedWith(StrEnum):
    """Whose exams the area of a group compares with its own."""

    OWN = "own"
    ALL_BENIGN = "all benign"
    ALL_MALIGNANT = "all malignant"


@dataclass(frozen=True, slots=True)
class GroupMetrics:
    """One method's results in one subgroup; all numbers are of patients.

    Args:
        group: Name of the group, such as ``"above 20 mm"``.
        patients: Patients with a test exam in the group.
        malignant: Patients with a malignant test exam in it.
        benign: Patients with a benign test exam in it.
        compared_with: Whose exams of the other label the area takes: the group's own,
            or, where the group has exams of one label only, those of all patients.
        reference: Patients of the other label, if these are not the group's own; else
            0.
        auc: Area under the ROC curve; None where no other label is to be had.
        sensitivity: Of the group's malignant exams; None without any.
        specificity: Of the group's benign exams; None without any.
    """

    group: str
    patients: int
    malignant: int
    benign: int
    compared_with: ComparedWith
    reference: int
    auc: Estimate | None
    sensitivity: Estimate | None
    specificity: Estimate | None


@dataclass(frozen=True, slots=True)
class SubgroupMetrics:
    """One method's results by one grouping.

    Args:
        grouping: What parts the exams, such as ``"camera"``.
        groups: Results of each group, in the order of the grouping.
        unknown: Test exams that the grouping does not know.
        tested: Groups whose areas are compared with each other.
        chi_square: Wald's statistic of the test that these areas are equal; None if
            undefined.
        degrees_of_freedom: Its degrees of freedom; 0 if undefined.
        error_freedom: Those of its variances: one less than the patients of the
            smallest group and label; 0 if undefined.
        p: P value of the statistic over its degrees of freedom, by the F distribution;
            None if undefined.
        p_adjusted: `p` adjusted by Holm over the groupings that have one.
    """

    grouping: str
    groups: tuple[GroupMetrics, ...]
    unknown: int = 0
    tested: tuple[str, ...] = ()
    chi_square: float | None = None
    degrees_of_freedom: int = 0
    error_freedom: int = 0
    p: float | None = None
    p_adjusted: float | None = None


def summarize_subgroups(
    scores: RepeatedScores,
    groups: Mapping[str, Mapping[str, str]],
    level: float = LEVEL,
) -> tuple[SubgroupMetrics, ...]:
    """One method's results in every group of every grouping.

    A group with exams of one label only, such as cancers of one size, is compared with
    all exams of the other label. Whether the areas of the groups of one grouping differ
    is tested on log odds, with patients as the units; areas of groups that share exams
    are known to be correlated. In small groups the chi-square approximation rejects too
    often, so the F distribution is taken with the degrees of freedom of the smallest
    group. That is mostly conservative, and still too liberal for small groups of
    cancers with areas near 1 (`runs/subgroup_size.py` prints its size), so this is no
    primary test. Only groups with `TESTED_FROM` patients of each label and an area
    inside 0 and 1 take part, and only with others that are compared with the same
    exams.

    Args:
        scores: Test scores and margins of one method.
        groups: For each grouping the group of each exam by its name, in the order of
            the groups to report; exams that it lacks are counted as unknown.
        level: Confidence level of the intervals.

    Returns:
        The groupings that know a test exam, in their order.

    References:
        DeLong, DeLong and Clarke-Pearson 1988, doi 10.2307/2531595, for the test of a
        contrast of correlated areas. Obuchowski 1997, doi 10.2307/2533958.
    """
    check_level(level)
    found = []
    for grouping, members in groups.items():
        part = _summarize_grouping(scores, grouping, members, level)
        if part.groups:
            found.append(part)
    adjusted = iter(adjust_by_holm([one.p for one in found if one.p is not None]))
    return tuple(
        one if one.p is None else replace(one, p_adjusted=next(adjusted))
        for one in found
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """The exams of a group and those that its area takes."""

    metrics: GroupMetrics
    compared: Bool[np.ndarray, " exam"]


def _summarize_grouping(
    scores: RepeatedScores, grouping: str, members: Mapping[str, str], level: float
) -> SubgroupMetrics:
    own = [members.get(exam_id, "") for exam_id in scores.exam_ids]
    order = [name for name in dict.fromkeys(members.values()) if name in set(own)]
    parts = [
        _describe_group(scores, name, np.array([one == name for one in own]), level)
        for name in order
        if name
    ]
    test = _test_heterogeneity(scores, parts)
    return SubgroupMetrics(
        grouping=grouping,
        groups=tuple(part.metrics for part in parts),
        unknown=own.count(""),
        tested=test.tested,
        chi_square=test.chi_square,
        degrees_of_freedom=test.degrees_of_freedom,
        error_freedom=test.error_freedom,
        p=test.p,
    )


def _describe_group(
    scores: RepeatedScores, name: str, chosen: Bool[np.ndarray, " exam"], level: float
) -> _Part:
    labels = set(scores.labels[chosen].tolist())
    compared, against = chosen, ComparedWith.OWN
    if labels == {1}:
        compared, against = chosen | (scores.labels == 0), ComparedWith.ALL_BENIGN
    elif labels == {0}:
        compared, against = chosen | (scores.labels == 1), ComparedWith.ALL_MALIGNANT
    group, wide = take_exams(scores, chosen), take_exams(scores, compared)
    other = 0 if against is ComparedWith.ALL_BENIGN else 1
    reference = 0 if against is ComparedWith.OWN else count_tested(wide, other)
    metrics = GroupMetrics(
        group=name,
        patients=count_tested(group),
        malignant=count_tested(group, 1),
        benign=count_tested(group, 0),
        compared_with=against,
        reference=reference,
        auc=estimate_area(wide, level),
        sensitivity=estimate_rate(group, 1, level),
        specificity=estimate_rate(group, 0, level),
    )
    return _Part(metrics, compared)


@dataclass(frozen=True, slots=True)
class _Test:
    tested: tuple[str, ...] = ()
    chi_square: float | None = None
    degrees_of_freedom: int = 0
    error_freedom: int = 0
    p: float | None = None


def _test_heterogeneity(scores: RepeatedScores, parts: Sequence[_Part]) -> _Test:
    """Wald's test that the areas of comparable groups are equal, on log odds."""
    if not scores.is_complete:
        return _Test()
    able = [part for part in parts if _is_testable(part.metrics)]
    kinds = [part.metrics.compared_with for part in able]
    able = [
        part for part, kind in zip(able, kinds, strict=True) if kinds.count(kind) > 1
    ]
    if not able:
        return _Test()
    values, influences = [], []
    for part in able:
        area, influence = _find_influence(scores, part.compared)
        slope = area * (1.0 - area)
        values.append(np.log(area / (1.0 - area)))
        influences.append(influence / slope)
    spread = np.array(influences)
    contrasts = _contrast([part.metrics.compared_with for part in able])
    difference = contrasts @ np.array(values)
    covariance = contrasts @ (spread @ spread.T) @ contrasts.T
    degrees = len(contrasts)
    if np.linalg.matrix_rank(covariance) < degrees:
        return _Test()
    statistic = float(difference @ np.linalg.solve(covariance, difference))
    error = min(_count_smaller(part.metrics) for part in able) - 1
    return _Test(
        tested=tuple(part.metrics.group for part in able),
        chi_square=statistic,
        degrees_of_freedom=degrees,
        error_freedom=error,
        p=float(f_distribution.sf(statistic / degrees, degrees, error)),
    )


def _is_testable(group: GroupMetrics) -> bool:
    inside = group.auc is not None and 0 < group.auc.value < 1
    enough = min(_count_smaller(group), group.reference or TESTED_FROM) >= TESTED_FROM
    return inside and enough


def _count_smaller(group: GroupMetrics) -> int:
    """Patients of the label of which a group itself has fewer, but some."""
    if group.compared_with is ComparedWith.OWN:
        return min(group.malignant, group.benign)
    return group.patients


def _contrast(kinds: Sequence[ComparedWith]) -> Float[np.ndarray, "contrast group"]:
    """Each group less the first that is compared with the same exams."""
    rows = []
    for place, kind in enumerate(kinds):
        first = kinds.index(kind)
        if place != first:
            row = np.zeros(len(kinds))
            row[place], row[first] = 1.0, -1.0
            rows.append(row)
    return np.array(rows)


def _find_influence(
    scores: RepeatedScores, compared: Bool[np.ndarray, " exam"]
) -> tuple[float, Float[np.ndarray, " patient"]]:
    """An area, and what each patient of the study adds to its error.

    The sums of products of two such lists are Obuchowski's covariance of their areas.
    """
    part = take_exams(scores, compared)
    placed = place_repeats(part)
    if placed is None:
        raise ValueError("a group under test must have both labels.")
    mean = average_placements(placed)
    everyone = {name: place for place, name in enumerate(sorted(set(scores.patients)))}
    patients = np.array([everyone[name] for name in part.patients])
    influence = np.zeros(len(everyone))
    for label, values in ((1, mean.malignant), (0, mean.benign)):
        own = patients[part.labels == label]
        number = len(set(own.tolist()))
        scale = np.sqrt(number / (number - 1)) / len(own)
        np.add.at(influence, own, (values - mean.auc) * scale)
    return mean.auc, influence
