"""The thresholds of each repeat and fold of a study, and what they decide."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bsgi.evaluation.abstention.decisions import DecidedExam, decide
from bsgi.evaluation.abstention.guarantee import Basis
from bsgi.evaluation.abstention.thresholds import (
    ConformalThresholds,
    fit_thresholds,
    refer_everything,
)
from bsgi.evaluation.calibration_scores import CalibrationRows, find_calibration_rows
from bsgi.evaluation.design import Design
from bsgi.evaluation.predictions import PredictionRow, collect_scores


@dataclass(frozen=True, slots=True)
class FoldThresholds:
    """The thresholds of one repeat and fold.

    Args:
        repeat: Number of the repeat.
        fold: Number of the fold.
        basis: Whose scores they stand on; None if there were none.
        cross_fitted: Whether those are scores of other networks, as far as is stated.
        thresholds: The thresholds.
    """

    repeat: int
    fold: int
    basis: Basis | None
    cross_fitted: bool
    thresholds: ConformalThresholds


def choose_fold_thresholds(
    rows: Sequence[PredictionRow],
    design: Design | None,
    error_rate: float,
    exam_ids: Collection[str] | None = None,
) -> tuple[FoldThresholds, ...]:
    """Conformal thresholds of each repeat and fold that tests an exam, in order.

    No label of a fold's patients is read for its thresholds.

    Args:
        rows: Rows of one method, of all parts.
        design: How the study parts its patients; None if nobody said.
        error_rate: Of the patients of a label, how many may be judged wrongly.
        exam_ids: Exams that may calibrate, such as those of one camera; None for all.

    Raises:
        RunError: If a patient of the part ``calibrate`` is tested in the same fold.
        ValueError: If the rows are of several methods.
    """
    tested = sorted({(row.repeat, row.fold) for row in rows if row.part == "test"})
    chosen = []
    for repeat, fold in tested:
        found = find_calibration_rows(rows, repeat, fold, design)
        kept = [
            row
            for row in (() if found is None else found.rows)
            if exam_ids is None or row.exam_id in exam_ids
        ]
        chosen.append(
            FoldThresholds(
                repeat=repeat,
                fold=fold,
                basis=None if found is None else _find_basis(found, design),
                cross_fitted=found is not None and found.cross_fitted,
                thresholds=_fit(kept, error_rate),
            )
        )
    return tuple(chosen)


def decide_rows(
    rows: Sequence[PredictionRow], chosen: Sequence[FoldThresholds]
) -> tuple[DecidedExam, ...]:
    """What the thresholds decide of each test row.

    Args:
        rows: Rows of one method; only those of the part test count.
        chosen: The thresholds of each of their repeats and folds.
    """
    thresholds = {(one.repeat, one.fold): one.thresholds for one in chosen}
    return tuple(
        DecidedExam(
            repeat=row.repeat,
            exam_id=row.exam_id,
            patient_id=row.patient_id,
            label=row.label,
            decision=decide(thresholds[row.repeat, row.fold], row.score),
        )
        for row in rows
        if row.part == "test"
    )


def _find_basis(found: CalibrationRows, design: Design | None) -> Basis:
    if design in (Design.SITES, Design.PERIODS):
        return Basis.OTHER_PATIENTS
    if not found.stated:
        return Basis.NOT_STATED
    if not found.cross_fitted:
        return Basis.SET_ASIDE
    own = found.rows[0].part == "calibrate"
    return Basis.INNER_FOLDS if own else Basis.OTHER_FOLDS


def _fit(rows: Sequence[PredictionRow], error_rate: float) -> ConformalThresholds:
    if not rows:
        return refer_everything(error_rate)
    patients = [row.patient_id for row in rows]
    return fit_thresholds(collect_scores(rows), patients, error_rate)
