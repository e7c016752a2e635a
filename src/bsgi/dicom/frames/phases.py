"""How long an acquisition took, in one frame or in many that are summed.

References:
    DICOM PS3.3 C.8.4.9 (actual frame duration), C.8.4.14 (NM phase).
"""

from dataclasses import dataclass
from itertools import groupby
from typing import Final

from pydicom.dataset import Dataset

from bsgi.dicom.frames.vectors import FrameTable
from bsgi.dicom.parse import read_integer, read_items, read_number
from bsgi.errors import DicomError

MAX_PAUSE_S: Final = 10.0
"""Longer without counting, and the breast may have been placed anew in between."""


@dataclass(frozen=True, slots=True)
class Timing:
    """How long the frames of one head and window took together.

    Args:
        duration_s: Sum of their durations.
        notes: That frames were summed.
    """

    duration_s: float
    notes: tuple[str, ...] = ()


def read_timing(dataset: Dataset, table: FrameTable) -> Timing:
    """The duration of a static image, or of all frames of a dynamic one together.

    Args:
        dataset: An NM dataset.
        table: What each of its frames is.

    Raises:
        DicomError: If a duration is missing, or if the frames of a dynamic image are
            not those that its phases describe, one after the other.
    """
    if not table.dynamic:
        duration_ms = read_number(dataset, "ActualFrameDuration")
        if duration_ms is None:
            raise DicomError(
                "must say how long it took: Actual Frame Duration is missing."
            )
        return Timing(duration_ms / 1000)
    durations_s: list[float] = []
    for number, length in enumerate(_count_slices(dataset, table), start=1):
        phase = read_items(dataset, "PhaseInformationSequence")[number - 1]
        durations_s.extend([_read_frame_s(phase, number, length)] * length)
    if len(durations_s) == 1:
        return Timing(durations_s[0])
    each = [(long, len(list(same))) for long, same in groupby(durations_s)]
    said = (
        f"{len(durations_s)} frames of {each[0][0]:g} s were summed"
        if len(each) == 1
        else f"{len(durations_s)} frames were summed: "
        + ", ".join(f"{times} of {long:g} s" for long, times in each[:4])
        + (" and others" if len(each) > 4 else "")
    )
    return Timing(sum(durations_s), (said,))


def _count_slices(dataset: Dataset, table: FrameTable) -> list[int]:
    """Number of time slices of each phase, all of them there."""
    items = read_items(dataset, "PhaseInformationSequence")
    found: dict[int, list[int]] = {}
    for phase, slice_ in table.times:
        found.setdefault(phase, []).append(slice_)
    if sorted(found) != list(range(1, len(items) + 1)):
        raise DicomError(
            f"must have frames of every phase it describes, got frames of {len(found)} "
            f"and {len(items)} described."
        )
    lengths = []
    for number, slices in sorted(found.items()):
        stated = read_integer(items[number - 1], "NumberOfFramesInPhase")
        if slices != list(range(1, len(slices) + 1)) or stated != len(slices):
            raise DicomError(
                f"must have all frames of phase {number}, got {len(slices)} of "
                f"{'an unknown number' if stated is None else stated}."
            )
        lengths.append(len(slices))
    return lengths


def _read_frame_s(phase: Dataset, number: int, length: int) -> float:
    """Duration of a frame of a phase, whose frames must follow each other."""
    duration_ms = read_number(phase, "ActualFrameDuration")
    if duration_ms is None or duration_ms <= 0:
        raise DicomError(
            "must say how long each frame took: Actual Frame Duration of phase "
            f"{number} is missing."
        )
    delay_ms = (read_number(phase, "PhaseDelay") or 0.0) if number > 1 else 0.0
    pause_ms = read_number(phase, "PauseBetweenFrames") or 0.0
    longest_s = max(abs(delay_ms), abs(pause_ms) if length > 1 else 0.0) / 1000
    if longest_s > MAX_PAUSE_S:
        raise DicomError(
            f"must have frames that follow each other, got a pause of {longest_s:g} s; "
            f"at most {MAX_PAUSE_S:g} s are summed into one view."
        )
    return duration_ms / 1000
