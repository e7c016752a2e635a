"""Measured errors and referrals per label, and rates among what was decided.

Repeats on the same patients are no new patients: shares are averaged over the repeats
and their intervals are those of the patients.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bsgi.evaluation.abstention.decisions import DecidedExam, Decision
from bsgi.evaluation.clusters import count_effective
from bsgi.evaluation.estimate import LEVEL, Estimate
from bsgi.evaluation.rates.confusion import Confusion
from bsgi.evaluation.rates.proportions import ProportionInterval, estimate_mean_share


@dataclass(frozen=True, slots=True)
class LabelOutcome:
    """What became of the patients of one label.

    A woman with several exams of the label counts by the mean of her exams; but for
    `error` she counts as judged wrongly if any of them is.

    Args:
        patients: Patients with a test exam of the label; the smallest number of a
            repeat if the repeats differ.
        exams: Test exams of the label, each counted once over all repeats.
        error: Share whose true label was excluded: called the other label, or nothing
            left. Interval: Clopper and Pearson's.
        called_right: Share called by their label.
        called_wrong: Share called the other label.
        referred: Share referred, whether both labels or none were left.
        empty: Share referred because no label was left.
        error_by_repeat: The error of each repeat.
    """

    patients: int
    exams: int
    error: Estimate
    called_right: Estimate
    called_wrong: Estimate
    referred: Estimate
    empty: Estimate
    error_by_repeat: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class CalledOutcome:
    """How good the calls are where one was made. The error rate bounds none of these.

    Args:
        patients: Patients with an exam that was called in a repeat.
        confusion: Calls, right and wrong, summed over the repeats.
        sensitivity: Of called malignant exams, those called malignant.
        specificity: Of called benign exams, those called benign.
        ppv: Of exams called malignant, those that are. It and `npv` hold for the share
            of malignant exams that these patients have.
        npv: Of exams called benign, those that are.
    """

    patients: int
    confusion: Confusion
    sensitivity: Estimate | None
    specificity: Estimate | None
    ppv: Estimate | None
    npv: Estimate | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of some patients.

    Args:
        malignant: Those with a malignant exam; None without any.
        benign: Those with a benign exam; None without any.
        called: The calls that were made.
    """

    malignant: LabelOutcome | None
    benign: LabelOutcome | None
    called: CalledOutcome


def summarize_outcome(exams: Sequence[DecidedExam], level: float = LEVEL) -> Outcome:
    """Errors, referrals and rates of decided exams.

    Args:
        exams: Each at most once per repeat, in any order.
        level: Confidence level of the intervals.
    """
    return Outcome(
        malignant=_summarize_label(exams, 1, level),
        benign=_summarize_label(exams, 0, level),
        called=_summarize_called(exams, level),
    )


def _summarize_label(
    exams: Sequence[DecidedExam], label: int, level: float
) -> LabelOutcome | None:
    repeats: dict[int, dict[str, list[Decision]]] = {}
    for exam in exams:
        if exam.label == label:
            patients = repeats.setdefault(exam.repeat, {})
            patients.setdefault(exam.patient_id, []).append(exam.decision)
    if not repeats:
        return None
    number = min(map(len, repeats.values()))
    right = Decision.MALIGNANT if label else Decision.BENIGN
    wrong = Decision.BENIGN if label else Decision.MALIGNANT
    errors = tuple(
        sum(any(d.excludes(label) for d in made) for made in patients.values())
        / len(patients)
        for _, patients in sorted(repeats.items())
    )

    def average(counts: Callable[[Decision], bool]) -> Estimate:
        means = [
            math.fsum(sum(map(counts, made)) / len(made) for made in patients.values())
            / len(patients)
            for patients in repeats.values()
        ]
        return _estimate(means, number, level)

    return LabelOutcome(
        patients=number,
        exams=len({exam.exam_id for exam in exams if exam.label == label}),
        error=_estimate(errors, number, level, ProportionInterval.EXACT),
        called_right=average(lambda decision: decision is right),
        called_wrong=average(lambda decision: decision is wrong),
        referred=average(lambda decision: decision.is_referred),
        empty=average(lambda decision: decision is Decision.NEITHER),
        error_by_repeat=errors,
    )


def _estimate(
    shares: Sequence[float],
    patients: int,
    level: float,
    method: ProportionInterval = ProportionInterval.WILSON,
) -> Estimate:
    mean = min(math.fsum(shares) / len(shares), 1.0)
    return estimate_mean_share(mean, patients, level, method)


def _summarize_called(exams: Sequence[DecidedExam], level: float) -> CalledOutcome:
    called = [exam for exam in exams if not exam.decision.is_referred]
    owners = [exam.patient_id for exam in called]
    malignant = np.array([exam.label == 1 for exam in called], dtype=np.bool_)
    positive = np.array(
        [exam.decision is Decision.MALIGNANT for exam in called], dtype=np.bool_
    )
    right = malignant == positive

    def rate(chosen: np.ndarray) -> Estimate | None:
        """Of the chosen calls those that are right, at their number of patients."""
        total = int(np.count_nonzero(chosen))
        if total == 0:
            return None
        share = int(np.count_nonzero(chosen & right)) / total
        # A woman may be called in some repeats only; by Kish her calls, taken as all
        # right or all wrong together, count as those of one patient or fewer.
        return estimate_mean_share(share, count_effective(owners, chosen), level)

    return CalledOutcome(
        patients=len(set(owners)),
        confusion=Confusion(
            tp=int(np.count_nonzero(malignant & positive)),
            fp=int(np.count_nonzero(~malignant & positive)),
            tn=int(np.count_nonzero(~malignant & ~positive)),
            fn=int(np.count_nonzero(malignant & ~positive)),
        ),
        sensitivity=rate(malignant),
        specificity=rate(~malignant),
        ppv=rate(positive),
        npv=rate(~positive),
    )
