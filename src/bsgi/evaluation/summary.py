"""`metrics.json`: what the test part says of each method, repeat by repeat."""

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

from bsgi.errors import ConfigError, RunError
from bsgi.evaluation.auc import estimate_auc
from bsgi.evaluation.confusion import Confusion, count_confusion
from bsgi.evaluation.estimate import LEVEL, Estimate, check_level
from bsgi.evaluation.predictions import PredictionRow, collect_scores
from bsgi.files import load_json, save_json

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RepeatMetrics:
    """One method's results on the test exams of one repeat and fold.

    Args:
        repeat: Number of the repeat.
        fold: Number of the fold.
        confusion: Right and wrong calls at the threshold.
        accuracy: Share of exams called right.
        sensitivity: Share of malignant exams called malignant; None without any.
        specificity: Share of benign exams called benign; None without any.
        auc: Area under the ROC curve; None with one label only.
    """

    repeat: int
    fold: int
    confusion: Confusion
    accuracy: Estimate | None
    sensitivity: Estimate | None
    specificity: Estimate | None
    auc: Estimate | None


@dataclass(frozen=True, slots=True)
class MethodMetrics:
    """One method's results.

    Args:
        method: Name of the method.
        malignant: Malignant exams tested, each counted once over all repeats.
        benign: Benign exams tested, each counted once over all repeats.
        threshold: A score of this much or more was called malignant.
        repeats: Results in the order of repeat and fold.

    Raises:
        ValueError: If there is no result, or the threshold is not a finite number.
    """

    method: str
    malignant: int
    benign: int
    threshold: float
    repeats: tuple[RepeatMetrics, ...]

    def __post_init__(self) -> None:
        if not self.repeats:
            raise ValueError(f"method {self.method} must have a repeat, got none.")
        if not math.isfinite(self.threshold):
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

    Raises:
        ValueError: If there is no method, or the level is none.
    """

    simulated: bool
    methods: tuple[MethodMetrics, ...]
    level: float = LEVEL

    def __post_init__(self) -> None:
        if not self.methods:
            raise ValueError("metrics must have at least one method, got none.")
        check_level(self.level)


def summarize_predictions(
    rows: Sequence[PredictionRow], *, threshold: float = 0.5, simulated: bool
) -> Metrics:
    """What the test part says of each method.

    Every exam counts as independent of the others. Where women have several test exams
    the intervals are too narrow; reports say so.

    Args:
        rows: Predictions of any parts; only those of the test part are counted.
        threshold: A score of this much or more is called malignant.
        simulated: Whether the exams were simulated.

    Raises:
        ConfigError: If the threshold is not a finite number.
        RunError: If no row belongs to the test part.
    """
    if not math.isfinite(threshold):
        raise ConfigError(
            f"threshold must be a finite number, got {threshold}; choose one on the "
            "scale of the scores, such as 0.5."
        )
    groups: dict[str, list[PredictionRow]] = {}
    for row in rows:
        if row.part == "test":
            groups.setdefault(row.method, []).append(row)
    if not groups:
        raise RunError("the predictions must have rows of the part test, got none.")
    methods = [_summarize_method(*group, threshold) for group in groups.items()]
    return Metrics(simulated=simulated, methods=tuple(methods))


def _summarize_method(
    method: str, rows: Sequence[PredictionRow], threshold: float
) -> MethodMetrics:
    labels = {row.exam_id: row.label for row in rows}
    runs: dict[tuple[int, int], list[PredictionRow]] = {}
    for row in rows:
        runs.setdefault((row.repeat, row.fold), []).append(row)
    malignant = sum(labels.values())
    return MethodMetrics(
        method=method,
        malignant=malignant,
        benign=len(labels) - malignant,
        threshold=threshold,
        repeats=tuple(
            _summarize_repeat(*key, runs[key], threshold) for key in sorted(runs)
        ),
    )


def _summarize_repeat(
    repeat: int, fold: int, rows: Sequence[PredictionRow], threshold: float
) -> RepeatMetrics:
    scored = collect_scores(rows)
    confusion = count_confusion(scored, threshold)
    return RepeatMetrics(
        repeat=repeat,
        fold=fold,
        confusion=confusion,
        accuracy=confusion.accuracy(),
        sensitivity=confusion.sensitivity(),
        specificity=confusion.specificity(),
        auc=estimate_auc(scored),
    )


def save_metrics(path: Path, metrics: Metrics) -> None:
    """Write `metrics.json`; what is undefined is null.

    Args:
        path: The file to make or replace.
        metrics: What to write.
    """
    methods = {}
    for method in metrics.methods:
        methods[method.method] = {
            "malignant": method.malignant,
            "benign": method.benign,
            "threshold": method.threshold,
            "repeats": [_repeat_as_json(repeat) for repeat in method.repeats],
        }
    content = {
        "positive": "malignant",
        "simulated": metrics.simulated,
        "level": metrics.level,
        "methods": methods,
    }
    save_json(path, content)


def load_metrics(path: Path) -> Metrics:
    """Read `metrics.json`.

    Args:
        path: The file.

    Raises:
        RunError: If it is missing, of another version, counts another class as
            positive, has no method, or is not what `save_metrics` writes.
    """
    content = load_json(path, RunError)
    if content.get("positive") != "malignant":
        raise RunError(
            f"{path} must have malignant as positive, got {content.get('positive')!r}."
        )
    try:
        return Metrics(
            simulated=_typed(content["simulated"], bool),
            methods=tuple(
                _method_from_json(name, entry)
                for name, entry in content["methods"].items()
            ),
            level=float(content.get("level", LEVEL)),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as reason:
        raise RunError(
            f"{path} must be as bsgi writes it, but: {reason!r}; write it anew."
        ) from None


def _repeat_as_json(repeat: RepeatMetrics) -> dict[str, Any]:
    estimates = {
        name: None if estimate is None else asdict(estimate)
        for name, estimate in (
            ("accuracy", repeat.accuracy),
            ("sensitivity", repeat.sensitivity),
            ("specificity", repeat.specificity),
            ("auc", repeat.auc),
        )
    }
    counts = asdict(repeat.confusion)
    return {"repeat": repeat.repeat, "fold": repeat.fold, **counts, **estimates}


def _method_from_json(name: str, entry: dict[str, Any]) -> MethodMetrics:
    return MethodMetrics(
        method=name,
        malignant=_typed(entry["malignant"], int),
        benign=_typed(entry["benign"], int),
        threshold=float(entry["threshold"]),
        repeats=tuple(_repeat_from_json(repeat) for repeat in entry["repeats"]),
    )


def _repeat_from_json(entry: dict[str, Any]) -> RepeatMetrics:
    counts = [_typed(entry[name], int) for name in ("tp", "fp", "tn", "fn")]
    return RepeatMetrics(
        repeat=_typed(entry["repeat"], int),
        fold=_typed(entry["fold"], int),
        confusion=Confusion(*counts),
        accuracy=_optional(entry["accuracy"], _estimate_from_json),
        sensitivity=_optional(entry["sensitivity"], _estimate_from_json),
        specificity=_optional(entry["specificity"], _estimate_from_json),
        auc=_optional(entry["auc"], _estimate_from_json),
    )


def _estimate_from_json(entry: dict[str, Any]) -> Estimate:
    return Estimate(
        value=float(entry["value"]),
        lower=float(entry["lower"]),
        upper=float(entry["upper"]),
        method=_typed(entry["method"], str),
    )


def _optional(entry: Any, read: Callable[[Any], T]) -> T | None:  # noqa: ANN401
    return None if entry is None else read(entry)


def _typed(entry: Any, kind: type[T]) -> T:  # noqa: ANN401
    if type(entry) is not kind:
        raise TypeError(f"must be {kind.__name__}, got {entry!r}")
    return entry
