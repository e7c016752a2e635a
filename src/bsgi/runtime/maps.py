"""A heat map of the network back in the pixels of each view, as the camera saved them.

Preprocessing and pose are undone: the map covers the field that the network saw, rows
about the centre of the detector and columns from its chest wall.
"""

import numpy as np
from jaxtyping import Float32

from bsgi.exam.orientation import find_pose
from bsgi.exam.prediction import HeatMap
from bsgi.exam.preprocess import Preprocessing, image_spacing_mm
from bsgi.exam.record import Exam, View


def lay_maps(
    evidence: Float32[np.ndarray, "map_row map_col"],
    exam: Exam,
    settings: Preprocessing,
) -> tuple[HeatMap, ...]:
    """The map of an exam on each view that is there, in canonical order.

    Args:
        evidence: One map, which the views share that a network stacks as channels.
        exam: The exam.
        settings: How it became an image.
    """
    return tuple(
        HeatMap(name, lay_on_view(evidence, exam.views[name], settings))
        for name in exam.present()
    )


def lay_on_view(
    evidence: Float32[np.ndarray, "map_row map_col"],
    view: View,
    settings: Preprocessing,
) -> Float32[np.ndarray, "row col"]:
    """A map in the pixels of the first head, by linear interpolation; 0 outside.

    Args:
        evidence: The map, covering the whole image of the network.
        view: The view.
        settings: How it became an image.
    """
    pose = find_pose(view)
    rows, cols = view.counts.shape[1:]
    if pose.transpose:
        rows, cols = cols, rows
    down_mm, along_mm = pose.spacing_mm(view)
    height_mm, width_mm = (
        settings.size * each for each in image_spacing_mm(view, settings)
    )
    above_mm = (rows * down_mm - height_mm) / 2
    down = _weights(rows, down_mm, above_mm, height_mm, evidence.shape[0])
    along = _weights(cols, along_mm, 0.0, width_mm, evidence.shape[1])
    return np.ascontiguousarray(pose.undo(down @ evidence @ along.T))


def _weights(
    pixels: int, spacing_mm: float, start_mm: float, field_mm: float, cells: int
) -> Float32[np.ndarray, "pixel cell"]:
    """How much each cell of a map gives to each pixel, along one axis."""
    share = ((np.arange(pixels) + 0.5) * spacing_mm - start_mm) / field_mm
    inside = (share >= 0) & (share <= 1)
    index = np.clip(share * cells - 0.5, 0, cells - 1)
    apart = np.abs(index[:, None] - np.arange(cells))
    weights = np.maximum(1 - apart, 0) * inside[:, None]
    return np.asarray(weights, np.float32)
