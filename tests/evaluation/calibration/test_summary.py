import json

import numpy as np
import pytest
from pydantic import TypeAdapter

from bsgi.evaluation.calibration.decision_curve import DecisionCurve, decision_curve
from bsgi.evaluation.calibration.summary import (
    CalibrationMetrics,
    summarize_calibration,
)
from tests.evaluation.calibration.draw import draw_forecasts


def test_all_measures_together_return_from_json() -> None:
    f = draw_forecasts(1, patients=45, slope=0.5, shift=0.3)
    found = summarize_calibration(f.labels, f.probabilities, f.patients)
    assert found is not None
    assert (found.exams, found.patients) == (45, 45)
    assert found.malignant + found.benign == 45
    assert len(found.bins) == 3
    assert sum(found.histogram.malignant) == found.malignant
    assert sum(found.histogram.benign) == found.benign
    adapter = TypeAdapter(CalibrationMetrics)
    text = json.dumps(adapter.dump_python(found, mode="json"), allow_nan=False)
    assert adapter.validate_python(json.loads(text)) == found
    curve = decision_curve(f.labels, f.probabilities, resamples=20)
    other = TypeAdapter(DecisionCurve)
    text = json.dumps(other.dump_python(curve, mode="json"), allow_nan=False)
    assert other.validate_python(json.loads(text)) == curve


@pytest.mark.parametrize("label", [0, 1])
def test_one_label_two_exams_and_certainty_have_what_they_can(label: int) -> None:
    labels = np.full(2, label)
    found = summarize_calibration(labels, np.array([0.2, 0.7]))
    assert found is not None
    assert found.skill is found.slope is found.intercept is None
    assert found.prevalence == label
    certain = summarize_calibration(np.array([0, 1]), np.array([0.0, 1.0]))
    assert certain is not None
    assert certain.brier.value == 0.0
    assert certain.slope is None
    alike = summarize_calibration(np.array([0, 1]), np.array([0.5, 0.5]))
    assert alike is not None
    assert len(alike.bins) == len(alike.curve) == 1


def test_nothing_has_no_measures_and_nonsense_is_refused() -> None:
    nothing = np.array([], dtype=np.int64)
    assert summarize_calibration(nothing, np.array([])) is None
    with pytest.raises(ValueError, match="must be 0 to 1"):
        summarize_calibration(np.array([0, 1]), np.array([0.2, 1.2]))
    with pytest.raises(ValueError, match="must be finite"):
        summarize_calibration(np.array([0, 1]), np.array([0.2, np.nan]))
    with pytest.raises(ValueError, match="level must lie between 0 and 1"):
        summarize_calibration(np.array([0, 1]), np.array([0.2, 0.3]), None, 95.0)
