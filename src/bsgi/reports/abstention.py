"""Benign, malignant or refer: the tables, and what they say in a physician's words."""

from collections.abc import Sequence

from bsgi.evaluation.abstention.guarantee import Basis, spread_error
from bsgi.evaluation.abstention.outcomes import LabelOutcome, Outcome
from bsgi.evaluation.abstention.shift import ShiftOutcome
from bsgi.evaluation.abstention.summary import AbstentionMetrics
from bsgi.evaluation.estimate import Estimate
from bsgi.reports.tables import UNDEFINED, Block, BlockTable, Table
from bsgi.reports.wording import (
    SIMULATED,
    aimed_percent,
    capitalize_first,
    count_of,
    interval_name,
    interval_title,
    percent,
    percent_interval,
    with_interval,
)

_LABELS = ("malignant", "benign")
_HEAD = ("", "patients", "judged wrongly", "called right", "referred", "no label left")
_SHOWN = ("camera", "lesion size")
"""Groupings that a page shows; `metrics.json` has all."""


def build_abstention_table(abstention: AbstentionMetrics) -> Table:
    """What became of the patients of each label, with intervals.

    Args:
        abstention: What was found for one method.
    """
    rows = [
        _list_outcome(label, outcome)
        for label, outcome in zip(_LABELS, _pair(abstention), strict=True)
    ]
    caption = (
        "Benign, malignant or refer, for an error of at most "
        f"{aimed_percent(abstention.error_rate)} of the patients of each label "
        f"({interval_title(abstention.level)}; the error's is exact)"
    )
    return Table(caption, _HEAD, tuple(rows))


def build_called_table(abstention: AbstentionMetrics) -> Table | None:
    """Rates among the exams that were called; None if none was.

    Args:
        abstention: What was found for one method.
    """
    called = abstention.called
    if not called.patients:
        return None
    counts = called.confusion
    lines: tuple[tuple[str, Estimate | None, int, int], ...] = (
        ("Sensitivity", called.sensitivity, counts.tp, counts.tp + counts.fn),
        ("Specificity", called.specificity, counts.tn, counts.tn + counts.fp),
        ("Positive predictive value", called.ppv, counts.tp, counts.tp + counts.fp),
        ("Negative predictive value", called.npv, counts.tn, counts.tn + counts.fn),
    )
    rows = tuple(
        (
            name,
            UNDEFINED if rate is None else percent(rate.value),
            "" if rate is None else percent_interval(rate),
            f"{right} of {total}",
            "" if rate is None else interval_name(rate),
        )
        for name, rate, right, total in lines
    )
    what = "calls" if abstention.repeats == 1 else "calls, all repeats"
    head = ("", "value", interval_title(abstention.level), what, "interval by")
    return Table(
        f"Exams that were called, of {count_of(called.patients, 'patient')}; "
        "positive: malignant",
        head,
        rows,
    )


def build_groups_table(abstention: AbstentionMetrics) -> BlockTable | None:
    """The same for each camera and lesion size; None where neither is known.

    Args:
        abstention: What was found for one method.
    """
    blocks: dict[str, list[tuple[str, ...]]] = {}
    for one in abstention.groups:
        if one.grouping not in _SHOWN:
            continue
        blocks.setdefault(one.grouping, []).extend(
            _list_outcome(_name_group(one.group, label), outcome)[:-1]
            for label, outcome in zip(_LABELS, _pair(one.outcome), strict=True)
            if outcome is not None
        )
    if not blocks:
        return None
    return BlockTable(
        "Benign, malignant or refer by camera and lesion size "
        f"({interval_title(abstention.level)})",
        _HEAD[:-1],
        tuple(
            Block(capitalize_first(grouping), tuple(rows))
            for grouping, rows in blocks.items()
        ),
    )


def build_shift_table(abstention: AbstentionMetrics) -> BlockTable | None:
    """Thresholds of each camera applied to each; None with fewer than two cameras.

    Args:
        abstention: What was found for one method.
    """
    if not abstention.shifts:
        return None
    blocks: dict[str, list[tuple[str, ...]]] = {}
    notes: dict[str, str] = {}
    for one in abstention.shifts:
        same = " (the same)" if one.calibrated_on == one.applied_to else ""
        blocks.setdefault(one.calibrated_on, []).extend(
            _list_outcome(f"{one.applied_to}{same}, {label}", outcome)[:-1]
            for label, outcome in zip(_LABELS, _pair(one.outcome), strict=True)
            if outcome is not None
        )
        notes[one.calibrated_on] = _note_calibration(one)
    return BlockTable(
        "Thresholds made on one camera and applied to another "
        f"({interval_title(abstention.level)})",
        _HEAD[:-1],
        tuple(
            Block(f"Thresholds of {camera}", tuple(rows), notes[camera])
            for camera, rows in blocks.items()
        ),
    )


def describe_abstention(
    title: str, abstention: AbstentionMetrics, *, simulated: bool
) -> tuple[str, ...]:
    """What abstention did, what is promised of it and what is not, in paragraphs.

    Args:
        title: A reader's name of the method.
        abstention: What was found for it.
        simulated: Whether the exams were simulated.
    """
    aim = (
        f"{title} may refer an exam to a physician instead of calling it. Two "
        "thresholds decide: below one a score is too low for a malignant exam, above "
        "the other too high for a benign one. Where one label is left the exam is "
        "called so; where both are possible, or neither, it is referred. The "
        "thresholds are set to judge at most "
        f"{aimed_percent(abstention.error_rate)} of the patients of each label wrongly."
    )
    found = " ".join(
        _describe_label(label, outcome, abstention)
        for label, outcome in zip(_LABELS, _pair(abstention), strict=True)
    )
    texts = [
        aim,
        found,
        *abstention.everything_referred,
        abstention.guarantee_words + _describe_basis(abstention),
        _describe_called(abstention),
        _describe_groups(abstention),
        _describe_shifts(abstention),
        SIMULATED if simulated else "",
    ]
    return tuple(text for text in texts if text)


def _pair(
    outcome: AbstentionMetrics | Outcome,
) -> tuple[LabelOutcome | None, LabelOutcome | None]:
    return outcome.malignant, outcome.benign


def _name_group(group: str, label: str) -> str:
    """A group with the label of its exams, unless its name says it."""
    return group if group.startswith(f"{label},") else f"{group}, {label}"


def _list_outcome(name: str, outcome: LabelOutcome | None) -> tuple[str, ...]:
    if outcome is None:
        return (name, "0", *(UNDEFINED,) * 4)
    shares = (outcome.error, outcome.called_right, outcome.referred, outcome.empty)
    return (name, f"{outcome.patients:,}", *map(with_interval, shares))


def _note_calibration(shift: ShiftOutcome) -> str:
    counts = f"{shift.malignant_patients} malignant and {shift.benign_patients} benign"
    few = "; too few, so that exams are referred" if shift.refers_everything else ""
    return f"at least {counts} calibration patients{few}"


def _describe_label(
    label: str, outcome: LabelOutcome | None, abstention: AbstentionMetrics
) -> str:
    if outcome is None:
        return f"No {label} exam was tested."
    text = (
        f"Of {count_of(outcome.patients, 'patient')} with a {label} exam "
        f"{with_interval(outcome.error)} were judged wrongly and "
        f"{with_interval(outcome.referred)} referred"
    )
    text += "." if abstention.repeats == 1 else ", on average over the repeats."
    if outcome.empty.value:
        text += (
            f" In {percent(outcome.empty.value)} neither label was left: these are "
            "referred and counted as errors."
        )
    if outcome.error.lower > abstention.error_rate:
        text += (
            f" This is more than the {aimed_percent(abstention.error_rate)} asked for."
        )
    return text


def _describe_basis(abstention: AbstentionMetrics) -> str:
    """What the source of the thresholds says about the measured error."""
    if abstention.basis is Basis.OTHER_FOLDS:
        return (
            " The patients of a fold are the calibration patients of the others, so "
            "the measured error is near the rate asked for almost by itself: it shows "
            "that the folds agree, not what other patients would meet."
        )
    if abstention.basis is not Basis.SET_ASIDE:
        return ""
    texts = []
    for label in _LABELS:
        fewest = min(
            getattr(one.thresholds, f"{label}_patients")
            for one in abstention.thresholds
        )
        low, high = spread_error(fewest, abstention.error_rate, abstention.level)
        if high:
            texts.append(
                f"{percent(low)} and {percent(high)} of {label} ones ({fewest} "
                "calibration patients)"
            )
    if not texts:
        return ""
    return (
        f" For {aimed_percent(abstention.level)} of all sets of calibration patients "
        f"the true error lies between {', and between '.join(texts)}."
    )


def _describe_called(abstention: AbstentionMetrics) -> str:
    called = abstention.called
    if not called.patients:
        return "No exam was called, so there is no rate of right calls."
    return (
        f"Among the exams that were called, sensitivity was "
        f"{with_interval(called.sensitivity)} and specificity "
        f"{with_interval(called.specificity)}; the error rate bounds neither, since "
        "easy exams are called and hard ones referred. An exam called benign was "
        f"benign in {with_interval(called.npv)}, one called malignant was malignant "
        f"in {with_interval(called.ppv)}, at the share of malignant exams found here."
    )


def _describe_groups(abstention: AbstentionMetrics) -> str:
    if not abstention.groups:
        return ""
    above = [
        f"{one.grouping} {one.group}, {label}: {with_interval(outcome.error)}"
        for one in abstention.groups
        for label, outcome in zip(_LABELS, _pair(one.outcome), strict=True)
        if outcome is not None and outcome.error.lower > abstention.error_rate
    ]
    text = (
        ""
        if abstention.basis is Basis.FIXED
        else "What is promised is promised for all patients of a label together and "
        "not for a camera or a size of lesion. "
    )
    if above:
        return f"{text}More errors than asked for were made here: {'; '.join(above)}."
    return (
        f"{text}In no group does the interval of the error lie above the rate asked "
        "for; in small groups that says little."
    )


def _describe_shifts(abstention: AbstentionMetrics) -> str:
    carried: Sequence[tuple[ShiftOutcome, str, LabelOutcome]] = [
        (one, label, outcome)
        for one in abstention.shifts
        if one.calibrated_on != one.applied_to
        for label, outcome in zip(_LABELS, _pair(one.outcome), strict=True)
        if outcome is not None
    ]
    if not carried:
        return ""
    shift, label, worst = max(carried, key=lambda each: each[2].error.value)
    return (
        "On another camera nothing is promised. The most errors were made by "
        f"thresholds of {shift.calibrated_on} on exams of {shift.applied_to}: of "
        f"{count_of(worst.patients, 'patient')} with a {label} exam there "
        f"{with_interval(worst.error)} were judged wrongly."
    )
