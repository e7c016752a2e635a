"""Which frames of a file make which view.

Most files are one view, of one head or of two that hold the breast between them. One
file may hold all views of an exam instead: then each of its detectors is described with
the view it shows.

References:
    DICOM PS3.3 C.8.4.11 (NM detector: View Code Sequence of each detector).
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from pydicom.dataset import Dataset

from bsgi.dicom.frames.heads import get_detector
from bsgi.dicom.frames.vectors import FrameTable
from bsgi.errors import DicomError
from bsgi.exam.record import ViewName

FindName = Callable[[Dataset | None], ViewName]
"""Finds the view of a file, or of one of its detectors; raises `DicomError`."""

MAX_HEADS: Final = 2
"""A breast is held between two heads at most."""


@dataclass(frozen=True, slots=True)
class Part:
    """The frames of one view.

    Args:
        name: The view.
        heads: Detector numbers of its heads.
        frame: Which frames of the file, such as ``frames 1 to 2``; empty for all.
    """

    name: ViewName
    heads: tuple[int, ...]
    frame: str = ""


def split_views(
    dataset: Dataset, table: FrameTable, find_name: FindName
) -> tuple[tuple[Part, ...], tuple[str, ...]]:
    """The views of a file, and the reasons why some of its frames are none.

    Args:
        dataset: An NM dataset.
        table: What each of its frames is.
        find_name: Finds the view of the whole file (None) or of one detector.

    Raises:
        DicomError: If no frame of the file is known to be one of the four views.
    """
    heads = table.heads
    if len(heads) == 1:
        return (Part(_name_only(dataset, heads[0], find_name), heads),), ()
    whole: DicomError | None = None
    if len(heads) <= MAX_HEADS:
        try:
            return (Part(find_name(None), heads),), ()
        except DicomError as reason:
            whole = reason
    groups, refusals = _name_heads(dataset, table, find_name)
    if not groups:
        raise whole or DicomError(refusals[0])
    parts = []
    for name in ViewName:
        members = groups.get(name, ())
        frame = show_frames(table, members)
        if len(members) > MAX_HEADS:
            refusals.append(
                f"{frame}: must have one or two heads per view, got {len(members)} of "
                f"{name}."
            )
        elif members:
            parts.append(Part(name, members, frame))
    return tuple(parts), tuple(refusals)


def _name_only(dataset: Dataset, head: int, find_name: FindName) -> ViewName:
    """The view of a file of one head; detectors without frames do not count."""
    described = get_detector(dataset, 2) is not None
    return find_name(get_detector(dataset, head) if described else None)


def _name_heads(
    dataset: Dataset, table: FrameTable, find_name: FindName
) -> tuple[dict[ViewName, tuple[int, ...]], list[str]]:
    """Heads by the view that each of them names, and why others name none."""
    groups: dict[ViewName, tuple[int, ...]] = {}
    refusals = []
    for head in table.heads:
        frame = show_frames(table, (head,))
        detector = get_detector(dataset, head)
        if detector is None:
            refusals.append(f"{frame}: the detector {head} is not described.")
            continue
        try:
            name = find_name(detector)
        except DicomError as reason:
            refusals.append(f"{frame}: {reason}")
        else:
            groups[name] = (*groups.get(name, ()), head)
    return groups, refusals


def find_odd(parts: Sequence[Part]) -> dict[ViewName, str]:
    """Views of a file that have another number of heads than its other views.

    One of their heads is missing, or one too many is there: another view's, or a second
    acquisition. Where no number is that of most views, all of them are named.

    Args:
        parts: All views of a file.

    Returns:
        Why each of them is refused.
    """
    numbers = Counter(len(part.heads) for part in parts).most_common(2)
    if len(numbers) < 2:
        return {}
    (usual, most), (_, next_most) = numbers
    return {
        part.name: f"{part.frame}: must have as many heads as the other views of its "
        f"file, got {len(part.heads)} of {part.name}."
        for part in parts
        if most == next_most or len(part.heads) != usual
    }


def show_frames(table: FrameTable, heads: Sequence[int]) -> str:
    """Numbers of the frames of some heads, from 1, such as ``frames 1 to 2, 5``."""
    numbers = [
        place
        for place, detector in enumerate(table.detectors, start=1)
        if detector in heads
    ]
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    shown = [" to ".join(map(str, run)) for run in runs[:4]]
    more = " and others" if len(runs) > 4 else ""
    return f"frame{'s' * (len(numbers) > 1)} {', '.join(shown)}{more}"
