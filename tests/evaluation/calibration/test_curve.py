import numpy as np
import pytest
from sklearn.isotonic import IsotonicRegression

from bsgi.evaluation.calibration.curve import build_curve
from tests.evaluation.calibration.draw import draw_forecasts


@pytest.mark.parametrize("decimals", [1, None])
def test_the_curve_is_scikit_learn_1_9s_isotonic_regression(
    decimals: int | None,
) -> None:
    forecasts = draw_forecasts(7, patients=120, decimals=decimals)
    fit = IsotonicRegression().fit_transform(forecasts.probabilities, forecasts.labels)
    steps = build_curve(forecasts)
    assert sum(step.exams for step in steps) == 120
    for step in steps:
        inside = (forecasts.probabilities >= step.lowest) & (
            forecasts.probabilities <= step.highest
        )
        assert inside.sum() == step.exams
        assert fit[inside] == pytest.approx(step.observed)
    assert np.all(np.diff([step.observed for step in steps]) > 0)
