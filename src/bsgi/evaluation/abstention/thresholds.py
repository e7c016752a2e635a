"""Two thresholds on a score, one per label, from calibration patients of that label.

With two labels the margin of a label is the score, up to its sign: a malignant exam is
strange if its score is low, a benign one if it is high. So a label is taken out of
question by comparing the score with one number.

Patients are the independent units. A woman with several calibration exams of a label
stands for it with the strangest of them: what is bounded then is the share of women of
whose exams of that label **any** is judged wrongly, which is no smaller than the share
of exams.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from bsgi.evaluation.scored import Scored

ERROR_RATE = 0.1
"""Of the patients of a label, how many may be judged wrongly."""


@dataclass(frozen=True, slots=True)
class ConformalThresholds:
    """From where on a score speaks against a label.

    Args:
        error_rate: Of the patients of a label, how many may be judged wrongly.
        malignant_from: A score below is too low for a malignant exam; None if there
            are too few malignant calibration patients to say so.
        benign_up_to: A score above is too high for a benign exam; None likewise.
        malignant_patients: Calibration patients with a malignant exam.
        benign_patients: Calibration patients with a benign exam.

    Raises:
        ValueError: If a value is impossible, or a threshold stands on too few patients.
    """

    error_rate: float
    malignant_from: float | None
    benign_up_to: float | None
    malignant_patients: int
    benign_patients: int

    def __post_init__(self) -> None:
        needed = count_needed(self.error_rate)
        for threshold, patients in (
            (self.malignant_from, self.malignant_patients),
            (self.benign_up_to, self.benign_patients),
        ):
            if patients < 0 or (threshold is None) != (patients < needed):
                raise ValueError(
                    f"there must be a threshold from {needed} calibration patients of "
                    f"a label on and none below, got {threshold} of {patients}."
                )
            if threshold is not None and not math.isfinite(threshold):
                raise ValueError(f"a threshold must be finite, got {threshold}.")

    @property
    def refers_everything(self) -> bool:
        """Whether a label has too few patients, so that nothing is decided.

        One threshold alone would hold its bound too, but would call one way only.
        """
        return self.malignant_from is None or self.benign_up_to is None


def check_error_rate(error_rate: float) -> None:
    """Refuse an error rate that is none.

    Raises:
        ValueError: If it does not lie between 0 and 1.
    """
    if not 0 < error_rate < 1:
        raise ValueError(f"error_rate must lie between 0 and 1, got {error_rate}.")


def count_needed(error_rate: float) -> int:
    """The fewest calibration patients by which a label can be excluded at all.

    It is ceil(1 / error_rate) - 1: 9 for 10 %.

    Args:
        error_rate: Of the patients of a label, how many may be judged wrongly.

    Raises:
        ValueError: If the error rate does not lie between 0 and 1.
    """
    check_error_rate(error_rate)
    return math.ceil(1 / _as_written(error_rate)) - 1


def count_strange(patients: int, error_rate: float) -> int:
    """How many of the strangest calibration patients lie at the threshold or beyond.

    It is floor(error_rate * (patients + 1)); the threshold is the least strange of
    them, which is the ceil((1 - error_rate) (patients + 1))-th score in the order of
    strangeness. 0 if no threshold can be had.

    Args:
        patients: Calibration patients of the label.
        error_rate: Of the patients of a label, how many may be judged wrongly.
    """
    return math.floor(_as_written(error_rate) * (patients + 1))


def fit_thresholds(
    scored: Scored, patients: Sequence[str], error_rate: float = ERROR_RATE
) -> ConformalThresholds:
    """The two thresholds by class-conditional (Mondrian) split conformal prediction.

    A label is excluded if fewer than floor(error_rate (n + 1)) of the n calibration
    patients of the label have an exam at least as strange. A score that ties with the
    threshold excludes nothing; so ties refer more and never raise the error, and no
    chance is needed to break them.

    Args:
        scored: Labels and scores of the calibration exams.
        patients: The patient of each exam.
        error_rate: Of the patients of a label, how many may be judged wrongly.

    Raises:
        ValueError: If an exam lacks its patient, or the error rate is none.

    References:
        Vovk 2013, Conditional validity of inductive conformal predictors,
        doi 10.1007/s10994-013-5355-6. Sadinle, Lei and Wasserman 2019, Least ambiguous
        set-valued classifiers, doi 10.1080/01621459.2017.1395341. Several exams of a
        patient: Dunn, Wasserman and Ramdas 2023, doi 10.1080/01621459.2022.2060112,
        who draw one of them; the strangest needs no draw and bounds more.
    """
    check_error_rate(error_rate)
    if len(patients) != scored.labels.size:
        raise ValueError("every exam must have its patient.")
    malignant = _list_margins(scored, patients, 1)
    benign = _list_margins(scored, patients, 0)
    lowest = _find_threshold(malignant, error_rate)
    highest = _find_threshold(benign, error_rate)
    return ConformalThresholds(
        error_rate=error_rate,
        malignant_from=lowest,
        benign_up_to=None if highest is None else -highest,
        malignant_patients=len(malignant),
        benign_patients=len(benign),
    )


def refer_everything(error_rate: float) -> ConformalThresholds:
    """Thresholds where there is no calibration patient at all.

    Args:
        error_rate: Of the patients of a label, how many may be judged wrongly.
    """
    return ConformalThresholds(error_rate, None, None, 0, 0)


def _as_written(error_rate: float) -> Fraction:
    """The decimal number that was meant, so that 0.1 of 30 patients are 3 and not 2."""
    return Fraction(repr(float(error_rate)))


def _list_margins(scored: Scored, patients: Sequence[str], label: int) -> list[float]:
    """The lowest margin of each patient with the label, the strangest first."""
    lowest: dict[str, float] = {}
    for place in np.flatnonzero(scored.labels == label):
        score, patient = float(scored.scores[place]), patients[int(place)]
        margin = score if label else -score
        lowest[patient] = min(lowest.get(patient, math.inf), margin)
    return sorted(lowest.values())


def _find_threshold(margins: Sequence[float], error_rate: float) -> float | None:
    strange = count_strange(len(margins), error_rate)
    return margins[strange - 1] if strange else None
