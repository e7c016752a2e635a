"""`metrics.json`: what was found, as a file, and back."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import TypeAdapter

from bsgi.errors import RunError
from bsgi.evaluation.abstention.summary import AbstentionMetrics
from bsgi.evaluation.calibration.summary import CalibrationMetrics
from bsgi.evaluation.comparisons.areas import AreaComparison
from bsgi.evaluation.comparisons.methods import Comparison
from bsgi.evaluation.design import Design
from bsgi.evaluation.estimate import LEVEL, Estimate
from bsgi.evaluation.localisation.metrics import LocalisationMetrics
from bsgi.evaluation.maps.mass import map_mass_as_json, map_mass_from_json
from bsgi.evaluation.operating_points.points import OperatingPoint
from bsgi.evaluation.power.statements import PowerStatement
from bsgi.evaluation.rates.confusion import Confusion
from bsgi.evaluation.readers.analysis import ReaderAnalysis
from bsgi.evaluation.repeats import AverageMetrics, FoldMetrics
from bsgi.evaluation.subgroups import SubgroupMetrics
from bsgi.evaluation.summary import MethodMetrics, Metrics, RepeatMetrics
from bsgi.evaluation.thresholds import YOUDEN, Threshold
from bsgi.files import load_json, save_json

T = TypeVar("T")

_KINDS: Final[Mapping[str, type]] = {
    **dict.fromkeys(("first", "second", "quantity"), str),
    **dict.fromkeys(("number", "only_first", "only_second"), int),
}
_RATES: Final = ("accuracy", "sensitivity", "specificity", "auc")

_OF_METHOD: Final[Mapping[str, TypeAdapter[Any]]] = {
    "calibration": TypeAdapter(CalibrationMetrics | None),
    "abstention": TypeAdapter(AbstentionMetrics | None),
    "operating_points": TypeAdapter(tuple[OperatingPoint, ...]),
    "subgroups": TypeAdapter(tuple[SubgroupMetrics, ...]),
}
"""Details of a method, which are written as they are."""
_OF_ALL: Final[Mapping[str, TypeAdapter[Any]]] = {
    "localisation": TypeAdapter(dict[str, LocalisationMetrics]),
    "areas": TypeAdapter(tuple[AreaComparison, ...]),
    "power": TypeAdapter(PowerStatement | None),
    "readers": TypeAdapter(ReaderAnalysis | None),
}
"""Details of all methods together."""


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
            "average": None if method.average is None else asdict(method.average),
            "by_fold": [asdict(fold) for fold in method.by_fold],
            **_details_as_json(method, _OF_METHOD),
        }
    content = {
        "positive": "malignant",
        "simulated": metrics.simulated,
        "level": metrics.level,
        "design": metrics.design,
        "methods": methods,
        "comparisons": [asdict(comparison) for comparison in metrics.comparisons],
        "map_mass": [map_mass_as_json(mass) for mass in metrics.map_mass],
        **_details_as_json(metrics, _OF_ALL),
    }
    save_json(path, content)


def load_metrics(path: Path) -> Metrics:
    """Read `metrics.json`; what an older version of this package left out is empty.

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
            design=_optional(content.get("design"), Design),
            comparisons=tuple(
                _comparison_from_json(entry) for entry in content.get("comparisons", ())
            ),
            map_mass=tuple(
                map_mass_from_json(entry) for entry in content.get("map_mass", ())
            ),
            **_details_from_json(content, _OF_ALL),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as reason:
        raise RunError(
            f"{path} must be as bsgi writes it, but: {reason!r}; write it anew."
        ) from None


def _details_as_json(
    owner: MethodMetrics | Metrics, kinds: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        name: kind.dump_python(getattr(owner, name), mode="json")
        for name, kind in kinds.items()
    }


def _details_from_json(
    entry: Mapping[str, Any], kinds: Mapping[str, Any]
) -> dict[str, Any]:
    """What is there; a file of an older version knows nothing of the rest."""
    return {
        name: kind.validate_python(entry[name])
        for name, kind in kinds.items()
        if name in entry
    }


def _repeat_as_json(repeat: RepeatMetrics) -> dict[str, Any]:
    content = asdict(repeat)
    counts = content.pop("confusion")
    rates = {name: content.pop(name) for name in _RATES}
    return {**content, **counts, **rates}


def _method_from_json(name: str, entry: Mapping[str, Any]) -> MethodMetrics:
    given = entry["threshold"]
    threshold: Threshold = YOUDEN if given == YOUDEN else float(given)
    return MethodMetrics(
        method=name,
        malignant=_typed(entry["malignant"], int),
        benign=_typed(entry["benign"], int),
        threshold=threshold,
        repeats=tuple(
            _repeat_from_json(repeat, threshold) for repeat in entry["repeats"]
        ),
        average=_optional(entry.get("average"), _average_from_json),
        by_fold=tuple(_fold_from_json(fold) for fold in entry.get("by_fold", ())),
        **_details_from_json(entry, _OF_METHOD),
    )


def _repeat_from_json(entry: Mapping[str, Any], threshold: Threshold) -> RepeatMetrics:
    return RepeatMetrics(
        repeat=_typed(entry["repeat"], int),
        fold=_typed(entry["fold"], int),
        threshold=float(entry.get("threshold", threshold)),
        confusion=_confusion_from_json(entry),
        **_rates_from_json(entry, _RATES),
    )


def _average_from_json(entry: Mapping[str, Any]) -> AverageMetrics:
    return AverageMetrics(
        repeats=_typed(entry["repeats"], int),
        patients=_typed(
            entry.get("patients", entry["malignant"] + entry["benign"]), int
        ),
        malignant=_typed(entry["malignant"], int),
        benign=_typed(entry["benign"], int),
        confusion=_confusion_from_json(entry["confusion"]),
        averaged_confusion=_confusion_from_json(entry["averaged_confusion"]),
        **_rates_from_json(entry, (*_RATES, "averaged_auc")),
    )


def _fold_from_json(entry: Mapping[str, Any]) -> FoldMetrics:
    return FoldMetrics(
        fold=_typed(entry["fold"], int),
        title=_typed(entry["title"], str),
        average=_average_from_json(entry["average"]),
    )


def _comparison_from_json(entry: Mapping[str, Any]) -> Comparison:
    values: dict[str, Any] = {}
    for name in (field.name for field in fields(Comparison)):
        kind = _KINDS.get(name, float)
        values[name] = (
            float(entry[name]) if kind is float else _typed(entry[name], kind)
        )
    return Comparison(**values)


def _confusion_from_json(entry: Mapping[str, Any]) -> Confusion:
    return Confusion(*(_typed(entry[name], int) for name in ("tp", "fp", "tn", "fn")))


def _rates_from_json(
    entry: Mapping[str, Any], names: tuple[str, ...]
) -> dict[str, Estimate | None]:
    return {name: _optional(entry[name], _estimate_from_json) for name in names}


def _estimate_from_json(entry: Mapping[str, Any]) -> Estimate:
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
