"""Every two methods of a table compared in their areas: one family of tests.

Methods that tested the same exams are compared on these. Two that share no exam may
have been tested on different patients, such as those of two hospitals: then the areas
are compared as those of independent groups, or it is said why they cannot be.
"""

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations

from bsgi.evaluation.comparisons.areas import (
    AreaComparison,
    AreaTest,
    compare_shared_areas,
    compare_unpaired_areas,
)
from bsgi.evaluation.estimate import LEVEL, check_level
from bsgi.evaluation.multiplicity import adjust_by_holm
from bsgi.evaluation.repeats import RepeatedScores
from bsgi.evaluation.scored import Scored


def compare_all_areas(
    methods: Mapping[str, RepeatedScores],
    level: float = LEVEL,
    *,
    known_patients: bool = True,
) -> tuple[AreaComparison, ...]:
    """Every pair of methods; one family for Holm.

    On the exams that both tested patients are the independent units, and repeats are
    averaged before. So the test tells of other patients, not of other trainings. Two
    methods that share no exam and no patient are compared by the test of different
    patients, if each has one repeat and each of their patients one exam.

    Args:
        methods: Scores by name of the method, in the order to report.
        level: Confidence level of each interval, which Holm does not widen.
        known_patients: Whether names of exams or patients tell who was tested by both.
            Otherwise methods that share none are not compared.

    References:
        DeLong, DeLong and Clarke-Pearson 1988, doi 10.2307/2531595. Holm 1979, A simple
        sequentially rejective multiple test procedure, Scandinavian Journal of
        Statistics 6:65.
    """
    check_level(level)
    found = []
    for names in combinations(methods, 2):
        one, other = methods[names[0]], methods[names[1]]
        if set(one.exam_ids) & set(other.exam_ids):
            shared = compare_shared_areas(one, other, names, level)
            reason = "all exams that both tested have one label"
            found.append(shared or _refuse(names, one, other, reason))
            continue
        reason = _find_obstacle(one, other, known=known_patients)
        if reason:
            found.append(_refuse(names, one, other, reason))
        else:
            first, second = (Scored(s.labels, s.scores[0]) for s in (one, other))
            found.append(compare_unpaired_areas(first, second, names, level))
    adjusted = iter(adjust_by_holm([each.p for each in found if each.p is not None]))
    return tuple(
        replace(each, p_adjusted=None if each.p is None else next(adjusted))
        for each in found
    )


def _find_obstacle(one: RepeatedScores, other: RepeatedScores, *, known: bool) -> str:
    """Why methods that share no exam cannot be compared; empty if they can."""
    both = (one, other)
    if not known:
        return "the table does not say which of their rows are of the same exam"
    if set(one.patients) & set(other.patients):
        return (
            "they were tested on different exams of some of the same patients, who are "
            "neither pairs nor independent"
        )
    if any(len(scores.scores) > 1 for scores in both):
        return (
            "they were tested on different patients, and a test of these takes one "
            "repeat of each method"
        )
    if any(len(set(scores.patients)) < len(scores.patients) for scores in both):
        return (
            "they were tested on different patients, and a test of these takes one "
            "exam of each patient"
        )
    if any(len(set(scores.labels.tolist())) < 2 for scores in both):
        return (
            "they were tested on different patients, of whom one method has one label "
            "only"
        )
    return ""


def _refuse(
    names: tuple[str, str], first: RepeatedScores, second: RepeatedScores, reason: str
) -> AreaComparison:
    """A comparison that cannot be made, with the patients of the shared exams."""
    there = set(first.exam_ids) & set(second.exam_ids)
    shared = [place for place, name in enumerate(first.exam_ids) if name in there]
    by_label = [
        {first.patients[place] for place in shared if first.labels[place] == label}
        for label in (1, 0)
    ]
    return AreaComparison(
        first=names[0],
        second=names[1],
        patients=len(by_label[0] | by_label[1]),
        malignant=len(by_label[0]),
        benign=len(by_label[1]),
        difference=None,
        statistic=None,
        freedom=None,
        p=None,
        p_adjusted=None,
        method=AreaTest.STUDENT.value,
        paired=True,
        note=reason,
    )
