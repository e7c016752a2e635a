"""The note that `bsgi check` leaves: what came, what became of it, what to look at.

Short enough to be read, in the order of what matters; the tables have the rest.
"""

from collections.abc import Sequence
from typing import Final

from bsgi.cohort.check.arrival import Arrival
from bsgi.cohort.check.doubts import Doubt, group_findings
from bsgi.cohort.check.result import CheckResult
from bsgi.cohort.check.tally import Tally
from bsgi.cohort.check.wording import describe_tests, list_faults, list_hints

_LACK: Final = "lack a view and stay"
_FIRST: Final = 5
_DOUBTS: Final = 2
_REASONS: Final = 4
_NOTES: Final = 3
_SENTENCES: Final = 4


def write_note(
    arrival: Arrival, result: CheckResult, sheets: Sequence[str] = ()
) -> str:
    """The whole note, at most 25 lines.

    Args:
        arrival: What came and what became of it.
        result: What the leak court found.
        sheets: File names of the contact sheet; empty if there is none.
    """
    lines = [
        *_tell_arrival(arrival),
        *_list("fault", list_faults(result)),
        *_list("hint", list_hints(result)),
        *_tell_doubts(arrival),
        *_tell_notes(arrival),
        *describe_tests(result),
    ]
    if sheets:
        more = f" and {len(sheets) - 1} more" if len(sheets) > 1 else ""
        lines.append(f"All views, the worst first, without labels: {sheets[0]}{more}.")
    return "\n".join(lines)


def _tell_arrival(arrival: Arrival) -> list[str]:
    """Where every file is, and every exam's label."""
    kind = "simulated exam" if arrival.simulated == arrival.exams else "exam"
    exams = (
        f"{_count(arrival.views, 'view')} of {_count(arrival.exams, kind)} of "
        f"{_count(arrival.patients, 'woman', 'women')}"
    )
    rest = []
    if arrival.refused:
        rest.append(f"{arrival.refused:,} gave no view")
    if arrival.left_out:
        rest.append(
            f"{arrival.left_out:,} left out as duplicates, repeats or by decision"
        )
    if rest:
        came = f"{arrival.used:,} gave {exams}; {'; '.join(rest)}."
    else:
        came = f"{'It' if arrival.files == 1 else 'They all'} gave {exams}."
    labels = [f"{arrival.benign:,} benign", f"{arrival.malignant:,} malignant"]
    if arrival.unlabelled:
        labels.append(f"{arrival.unlabelled:,} without a label")
    if arrival.incomplete:
        lack = "lacks a view and stays" if arrival.incomplete == 1 else _LACK
        labels.append(f"{arrival.incomplete:,} {lack} in")
    if 0 < arrival.simulated < arrival.exams:
        labels.append(f"{arrival.simulated:,} simulated")
    lines = [
        f"{_count(arrival.files, 'file')} came. {came}",
        f"Exams: {', '.join(labels)}.",
    ]
    if arrival.reasons:
        told = "; ".join(_tell(each) for each in arrival.reasons[:_REASONS])
        others = arrival.reasons[_REASONS:]
        if others:
            files = sum(each.number for each in others)
            told += f"; {files:,} for {_count(len(others), 'other reason')}"
        lines.append(f"No view: {told} (rejected.csv).")
    return lines


def _tell_doubts(arrival: Arrival) -> list[str]:
    """What to look at first, and how often each check speaks."""
    doubts = arrival.doubts
    if not doubts:
        return ["Quality: nothing is in doubt."]
    lines = [
        f"Look first at {'these' if len(doubts) > 1 else 'this'}, of "
        f"{_count(len(doubts), 'exam')} in doubt:",
        *(f"  {_tell_doubt(doubt)}" for doubt in doubts[:_FIRST]),
    ]
    checks = "; ".join(f"{each.number:,} x {each.text}" for each in arrival.checks)
    lines.append(f"Exams by doubt: {checks} (exams.csv, column quality).")
    if arrival.overruled:
        lines.append(
            f"{_count(arrival.overruled, 'finding')} overruled by a physicist "
            "(notes.csv)."
        )
    return lines


def _tell_doubt(doubt: Doubt) -> str:
    groups = group_findings(doubt.findings)
    more = len(groups) - _DOUBTS
    return (
        f"{doubt.exam_id}: {'; '.join(groups[:_DOUBTS])}"
        f"{f'; and {more} more' if more > 0 else ''}"
    )


def _tell_notes(arrival: Arrival) -> list[str]:
    if not arrival.notes:
        return []
    told = "; ".join(_tell_note(each) for each in arrival.notes[:_NOTES])
    others = sum(each.number for each in arrival.notes[_NOTES:])
    more = f"; and {_count(others, 'other')}" if others else ""
    return [f"Noted: {told}{more} (notes.csv)."]


def _tell_note(tally: Tally) -> str:
    """A note; what is said once, or counts its rows itself, needs no number."""
    alone = tally.number == 1 or tally.text.startswith(f"{tally.number:,} rows")
    return tally.text.rstrip(".") if alone else _tell(tally)


def _list(kind: str, sentences: Sequence[str]) -> list[str]:
    lines = [f"{kind}: {each}" for each in sentences[:_SENTENCES]]
    if len(sentences) > _SENTENCES:
        more = len(sentences) - _SENTENCES
        lines.append(f"{kind}: and {more:,} more, see check.json")
    return lines


def _tell(tally: Tally) -> str:
    return f"{tally.number:,} x {tally.text}"


def _count(number: int, noun: str, plural: str = "") -> str:
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
