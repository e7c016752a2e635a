"""One view of each kind: duplicates are kept once, of several acquisitions one is."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final, TypeVar

from bsgi.exam.quality.window import PHOTOPEAK_KEV
from bsgi.exam.record import ViewName
from bsgi.intake.found import FileViews, Found, Part, RepeatRule, Study

Refused = list[tuple[Found, str]]
"""Views that are refused after all, and why."""

_CLASH: Final = "has the SOP Instance UID of another file, not its view."
_TWO_NAMES: Final = (
    "is ambiguous: its study has the same counts under two views, and one of them "
    "must be wrong."
)
_RESENT: Final = " under another SOP Instance UID"
_OTHER_DAYS: Final = "its files differ in study date"

TWO_WOMEN: Final = (
    "two women may be in this exam: its files differ in name or birth date"
)
"""What is noted of an exam whose files name two women."""

INCOMPLETE: Final = 0.5
"""An acquisition with a smaller part of another's time or counts was broken off, as far
as anybody can tell. The part is a design choice."""

Thing = TypeVar("Thing")
Key = TypeVar("Key", bound=Hashable)


def drop_duplicates(
    files: Iterable[FileViews],
    refused: Refused,
    name_uid: Callable[[str], str] = str,
) -> list[Found]:
    """Every view once, its other files as its copies.

    A file is a duplicate if it has the SOP Instance UID and the views of another, or
    its counts under another UID: two acquisitions never have the same counts. One UID
    on two contents, and the same counts under two views of a study, are refused: nobody
    can tell which is right. Of the same counts under several UIDs the earliest is kept;
    where times are equal, nobody can tell which was sent again, and the UIDs decide
    under their pseudonyms, so that it is the same one after a de-identification.

    Args:
        files: The files with views.
        refused: Where the refused go.
        name_uid: The pseudonym of a UID.
    """

    def order(item: Found) -> tuple[datetime, str, Part]:
        return item.acquired or datetime.max, name_uid(item.source_uid), item.part

    unique = list(_drop_same_instances(files, refused))
    by_content = _group((item.content, item) for item in unique)
    kept = []
    for group in by_content.values():
        first, *others = sorted(group, key=order)
        copies = [(part, _RESENT) for item in others for part in list_parts(item)]
        if copies:
            first = replace(first, copies=(*first.copies, *copies))
        kept.append(first)
    return list(_drop_two_names(kept, refused))


def _drop_same_instances(
    files: Iterable[FileViews], refused: Refused
) -> Iterator[Found]:
    """One file per SOP Instance UID; the others are its copies or all are refused."""
    by_uid = _group((item.views[0].source_uid, item) for item in files)
    for group in by_uid.values():
        contents = {tuple(view.content for view in item.views) for item in group}
        if len(contents) > 1:
            refused.extend((view, _CLASH) for item in group for view in item.views)
            continue
        first, *others = sorted(group, key=lambda item: item.views[0].order)
        for number, view in enumerate(first.views):
            copies = tuple((other.views[number].part, "") for other in others)
            yield replace(view, copies=copies) if copies else view


def _drop_two_names(kept: Iterable[Found], refused: Refused) -> Iterator[Found]:
    by_counts = _group(
        ((item.patient_id, item.study_uid, item.digest), item) for item in kept
    )
    for group in by_counts.values():
        if len(group) > 1:
            refused.extend((item, _TWO_NAMES) for item in group)
        else:
            yield group[0]


def group_studies(
    found: Iterable[Found], rule: RepeatRule, refused: Refused
) -> tuple[list[Study], int]:
    """Views by patient and study, one of each kind.

    Args:
        found: Every view once.
        rule: Which of several acquisitions is kept.
        refused: Where the refused go.

    Returns:
        The studies with at least one view, by patient and study, and the number of
        acquisitions that the rule left out.
    """
    by_study = _group(
        ((item.patient_id, item.study_uid), item)
        for item in sorted(found, key=lambda item: item.order)
    )
    studies, repeats = [], 0
    for (patient_id, study_uid), items in sorted(by_study.items()):
        study = Study(
            patient_id,
            study_uid,
            days=frozenset(item.study_date for item in items if item.study_date),
            persons=frozenset(item.person for item in items if item.person),
        )
        for name in ViewName:
            same = [item for item in items if item.name is name]
            repeats += _choose(study, same, rule, refused)
        if study.of_two_women:
            study.notes.append((Part(""), TWO_WOMEN))
        if len(study.days) > 1:
            study.notes.append((Part(""), _OTHER_DAYS))
        for item in study.views:
            study.notes.extend((item.part, note) for note in item.notes)
        if study.views:
            studies.append(study)
    return studies, repeats


def _choose(study: Study, same: list[Found], rule: RepeatRule, refused: Refused) -> int:
    """Keep one of the acquisitions of one view, if it can be told which.

    Returns:
        How many acquisitions were left out by the rule.
    """
    if not same:
        return 0
    peak, off_peak = _part_by_window(same)
    complete, incomplete = _part_by_length(peak)
    why = _find_doubt(peak, complete, rule)
    if why:
        refused.extend((item, why) for item in peak)
        refused.extend((item, _tell_window(item) + ".") for item in off_peak)
        return 0
    kept = complete[-1 if rule is RepeatRule.LAST else 0]
    others = [item for item in complete if item is not kept]
    study.views.append(kept)
    study.left_out.extend(
        (part, f"duplicate of {kept.part}{how}, left out") for part, how in kept.copies
    )
    when = "earlier" if rule is RepeatRule.LAST else "later"
    by_rule = (
        f"{when} acquisition of {kept.name} than {kept.part}, left out (rule: the "
        f"{rule} is kept)"
    )
    reasons = [(item, by_rule) for item in others]
    reasons += [(item, _tell_length(item, kept)) for item in incomplete]
    reasons += [
        (item, f"{_tell_window(item)}; {kept.part} is the view") for item in off_peak
    ]
    study.left_out.extend(
        (part, note) for item, note in reasons for part in list_parts(item)
    )
    return len(others)


def _part_by_window(same: list[Found]) -> tuple[list[Found], list[Found]]:
    """Images of the photopeak, and of other windows where there are both."""
    off_peak = [item for item in same if _is_off_peak(item)]
    peak = [item for item in same if not _is_off_peak(item)]
    return (peak, off_peak) if peak else (same, [])


def _is_off_peak(item: Found) -> bool:
    """Whether it is known that its window lacks the photopeak."""
    if item.window_kev is None:
        return False
    lower, upper = item.window_kev
    return not lower <= PHOTOPEAK_KEV <= upper


def _tell_window(item: Found) -> str:
    lower, upper = item.window_kev or (0.0, 0.0)
    return (
        f"has an energy window of {lower:g} to {upper:g} keV, without {PHOTOPEAK_KEV} "
        f"keV, beside other files of {item.name} and is left out"
    )


def _part_by_length(same: list[Found]) -> tuple[list[Found], list[Found]]:
    """Complete acquisitions and those broken off; none is complete if that is unclear.

    It is unclear where time and counts disagree: an incomplete one has more of one of
    them than a complete one.
    """
    longest_s = max(item.duration_s for item in same)
    most = max(item.counts for item in same)

    def is_complete(item: Found) -> bool:
        enough = item.counts >= INCOMPLETE * most
        return enough and item.duration_s >= INCOMPLETE * longest_s

    complete = [item for item in same if is_complete(item)]
    incomplete = [item for item in same if not is_complete(item)]
    clear = all(
        less.duration_s <= item.duration_s and less.counts <= item.counts
        for less in incomplete
        for item in complete
    )
    return (complete, incomplete) if clear else ([], same)


def _tell_length(item: Found, kept: Found) -> str:
    return (
        f"incomplete acquisition of {kept.name}: {item.duration_s:g} s and "
        f"{item.counts} counts, less than half of the {kept.duration_s:g} s or "
        f"{kept.counts} counts of {kept.part}; left out, whatever the rule for repeats"
    )


def list_parts(item: Found) -> list[Part]:
    """The file of a view, and its copies.

    Args:
        item: The view.
    """
    return [item.part, *(part for part, _ in item.copies)]


def _find_doubt(same: list[Found], complete: list[Found], rule: RepeatRule) -> str:
    """Why no acquisition of one view can be kept; empty if one can."""
    if len(same) == 1:
        return ""
    begin = f"is one of {len(same)} acquisitions of {same[0].name} in its study, and "
    if rule is RepeatRule.REFUSE:
        return f"{begin}the rule for repeats is to refuse them all."
    if not complete:
        return (
            f"{begin}where one has less than half the time or counts of another, the "
            "complete one must have the longest time and the most counts."
        )
    if len(complete) == 1:
        return ""
    times = [item.acquired for item in complete]
    last = rule is RepeatRule.LAST
    equal = times[-1] == times[-2] if last else times[0] == times[1]
    if None in times or equal:
        return f"{begin}their times do not say which came {rule}."
    return ""


def _group(pairs: Iterable[tuple[Key, Thing]]) -> dict[Key, list[Thing]]:
    groups: dict[Key, list[Thing]] = defaultdict(list)
    for key, thing in pairs:
        groups[key].append(thing)
    return groups
