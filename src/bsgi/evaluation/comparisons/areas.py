"""Do two methods differ in their area under the ROC curve? DeLong's test and interval.

DeLong's plain Z takes the standard error as known. Of 17 malignant patients it is not:
the test rejects somewhat too often, and where areas lie near 1 and differ its interval
is much too short. So for the same patients the primary test refers the same statistic
to Student's t, and its interval also spans what the intervals of the two areas say
together. For different patients, where one group may be much smaller, these two
intervals are a test besides, and areas differ only where both tests say so. Plain
DeLong is beside both, to compare with other programs.
"""

import math
from dataclasses import dataclass, replace
from enum import StrEnum

from scipy.stats import norm, t

from bsgi.evaluation.comparisons.area_evidence import (
    AreaEvidence,
    find_paired_evidence,
    find_repeated_evidence,
    find_unpaired_evidence,
)
from bsgi.evaluation.comparisons.difference import Difference
from bsgi.evaluation.comparisons.mover import combine_intervals, invert_intervals
from bsgi.evaluation.estimate import LEVEL, check_level
from bsgi.evaluation.repeats import RepeatedScores
from bsgi.evaluation.scored import Scored


class AreaTest(StrEnum):
    """Tests of two areas."""

    STUDENT = "delong-t"
    """Primary for the same patients: DeLong's by Student's t, its interval widened."""

    BOTH = "delong-t and mover"
    """Primary for different patients: that one and the one from the intervals of the
    two areas; the less sure of both decides."""

    DELONG = "delong"
    """As R's pROC has it, to compare with other programs."""


@dataclass(frozen=True, slots=True)
class AreaComparison:
    """Two areas under the ROC curve compared.

    Args:
        first: Name of one method.
        second: Name of the other.
        patients: Patients compared, of both together where they differ.
        malignant: Those with a malignant exam.
        benign: Those with a benign exam.
        difference: First area less second, with its interval; None where no exam was
            tested by both or there is one label only.
        statistic: The difference in standard errors, or for `AreaTest.BOTH` the normal
            quantile of p; None where it has none.
        freedom: Degrees of freedom of Student's t; None for the normal distribution or
            without a statistic.
        p: Two-sided p value of no difference; None where undefined.
        p_adjusted: `p` adjusted by Holm over all comparisons of the family; None for a
            single comparison or without `p`.
        method: Which test; a value of `AreaTest`.
        paired: Whether both methods saw the same patients.
        note: What is undefined and why; empty where nothing is to be said.

    Raises:
        ValueError: If a number is impossible.
    """

    first: str
    second: str
    patients: int
    malignant: int
    benign: int
    difference: Difference | None
    statistic: float | None
    freedom: float | None
    p: float | None
    p_adjusted: float | None
    method: str
    paired: bool
    note: str = ""

    def __post_init__(self) -> None:
        AreaTest(self.method)
        if min(self.patients, self.malignant, self.benign) < 0:
            raise ValueError(f"numbers of patients must not be negative, got {self}.")
        for value in (self.p, self.p_adjusted):
            if value is not None and not 0 <= value <= 1:
                raise ValueError(f"p values must be 0 to 1, got {self}.")
        if (self.statistic is None) != (self.p is None):
            raise ValueError(f"a statistic and its p must stand together, got {self}.")


def compare_shared_areas(
    first: RepeatedScores,
    second: RepeatedScores,
    names: tuple[str, str] = ("first", "second"),
    level: float = LEVEL,
) -> AreaComparison | None:
    """Two methods on the exams that both tested, by the primary paired test.

    Patients are the independent units, and repeats on the same patients are averaged
    before: five trainings on 45 patients are 45 pairs.

    Args:
        first: Scores of one method.
        second: Scores of the other.
        names: Names of the two.
        level: Confidence level.

    Returns:
        The comparison; None where the shared exams are none or of one label only.

    References:
        Obuchowski 1997, for several exams of a patient, doi 10.2307/2533958.
    """
    evidence = find_repeated_evidence(first, second)
    if evidence is None:
        return None
    return _compare(evidence, names, level, AreaTest.STUDENT, paired=True)


def compare_paired_areas(
    first: Scored,
    second: Scored,
    names: tuple[str, str] = ("first", "second"),
    level: float = LEVEL,
    test: AreaTest = AreaTest.STUDENT,
) -> AreaComparison:
    """Two readings of the same exams, each exam of another patient.

    Args:
        first: Labels and scores of one reading.
        second: The same exams in the same order, read otherwise.
        names: Names of the two.
        level: Confidence level.
        test: Which test.

    Raises:
        ValueError: If the exams differ, or are of one label only.

    References:
        DeLong, DeLong and Clarke-Pearson 1988, doi 10.2307/2531595.
    """
    evidence = find_paired_evidence(first, second)
    return _compare(evidence, names, level, test, paired=True)


def compare_unpaired_areas(
    first: Scored,
    second: Scored,
    names: tuple[str, str] = ("first", "second"),
    level: float = LEVEL,
    test: AreaTest = AreaTest.BOTH,
) -> AreaComparison:
    """Areas of different exams, such as of two hospitals; each exam of another patient.

    DeLong's statistic rejects too often where one side has few patients and an area
    near 1: by Student's t with Satterthwaite's degrees of freedom from malignant and
    benign exams of either side, or plain, as R's pROC has it, with all exams of a side
    as one group. The interval made from those of both areas does not, but leaves out 0
    somewhat too often for skewed scores. So the primary p is the larger of the two, and
    its interval spans both.

    Args:
        first: Labels and scores of some exams.
        second: Labels and scores of others.
        names: Names of the two.
        level: Confidence level.
        test: Which test.

    Raises:
        ValueError: If one has exams of one label only.

    References:
        DeLong, DeLong and Clarke-Pearson 1988, doi 10.2307/2531595. Welch 1947,
        doi 10.1093/biomet/34.1-2.28. Zou and Donner 2008, doi 10.1002/sim.3095, for
        the interval from two others. Robin and others 2011, for pROC,
        doi 10.1186/1471-2105-12-77.
    """
    evidence = find_unpaired_evidence(first, second)
    if test is AreaTest.DELONG and evidence.variance is not None:
        sizes = (int(first.labels.size), int(second.labels.size))
        own = [each or 0.0 for each in evidence.variances]
        parts = tuple(zip(own, sizes, strict=True))
        evidence = replace(evidence, parts=parts)
    return _compare(evidence, names, level, test, paired=False)


def _compare(
    evidence: AreaEvidence,
    names: tuple[str, str],
    level: float,
    test: AreaTest,
    *,
    paired: bool,
) -> AreaComparison:
    check_level(level)
    statistic, p = None, None
    # Two groups of patients are compared by pROC with Student's t, pairs are not.
    by_student = test is not AreaTest.DELONG or not paired
    freedom = evidence.freedom if evidence.has_spread and by_student else None
    if test is AreaTest.BOTH and evidence.variance is not None:
        statistic, p = invert_intervals(evidence)
        if freedom is not None:
            apart = evidence.difference / math.sqrt(evidence.variance)
            p = max(p, min(2.0 * float(t.sf(abs(apart), freedom)), 1.0))
            statistic = math.copysign(float(norm.isf(p / 2.0)), apart)
    elif evidence.has_spread:
        statistic = evidence.difference / math.sqrt(evidence.variance or 0.0)
        tail = (
            norm.sf(abs(statistic))
            if freedom is None
            else t.sf(abs(statistic), freedom)
        )
        p = min(2.0 * float(tail), 1.0)
    elif evidence.variance is not None and evidence.difference == 0:
        statistic, p = 0.0, 1.0
    malignant, benign = (
        sum(sizes) if not paired else sizes[0]
        for sizes in zip(*evidence.classes, strict=True)
    )
    return AreaComparison(
        first=names[0],
        second=names[1],
        patients=evidence.patients,
        malignant=malignant,
        benign=benign,
        difference=_span_difference(evidence, freedom, level, test),
        statistic=statistic,
        freedom=None if test is AreaTest.BOTH else freedom,
        p=p,
        p_adjusted=None,
        method=test.value,
        paired=paired,
        note=_describe(evidence, test),
    )


def _describe(evidence: AreaEvidence, test: AreaTest) -> str:
    if evidence.variance is None:
        return "a test needs two patients of each label"
    if not evidence.has_spread and evidence.difference == 0:
        return "no patient tells the two apart"
    if not evidence.has_spread and test is not AreaTest.BOTH:
        return "the difference has no standard error"
    if evidence.averaged:
        return "repeats test different exams: areas of the scores averaged over them"
    return ""


def _span_difference(
    evidence: AreaEvidence, freedom: float | None, level: float, test: AreaTest
) -> Difference:
    """The difference with the interval that belongs to the test.

    Student's interval is widened to the one from the two areas, but not over 0 where
    the test finds a difference: test and interval agree. Without a standard error there
    is only the second. Plain DeLong's has no width then, as in pROC.
    """
    apart = evidence.difference
    plain = test is AreaTest.DELONG and evidence.variance is not None
    if not (evidence.has_spread or plain):
        return _cut(apart, *combine_intervals(evidence, level), "mover")
    above = 0.5 + level / 2.0
    quantile = norm.ppf(above) if freedom is None else t.ppf(above, freedom)
    half = float(quantile) * math.sqrt(evidence.variance or 0.0)
    lower, upper = apart - half, apart + half
    if plain:
        return _cut(apart, lower, upper, test.value)
    widest = combine_intervals(evidence, level)
    if test is AreaTest.BOTH:
        lower, upper = min(lower, widest[0]), max(upper, widest[1])
        return _cut(apart, lower, upper, test.value)
    if lower <= 0 or widest[0] > 0:
        lower = min(lower, widest[0])
    if upper >= 0 or widest[1] < 0:
        upper = max(upper, widest[1])
    return _cut(apart, lower, upper, f"{test.value}, mover")


def _cut(value: float, lower: float, upper: float, method: str) -> Difference:
    return Difference(value, max(lower, -1.0), min(upper, 1.0), method)
