"""What a COHORT tells of its exams, in sentences for checklists."""

from collections import Counter
from collections.abc import Iterable, Sequence

from bsgi.cohort.store import Cohort, ExamRow
from bsgi.exam.record import Label, ViewName
from bsgi.reports.checklists.item import Fact
from bsgi.reports.flow import Flow, describe_flow, list_reasons
from bsgi.reports.wording import count_of, describe_cohort


def tell_cohort(cohort: Cohort, flow: Flow) -> dict[Fact, str]:
    """The facts that follow from a cohort and the way of its exams.

    Args:
        cohort: The cohort.
        flow: Exams in and out.
    """
    rows = cohort.rows
    return {
        Fact.COHORT: describe_cohort(rows),
        Fact.DEVICES: _tell_devices(rows),
        Fact.CHARACTERISTICS: _tell_characteristics(rows),
        Fact.MISSING: _tell_missing(rows),
        Fact.REFUSED: _tell_refused(flow),
        Fact.REFERENCE: _tell_reference(rows),
        Fact.FLOW: describe_flow(flow),
    }


def _tell_devices(rows: Sequence[ExamRow]) -> str:
    return " ".join(
        f"{name} (exams): {_tally(values)}."
        for name, values in (
            ("Cameras", [row.camera for row in rows]),
            ("Hospitals", [row.site for row in rows]),
        )
    )


def _tell_characteristics(rows: Sequence[ExamRow]) -> str:
    texts = []
    for label, word in ((Label.MALIGNANT, "Malignant"), (Label.BENIGN, "Benign")):
        own = [row for row in rows if row.label is label]
        if own:
            ages = _spread([row.age_years for row in own])
            doses = _spread([row.dose_mbq for row in own])
            texts.append(f"{word} exams: age in years {ages}, dose in MBq {doses}.")
    return " ".join(texts)


def _tell_missing(rows: Sequence[ExamRow]) -> str:
    views = sum(len(ViewName) - len(row.views) for row in rows)
    exams = sum(len(row.views) < len(ViewName) for row in rows)
    unlabelled = sum(row.label is Label.UNKNOWN for row in rows)
    return (
        f"{count_of(views, 'view')} missing in {count_of(exams, 'exam')}, which stay "
        f"in with the channel of a missing view empty; {unlabelled:,} exams without a "
        "label, which are not used. Nothing is imputed."
    )


def _tell_refused(flow: Flow) -> str:
    text = f"{count_of(flow.refused, 'file')} refused by the import"
    reasons = "; ".join(list_reasons(flow))
    return f"{text} ({reasons})." if reasons else f"{text}."


def _tell_reference(rows: Sequence[ExamRow]) -> str:
    if rows and all(row.simulated for row in rows):
        return "The simulator drew each exam as malignant or benign."
    return (
        "Labels malignant and benign of the whole exam, as the table of labels gives "
        "them."
    )


def _tally(values: Iterable[str]) -> str:
    counts = Counter(value or "unknown" for value in values)
    return ", ".join(f"{name} {number:,}" for name, number in sorted(counts.items()))


def _spread(values: Sequence[float | None]) -> str:
    known = [value for value in values if value is not None]
    if not known:
        return "unknown"
    text = (
        f"{sum(known) / len(known):.1f} on average ({min(known):.0f} to "
        f"{max(known):.0f})"
    )
    unknown = len(values) - len(known)
    return f"{text}, unknown in {unknown:,}" if unknown else text
