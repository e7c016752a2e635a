"""The Brier score: mean squared distance of probability and label, with its parts.

0 is perfect; who always says the prevalence p gets p (1 - p). It rewards calibration
and discrimination together, so the parts are told apart.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from bsgi.evaluation.calibration.bins import assign_bins
from bsgi.evaluation.calibration.forecasts import Forecasts
from bsgi.evaluation.calibration.real_estimate import (
    RealEstimate,
    find_quantile,
    measure_error,
)
from bsgi.evaluation.clusters import count_effective
from bsgi.evaluation.estimate import LEVEL, Estimate
from bsgi.evaluation.rates.proportions import estimate_mean_share

LOGIT: Final = "logit-t"
"""Method: Student's interval on log odds of the score, by patients."""

LINEAR: Final = "linearised-t"
"""Method: Student's interval on the quantity itself, by patients."""


@dataclass(frozen=True, slots=True)
class BrierParts:
    """Murphy's parts of the Brier score, by bins.

    score = reliability - resolution + uncertainty + within_bins

    Args:
        reliability: Squared distance of mean probability and observed share of a bin,
            averaged over exams; 0 is calibrated.
        resolution: Squared distance of the observed share of a bin and the prevalence;
            the larger, the better.
        uncertainty: p (1 - p) of the prevalence p; no method can change it.
        within_bins: The remainder: spread of the probabilities within bins less twice
            their covariance with the labels there. 0 where a bin has one probability.
    """

    reliability: float
    resolution: float
    uncertainty: float
    within_bins: float


def estimate_brier(forecasts: Forecasts, level: float = LEVEL) -> Estimate:
    """The Brier score with an interval by patients.

    Student's interval on log odds of the score, carried back. Where all exams have the
    same squared distance, as where all are perfect, or there is one patient only, it is
    Wilson's at Kish's number of patients: for values between 0 and 1 no variance is
    larger than that of a share, so it holds its level, and is wider than need be.

    Args:
        forecasts: Labels and probabilities of some exams.
        level: Confidence level.

    References:
        Brier 1950, doi 10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2.
    """
    squares = (forecasts.probabilities - forecasts.labels) ** 2
    score = min(math.fsum(squares) / forecasts.exams, 1.0)
    error = measure_error(squares - score, forecasts.patients)
    if not 0 < score < 1 or error is None or error < 1e-12:
        everyone = np.ones(forecasts.exams, dtype=bool)
        patients = count_effective(forecasts.patients, everyone)
        return estimate_mean_share(score, patients, level)
    reach = find_quantile(forecasts.patients, level) * error / (score * (1.0 - score))
    odds = math.log(score / (1.0 - score))
    lower, upper = (1.0 / (1.0 + math.exp(-odds + side * reach)) for side in (1, -1))
    return Estimate(score, min(lower, score), max(upper, score), LOGIT)


def part_brier(forecasts: Forecasts, number: int | None = None) -> BrierParts:
    """Murphy's parts of the Brier score over bins of equal numbers of exams.

    Args:
        forecasts: Labels and probabilities of some exams.
        number: How many bins there may be; None takes the rule of `bins.py`.

    References:
        Murphy 1973, doi 10.1175/1520-0450(1973)012<0595:ANVPOT>2.0.CO;2. Stephenson,
        Coelho and Jolliffe 2008, Two extra components in the Brier score decomposition,
        doi 10.1175/2007WAF2006116.1, for the remainder.
    """
    bins = assign_bins(forecasts, number)
    exams = np.bincount(bins)
    predicted = np.bincount(bins, weights=forecasts.probabilities) / exams
    observed = np.bincount(bins, weights=forecasts.labels) / exams
    share = exams / forecasts.exams
    prevalence = forecasts.prevalence
    apart = forecasts.probabilities - predicted[bins]
    within = apart**2 - 2.0 * apart * (forecasts.labels - observed[bins])
    return BrierParts(
        reliability=float(np.sum(share * (predicted - observed) ** 2)),
        resolution=float(np.sum(share * (observed - prevalence) ** 2)),
        uncertainty=prevalence * (1.0 - prevalence),
        within_bins=float(np.mean(within)),
    )


def estimate_skill(forecasts: Forecasts, level: float = LEVEL) -> RealEstimate | None:
    """Brier skill: the share of the prevalence's Brier score that is saved.

    1 is perfect, 0 as good as saying the prevalence of these exams to everybody, and
    below that the probabilities do harm.

    Args:
        forecasts: Labels and probabilities of some exams.
        level: Confidence level.

    Returns:
        The skill; None with one label only, or where the exams show no spread.
    """
    prevalence = forecasts.prevalence
    uncertainty = prevalence * (1.0 - prevalence)
    if uncertainty == 0:
        return None
    squares = (forecasts.probabilities - forecasts.labels) ** 2
    score = float(np.mean(squares))
    slope = (1.0 - 2.0 * prevalence) * (forecasts.labels - prevalence)
    influence = (score / uncertainty * slope - (squares - score)) / uncertainty
    error = measure_error(influence, forecasts.patients)
    if error is None or error < 1e-12:
        return None
    value = 1.0 - score / uncertainty
    reach = find_quantile(forecasts.patients, level) * error
    return RealEstimate(value, value - reach, min(value + reach, 1.0), LINEAR)
