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


_MIN_DURATION_S: Final = 30.0
"""Shorter than any view of the breast: seconds may stand where milliseconds belong."""


@dataclass(frozen=True, slots=True)
class Timing:
    """How long the frames of one head and window took together.

    Args:
        duration_s: Time in which they counted, without pauses between them.
        notes: That frames were summed, that they took very short.
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
        return Timing(duration_ms / 1000, _doubt(duration_ms / 1000))
    durations_s: list[float] = []
    pauses_s = 0.0
    for number, length in enumerate(_count_slices(dataset, table), start=1):
        phase = read_items(dataset, "PhaseInformationSequence")[number - 1]
        durations_s.extend([_read_frame_s(phase, number)] * length)
        pauses_s += _read_pauses_s(phase, number, length)
    total_s = sum(durations_s)
    if len(durations_s) == 1:
        return Timing(total_s, _doubt(total_s))
    return Timing(total_s, (_describe(durations_s, pauses_s), *_doubt(total_s)))


def _doubt(duration_s: float) -> tuple[str, ...]:
    """A note on a duration that no view has; one that is none is refused later."""
    if not 0 < duration_s < _MIN_DURATION_S:
        return ()
    return (
        f"the file says that it took {duration_s:g} s, shorter than any view of the "
        "breast; rates may be wrong",
    )


def _describe(durations_s: list[float], pauses_s: float) -> str:
    """How many frames were summed, of what length, and the pauses between them."""
    each = [(long, len(list(same))) for long, same in groupby(durations_s)]
    said = (
        f"{len(durations_s)} frames of {each[0][0]:g} s were summed"
        if len(each) == 1
        else f"{len(durations_s)} frames were summed: "
        + ", ".join(f"{times} of {long:g} s" for long, times in each[:4])
        + (" and others" if len(each) > 4 else "")
    )
    if pauses_s > 0:
        said += f"; pauses between them, {pauses_s:g} s together, are not counted"
    return said


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
        if stated != len(slices):
            raise DicomError(
                f"must have all frames of phase {number}, got {len(slices)} of "
                f"{'an unknown number' if stated is None else stated}."
            )
        if slices != list(range(1, len(slices) + 1)):
            raise DicomError(
                f"must number the time slices of phase {number} from 1 to "
                f"{len(slices)} without a gap, got numbers {slices[0]} to {slices[-1]}."
            )
        lengths.append(len(slices))
    return lengths


def _read_frame_s(phase: Dataset, number: int) -> float:
    """Duration of a frame of a phase."""
    duration_ms = read_number(phase, "ActualFrameDuration")
    if duration_ms is None or duration_ms <= 0:
        raise DicomError(
            "must say how long each frame took: Actual Frame Duration of phase "
            f"{number} is missing."
        )
    return duration_ms / 1000


def _read_pauses_s(phase: Dataset, number: int, length: int) -> float:
    """Time without counting before a phase and in it; frames must follow each other."""
    delay_ms = (read_number(phase, "PhaseDelay") or 0.0) if number > 1 else 0.0
    pause_ms = read_number(phase, "PauseBetweenFrames") or 0.0
    longest_s = max(abs(delay_ms), abs(pause_ms) if length > 1 else 0.0) / 1000
    if longest_s > MAX_PAUSE_S:
        raise DicomError(
            f"must have frames that follow each other, got a pause of {longest_s:g} s; "
            f"at most {MAX_PAUSE_S:g} s are summed into one view."
        )
    return (abs(delay_ms) + abs(pause_ms) * (length - 1)) / 1000
