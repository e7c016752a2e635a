from itertools import pairwise

import numpy as np
import pytest
from sklearn.calibration import calibration_curve

from bsgi.evaluation.calibration.bins import assign_bins, build_bins, choose_number
from bsgi.evaluation.calibration.forecasts import Forecasts
from bsgi.evaluation.rates.proportions import estimate_proportion
from tests.evaluation.calibration.draw import draw_forecasts


@pytest.mark.parametrize(
    ("patients", "number"), [(2, 1), (29, 1), (45, 3), (149, 9), (231, 10), (9999, 10)]
)
def test_patients_say_how_many_bins_there_are(patients: int, number: int) -> None:
    assert choose_number(patients) == number


@pytest.mark.parametrize("seed", range(5))
def test_agrees_with_scikit_learn_1_9s_quantile_bins(seed: int) -> None:
    forecasts = draw_forecasts(seed, patients=200)
    observed, predicted = calibration_curve(
        forecasts.labels, forecasts.probabilities, n_bins=10, strategy="quantile"
    )
    bins = build_bins(forecasts)
    assert [each.exams for each in bins] == [20] * 10
    assert [each.mean_probability for each in bins] == pytest.approx(predicted)
    assert [each.observed.value for each in bins] == pytest.approx(observed)


@pytest.mark.parametrize("decimals", [1, 2, None])
def test_ties_stay_together_and_bins_rise(decimals: int | None) -> None:
    forecasts = draw_forecasts(3, patients=150, decimals=decimals)
    bins = build_bins(forecasts)
    assert sum(each.exams for each in bins) == 150
    for one, other in pairwise(bins):
        assert one.highest < other.lowest


def test_all_alike_make_one_bin() -> None:
    forecasts = Forecasts(np.array([0, 1] * 30), np.full(60, 0.4), tuple("ab" * 30))
    assert set(assign_bins(forecasts, 5)) == {0}
    with pytest.raises(ValueError, match="at least one bin"):
        assign_bins(forecasts, 0)


def test_the_interval_is_wilsons_of_patients_not_of_exams() -> None:
    once, thrice = draw_forecasts(1), draw_forecasts(1)
    tripled = Forecasts(
        np.tile(thrice.labels, 3), np.tile(thrice.probabilities, 3), thrice.patients * 3
    )
    for one, other in zip(build_bins(once), build_bins(tripled), strict=True):
        assert (one.patients, 3 * one.exams) == (other.patients, other.exams)
        assert one.observed == other.observed
        wilson = estimate_proportion(round(one.observed.value * one.exams), one.exams)
        assert wilson is not None
        assert one.observed.lower == pytest.approx(wilson.lower)
