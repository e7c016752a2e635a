"""What a stress does to a method: the same exams with and without it, compared.

Area and rates under the stress are of the exams that could be brought under it, at the
thresholds of the exams as they were. The difference of the areas is paired: each
patient stands on both sides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bsgi.evaluation.comparisons.areas import AreaComparison
from bsgi.evaluation.comparisons.families import compare_all_areas
from bsgi.evaluation.estimate import LEVEL, Estimate, check_level
from bsgi.evaluation.multiplicity import adjust_by_holm
from bsgi.evaluation.part_metrics import (
    count_tested,
    estimate_area,
    estimate_mean_call,
    estimate_rate,
)
from bsgi.evaluation.predictions import PredictionRow
from bsgi.evaluation.repeats import RepeatedScores, collect_repeats
from bsgi.evaluation.stress.rows import NO_STRESS, RefusedRow, StressRow
from bsgi.evaluation.thresholds import Thresholds


@dataclass(frozen=True, slots=True)
class Refusal:
    """An exam that a stress left out.

    Args:
        exam_id: Name of the exam.
        reason: Why it could not be brought under the stress or be scored under it.
    """

    exam_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class StressResult:
    """One method under one stress; numbers are of patients but for `exams`.

    Args:
        stress: Name of the stress; `NO_STRESS` for the exams as they were.
        title: The same for a reader.
        exams: Test exams that were scored under it, each counted once.
        patients: Their patients.
        malignant: Patients with a malignant one.
        benign: Patients with a benign one.
        refused: Test exams that were left out, with reasons.
        auc: Area under the ROC curve.
        unstressed_auc: That of the same exams as they were.
        comparison: The two areas compared: stressed less unstressed, paired by
            patients, p adjusted by Holm over the stresses of the method; None for the
            exams as they were.
        sensitivity: At the thresholds of the exams as they were.
        specificity: Likewise.
        changed: Share of calls that are other than without the stress.
    """

    stress: str
    title: str
    exams: int
    patients: int
    malignant: int
    benign: int
    refused: tuple[Refusal, ...]
    auc: Estimate | None
    unstressed_auc: Estimate | None
    comparison: AreaComparison | None
    sensitivity: Estimate | None
    specificity: Estimate | None
    changed: Estimate | None


@dataclass(frozen=True, slots=True)
class MethodStress:
    """One method under all stresses.

    Args:
        method: Name of the method.
        results: The exams as they were, then each stress.
    """

    method: str
    results: tuple[StressResult, ...]


@dataclass(frozen=True, slots=True)
class StressMetrics:
    """What `stress.json` holds; positive is malignant.

    Args:
        simulated: Whether exams were simulated.
        level: Confidence level of the intervals.
        methods: Results of each method.
    """

    simulated: bool
    level: float
    methods: tuple[MethodStress, ...]


def summarize_stress(
    tested: Sequence[PredictionRow],
    stressed: Sequence[StressRow],
    refused: Sequence[RefusedRow],
    *,
    thresholds: Mapping[str, Thresholds],
    titles: Mapping[str, str],
    simulated: bool,
    level: float = LEVEL,
) -> StressMetrics:
    """Every method under every stress.

    Args:
        tested: Predictions of the exams as they were; those of the part test count.
        stressed: Scores under each stress, those of `NO_STRESS` among them.
        refused: Exams that a stress left out.
        thresholds: By method, that of each repeat and fold.
        titles: By name of the stress what a reader calls it, in the order to report;
            the first is `NO_STRESS`.
        simulated: Whether exams were simulated.
        level: Confidence level of the intervals.

    Raises:
        RunError: If a repeat tests an exam twice.
        ValueError: If a score belongs to no prediction.
    """
    check_level(level)
    known = {_key(row): row for row in tested if row.part == "test"}
    scored: dict[tuple[str, str], list[PredictionRow]] = {}
    for row in stressed:
        key = (row.method, row.repeat, row.fold, row.exam_id)
        if key not in known:
            raise ValueError(f"a stressed score must be of a test exam, got {key}.")
        scored.setdefault((row.method, row.stress), []).append(
            replace(known[key], score=row.score, probability=None)
        )
    left_out: dict[tuple[str, str], dict[str, str]] = {}
    for one in refused:
        reasons = left_out.setdefault((one.method, one.stress), {})
        reasons.setdefault(one.exam_id, one.reason)
    methods = tuple(dict.fromkeys(row.method for row in stressed))
    return StressMetrics(
        simulated=simulated,
        level=level,
        methods=tuple(
            MethodStress(
                method,
                _summarize_method(
                    {stress: scored.get((method, stress), []) for stress in titles},
                    {stress: left_out.get((method, stress), {}) for stress in titles},
                    thresholds[method],
                    titles,
                    level,
                ),
            )
            for method in methods
        ),
    )


def _key(row: PredictionRow) -> tuple[str, int, int, str]:
    return row.method, row.repeat, row.fold, row.exam_id


def _summarize_method(
    scored: Mapping[str, Sequence[PredictionRow]],
    left_out: Mapping[str, Mapping[str, str]],
    thresholds: Thresholds,
    titles: Mapping[str, str],
    level: float,
) -> tuple[StressResult, ...]:
    found = []
    for stress, rows in scored.items():
        refused = tuple(Refusal(*one) for one in sorted(left_out[stress].items()))
        if not rows:
            found.append(_describe_none(stress, titles[stress], refused))
            continue
        there = {row.exam_id for row in rows}
        before = [row for row in scored[NO_STRESS] if row.exam_id in there]
        found.append(
            _describe(
                stress,
                titles[stress],
                refused,
                collect_repeats(rows, thresholds),
                collect_repeats(before, thresholds),
                level,
            )
        )
    return _adjust(found)


def _describe(
    stress: str,
    title: str,
    refused: tuple[Refusal, ...],
    after: RepeatedScores,
    before: RepeatedScores,
    level: float,
) -> StressResult:
    changed = (after.margins >= 0) != (before.margins >= 0)
    same = stress == NO_STRESS
    compared = (
        () if same else compare_all_areas({stress: after, NO_STRESS: before}, level)
    )
    return StressResult(
        stress=stress,
        title=title,
        exams=len(after.exam_ids),
        patients=count_tested(after),
        malignant=count_tested(after, 1),
        benign=count_tested(after, 0),
        refused=refused,
        auc=estimate_area(after, level),
        unstressed_auc=estimate_area(before, level),
        comparison=compared[0] if compared else None,
        sensitivity=estimate_rate(after, 1, level),
        specificity=estimate_rate(after, 0, level),
        changed=None if same else estimate_mean_call(after, changed, level=level),
    )


def _describe_none(
    stress: str, title: str, refused: tuple[Refusal, ...]
) -> StressResult:
    """A stress that every exam refused."""
    return StressResult(
        stress=stress, title=title, exams=0, patients=0, malignant=0, benign=0,
        refused=refused, auc=None, unstressed_auc=None, comparison=None,
        sensitivity=None, specificity=None, changed=None,
    )  # fmt: skip


def _adjust(results: Sequence[StressResult]) -> tuple[StressResult, ...]:
    """P values of the stresses of one method as one family."""
    known = [
        one.comparison.p
        for one in results
        if one.comparison is not None and one.comparison.p is not None
    ]
    adjusted = iter(adjust_by_holm(known))
    return tuple(
        replace(one, comparison=replace(one.comparison, p_adjusted=next(adjusted)))
        if one.comparison is not None and one.comparison.p is not None
        else one
        for one in results
    )
