"""Thresholds fixed on one cohort, for use on others: `operating_points.json`.

A network that is to be judged on another hospital's exams comes with its thresholds:
from which score on an exam is called malignant, which threshold aims at which rate, and
between which scores an exam is referred. There nothing may be chosen again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Final

from bsgi.errors import RunError
from bsgi.evaluation.abstention.guarantee import Basis
from bsgi.evaluation.abstention.thresholds import ConformalThresholds
from bsgi.evaluation.estimate import LEVEL
from bsgi.evaluation.operating_points.points import (
    ChosenOn,
    FoldThreshold,
    OperatingPoint,
    judge_point,
)
from bsgi.evaluation.predictions import PredictionRow
from bsgi.evaluation.stored import POSITIVE, StoredKind
from bsgi.evaluation.summary import MethodMetrics, Metrics

OPERATING_POINTS: Final = "operating_points.json"
"""Name of the file in a RUN or a bundle, beside `calibration.json`."""


@dataclass(frozen=True, slots=True)
class FixedPoint:
    """A threshold that aims at a rate, and what it reached where it was chosen.

    Args:
        aim: ``"sensitivity"`` or ``"specificity"``.
        target: The rate aimed at, between 0 and 1.
        threshold: A score of this much or more is called malignant.
        exams: Calibration exams of the label that the rate is about.
        reached: That rate among them.

    Raises:
        ValueError: If a value is impossible.
    """

    aim: str
    target: float
    threshold: float
    exams: int
    reached: float

    def __post_init__(self) -> None:
        rates = 0 < self.target < 1 and 0 <= self.reached <= 1
        if self.aim not in ("sensitivity", "specificity") or not rates:
            raise ValueError(f"a point must aim at a rate of 0 to 1, got {self}.")
        if not isfinite(self.threshold) or self.exams < 1:
            raise ValueError(
                f"a point must have a finite threshold and exams, got {self}."
            )


@dataclass(frozen=True, slots=True)
class FixedMethod:
    """The thresholds of one network.

    Args:
        method: Name of its method.
        threshold: A score of this much or more is called malignant.
        points: Thresholds that aim at a rate.
        conformal: Between which scores an exam is referred; None without calibration
            exams.
        cross_fitted: Whether points and conformal thresholds stand on scores of other
            networks, trained on fewer of its patients; None where nobody said whose
            scores they were.
        basis: Whose scores the conformal thresholds stand on; None without them, or in
            files that do not say it.

    Raises:
        ValueError: If the name is empty or the threshold not finite.
    """

    method: str
    threshold: float
    points: tuple[FixedPoint, ...]
    conformal: ConformalThresholds | None
    cross_fitted: bool | None
    basis: Basis | None = None

    def __post_init__(self) -> None:
        if not self.method or not isfinite(self.threshold):
            raise ValueError(
                f"a method must have a name and a finite threshold, got {self}."
            )


@dataclass(frozen=True, slots=True)
class FixedThresholds:
    """The thresholds of one network or several.

    Args:
        simulated: Whether they were chosen on simulated exams.
        methods: One entry for each network.

    Raises:
        ValueError: If there is none, or a method is there twice.
    """

    simulated: bool
    methods: tuple[FixedMethod, ...]

    def __post_init__(self) -> None:
        if not self.methods or len(set(self.names)) < len(self.methods):
            raise ValueError(
                f"there must be a method and each once, got {list(self.names)}."
            )

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the methods."""
        return tuple(one.method for one in self.methods)

    def of(self, method: str) -> FixedMethod:
        """The thresholds of one method.

        Args:
            method: Its name.

        Raises:
            RunError: If there are none.
        """
        found = next((one for one in self.methods if one.method == method), None)
        if found is None:
            raise RunError(
                f"the fixed thresholds must be of the methods evaluated, got {method!r}"
                f" and thresholds of {', '.join(map(repr, self.names))}; take the file "
                "of the network that made the scores, or the same name for both."
            )
        return found


_KIND: Final = StoredKind(FixedThresholds, marks=POSITIVE)


def fix_thresholds(metrics: Metrics) -> FixedThresholds | None:
    """The thresholds of the networks that were evaluated, to be used elsewhere.

    Args:
        metrics: Results with details, such as those of a RUN.

    Returns:
        One entry for each method with one repeat and one fold, which is one network;
        None without any. A point read off the test curve is not kept, nor is what was
        fixed before: it belongs to the network's own file.
    """
    kept = tuple(
        _fix_method(one, float(one.threshold))
        for one in metrics.methods
        if len(one.repeats) == 1 and not isinstance(one.threshold, str)
    )
    return FixedThresholds(metrics.simulated, kept) if kept else None


def _fix_method(method: MethodMetrics, threshold: float) -> FixedMethod:
    chosen = [
        point
        for point in method.operating_points
        if point.chosen_on is ChosenOn.CALIBRATION
    ]
    abstention = method.abstention
    if abstention and abstention.basis in (Basis.OTHER_FOLDS, Basis.FIXED):
        abstention = None
    crossed: bool | None = any(point.cross_fitted for point in chosen)
    if abstention is not None:
        unknown = abstention.basis is Basis.NOT_STATED
        crossed = None if unknown else crossed or abstention.cross_fitted
    return FixedMethod(
        method=method.method,
        threshold=threshold,
        points=tuple(
            FixedPoint(point.aim, point.target, one.threshold, one.exams, one.reached)
            for point in chosen
            for one in point.thresholds
        ),
        conformal=abstention.thresholds[0].thresholds if abstention else None,
        cross_fitted=crossed,
        basis=abstention.basis if abstention else None,
    )


def judge_fixed(
    rows: Sequence[PredictionRow], fixed: FixedMethod, level: float = LEVEL
) -> tuple[OperatingPoint, ...]:
    """Both rates of other exams at the points of a network.

    Args:
        rows: Its test rows, of one repeat and one fold.
        fixed: Its thresholds.
        level: Confidence level of the intervals.

    Raises:
        ValueError: If the rows are of several networks.
    """
    folds = {(row.method, row.repeat, row.fold) for row in rows}
    if len(folds) != 1:
        raise ValueError(f"fixed points must be of one network, got {len(folds)}.")
    (_, repeat, fold) = folds.pop()
    return tuple(
        judge_point(
            rows,
            (FoldThreshold(repeat, fold, one.threshold, one.exams, one.reached),),
            (one.aim, one.target),
            ChosenOn.FIXED,
            cross_fitted=bool(fixed.cross_fitted),
            level=level,
        )
        for one in fixed.points
    )


def save_operating_points(path: Path, fixed: FixedThresholds) -> None:
    """Write `operating_points.json`; numbers keep every digit.

    Args:
        path: The file to make or replace.
        fixed: What to write.
    """
    _KIND.save(path, fixed)


def load_operating_points(path: Path) -> FixedThresholds:
    """Read `operating_points.json`.

    Args:
        path: The file, or the folder of a RUN or bundle that holds it.

    Raises:
        RunError: If it is missing, of another version, or not as we write it.
    """
    return _KIND.load(path / OPERATING_POINTS if path.is_dir() else path)
