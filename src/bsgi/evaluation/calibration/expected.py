"""Expected over observed: are as many malignant exams predicted as there are."""

import math
from typing import Final

from bsgi.evaluation.calibration.forecasts import Forecasts
from bsgi.evaluation.calibration.real_estimate import (
    RealEstimate,
    find_quantile,
    measure_error,
)
from bsgi.evaluation.estimate import LEVEL

LOG: Final = "log-t"
"""Method: Student's interval on the logarithm, by patients."""


def estimate_expected_observed(
    forecasts: Forecasts, level: float = LEVEL
) -> RealEstimate | None:
    """Sum of the probabilities over the number of malignant exams.

    1 is calibrated on the whole; above 1 the probabilities are too high. The interval
    is Student's on the logarithm, with expected and observed varying together.

    Args:
        forecasts: Labels and probabilities of some exams.
        level: Confidence level.

    Returns:
        The ratio; None without a malignant exam, where all probabilities are 0, or
        where the exams show no spread.

    References:
        Debray et al. 2017, A guide to systematic review and meta-analysis of prediction
        model performance, doi 10.1136/bmj.i6460, for the logarithm.
    """
    expected = math.fsum(forecasts.probabilities)
    observed = forecasts.malignant
    if observed == 0 or expected == 0:
        return None
    mean_p, mean_y = expected / forecasts.exams, forecasts.prevalence
    influence = forecasts.probabilities / mean_p - forecasts.labels / mean_y
    error = measure_error(influence, forecasts.patients)
    if error is None or error < 1e-12:
        return None
    value = expected / observed
    reach = find_quantile(forecasts.patients, level) * error
    if reach > 700:  # a limit beyond all numbers tells nothing
        return None
    return RealEstimate(value, value * math.exp(-reach), value * math.exp(reach), LOG)
