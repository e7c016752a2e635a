"""Numbers and findings in words that a reading physician uses."""

from collections.abc import Sequence

from bsgi.cohort.store import ExamRow
from bsgi.evaluation.estimate import Estimate
from bsgi.evaluation.rates.confusion import Confusion
from bsgi.evaluation.repeats import NEW_TRAININGS
from bsgi.evaluation.summary import RepeatMetrics
from bsgi.exam.record import Label

INTERVAL_NAMES = {
    "wilson": "Wilson",
    "clopper-pearson": "Clopper-Pearson (exact)",
    "delong": "DeLong",
    "logit-delong": "logit-DeLong",
    "newcombe": "Newcombe",
    NEW_TRAININGS: "Obuchowski-Rockette",
}
"""How a table names the method of an interval."""

RESEARCH_ONLY = "Research use only, not a medical device."
SIMULATED = "Simulated exams: no claim about patients."

HEAT_MAP_LIMIT = (
    "The network sees the four views stacked as one image and gives one map for all of "
    "them. The same map is laid over each view, although the views differ in geometry. "
    "So a map cannot say which view, or which breast, the evidence came from."
)


def count_of(number: int, noun: str) -> str:
    """A number with its noun, such as ``"1 exam"`` or ``"28 exams"``.

    Args:
        number: How many.
        noun: What is counted, in the singular and with a regular plural.
    """
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def percent(value: float) -> str:
    """A share in per cent, such as ``"83.3 %"``; number and sign stay on one line."""
    return f"{100 * value:.1f}\N{NO-BREAK SPACE}%"


def percent_interval(estimate: Estimate) -> str:
    """The interval of a share, such as ``"59.0 to 93.8 %"``."""
    return f"{100 * estimate.lower:.1f} to {percent(estimate.upper)}"


def area_interval(estimate: Estimate) -> str:
    """The interval of an area, such as ``"0.701 to 0.927"``."""
    return f"{estimate.lower:.3f} to {estimate.upper:.3f}"


def aimed_percent(share: float) -> str:
    """A share that was asked for, in as many digits as it has, such as ``"10 %"``."""
    return f"{100 * share:g}\N{NO-BREAK SPACE}%"


def with_interval(estimate: Estimate | None) -> str:
    """A share with its interval, such as ``"80.0 % (59.0 to 93.8 %)"``.

    Args:
        estimate: The share; None where the exams allow no number.
    """
    if estimate is None:
        return "undefined"
    return f"{percent(estimate.value)} ({percent_interval(estimate)})"


def area_with_interval(estimate: Estimate | None) -> str:
    """An area with its interval, such as ``"0.840 (0.701 to 0.927)"``.

    Args:
        estimate: The area; None where the exams have one label only.
    """
    if estimate is None:
        return "undefined"
    return f"{estimate.value:.3f} ({area_interval(estimate)})"


def describe_counts(counts: Confusion) -> str:
    """The four counts of calls, such as ``"TP 14, FP 3, TN 25, FN 3"``."""
    return f"TP {counts.tp}, FP {counts.fp}, TN {counts.tn}, FN {counts.fn}"


def p_in_words(p: float) -> str:
    """A p value, such as ``"0.034"`` or ``"< 0.001"``; 1 is said to be 1."""
    if p < 0.001:
        return "<\N{NO-BREAK SPACE}0.001"
    return "1" if p >= 0.9995 else f"{p:.3f}"


def p_equals(p: float) -> str:
    """A p value with its letter, such as ``"p = 0.034"`` or ``"p < 0.001"``."""
    shown = p_in_words(p)
    return f"p {shown}" if shown.startswith("<") else f"p = {shown}"


def describe_cohort(rows: Sequence[ExamRow]) -> str:
    """How many exams and patients a cohort has, of which label, and if simulated.

    Args:
        rows: Its exams.
    """
    patients = len({row.patient_id for row in rows})
    benign = sum(row.label is Label.BENIGN for row in rows)
    malignant = sum(row.label is Label.MALIGNANT for row in rows)
    simulated = sum(row.simulated for row in rows)
    kind = "simulated exam" if simulated == len(rows) else "exam"
    mixed = f" {simulated} of them are simulated." if 0 < simulated < len(rows) else ""
    return (
        f"The cohort has {count_of(len(rows), kind)} of "
        f"{count_of(patients, 'patient')}: {benign} benign and {malignant} malignant."
        f"{mixed}"
    )


def capitalize_first(text: str) -> str:
    """A text with its first letter in upper case, the others as they are."""
    return text[:1].upper() + text[1:]


def interval_title(level: float) -> str:
    """What an interval is called by its confidence level, such as ``"95 % interval"``.

    Args:
        level: Confidence level, between 0 and 1.
    """
    return f"{100 * level:g}\N{NO-BREAK SPACE}% interval"


def interval_name(estimate: Estimate) -> str:
    """The method of an interval as a table names it."""
    return INTERVAL_NAMES.get(estimate.method, estimate.method)


def describe_ranking(result: RepeatMetrics, level: float) -> str:
    """The area under the curve in one or two sentences.

    Args:
        result: A method's result on the test exams.
        level: Confidence level of its interval.
    """
    auc, counts = result.auc, result.confusion
    if auc is None:
        return (
            f"The test exams hold {count_of(counts.malignant, 'malignant exam')} and "
            f"{count_of(counts.benign, 'benign exam')}: without both there is no ROC "
            "curve."
        )
    text = (
        "Of all pairs of a malignant and a benign test exam, the malignant one had the "
        f"higher score in {percent(auc.value)}, ties as half (AUC {auc.value:.3f}, "
        f"{interval_title(level)} {area_interval(auc)}; 0.5 is chance, 1 is perfect)."
    )
    if auc.lower <= 0.5 <= auc.upper:
        text += (
            " The interval includes 0.5, so these exams do not show that the method is "
            "better than chance."
        )
    return text


def describe_calls(threshold: float, confusion: Confusion) -> str:
    """Right and wrong calls in one sentence.

    Args:
        threshold: A score of this much or more was called malignant.
        confusion: Right and wrong calls.
    """
    sides = (
        (confusion.tp, confusion.malignant, "malignant exam"),
        (confusion.tn, confusion.benign, "benign exam"),
    )
    there = [f"{n} of {count_of(of, noun)}" for n, of, noun in sides if of]
    verb = (
        "was"
        if (confusion.malignant, confusion.benign) in {(1, 0), (0, 1)}
        else ("were")
    )
    return (
        f"With scores of {threshold:g} or more called malignant, "
        f"{' and '.join(there)} {verb} called correctly."
    )


def describe_baseline(confusion: Confusion) -> str:
    """What calling every exam by the more frequent label would reach.

    Args:
        confusion: Calls of at least one exam; only the numbers of each label count.
    """
    share = confusion.benign / (confusion.benign + confusion.malignant)
    word = label_in_words(int(share < 0.5))
    return (
        f"Calling every test exam {word} would be right in "
        f"{percent(max(share, 1 - share))}."
    )


def call_in_words(label: int, score: float, threshold: float) -> str:
    """Whether a score was right, such as ``"called benign, incorrect"``."""
    called = int(score >= threshold)
    word = "malignant" if called else "benign"
    return f"called {word}, {'correct' if called == label else 'incorrect'}"


def label_in_words(label: int) -> str:
    """``"malignant"`` or ``"benign"``."""
    return "malignant" if label else "benign"
