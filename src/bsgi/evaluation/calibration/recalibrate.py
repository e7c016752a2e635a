"""Probabilities for test rows, fitted on rows that may calibrate them."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from jaxtyping import Float

from bsgi.errors import RunError
from bsgi.evaluation.calibration.calibrator import fit_calibrator
from bsgi.evaluation.calibration_scores import find_calibration_rows
from bsgi.evaluation.design import Design
from bsgi.evaluation.predictions import PredictionRow


def recalibrate_rows(
    rows: Sequence[PredictionRow], name: str, design: Design | None
) -> tuple[PredictionRow, ...]:
    """The same rows, the test rows with a probability.

    Each repeat and fold of each method has a recalibration of its own, fitted on what
    `calibration_scores.find_calibration_rows` gives: never on an exam of a patient whom
    it tests. A probability that was there before is replaced; rows of other parts keep
    theirs.

    Args:
        rows: Rows of any methods.
        name: Which recalibration: temperature, platt, isotonic or venn-abers.
        design: How the study parts its patients; None if nobody said.

    Raises:
        ConfigError: If there is no such recalibration, or it cannot take the scores.
        RunError: If a repeat and fold has no exams to be calibrated on, or these are of
            one label only.
    """
    filled = list(rows)
    for method in dict.fromkeys(row.method for row in rows):
        places = [place for place, row in enumerate(rows) if row.method == method]
        own = [rows[place] for place in places]
        tested = {(row.repeat, row.fold) for row in own if row.part == "test"}
        for repeat, fold in sorted(tested):
            there = [
                place
                for place in places
                if (rows[place].repeat, rows[place].fold) == (repeat, fold)
                and rows[place].part == "test"
            ]
            scores = np.array([rows[place].score for place in there])
            found = _recalibrate(own, repeat, fold, design, name, scores)
            for place, value in zip(there, found, strict=True):
                filled[place] = replace(rows[place], probability=value)
    return tuple(filled)


def _recalibrate(
    own: Sequence[PredictionRow],
    repeat: int,
    fold: int,
    design: Design | None,
    name: str,
    scores: Float[np.ndarray, " exam"],
) -> list[float]:
    """Probabilities of the test scores of one repeat and fold."""
    where = f"{own[0].method}, repeat {repeat}, fold {fold}"
    given = find_calibration_rows(own, repeat, fold, design)
    if given is None:
        raise RunError(
            f"{where} must have rows of the part calibrate, or other folds of the "
            "design folds, to be calibrated on, got none; add such rows, or train with "
            "a recipe that has a table calibration."
        )
    scored = given.scored
    if not scored.has_both:
        raise RunError(
            f"{where} must have malignant and benign exams to be calibrated on, got "
            f"{scored.malignant} and {scored.benign}; use more exams."
        )
    calibrator = fit_calibrator(name, scored.scores, scored.labels)
    return [float(value) for value in calibrator.apply(scores).value]
