"""What the test part says of each method: per repeat, on average, and compared."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bsgi.errors import RunError
from bsgi.evaluation.abstention.summary import AbstentionMetrics
from bsgi.evaluation.areas.auc import estimate_auc
from bsgi.evaluation.calibration.summary import CalibrationMetrics
from bsgi.evaluation.comparisons.areas import AreaComparison
from bsgi.evaluation.comparisons.methods import Comparison, compare_methods
from bsgi.evaluation.design import Design
from bsgi.evaluation.estimate import LEVEL, Estimate, check_level
from bsgi.evaluation.localisation.metrics import LocalisationMetrics
from bsgi.evaluation.maps.mass import MapMass
from bsgi.evaluation.operating_points.points import OperatingPoint
from bsgi.evaluation.power.statements import PowerStatement
from bsgi.evaluation.predictions import PredictionRow, collect_scores
from bsgi.evaluation.rates.confusion import Confusion, count_confusion
from bsgi.evaluation.readers.analysis import ReaderAnalysis
from bsgi.evaluation.repeats import (
    AverageMetrics,
    FoldMetrics,
    RepeatedScores,
    average_repeats,
    collect_repeats,
    has_overlap,
)
from bsgi.evaluation.subgroups import SubgroupMetrics
from bsgi.evaluation.thresholds import (
    YOUDEN,
    Threshold,
    Thresholds,
    check_threshold,
    choose_thresholds,
)

BY_FOLD = (Design.SITES, Design.PERIODS, Design.SIZES)
"""Designs whose folds mean something, so that each has results of its own."""


@dataclass(frozen=True, slots=True)
class RepeatMetrics:
    """One method's results on the test exams of one repeat and fold.

    Args:
        repeat: Number of the repeat.
        fold: Number of the fold.
        threshold: A score of this much or more was called malignant.
        confusion: Right and wrong calls at the threshold.
        accuracy: Share of exams called right.
        sensitivity: Share of malignant exams called malignant; None without any.
        specificity: Share of benign exams called benign; None without any.
        auc: Area under the ROC curve; None with one label only.

    Raises:
        ValueError: If the threshold is not a finite number.
    """

    repeat: int
    fold: int
    threshold: float
    confusion: Confusion
    accuracy: Estimate | None
    sensitivity: Estimate | None
    specificity: Estimate | None
    auc: Estimate | None

    def __post_init__(self) -> None:
        if not math.isfinite(self.threshold):
            raise ValueError(
                f"threshold must be a finite number, got {self.threshold}."
            )


@dataclass(frozen=True, slots=True)
class MethodMetrics:
    """One method's results.

    Args:
        method: Name of the method.
        malignant: Malignant exams tested, each counted once over all repeats.
        benign: Benign exams tested, each counted once over all repeats.
        threshold: A score of this much or more was called malignant; or the name of the
            rule by which each repeat and fold got its own.
        repeats: Results in the order of repeat and fold.
        average: Results averaged over the repeats, the folds of each pooled; None where
            the folds are sizes of a training set, or are not known to be otherwise.
        by_fold: Results of each fold averaged over the repeats, where the folds are
            hospitals, periods or sizes of a training set; otherwise none.
        calibration: How far the probabilities can be believed; None without any. This
            and what follows is found by `details.add_details`.
        abstention: What becomes of the exams if doubtful ones are referred; None where
            nothing calibrates it.
        operating_points: Both rates where one of them was aimed at.
        subgroups: Results by camera, lesion size and so on.

    Raises:
        ValueError: If there is no result, or the threshold is neither a finite number
            nor the name of a rule.
    """

    method: str
    malignant: int
    benign: int
    threshold: Threshold
    repeats: tuple[RepeatMetrics, ...]
    average: AverageMetrics | None = None
    by_fold: tuple[FoldMetrics, ...] = ()
    calibration: CalibrationMetrics | None = None
    abstention: AbstentionMetrics | None = None
    operating_points: tuple[OperatingPoint, ...] = ()
    subgroups: tuple[SubgroupMetrics, ...] = ()

    def __post_init__(self) -> None:
        if not self.repeats:
            raise ValueError(f"method {self.method} must have a repeat, got none.")
        known = self.threshold == YOUDEN
        if not known and not math.isfinite(float(self.threshold)):
            raise ValueError(
                f"threshold must be a finite number, got {self.threshold}."
            )


@dataclass(frozen=True, slots=True)
class Metrics:
    """What `metrics.json` holds; positive is malignant.

    Args:
        simulated: Whether the exams were simulated, so that nothing follows for
            patients.
        methods: Results of each method, in the order in which they were met.
        level: Confidence level of the intervals.
        design: How the study parts its patients; None if nobody said.
        comparisons: Paired tests of every two methods; one family.
        map_mass: Where the heat maps of each method look, if that was measured.
        localisation: By method, whether the peaks of its heat maps find the lesions, if
            that was measured.
        areas: Areas of every two methods compared; one family. This and what follows is
            found by `details.add_details`.
        power: What difference so many patients could have shown; None if unknown.
        readers: What several readers of the same exams tell; None without any.

    Raises:
        ValueError: If there is no method, or the level is none.
    """

    simulated: bool
    methods: tuple[MethodMetrics, ...]
    level: float = LEVEL
    design: Design | None = None
    comparisons: tuple[Comparison, ...] = ()
    map_mass: tuple[MapMass, ...] = ()
    localisation: Mapping[str, LocalisationMetrics] = field(default_factory=dict)
    areas: tuple[AreaComparison, ...] = ()
    power: PowerStatement | None = None
    readers: ReaderAnalysis | None = None

    def __post_init__(self) -> None:
        if not self.methods:
            raise ValueError("metrics must have at least one method, got none.")
        check_level(self.level)


def summarize_predictions(
    rows: Sequence[PredictionRow],
    *,
    threshold: Threshold = 0.5,
    simulated: bool,
    design: Design | None = None,
    titles: Mapping[int, str] | None = None,
) -> Metrics:
    """What the test part says of each method.

    In the results of one repeat and fold every exam counts as independent. Averages and
    comparisons are of patients, however many exams and repeats they have.

    The order of rows does not matter, but for methods: they keep that in which they are
    met first.

    Args:
        rows: Predictions of any parts; only those of the test part are counted.
        threshold: A score of this much or more is called malignant; or ``"youden"``.
        simulated: Whether the exams were simulated.
        design: How the study parts its patients. None takes the folds of a repeat
            together, unless they test an exam twice.
        titles: What each fold is, such as ``"site A"``, by its number.

    Raises:
        ConfigError: If the threshold is not a finite number, or the design has no
            training scores to choose one on.
        RunError: If no row belongs to the test part, or an exam is tested twice in a
            repeat of a design that forbids it.
    """
    check_threshold(threshold, design)
    groups = _group_tested(rows)
    methods, pooled = [], {}
    for name, tested in groups.items():
        tested.sort(key=lambda row: (row.repeat, row.fold, row.exam_id))
        thresholds = choose_thresholds(tested, threshold)
        scores = _pool_folds(tested, thresholds, design)
        if scores is not None:
            pooled[name] = scores
        method = MethodMetrics(
            method=name,
            malignant=len({row.exam_id for row in tested if row.label == 1}),
            benign=len({row.exam_id for row in tested if row.label == 0}),
            threshold=threshold,
            repeats=_summarize_repeats(tested, thresholds),
            average=None if scores is None else average_repeats(scores),
        )
        if design in BY_FOLD:
            # Sizes draw their training patients anew in each repeat.
            by_fold = _summarize_folds(
                tested, thresholds, titles or {}, new_trainings=design is Design.SIZES
            )
            method = replace(method, by_fold=by_fold)
        methods.append(method)
    return Metrics(
        simulated=simulated,
        methods=tuple(methods),
        design=design,
        comparisons=compare_methods(pooled),
    )


def _group_tested(rows: Sequence[PredictionRow]) -> dict[str, list[PredictionRow]]:
    groups: dict[str, list[PredictionRow]] = {}
    for row in rows:
        if row.part == "test":
            groups.setdefault(row.method, []).append(row)
    if not groups:
        raise RunError("the predictions must have rows of the part test, got none.")
    return groups


def _pool_folds(
    rows: Sequence[PredictionRow], thresholds: Thresholds, design: Design | None
) -> RepeatedScores | None:
    """The scores of each repeat, its folds taken together; None where that is wrong."""
    if design is Design.SIZES or (design is None and has_overlap(rows)):
        return None
    return collect_repeats(rows, thresholds)


def _summarize_folds(
    rows: Sequence[PredictionRow],
    thresholds: Thresholds,
    titles: Mapping[int, str],
    *,
    new_trainings: bool,
) -> tuple[FoldMetrics, ...]:
    found = []
    for fold in sorted({row.fold for row in rows}):
        scores = collect_repeats([row for row in rows if row.fold == fold], thresholds)
        title = titles.get(fold, f"fold {fold}")
        average = average_repeats(scores, new_trainings=new_trainings)
        found.append(FoldMetrics(fold, title, average))
    return tuple(found)


def _summarize_repeats(
    rows: Sequence[PredictionRow], thresholds: Thresholds
) -> tuple[RepeatMetrics, ...]:
    runs: dict[tuple[int, int], list[PredictionRow]] = {}
    for row in rows:
        runs.setdefault((row.repeat, row.fold), []).append(row)
    return tuple(
        _summarize_repeat(*key, runs[key], thresholds[key]) for key in sorted(runs)
    )


def _summarize_repeat(
    repeat: int, fold: int, rows: Sequence[PredictionRow], threshold: float
) -> RepeatMetrics:
    scored = collect_scores(rows)
    confusion = count_confusion(scored, threshold)
    return RepeatMetrics(
        repeat=repeat,
        fold=fold,
        threshold=threshold,
        confusion=confusion,
        accuracy=confusion.accuracy(),
        sensitivity=confusion.sensitivity(),
        specificity=confusion.specificity(),
        auc=estimate_auc(scored),
    )
