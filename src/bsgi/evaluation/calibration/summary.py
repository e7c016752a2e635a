"""How far the probabilities of one method can be believed: all measures together."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from jaxtyping import Float, Integer

from bsgi.evaluation.calibration.bins import ReliabilityBin, build_bins
from bsgi.evaluation.calibration.brier import (
    BrierParts,
    estimate_brier,
    estimate_skill,
    part_brier,
)
from bsgi.evaluation.calibration.curve import (
    CurveParts,
    CurveStep,
    build_curve,
    part_by_curve,
)
from bsgi.evaluation.calibration.expected import estimate_expected_observed
from bsgi.evaluation.calibration.forecasts import Forecasts, name_patients
from bsgi.evaluation.calibration.real_estimate import RealEstimate
from bsgi.evaluation.calibration.slope import estimate_intercept, estimate_slope
from bsgi.evaluation.calibration.source import CalibrationSource
from bsgi.evaluation.estimate import LEVEL, Estimate, check_level

HISTOGRAM_BINS: Final = 20
"""Bars of equal width from 0 to 1 below a reliability diagram."""


@dataclass(frozen=True, slots=True)
class Histogram:
    """How often each probability was given, in bars of equal width from 0 to 1.

    Args:
        malignant: Malignant exams in each bar.
        benign: Benign exams in each bar.
    """

    malignant: tuple[int, ...]
    benign: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CalibrationMetrics:
    """How well the probabilities of one method agree with what happened.

    Args:
        exams: Exams, each counted as often as it was predicted.
        patients: Patients, each counted once.
        malignant: Malignant exams, counted as `exams` are.
        benign: Benign exams, likewise.
        mean_probability: Mean of the probabilities.
        prevalence: Share of malignant exams.
        brier: Brier score, 0 to 1; the smaller, the better.
        skill: Share of the prevalence's Brier score that is saved; None where
            undefined.
        by_bins: Parts of the Brier score by the bins below.
        by_curve: Parts of it by the curve below.
        intercept: Calibration in the large; 0 is right. None where undefined.
        slope: Calibration slope; 1 is right. None where undefined.
        expected_observed: Expected over observed malignant exams; 1 is right. None
            where undefined.
        bins: Observed against predicted in bins of about equal numbers.
        curve: The calibration curve without bins, as steps.
        histogram: How often each probability was given.
        source: What the probabilities were fitted on, as far as it is known.
    """

    exams: int
    patients: int
    malignant: int
    benign: int
    mean_probability: float
    prevalence: float
    brier: Estimate
    skill: RealEstimate | None
    by_bins: BrierParts
    by_curve: CurveParts
    intercept: RealEstimate | None
    slope: RealEstimate | None
    expected_observed: RealEstimate | None
    bins: tuple[ReliabilityBin, ...]
    curve: tuple[CurveStep, ...]
    histogram: Histogram
    source: CalibrationSource = field(default_factory=CalibrationSource)


def summarize_calibration(
    labels: Integer[np.ndarray, " exam"],
    probabilities: Float[np.ndarray, " exam"],
    patients: Sequence[str] | None = None,
    level: float = LEVEL,
    source: CalibrationSource | None = None,
) -> CalibrationMetrics | None:
    """Reliability, Brier score, intercept and slope of some probabilities.

    Repeats of an exam stand side by side, each with its patient's name: then all values
    are those of the average repeat, and the intervals are those of the patients.

    Args:
        labels: 1 malignant, 0 benign.
        probabilities: Chance of malignancy, 0 to 1.
        patients: The patient of each exam; None if each is of another.
        level: Confidence level of the intervals.
        source: What the probabilities were fitted on; None if it is not known.

    Returns:
        The measures; None without an exam.

    Raises:
        ValueError: If a label, a probability or the level is impossible.
    """
    check_level(level)
    if labels.size == 0 and probabilities.size == 0:
        return None
    names = name_patients(patients, labels.size)
    forecasts = Forecasts(labels, probabilities, names)
    return CalibrationMetrics(
        exams=forecasts.exams,
        patients=len(set(names)),
        malignant=forecasts.malignant,
        benign=forecasts.benign,
        mean_probability=float(np.mean(probabilities)),
        prevalence=forecasts.prevalence,
        brier=estimate_brier(forecasts, level),
        skill=estimate_skill(forecasts, level),
        by_bins=part_brier(forecasts),
        by_curve=part_by_curve(forecasts),
        intercept=estimate_intercept(forecasts, level),
        slope=estimate_slope(forecasts, level),
        expected_observed=estimate_expected_observed(forecasts, level),
        bins=build_bins(forecasts, level=level),
        curve=build_curve(forecasts),
        histogram=Histogram(
            malignant=_count_bars(forecasts, label=1),
            benign=_count_bars(forecasts, label=0),
        ),
        source=source or CalibrationSource(),
    )


def _count_bars(forecasts: Forecasts, *, label: int) -> tuple[int, ...]:
    own = forecasts.probabilities[forecasts.labels == label]
    counts, _ = np.histogram(own, bins=HISTOGRAM_BINS, range=(0.0, 1.0))
    return tuple(int(count) for count in counts)
