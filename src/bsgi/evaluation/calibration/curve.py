"""The calibration curve without bins, and the parts of the Brier score that it gives.

The curve is the rising step function that fits the labels best. It needs no number of
bins, so nobody can choose one that flatters, and the parts of the Brier score by it sum
without a remainder. On few exams it follows chance, which makes miscalibration and
discrimination both look larger than they are.
"""

from dataclasses import dataclass

import numpy as np

from bsgi.evaluation.calibration.forecasts import Forecasts
from bsgi.evaluation.calibration.isotonic import rise_with


@dataclass(frozen=True, slots=True)
class CurveStep:
    """One step of a calibration curve.

    Args:
        lowest: Smallest probability on it.
        highest: Largest probability on it.
        observed: Share of malignant exams on it.
        exams: Exams on it.
    """

    lowest: float
    highest: float
    observed: float
    exams: int


@dataclass(frozen=True, slots=True)
class CurveParts:
    """Parts of the Brier score by the curve: first less second plus third.

    Args:
        miscalibration: What recalibrating along the curve would gain, from 0.
        discrimination: What the recalibrated probabilities gain over the prevalence.
        uncertainty: Brier score of the prevalence, p (1 - p).
    """

    miscalibration: float
    discrimination: float
    uncertainty: float


def build_curve(forecasts: Forecasts) -> tuple[CurveStep, ...]:
    """The steps of the calibration curve, in the order of probability.

    Args:
        forecasts: Labels and probabilities of some exams.

    References:
        Dimitriadis, Gneiting and Jordan 2021, Stable reliability diagrams for
        probabilistic classifiers, doi 10.1073/pnas.2016191118.
    """
    tally, fit = rise_with(forecasts)
    begins = np.concatenate([[0], np.flatnonzero(np.diff(fit) > 0) + 1])
    ends = np.append(begins[1:], fit.size)
    return tuple(
        CurveStep(
            lowest=float(tally.scores[begin]),
            highest=float(tally.scores[end - 1]),
            observed=float(fit[begin]),
            exams=int(tally.exams[begin:end].sum()),
        )
        for begin, end in zip(begins, ends, strict=True)
    )


def part_by_curve(forecasts: Forecasts) -> CurveParts:
    """The Brier score's parts by the calibration curve; they sum to it exactly.

    Args:
        forecasts: Labels and probabilities of some exams.

    References:
        Dimitriadis, Gneiting and Jordan 2021, doi 10.1073/pnas.2016191118.
    """
    tally, fit = rise_with(forecasts)
    recalibrated = fit[np.searchsorted(tally.scores, forecasts.probabilities)]
    score = float(np.mean((forecasts.probabilities - forecasts.labels) ** 2))
    best = float(np.mean((recalibrated - forecasts.labels) ** 2))
    uncertainty = forecasts.prevalence * (1.0 - forecasts.prevalence)
    return CurveParts(score - best, uncertainty - best, uncertainty)
