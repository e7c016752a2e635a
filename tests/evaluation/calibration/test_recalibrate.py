from dataclasses import replace

import numpy as np
import pytest

from bsgi.errors import ConfigError, RunError
from bsgi.evaluation.calibration.calibrator import CALIBRATORS, fit_calibrator
from bsgi.evaluation.calibration.recalibrate import recalibrate_rows
from bsgi.evaluation.calibration_scores import find_calibration_rows
from bsgi.evaluation.design import Design
from bsgi.evaluation.predictions import PredictionRow
from tests.evaluation.rows import row, study_rows


@pytest.mark.parametrize("name", CALIBRATORS)
def test_each_fold_is_calibrated_on_the_others(name: str) -> None:
    rows = study_rows(repeats=2, folds=3, methods=("one", "two"))
    filled = recalibrate_rows(rows, name, Design.FOLDS)
    assert [replace(each, probability=None) for each in filled] == rows
    for method, repeat, fold in (("one", 0, 1), ("two", 1, 2)):
        own = [each for each in filled if each.method == method]
        given = find_calibration_rows(own, repeat, fold, Design.FOLDS)
        assert given is not None
        fitted = fit_calibrator(name, given.scored.scores, given.scored.labels)
        tested = [r for r in own if (r.repeat, r.fold) == (repeat, fold)]
        scores = np.array([each.score for each in tested])
        assert [each.probability for each in tested] == list(fitted.apply(scores).value)


def test_no_label_of_a_fold_touches_its_own_probabilities() -> None:
    rows = study_rows(repeats=1, folds=3)

    def turn(each: PredictionRow) -> PredictionRow:
        return replace(each, label=1 - each.label) if each.fold == 1 else each

    before = recalibrate_rows(rows, "platt", Design.FOLDS)
    after = recalibrate_rows([turn(each) for each in rows], "platt", Design.FOLDS)
    pairs = list(zip(before, after, strict=True))
    assert all(
        one.probability == two.probability for one, two in pairs if one.fold == 1
    )
    assert any(
        one.probability != two.probability for one, two in pairs if one.fold != 1
    )


def test_what_cannot_be_calibrated_is_refused() -> None:
    with pytest.raises(RunError, match="paper, repeat 0, fold 0 must have rows of the"):
        recalibrate_rows(study_rows(), "platt", Design.SINGLE)
    rows = [row("a", 0.5, 1), row("b", 0.2, 0, part="calibrate")]
    with pytest.raises(RunError, match="to be calibrated on, got 0 and 1; use more"):
        recalibrate_rows(rows, "platt", None)
    with pytest.raises(ConfigError, match="the recalibration must be one of"):
        recalibrate_rows(study_rows(folds=3), "beta", Design.FOLDS)
