"""One view of each kind: duplicates are kept once, of several acquisitions one is."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import replace
from typing import Final, TypeVar

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

Thing = TypeVar("Thing")
Key = TypeVar("Key", bound=Hashable)


def drop_duplicates(files: Iterable[FileViews], refused: Refused) -> list[Found]:
    """Every view once, its other files as its copies.

    A file is a duplicate if it has the SOP Instance UID and the views of another, or
    its counts under another UID: two acquisitions never have the same counts. One UID
    on two contents, and the same counts under two views of a study, are refused: nobody
    can tell which is right.

    Args:
        files: The files with views.
        refused: Where the refused go.
    """
    unique = list(_drop_same_instances(files, refused))
    by_content = _group((item.content, item) for item in unique)
    kept = []
    for group in by_content.values():
        first, *others = sorted(group, key=lambda item: item.order)
        copies = [(part, _RESENT) for item in others for part in list_parts(item)]
        kept.append(replace(first, copies=(*first.copies, *copies)))
    return list(_drop_two_names(kept, refused))


def _drop_same_instances(
    files: Iterable[FileViews], refused: Refused
) -> Iterator[Found]:
    """One file per SOP Instance UID; the others are its copies or all are refused."""
    by_uid = _group((item.views[0].source.view.source_uid, item) for item in files)
    for group in by_uid.values():
        contents = {tuple(view.content for view in item.views) for item in group}
        if len(contents) > 1:
            refused.extend((view, _CLASH) for item in group for view in item.views)
            continue
        first, *others = sorted(group, key=lambda item: item.views[0].order)
        for number, view in enumerate(first.views):
            copies = tuple((other.views[number].part, "") for other in others)
            yield replace(view, copies=copies)


def _drop_two_names(kept: Iterable[Found], refused: Refused) -> Iterator[Found]:
    by_counts = _group(
        ((item.source.patient_id, item.source.study_uid, item.digest), item)
        for item in kept
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
        acquisitions that were left out.
    """
    by_study = _group(
        ((item.source.patient_id, item.source.study_uid), item)
        for item in sorted(found, key=lambda item: item.order)
    )
    studies, repeats = [], 0
    for (patient_id, study_uid), items in sorted(by_study.items()):
        study = Study(patient_id, study_uid)
        for name in ViewName:
            same = [item for item in items if item.name is name]
            repeats += _choose(study, same, rule, refused)
        for item in study.views:
            study.notes.extend((item.part, note) for note in item.source.notes)
        if study.views:
            studies.append(study)
    return studies, repeats


def _choose(study: Study, same: list[Found], rule: RepeatRule, refused: Refused) -> int:
    """Keep one of the acquisitions of one view, if the rule tells which.

    Returns:
        How many acquisitions were left out.
    """
    if not same:
        return 0
    why = _find_doubt(same, rule)
    if why:
        refused.extend((item, why) for item in same)
        return 0
    place = -1 if rule is RepeatRule.LAST else 0
    kept = same[place]
    others = [item for item in same if item is not kept]
    study.views.append(kept)
    study.left_out.extend(
        (part, f"duplicate of {kept.part}{how}, left out") for part, how in kept.copies
    )
    when = "earlier" if rule is RepeatRule.LAST else "later"
    note = (
        f"{when} acquisition of {kept.name} than {kept.part}, left out (rule: the "
        f"{rule} is kept)"
    )
    study.left_out.extend((part, note) for item in others for part in list_parts(item))
    return len(others)


def list_parts(item: Found) -> list[Part]:
    """The file of a view, and its copies.

    Args:
        item: The view.
    """
    return [item.part, *(part for part, _ in item.copies)]


def _find_doubt(same: list[Found], rule: RepeatRule) -> str:
    """Why no acquisition of one view can be kept; empty if one can."""
    if len(same) == 1:
        return ""
    begin = f"is one of {len(same)} acquisitions of {same[0].name} in its study, and "
    if rule is RepeatRule.REFUSE:
        return f"{begin}the rule for repeats is to refuse them all."
    times = [item.source.acquired for item in same]
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
