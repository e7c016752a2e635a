"""Which scores of a method may calibrate the scores of one of its folds.

Nothing may be fitted on the patients that it is judged by. Two sources are left: rows
of the part ``calibrate``, which are scores of training patients by networks that had
not seen them, or of patients set aside; and, where every patient is tested in one fold,
the test scores of the other folds of the same repeat.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bsgi.errors import RunError
from bsgi.evaluation.design import Design
from bsgi.evaluation.predictions import PredictionRow, collect_scores
from bsgi.evaluation.scored import Scored


@dataclass(frozen=True, slots=True)
class CalibrationRows:
    """Scores on which probabilities or thresholds of one fold may be chosen.

    Args:
        rows: The rows, in the order of exam_id; none of a patient whom the fold tests.
        cross_fitted: Whether they are scores of other networks than the one under test:
            of folds within its training part, or of the other folds of the study. What
            is chosen on them has a weaker guarantee than what is chosen on scores of
            that network for patients set aside.
        stated: Whether the rows say by whose network the scores are. Rows of the part
            ``calibrate`` without any of the part ``train`` do not: the network under
            test may have learned from their patients, and `cross_fitted` is then False
            since nothing shows that it is so.

    Raises:
        ValueError: If there is no row.
    """

    rows: tuple[PredictionRow, ...]
    cross_fitted: bool
    stated: bool = True

    def __post_init__(self) -> None:
        if not self.rows:
            raise ValueError("calibration rows must not be empty.")

    @property
    def scored(self) -> Scored:
        """Their labels and scores, side by side."""
        return collect_scores(self.rows)


def find_calibration_rows(
    rows: Sequence[PredictionRow], repeat: int, fold: int, design: Design | None
) -> CalibrationRows | None:
    """The rows that may calibrate the test scores of one repeat and fold.

    Rows of its part ``calibrate`` if there are any. They are taken as cross-fitted if
    one of their patients has an exam in its part ``train`` too, be it another one,
    since then the network under test has learned from her and the score is another's.
    Without any row of the part ``train`` this is not stated.

    Otherwise, in the design folds, the test rows of the other folds of the repeat, as
    for a threshold by Youden's rule: the networks of those folds learned from this
    fold's patients, so the choice is not fully nested. Where nobody said the design, a
    repeat is taken as one of folds if it has several and tests every exam in one.

    Args:
        rows: Rows of one method, of all parts, repeats and folds.
        repeat: Number of the repeat whose test scores are to be calibrated.
        fold: Number of the fold.
        design: How the study parts its patients; None if nobody said.

    Returns:
        The rows; None if there are none that may be used.

    Raises:
        RunError: If a patient of the part ``calibrate`` is tested in the same fold.
        ValueError: If the rows are of several methods.
    """
    if len({row.method for row in rows}) > 1:
        raise ValueError("calibration rows must be looked for within one method.")
    own = [row for row in rows if (row.repeat, row.fold) == (repeat, fold)]
    tested = {row.patient_id for row in own if row.part == "test"}
    given = [row for row in own if row.part == "calibrate"]
    if given:
        if not tested.isdisjoint(row.patient_id for row in given):
            # No pseudonym: a message may end up in a log.
            raise RunError(
                f"{given[0].method}, repeat {repeat}, fold {fold}: a patient of the "
                "part calibrate must not be tested, but one is; put all exams of a "
                "patient into one part."
            )
        learned = {row.patient_id for row in own if row.part == "train"}
        cross_fitted = any(row.patient_id in learned for row in given)
        return CalibrationRows(_sort(given), cross_fitted, stated=bool(learned))
    others = _find_other_folds(rows, repeat, fold, design)
    left = [row for row in others if row.patient_id not in tested]
    return CalibrationRows(_sort(left), cross_fitted=True) if left else None


def _find_other_folds(
    rows: Sequence[PredictionRow], repeat: int, fold: int, design: Design | None
) -> list[PredictionRow]:
    """Test rows of the other folds, where these part the same patients."""
    if design not in (None, Design.FOLDS):
        return []
    tested = [row for row in rows if row.part == "test" and row.repeat == repeat]
    if len({row.exam_id for row in tested}) < len(tested):
        return []  # folds that test an exam twice are sizes of a training set
    return [row for row in tested if row.fold != fold]


def _sort(rows: Sequence[PredictionRow]) -> tuple[PredictionRow, ...]:
    return tuple(sorted(rows, key=lambda row: row.exam_id))
