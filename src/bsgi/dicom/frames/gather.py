"""The frames of a file to the counts of its views.

References:
    DICOM PS3.3 C.8.4.8 (NM multi-frame: frames, detectors and energy windows).
"""

from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Integer
from pydicom.dataset import Dataset

from bsgi.dicom.frames.decode import decode_frames
from bsgi.dicom.frames.heads import OppositeHead, read_mirroring
from bsgi.dicom.frames.layout import read_layout
from bsgi.dicom.frames.parts import FindName, Part, find_odd, split_views
from bsgi.dicom.frames.phases import read_timing
from bsgi.dicom.frames.stated import check_stated
from bsgi.dicom.frames.vectors import read_vectors
from bsgi.dicom.frames.windows import choose_window
from bsgi.errors import DicomError

Counts = Integer[np.ndarray, "head row col"]


@dataclass(frozen=True, slots=True)
class Frames:
    """The frames of one view in its energy window, those of a time series summed.

    Args:
        part: The view, its detectors and its place in the file.
        counts: Stored integers, heads in the order of detector number.
        duration_s: Acquisition time of all of them.
        energy_window_kev: Limits of the chosen window; None if unknown.
        heads_mirrored: For each head, whether its rows run against the first head's.
        thirds: Sums of the first, middle and last third of a time series; empty for
            fewer than three frames.
        notes: What is worth a look.
    """

    part: Part
    counts: Counts
    duration_s: float
    energy_window_kev: tuple[float, float] | None
    heads_mirrored: tuple[bool, ...]
    thirds: tuple[Counts, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FileFrames:
    """All frames of a file.

    Args:
        views: Those that make a view.
        refusals: Reasons why others make none.
        notes: What is worth a look in the file as a whole.
    """

    views: tuple[Frames, ...]
    refusals: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())


def read_frames(
    dataset: Dataset,
    find_name: FindName,
    opposite_head: OppositeHead = OppositeHead.STATED,
) -> FileFrames:
    """The counts of all views of an NM image in its photopeak window.

    Args:
        dataset: An NM dataset with its pixels, static or dynamic.
        find_name: Finds the view of the whole file (None) or of one detector.
        opposite_head: What counts where the file does not say how heads lie.

    Raises:
        DicomError: If no frame makes a view, or if pixels are missing, damaged,
            compressed with loss, coloured or not counts.
    """
    table = read_vectors(dataset)
    parts, refusals = split_views(dataset, table, find_name)
    window = choose_window(dataset, sorted(set(table.windows)))
    timing = read_timing(dataset, table)
    stack = decode_frames(dataset, read_layout(dataset, len(table)))
    views, reasons = [], list(refusals)
    for part in parts:
        try:
            mirrored, said = read_mirroring(
                dataset, part.heads, opposite_head, str(part.name)
            )
            series = [stack[table.find(head, window.number)] for head in part.heads]
            counts = _sum(series)
            if not counts.any():
                raise DicomError("has no events: every pixel is 0.")
        except DicomError as reason:
            if not part.frame:
                raise
            reasons.append(f"{part.frame}: {reason}")
            continue
        views.append(
            Frames(
                part=part,
                counts=counts,
                duration_s=timing.duration_s,
                energy_window_kev=window.limits_kev,
                heads_mirrored=mirrored,
                thirds=_sum_thirds(series),
                notes=(*window.notes, *timing.notes, *said),
            )
        )
    odd = find_odd([view.part for view in views])
    views = [view for view in views if view.part.name not in odd]
    reasons += odd.values()
    if not views:
        raise DicomError(reasons[0])
    return FileFrames(tuple(views), tuple(reasons), check_stated(dataset, stack))


def _sum(series: list[Integer[np.ndarray, "time row col"]]) -> Counts:
    """Each head's frames together, in 16 bits where they fit."""
    if len(series[0]) == 1:
        return np.concatenate(series)
    total = np.stack([frames.sum(axis=0, dtype=np.uint32) for frames in series])
    fits = int(total.max()) <= np.iinfo(np.uint16).max
    return total.astype(np.uint16 if fits else np.uint32)


def _sum_thirds(
    series: list[Integer[np.ndarray, "time row col"]],
) -> tuple[Counts, ...]:
    """The first, middle and last third of the frames, each as an image."""
    if len(series[0]) < 3:
        return ()
    thirds = [np.array_split(frames, 3) for frames in series]
    return tuple(_sum([head[third] for head in thirds]) for third in range(3))
