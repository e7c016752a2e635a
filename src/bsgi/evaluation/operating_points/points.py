"""Sensitivity at a chosen specificity and back, at thresholds chosen on other patients.

"Specificity 0.90" is a wish. The threshold that grants it on calibration scores grants
something near it on the test exams, and both rates are reported as they come out there.
Read off the test curve itself the wish is granted exactly, at a threshold that nobody
could have known before, so that the two rates together come out a little too good: such
a point says so in its name and is never a primary result.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from typing import Final

import numpy as np

from bsgi.evaluation.calibration_scores import CalibrationRows, find_calibration_rows
from bsgi.evaluation.clusters import count_effective
from bsgi.evaluation.design import Design
from bsgi.evaluation.estimate import LEVEL, Estimate, check_level
from bsgi.evaluation.operating_points.choice import (
    choose_at_sensitivity,
    choose_at_specificity,
)
from bsgi.evaluation.operating_points.roc_band import build_roc_band
from bsgi.evaluation.predictions import PredictionRow
from bsgi.evaluation.rates.proportions import estimate_mean_share
from bsgi.evaluation.repeats import (
    RepeatedScores,
    average_repeats,
    collect_repeats,
    has_overlap,
)

SENSITIVITY: Final = "sensitivity"
SPECIFICITY: Final = "specificity"

TARGETS: Final = ((SPECIFICITY, 0.9), (SENSITIVITY, 0.95))
"""Rates that are aimed at unless others are asked for."""

READ_OFF: Final = "read off the test curve, optimistic"
"""Ending of the name of a point whose threshold was not chosen on other patients."""

BOOTSTRAP: Final = "bootstrap band"
"""Method of the interval of such a point."""


class ChosenOn(StrEnum):
    """Where the thresholds of an operating point come from.

    - ``CALIBRATION``: rows of the part calibrate: patients set aside, or training
      patients scored by networks that had not seen them nor anyone under test.
    - ``OTHER_FOLDS``: test rows of the other folds of the repeat, whose networks
      learned from the patients under test: a little optimistic, not primary.
    - ``FIXED``: another cohort, before this one was seen.
    - ``TEST_CURVE``: the test exams themselves: optimistic, never primary.
    """

    CALIBRATION = "calibration scores"
    OTHER_FOLDS = "scores of the other folds"
    FIXED = "fixed before"
    TEST_CURVE = "the test curve itself"


@dataclass(frozen=True, slots=True)
class FoldThreshold:
    """The threshold of one repeat and fold, and what it reached where it was chosen.

    Args:
        repeat: Number of the repeat.
        fold: Number of the fold.
        threshold: A score of this much or more is called malignant.
        exams: Calibration exams of the label that the rate aimed at is about.
        reached: That rate among them.

    Raises:
        ValueError: If the threshold is not finite.
    """

    repeat: int
    fold: int
    threshold: float
    exams: int
    reached: float

    def __post_init__(self) -> None:
        if not isfinite(self.threshold):
            raise ValueError(f"threshold must be finite, got {self.threshold}.")


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """Both rates of one method at thresholds that aim at one of them.

    Args:
        rule: Name of the point, such as ``"specificity 0.90"``; it ends on `READ_OFF`
            where nothing but the test exams could be asked.
        aim: ``"sensitivity"`` or ``"specificity"``.
        target: The rate aimed at, between 0 and 1.
        chosen_on: Where the thresholds come from.
        cross_fitted: Whether the calibration scores are those of other networks than
            the one under test.
        primary: Whether the point may stand as a result: not if read off the curve,
            nor with thresholds from networks that learned from the test patients.
        thresholds: Those of all repeats and folds; none if read off the curve.
        sensitivity: On the test exams, averaged over the repeats; None without
            malignant exams, and for the rate that a curve was read at.
        specificity: Likewise, for benign exams.
        note: Why the point was read off the curve; empty otherwise.
    """

    rule: str
    aim: str
    target: float
    chosen_on: ChosenOn
    cross_fitted: bool
    primary: bool
    thresholds: tuple[FoldThreshold, ...]
    sensitivity: Estimate | None
    specificity: Estimate | None
    note: str = ""


def find_operating_points(
    rows: Sequence[PredictionRow],
    design: Design | None,
    targets: Sequence[tuple[str, float]] = TARGETS,
    level: float = LEVEL,
) -> tuple[OperatingPoint, ...]:
    """The operating points of one method that aim at some rates.

    Each repeat and fold gets its own threshold from its calibration scores, see
    `calibration_scores.find_calibration_rows`; rates are averaged over the repeats,
    with Wilson's interval at the number of patients, as all rates are. The interval
    takes the thresholds as given: it tells of other patients tested at them, not of
    thresholds chosen anew.

    Where calibration scores are missing, or lack the label aimed at, the point is read
    off the mean ROC curve of the test exams, with the bootstrap band of that curve.

    Args:
        rows: Rows of one method, of all parts.
        design: How the study parts its patients; None if nobody said.
        targets: Pairs of ``"sensitivity"`` or ``"specificity"`` and the rate aimed at.
        level: Confidence level.

    Returns:
        One point per target; none for the design sizes, whose folds are no repeats of
        each other, nor where an exam is tested twice in a repeat.

    Raises:
        ValueError: If a target is impossible or there are several methods.

    References:
        Platt, Hanley and Yang 2000, doi
        10.1002/(SICI)1097-0258(20000215)19:3<313::AID-SIM370>3.0.CO;2-K, for bootstrap
        intervals of a sensitivity read off at a fixed specificity.
    """
    check_level(level)
    for aim, target in targets:
        if aim not in (SENSITIVITY, SPECIFICITY) or not 0 < target < 1:
            raise ValueError(
                "a target must be sensitivity or specificity with a rate between 0 and "
                f"1, got {aim!r}, {target}."
            )
    tested = [row for row in rows if row.part == "test"]
    if not tested or design is Design.SIZES or has_overlap(tested):
        return ()
    folds = sorted({(row.repeat, row.fold) for row in tested})
    given = {key: find_calibration_rows(rows, *key, design) for key in folds}
    points = []
    for aim, target in targets:
        thresholds = [
            None if there is None else _choose(key, there, aim, target)
            for key, there in given.items()
        ]
        chosen = tuple(each for each in thresholds if each is not None)
        if len(chosen) == len(folds):
            points.append(_apply(tested, given, chosen, (aim, target), level))
        else:
            points.append(_read_off(tested, (aim, target), level))
    return tuple(points)


def _choose(
    key: tuple[int, int], given: CalibrationRows, aim: str, target: float
) -> FoldThreshold | None:
    """The threshold of one repeat and fold; None without exams to choose it on."""
    scored = given.scored
    if aim == SPECIFICITY:
        about = scored.scores[scored.labels == 0]
        if about.size == 0:
            return None
        threshold = choose_at_specificity(scored, target)
        right = about < threshold
    else:
        about = scored.scores[scored.labels == 1]
        if about.size == 0:
            return None
        threshold = choose_at_sensitivity(scored, target)
        right = about >= threshold
    return FoldThreshold(*key, threshold, int(about.size), float(right.mean()))


def _apply(
    tested: Sequence[PredictionRow],
    given: dict[tuple[int, int], CalibrationRows | None],
    chosen: tuple[FoldThreshold, ...],
    wish: tuple[str, float],
    level: float,
) -> OperatingPoint:
    """The rates of the test exams at thresholds chosen in this study."""
    used = [each for each in given.values() if each is not None]
    own = all(row.part == "calibrate" for each in used for row in each.rows)
    source = ChosenOn.CALIBRATION if own else ChosenOn.OTHER_FOLDS
    crossed = any(each.cross_fitted for each in used)
    return judge_point(tested, chosen, wish, source, cross_fitted=crossed, level=level)


def judge_point(
    rows: Sequence[PredictionRow],
    thresholds: tuple[FoldThreshold, ...],
    wish: tuple[str, float],
    chosen_on: ChosenOn,
    *,
    cross_fitted: bool,
    level: float = LEVEL,
) -> OperatingPoint:
    """Both rates of the test exams at thresholds that were chosen elsewhere.

    Args:
        rows: Rows of one method, of which those of the part test count.
        thresholds: One for each repeat and fold that tests an exam.
        wish: ``"sensitivity"`` or ``"specificity"``, and the rate aimed at.
        chosen_on: Where the thresholds come from.
        cross_fitted: Whether from scores of other networks than the one under test.
        level: Confidence level.
    """
    scores = collect_repeats(
        [row for row in rows if row.part == "test"],
        {(each.repeat, each.fold): each.threshold for each in thresholds},
    )
    average = average_repeats(scores)
    return OperatingPoint(
        rule=f"{wish[0]} {wish[1]:.2f}",
        aim=wish[0],
        target=wish[1],
        chosen_on=chosen_on,
        cross_fitted=cross_fitted,
        primary=chosen_on is not ChosenOn.OTHER_FOLDS,
        thresholds=thresholds,
        sensitivity=_span(average.sensitivity, scores, 1, level),
        specificity=_span(average.specificity, scores, 0, level),
    )


def _span(
    rate: Estimate | None, scores: RepeatedScores, label: int, level: float
) -> Estimate | None:
    """A mean rate with its interval at the level asked for."""
    if rate is None:
        return None
    counted = ~np.isnan(scores.scores) & (scores.labels == label)
    number = min(count_effective(scores.patients, there) for there in counted)
    return estimate_mean_share(rate.value, number, level)


def _read_off(
    tested: Sequence[PredictionRow], wish: tuple[str, float], level: float
) -> OperatingPoint:
    """The other rate where the mean curve of the test exams has the one aimed at."""
    aim, target = wish
    scores = collect_repeats(tested)
    rate = None
    if len(set(scores.labels.tolist())) == 2:
        lines = scores.scores if scores.is_complete else scores.mean_scores()[None]
        # Seen from the benign side specificity takes the place of sensitivity.
        labels, lines = (
            (scores.labels, lines)
            if aim == SPECIFICITY
            else (1 - scores.labels, -lines)
        )
        band = build_roc_band(labels, lines, patients=scores.patients, level=level)
        value, lower, upper = (
            float(np.interp(1.0 - target, band.false_positive_rate, line))
            for line in (band.mean, band.lower, band.upper)
        )
        rate = Estimate(
            value, max(min(lower, value), 0.0), min(max(upper, value), 1.0), BOOTSTRAP
        )
    return OperatingPoint(
        rule=f"{aim} {target:.2f}, {READ_OFF}",
        aim=aim,
        target=target,
        chosen_on=ChosenOn.TEST_CURVE,
        cross_fitted=False,
        primary=False,
        thresholds=(),
        sensitivity=rate if aim == SPECIFICITY else None,
        specificity=rate if aim == SENSITIVITY else None,
        note="There are no calibration scores of the label aimed at, so no threshold "
        "could be chosen on other patients.",
    )
