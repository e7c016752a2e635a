"""Calibration intercept and slope: labels regressed on the log odds of probabilities.

The slope is 1 where the spread of the probabilities is right, below 1 where they are
too extreme, as those of an overfitted network are. The intercept, in the large, is 0
where they are right on the whole, below 0 where they are too high.
"""

import math
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from jaxtyping import Float
from scipy.optimize import brentq
from scipy.special import expit
from scipy.stats import chi2

from bsgi.evaluation.calibration.forecasts import Forecasts
from bsgi.evaluation.calibration.logistic import (
    fit_constant,
    fit_logistic,
    is_separated,
    measure_loss,
)
from bsgi.evaluation.calibration.real_estimate import (
    RealEstimate,
    find_quantile,
    sum_by_patient,
)
from bsgi.evaluation.estimate import LEVEL, check_level

PROFILE: Final = "profile-likelihood"
"""Method: all values that the likelihood ratio test does not reject."""

ROBUST: Final = "robust-wald"
"""Method: Student's interval with the variance between patients (sandwich)."""


def estimate_intercept(
    forecasts: Forecasts, level: float = LEVEL
) -> RealEstimate | None:
    """Calibration in the large: what must be added to all log odds, their slope left 1.

    The interval is by the variance between patients, which holds where the slope is not
    1 too; that of the likelihood is then too narrow.

    Args:
        forecasts: Labels and probabilities of some exams.
        level: Confidence level.

    Returns:
        The intercept; None with one label or one patient only, or where a probability
        is 0 or 1, whose log odds are infinite.

    References:
        Cox 1958, doi 10.1093/biomet/45.3-4.562. Van Calster et al. 2019, Calibration:
        the Achilles heel of predictive analytics, doi 10.1186/s12916-019-1466-7. Liang
        and Zeger 1986, doi 10.1093/biomet/73.1.13, for the variance.
    """
    odds = forecasts.log_odds()
    if odds is None or min(forecasts.malignant, forecasts.benign) == 0:
        return None
    targets = forecasts.labels.astype(np.float64)
    constant = fit_constant(targets, odds)
    p = expit(odds + constant)
    information = float(np.sum(p * (1.0 - p)))
    if information == 0:  # all probabilities are 0 or 1 but for rounding
        return None
    moved = (targets - p) / information
    return _estimate_robustly(constant, moved, forecasts.patients, 1, level)


def estimate_slope(forecasts: Forecasts, level: float = LEVEL) -> RealEstimate | None:
    """Calibration slope: the factor on log odds under which the labels are most likely.

    Where each patient has one exam the interval is by profile likelihood, which suits
    small samples; otherwise by the variance between patients.

    Args:
        forecasts: Labels and probabilities of some exams.
        level: Confidence level.

    Returns:
        The slope; None where the probabilities part the labels without a fault
        (perfect separation, where it is infinite), are all the same, or one is 0 or 1.

    References:
        Cox 1958, doi 10.1093/biomet/45.3-4.562. Venzon and Moolgavkar 1988,
        doi 10.2307/2347496, for the profile likelihood.
    """
    odds = forecasts.log_odds()
    targets = forecasts.labels.astype(np.float64)
    if odds is None or is_separated(odds, targets):
        return None
    # In units of their own spread: log odds that are nearly one leave no top else.
    spread = float(np.std(odds))
    units = (odds - np.mean(odds)) / spread
    design = np.column_stack([units, np.ones(odds.size)])
    fit = fit_logistic(design, targets)

    def profile(value: float) -> float:
        turned = value * spread * units
        return measure_loss(turned + fit_constant(targets, turned), targets)

    value = float(fit.coefficients[0]) / spread
    if len(set(forecasts.patients)) == forecasts.exams:
        return _estimate_by_profile(value, fit.loss, profile, level)
    try:
        inverse = np.linalg.inv(fit.information)
    except np.linalg.LinAlgError:  # all probabilities are 0 or 1 but for rounding
        return None
    p = expit(design @ fit.coefficients)
    moved = (targets - p) * (design @ inverse)[:, 0] / spread
    return _estimate_robustly(value, moved, forecasts.patients, 2, level)


def _estimate_by_profile(
    value: float, loss: float, profile: Callable[[float], float], level: float
) -> RealEstimate:
    """A coefficient with all values that the likelihood ratio test does not reject."""
    check_level(level)
    half = float(chi2.ppf(level, 1)) / 2.0

    def apart(at: float) -> float:
        return profile(at) - loss - half

    lower, upper = (_find_limit(apart, value, side) for side in (-1.0, 1.0))
    return RealEstimate(value, lower, upper, PROFILE)


def _estimate_robustly(
    value: float,
    moved: Float[np.ndarray, " exam"],
    patients: Sequence[str],
    fitted: int,
    level: float,
) -> RealEstimate | None:
    """A coefficient with its variance between patients, whatever the model says of it.

    Args:
        value: The coefficient.
        moved: How much each exam moves it.
        patients: The patient of each exam.
        fitted: Coefficients that were fitted.
        level: Confidence level.
    """
    number = len(set(patients))
    if number <= fitted:
        return None
    sums = sum_by_patient(moved, patients)
    error = math.sqrt(number / (number - fitted) * float(np.sum(sums**2)))
    reach = find_quantile(patients, level, fitted) * error
    return RealEstimate(value, value - reach, value + reach, ROBUST)


def _find_limit(apart: Callable[[float], float], value: float, step: float) -> float:
    """Where the likelihood has fallen enough, on one side of its top."""
    inside = value
    while apart(value + step) < 0:
        inside, step = value + step, step * 2.0
    found = brentq(apart, inside, value + step, xtol=1e-12, rtol=1e-12, maxiter=500)
    return float(found)
