import numpy as np
import pytest
from sklearn.metrics import brier_score_loss

from bsgi.evaluation.calibration.brier import (
    LOGIT,
    estimate_brier,
    estimate_skill,
    part_brier,
)
from bsgi.evaluation.calibration.curve import part_by_curve
from bsgi.evaluation.calibration.forecasts import Forecasts
from tests.evaluation.calibration.draw import draw_forecasts


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("decimals", [1, None])
def test_agrees_with_scikit_learn_1_9_and_its_parts_sum(
    seed: int, decimals: int | None
) -> None:
    forecasts = draw_forecasts(seed, decimals=decimals, slope=0.6)
    score = brier_score_loss(forecasts.labels, forecasts.probabilities)
    assert estimate_brier(forecasts).value == pytest.approx(score, abs=1e-14)
    skill = estimate_skill(forecasts)
    assert skill is not None
    constant = np.full(forecasts.exams, forecasts.prevalence)
    reference = brier_score_loss(forecasts.labels, constant)
    assert skill.value == pytest.approx(1 - score / reference, abs=1e-12)
    for number in (None, 1, 7):
        bins = part_brier(forecasts, number)
        total = bins.reliability - bins.resolution + bins.uncertainty + bins.within_bins
        assert total == pytest.approx(score, abs=1e-14)
        assert bins.uncertainty == pytest.approx(reference, abs=1e-14)
    curve = part_by_curve(forecasts)
    parts = curve.miscalibration - curve.discrimination + curve.uncertainty
    assert parts == pytest.approx(score, abs=1e-14)
    assert min(curve.miscalibration, curve.discrimination) >= 0


def test_a_bin_for_each_probability_leaves_no_remainder() -> None:
    """Murphy's three parts then sum by themselves."""
    p = np.repeat([0.1, 0.3, 0.6, 0.9], 10)
    labels = np.tile([0, 0, 1, 0, 1], 8)
    parts = part_brier(Forecasts(labels, p, tuple(map(str, range(40)))), 4)
    assert parts.within_bins == pytest.approx(0.0, abs=1e-16)
    # By hand: every probability has 4 of 10 malignant.
    assert parts.resolution == pytest.approx(0.0, abs=1e-16)
    assert parts.reliability == pytest.approx(np.mean((np.unique(p) - 0.4) ** 2))


def test_repeats_of_patients_do_not_narrow_the_interval() -> None:
    one = draw_forecasts(5)
    many = Forecasts(
        np.tile(one.labels, 5), np.tile(one.probabilities, 5), one.patients * 5
    )
    first, other = estimate_brier(one), estimate_brier(many)
    assert first.method == LOGIT
    assert (first.lower, first.upper) == pytest.approx((other.lower, other.upper))
    skills = estimate_skill(one), estimate_skill(many)
    assert skills[0] is not None
    assert skills[1] is not None
    assert skills[0].lower == pytest.approx(skills[1].lower)


def test_perfect_and_constant_probabilities_and_one_patient() -> None:
    labels = np.array([0, 1] * 10)
    names = tuple(map(str, range(20)))
    perfect = Forecasts(labels, labels.astype(np.float64), names)
    found = estimate_brier(perfect)
    assert (found.value, found.lower, found.method) == (0.0, 0.0, "wilson")
    assert found.upper == pytest.approx(0.161, abs=1e-3)
    assert estimate_skill(perfect) is None
    half = estimate_brier(Forecasts(labels, np.full(20, 0.5), names))
    assert (half.value, half.method) == (0.25, "wilson")
    alone = Forecasts(labels[:2], np.array([0.2, 0.6]), ("a", "a"))
    assert estimate_brier(alone).method == "wilson"
    assert estimate_skill(alone) is None


@pytest.mark.parametrize(("patients", "exams"), [(45, 1), (45, 5)])
def test_the_interval_holds_its_level_by_simulation(patients: int, exams: int) -> None:
    """True score from a million exams; 300 data sets, standard error 1.3 %."""
    truth = estimate_brier(draw_forecasts(0, patients=1_000_000 // exams, exams=exams))
    held = []
    for seed in range(1, 301):
        found = estimate_brier(draw_forecasts(seed, patients=patients, exams=exams))
        held.append(found.lower <= truth.value <= found.upper)
    assert 0.91 <= np.mean(held) <= 0.985
