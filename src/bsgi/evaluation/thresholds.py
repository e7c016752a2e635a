"""From which score on an exam is called malignant: a number, or one chosen on training.

A threshold may be chosen on patients that a model was trained on, never on those that
it is tested on. Where every patient is tested in one fold, the out-of-fold scores of
the other folds are scores of this fold's training patients by models that had not seen
them. No label of the fold is read for its threshold, but the networks that scored the
others learned from its patients; so the choice is not fully nested, and what it reaches
may be a little too good. Fully nested it would take a training of its own within each
fold. A hospital that is left out must not be learned from at all: there the rule is
refused.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Final, Literal

import numpy as np

from bsgi.errors import ConfigError, RunError
from bsgi.evaluation.areas.roc import build_roc
from bsgi.evaluation.design import Design
from bsgi.evaluation.predictions import PredictionRow, collect_scores
from bsgi.evaluation.scored import Scored

YOUDEN: Final = "youden"
"""Name of the rule that maximises sensitivity + specificity - 1."""

Threshold = float | Literal["youden"]
"""A score, or the name of a rule."""

Thresholds = Mapping[tuple[int, int], float]
"""Threshold of each repeat and fold."""


def check_threshold(threshold: Threshold, design: Design | None) -> None:
    """Refuse a threshold that is no number, and a rule that a design cannot follow.

    Args:
        threshold: A score or the name of a rule.
        design: How the study parts its patients; None if nobody said.

    Raises:
        ConfigError: If the threshold is not finite, or a rule has no training scores.
    """
    if isinstance(threshold, str):
        if design is not Design.FOLDS:
            raise ConfigError(
                f"the threshold {threshold!r} must be chosen on out-of-fold scores of "
                "training patients, which only the design folds has (those of other "
                "sites come from networks that learned from the site under test); "
                "choose a number, such as 0.5."
            )
    elif not math.isfinite(threshold):
        raise ConfigError(
            f"threshold must be a finite number, got {threshold}; choose one on the "
            "scale of the scores, such as 0.5."
        )


def choose_thresholds(
    rows: Sequence[PredictionRow], threshold: Threshold
) -> dict[tuple[int, int], float]:
    """The threshold of each repeat and fold of one method.

    By Youden's rule that of a fold comes from the test scores of the other folds of its
    repeat, without any exam of a patient whom the fold tests. So no label of the fold
    is read for it, though the networks of the other folds learned from them.

    Args:
        rows: Test rows of one method.
        threshold: A score, which is then that of all folds, or the name of a rule.

    Raises:
        RunError: If the other folds of a fold lack malignant or benign exams.
    """
    folds: dict[tuple[int, int], list[PredictionRow]] = {}
    for row in rows:
        folds.setdefault((row.repeat, row.fold), []).append(row)
    if not isinstance(threshold, str):
        return dict.fromkeys(sorted(folds), threshold)
    chosen = {}
    for repeat, fold in sorted(folds):
        tested = {row.patient_id for row in folds[repeat, fold]}
        others = [
            row
            for (other, _), entries in folds.items()
            if other == repeat
            for row in entries
            if row.patient_id not in tested
        ]
        if len({row.label for row in others}) < 2:
            raise RunError(
                f"the threshold of repeat {repeat}, fold {fold} must be chosen on "
                "malignant and benign exams of its other folds, which lack one of the "
                "two; choose a number, such as 0.5."
            )
        chosen[repeat, fold] = find_youden(collect_scores(others))
    return chosen


def find_youden(scored: Scored) -> float:
    """The threshold at which sensitivity + specificity - 1 is largest.

    It lies half-way between the two neighbouring scores that it parts. Of several that
    are equally good the highest is taken, which calls the fewest exams malignant. Where
    none is better than chance this may be the lowest score, at which all are called
    malignant.

    Args:
        scored: Labels and scores, with both labels.

    Raises:
        ValueError: If there is no malignant or no benign exam.

    References:
        Youden 1950, Index for rating diagnostic tests,
        doi 10.1002/1097-0142(1950)3:1<32::AID-CNCR2820030106>3.0.CO;2-3.
    """
    curve = build_roc(scored)
    # In whole numbers, since rounding must not part thresholds that are equally good;
    # the first corner, which calls nothing malignant, has no finite threshold.
    caught = np.rint(curve.true_positive_rate[1:] * scored.malignant).astype(np.int64)
    alarms = np.rint(curve.false_positive_rate[1:] * scored.benign).astype(np.int64)
    best = int(np.argmax(caught * scored.benign - alarms * scored.malignant))
    scores = curve.thresholds[1:]
    lowest_called = float(scores[best])
    if best + 1 == scores.size:
        return lowest_called
    below = float(scores[best + 1])
    middle = lowest_called / 2.0 + below / 2.0
    # Between neighbouring numbers of the machine there is no middle.
    return middle if below < middle <= lowest_called else lowest_called
