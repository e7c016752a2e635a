"""What the probabilities of a table were fitted on, as far as the table shows it.

A column of probabilities does not say where it comes from. If one of our recalibrations
fitted on the rows that may calibrate gives the same numbers again, it is known; else it
is not, and nothing is guessed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from bsgi.errors import ConfigError
from bsgi.evaluation.calibration.calibrator import CALIBRATORS, fit_calibrator
from bsgi.evaluation.calibration_scores import CalibrationRows, find_calibration_rows
from bsgi.evaluation.design import Design
from bsgi.evaluation.predictions import PredictionRow

_ALIKE: Final = 1e-6
"""Probabilities this near each other are the same."""

_FEWEST_DIGITS: Final = 3
"""Probabilities rounded to fewer decimals than this tell no recalibration."""

_COMPARED: Final = 25
"""Test exams of a fold that are compared; Venn-Abers takes two regressions for each."""


class CalibratedOn(StrEnum):
    """Which scores the probabilities were fitted on.

    - ``SET_ASIDE``: patients set aside, scored by the network under test.
    - ``OUT_OF_FOLD``: training patients, scored by networks that had not seen them.
    - ``NOT_STATED``: rows of the part calibrate, without word whose network it was.
    - ``OTHER_FOLDS``: the test scores of the other folds.
    - ``FIXED``: another cohort, before this one was seen.
    - ``GIVEN``: not known; the probabilities came with the scores.
    """

    SET_ASIDE = "patients set aside"
    OUT_OF_FOLD = "out-of-fold scores of the training part"
    NOT_STATED = "rows of the part calibrate, without word whose network scored them"
    OTHER_FOLDS = "scores of the other folds"
    FIXED = "another cohort, fixed before"
    GIVEN = "not known: the probabilities came with the scores"


@dataclass(frozen=True, slots=True)
class CalibrationSource:
    """How some probabilities came to be.

    Args:
        calibrated_on: Which scores they were fitted on.
        calibrator: Name of the recalibration; empty where it is not known.
    """

    calibrated_on: CalibratedOn = CalibratedOn.GIVEN
    calibrator: str = ""


def find_source(
    rows: Sequence[PredictionRow], design: Design | None
) -> CalibrationSource:
    """What the probabilities of a method were fitted on.

    Args:
        rows: Rows of one method, of all parts.
        design: How the study parts its patients; None if nobody said.

    Raises:
        RunError: If a patient of the part ``calibrate`` is tested in the same fold.
    """
    folds = sorted({(row.repeat, row.fold) for row in rows if row.part == "test"})
    found: set[CalibrationSource] = set()
    for repeat, fold in folds:
        given = find_calibration_rows(rows, repeat, fold, design)
        if given is None or not given.scored.has_both:
            return CalibrationSource()
        tested = [
            row
            for row in rows
            if (row.repeat, row.fold, row.part) == (repeat, fold, "test")
        ]
        known = [one.calibrator for one in found] or CALIBRATORS
        name = next((name for name in known if _fits(name, given, tested)), None)
        if name is None:
            return CalibrationSource()
        found.add(CalibrationSource(_name_rows(given), name))
    return found.pop() if len(found) == 1 else CalibrationSource()


def tolerate_rounding(probabilities: Sequence[float]) -> float:
    """How far probabilities of a table may be from those that were rounded for it.

    Half a unit of the last decimal that any of them has, from three decimals on.

    Args:
        probabilities: As they stand in the table.
    """
    for digits in range(_FEWEST_DIGITS, 6):
        if all(abs(round(p, digits) - p) < 1e-12 for p in probabilities):
            return 0.5 * 10.0**-digits + _ALIKE
    return _ALIKE


def _fits(name: str, given: CalibrationRows, tested: Sequence[PredictionRow]) -> bool:
    """Whether a recalibration fitted on these rows gives these probabilities."""
    some = [row for row in tested if row.probability is not None][:_COMPARED]
    if not some:
        return False
    try:
        calibrator = fit_calibrator(name, given.scored.scores, given.scored.labels)
    except ConfigError:  # scores that it cannot take
        return False
    again = calibrator.apply(np.array([row.score for row in some])).value
    stated = np.array([row.probability for row in some], dtype=np.float64)
    alike = tolerate_rounding(stated.tolist())
    return bool(np.all(np.abs(again - stated) <= alike))


def _name_rows(given: CalibrationRows) -> CalibratedOn:
    if given.rows[0].part != "calibrate":
        return CalibratedOn.OTHER_FOLDS
    if not given.stated:
        return CalibratedOn.NOT_STATED
    return CalibratedOn.OUT_OF_FOLD if given.cross_fitted else CalibratedOn.SET_ASIDE
