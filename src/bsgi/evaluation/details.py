"""What else the test part says of each method, beyond counts, rates and areas.

It is kept apart from `summary.py` since it costs more, and since a report that checks
whether metrics follow from predictions needs the summary only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from bsgi.evaluation.abstention.summary import apply_thresholds, summarize_abstention
from bsgi.evaluation.calibration.source import CalibrationSource, find_source
from bsgi.evaluation.calibration.summary import (
    CalibrationMetrics,
    summarize_calibration,
)
from bsgi.evaluation.comparisons.families import compare_all_areas
from bsgi.evaluation.fixed import FixedMethod, FixedThresholds, judge_fixed
from bsgi.evaluation.operating_points.points import find_operating_points
from bsgi.evaluation.power.statements import describe_power
from bsgi.evaluation.predictions import PredictionRow
from bsgi.evaluation.repeats import RepeatedScores, collect_repeats
from bsgi.evaluation.subgroups import summarize_subgroups
from bsgi.evaluation.summary import MethodMetrics, Metrics

Groups = Mapping[str, Mapping[str, str]]
"""Grouping, such as ``"camera"``, then exam, then its group."""


def add_details(
    metrics: Metrics,
    rows: Sequence[PredictionRow],
    groups: Groups | None = None,
    *,
    compare: bool = True,
    known_patients: bool = True,
    fixed: FixedThresholds | None = None,
) -> Metrics:
    """The same results with all that `summary.summarize_predictions` leaves out.

    Per method: calibration, abstention, operating points and subgroups; and over all
    methods: comparisons of areas, and what so many patients could have shown. Where the
    folds are sizes of a training set, which are no repeats of each other, a method gets
    none of them.

    Args:
        metrics: What `summary.summarize_predictions` made of the rows.
        rows: Predictions of all parts.
        groups: The group of each exam, by grouping.
        compare: Whether methods are compared with each other; readers are not, since
            `readers/analysis.py` compares them together.
        known_patients: Whether names of exams or patients tell who was tested by two
            methods; see `comparisons.families.compare_all_areas`.
        fixed: Thresholds that were fixed on other exams; then nothing is chosen on
            these, and every method must be one network that has some.

    Raises:
        RunError: If a method has no fixed thresholds where some are given.
    """
    methods, pooled = [], {}
    for method in metrics.methods:
        own = [row for row in rows if row.method == method.method]
        scores = pool_scores(method, own)
        detailed = method
        if scores is not None:
            pooled[method.method] = scores
            if fixed is None:
                detailed = _choose(method, own, scores, metrics, groups or {})
            else:
                detailed = _apply(
                    method, own, scores, metrics, groups or {}, fixed.of(method.method)
                )
        methods.append(detailed)
    return replace(
        metrics,
        methods=tuple(methods),
        comparisons=metrics.comparisons if compare else (),
        areas=compare_all_areas(pooled, metrics.level, known_patients=known_patients)
        if compare
        else (),
        power=describe_power(pooled, metrics.level) if compare and pooled else None,
    )


def without_details(metrics: Metrics) -> Metrics:
    """The results as `summary.summarize_predictions` gave them.

    Args:
        metrics: Results with or without details.
    """
    methods = tuple(
        replace(
            method,
            calibration=None,
            abstention=None,
            operating_points=(),
            subgroups=(),
        )
        for method in metrics.methods
    )
    return replace(metrics, methods=methods, areas=(), power=None, readers=None)


def pool_scores(
    method: MethodMetrics, rows: Sequence[PredictionRow]
) -> RepeatedScores | None:
    """A method's test scores side by side, with the thresholds of its results.

    Args:
        method: Its results.
        rows: Its predictions, of all parts.

    Returns:
        The scores; None where folds cannot be taken together.
    """
    if method.average is None:
        return None
    thresholds = {(one.repeat, one.fold): one.threshold for one in method.repeats}
    return collect_repeats(rows, thresholds)


def _choose(
    method: MethodMetrics,
    rows: Sequence[PredictionRow],
    scores: RepeatedScores,
    metrics: Metrics,
    groups: Groups,
) -> MethodMetrics:
    """Details whose thresholds are chosen on calibration scores of the study."""
    level, design = metrics.level, metrics.design
    return replace(
        method,
        calibration=_calibrate(rows, level, find_source(rows, design)),
        abstention=summarize_abstention(rows, design, groups=groups, level=level),
        operating_points=find_operating_points(rows, design, level=level),
        subgroups=summarize_subgroups(scores, groups, level),
    )


def _apply(
    method: MethodMetrics,
    rows: Sequence[PredictionRow],
    scores: RepeatedScores,
    metrics: Metrics,
    groups: Groups,
    fixed: FixedMethod,
) -> MethodMetrics:
    """Details at thresholds that were fixed before."""
    level, conformal = metrics.level, fixed.conformal
    return replace(
        method,
        calibration=_calibrate(rows, level, CalibrationSource()),
        abstention=None
        if conformal is None
        else apply_thresholds(
            rows,
            conformal,
            cross_fitted=bool(fixed.cross_fitted),
            chosen_on=fixed.basis,
            groups=groups,
            level=level,
        ),
        operating_points=judge_fixed(rows, fixed, level),
        subgroups=summarize_subgroups(scores, groups, level),
    )


def list_probabilities(
    rows: Sequence[PredictionRow],
) -> tuple[tuple[int, ...], tuple[float, ...], tuple[str, ...]] | None:
    """Labels, probabilities and patients of a method's test rows, repeats side by side.

    Args:
        rows: Predictions of one method, of all parts.

    Returns:
        The three in one order; None if a test row has no probability.
    """
    tested = sorted(
        (row for row in rows if row.part == "test"),
        key=lambda row: (row.repeat, row.fold, row.exam_id),
    )
    chances = tuple(row.probability for row in tested if row.probability is not None)
    if not chances or len(chances) < len(tested):
        return None
    labels = tuple(row.label for row in tested)
    return labels, chances, tuple(row.patient_id for row in tested)


def _calibrate(
    rows: Sequence[PredictionRow], level: float, source: CalibrationSource
) -> CalibrationMetrics | None:
    """Calibration of the test rows; None if one has no probability."""
    found = list_probabilities(rows)
    if found is None:
        return None
    labels, chances, patients = found
    return summarize_calibration(
        np.array(labels, dtype=np.int64),
        np.array(chances, dtype=np.float64),
        patients,
        level,
        source,
    )
