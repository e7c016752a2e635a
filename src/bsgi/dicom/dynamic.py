"""A view as a list of frames: what a dynamic NM image has beyond a static one.

References:
    DICOM PS3.3 C.8.4.8 (NM multi-frame: phase vector and time slice vector), C.8.4.14
    (NM phase).
"""

from collections.abc import Sequence
from itertools import groupby

import numpy as np
from jaxtyping import UInt16
from pydicom.dataset import Dataset

_POINTERS = [0x00540010, 0x00540020, 0x00540030, 0x00540100]
"""Energy window, detector, phase and time slice; the last runs fastest."""


def add_frames(
    dataset: Dataset,
    frames: UInt16[np.ndarray, "frame head row col"],
    frame_s: Sequence[float],
) -> None:
    """Turn the dataset of a static view into that of a dynamic one.

    Frames of the same duration that follow each other make one phase, as a phase has
    one duration only; a shorter frame at the end is a phase of its own.

    Args:
        dataset: The complete dataset of the static view, changed in place.
        frames: Counts per frame, posed as those of the view.
        frame_s: Duration of each frame.

    Raises:
        ValueError: If durations or pixels do not fit the frames.
    """
    count, heads, rows, columns = frames.shape
    static = (dataset.NumberOfFrames, dataset.Rows, dataset.Columns)
    if (heads, rows, columns) != static or len(frame_s) != count:
        raise ValueError(
            f"frames must have the heads, rows and columns {static} of the view and "
            f"one duration each, got {frames.shape} and {len(frame_s)} durations."
        )
    phases = [
        (duration_ms, len(list(group)))
        for duration_ms, group in groupby(round(1000 * each) for each in frame_s)
    ]
    kind, value = list(dataset.ImageType[:2]), dataset.ImageType[3]
    dataset.ImageType = [*kind, "DYNAMIC", value]
    # Each phase has it instead.
    del dataset.ActualFrameDuration
    dataset.NumberOfFrames = count * heads
    dataset.FrameIncrementPointer = _POINTERS
    dataset.EnergyWindowVector = [1] * (count * heads)
    dataset.DetectorVector = [head + 1 for head in range(heads) for _ in range(count)]
    dataset.PhaseVector = heads * [
        number + 1 for number, (_, length) in enumerate(phases) for _ in range(length)
    ]
    dataset.NumberOfPhases = len(phases)
    dataset.TimeSliceVector = heads * [
        slice_ + 1 for _, length in phases for slice_ in range(length)
    ]
    dataset.PhaseInformationSequence = [_describe_phase(*phase) for phase in phases]
    ordered = np.swapaxes(frames, 0, 1)
    dataset.PixelData = np.ascontiguousarray(ordered).astype("<u2").tobytes()


def _describe_phase(duration_ms: int, length: int) -> Dataset:
    """One item of the NM phase module: frames that follow each other without a gap."""
    phase = Dataset()
    phase.PhaseDelay = 0
    phase.ActualFrameDuration = duration_ms
    phase.PauseBetweenFrames = 0
    phase.NumberOfFramesInPhase = length
    return phase
