"""Observed against predicted in bins: the reliability diagram's points.

Exams are ordered by probability and cut into bins of about equal numbers. There are as
many bins as patients allow at 15 per bin, ten at most and one at least; 45 patients
have three. Exams with the same probability are never parted, so that bins may merge.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Integer

from bsgi.evaluation.calibration.forecasts import Forecasts
from bsgi.evaluation.clusters import count_effective, count_patients
from bsgi.evaluation.estimate import LEVEL, Estimate
from bsgi.evaluation.rates.proportions import estimate_mean_share

MOST_BINS: Final = 10
"""More points than this show noise."""

LEAST_PATIENTS: Final = 15
"""Patients per bin; with fewer an interval spans more than half of the scale."""


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """The exams of one bin.

    Args:
        lowest: Smallest probability in it.
        highest: Largest probability in it.
        mean_probability: Mean of the probabilities: what was predicted.
        observed: Share of malignant exams: what happened. Its interval is Wilson's at
            the number of patients, by Kish where they have unequal numbers of exams.
        exams: Exams in it, each counted as often as it was predicted.
        patients: Patients in it.
    """

    lowest: float
    highest: float
    mean_probability: float
    observed: Estimate
    exams: int
    patients: int


def choose_number(patients: int) -> int:
    """How many bins some patients allow.

    Args:
        patients: Number of patients.
    """
    return min(max(patients // LEAST_PATIENTS, 1), MOST_BINS)


def assign_bins(
    forecasts: Forecasts, number: int | None = None
) -> Integer[np.ndarray, " exam"]:
    """The bin of each exam, counted from 0 in the order of probability.

    An exam's bin follows from the middle rank of its probability, so that exams with
    the same one are in the same bin.

    Args:
        forecasts: Labels and probabilities of some exams.
        number: How many bins there may be; None takes the rule above.

    Raises:
        ValueError: If the number is not positive.
    """
    wanted = choose_number(len(set(forecasts.patients))) if number is None else number
    if wanted < 1:
        raise ValueError(f"there must be at least one bin, got {wanted}.")
    _, place, counts = np.unique(
        forecasts.probabilities, return_inverse=True, return_counts=True
    )
    before = np.cumsum(counts) - counts
    middle = before + (counts - 1) / 2.0
    bins = np.floor(middle * wanted / forecasts.exams).astype(np.int64)
    _, merged = np.unique(bins, return_inverse=True)
    return merged.astype(np.int64)[place]


def build_bins(
    forecasts: Forecasts, number: int | None = None, level: float = LEVEL
) -> tuple[ReliabilityBin, ...]:
    """The points of a reliability diagram, in the order of probability.

    Args:
        forecasts: Labels and probabilities of some exams.
        number: How many bins there may be; None takes the rule above.
        level: Confidence level of the intervals.

    References:
        Brocker and Smith 2007, doi 10.1175/WAF993.1, for intervals in a reliability
        diagram.
    """
    bins = assign_bins(forecasts, number)
    found = []
    for each in range(int(bins.max()) + 1):
        inside = bins == each
        p = forecasts.probabilities[inside]
        share = float(np.mean(forecasts.labels[inside]))
        effective = count_effective(forecasts.patients, inside)
        found.append(
            ReliabilityBin(
                lowest=float(p.min()),
                highest=float(p.max()),
                mean_probability=float(p.mean()),
                observed=estimate_mean_share(share, effective, level),
                exams=int(p.size),
                patients=count_patients(forecasts.patients, inside),
            )
        )
    return tuple(found)
