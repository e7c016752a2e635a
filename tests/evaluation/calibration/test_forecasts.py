from dataclasses import replace

import numpy as np
import pytest

from bsgi.evaluation.calibration.forecasts import Forecasts, collect_forecasts
from tests.evaluation.rows import row, study_rows


@pytest.mark.parametrize("wrong", [-0.01, 1.01, float("nan"), float("inf")])
def test_what_is_no_probability_is_refused(wrong: float) -> None:
    with pytest.raises(ValueError, match="must be"):
        Forecasts(np.array([0, 1]), np.array([0.5, wrong]), ("a", "b"))


def test_what_is_no_label_and_a_missing_patient_are_refused() -> None:
    with pytest.raises(ValueError, match="labels must be 0 or 1, got 2"):
        Forecasts(np.array([0, 2]), np.array([0.5, 0.5]), ("a", "b"))
    with pytest.raises(ValueError, match="got 1 patients for 2 exams"):
        Forecasts(np.array([0, 1]), np.array([0.5, 0.5]), ("a",))


def test_only_test_rows_count_and_all_must_have_a_probability() -> None:
    rows = [replace(r, probability=r.score) for r in study_rows(repeats=2)]
    other = row("x", 0.5, 1, part="calibrate")
    found = collect_forecasts([*rows, other])
    assert found is not None
    assert (found.exams, len(set(found.patients))) == (90, 45)
    assert collect_forecasts([*rows, row("x", 0.5, 1)]) is None
    assert collect_forecasts([other]) is None
    with pytest.raises(ValueError, match="within one method"):
        collect_forecasts([*rows, row("x", 0.5, 1, method="other")])


def test_zero_and_one_have_no_log_odds() -> None:
    labels = np.array([0, 1])
    assert Forecasts(labels, np.array([0.0, 0.5]), ("a", "b")).log_odds() is None
    odds = Forecasts(labels, np.array([0.5, 0.75]), ("a", "b")).log_odds()
    assert odds == pytest.approx([0.0, np.log(3.0)])
