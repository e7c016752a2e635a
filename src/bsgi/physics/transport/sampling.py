"""Concentration at the voxels of a compressed breast, from the cells it came from.

All voxels of one column of the image share one depth in the breast. So the cells are
first interpolated to those depths, plane by plane, and then within each plane; this is
the usual interpolation between eight cells at a third of its cost.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int32

from bsgi.physics.breast.anatomy import Slab, TracedSlab, untwist


@dataclass(frozen=True, slots=True)
class Planes:
    """Cells interpolated to the depths of an image's columns, and the way through them.

    A voxel at the relative height h of its column, -1 to 1, lies at ``middle + h *
    slope`` in its plane, in cells along (lateral, superior).

    Args:
        values: Planes over (lateral, superior), one behind the other.
        wide: Cells along superior.
        start: For each voxel column of the footprint, where its plane begins.
        middle: For each of them, the place of its middle.
        slope: For each of them, the way from there to the paddle's side.
    """

    values: Float32[np.ndarray, " cell"]
    wide: int
    start: Int32[np.ndarray, " column"]
    middle: Float32[np.ndarray, "2 column"]
    slope: Float32[np.ndarray, "2 column"]


def build_planes(
    cells: Float32[np.ndarray, "depth lateral superior"],
    traced: TracedSlab,
    slab: Slab,
) -> Planes:
    """Interpolate the cells to the depth of each of the image's columns.

    Args:
        cells: Concentration in the uncompressed breast.
        traced: The columns inside the footprint.
        slab: The compressed breast.
    """
    _, col = np.nonzero(traced.inside)
    depth = np.zeros(traced.inside.shape[1], np.float32)
    depth[col] = traced.depth
    depth = depth[: col.max(initial=0) + 1] * np.float32(len(cells) - 1)
    below = np.minimum(depth.astype(np.int32), len(cells) - 2)
    share = (depth - below.astype(np.float32))[:, None, None]
    planes = cells[below]
    planes += share * (cells[below + 1] - planes)
    # Columns are straight in the breast: two heights tell where all the others are.
    ends = np.repeat(np.array([[0.0], [1.0]], np.float32), len(traced.depth), axis=1)
    lateral, superior = untwist(traced, ends, slab)
    tall, wide = cells.shape[1:]
    # A little less than half, so that no place reaches the last cell itself.
    half = np.array([[tall - 1.0], [wide - 1.0]], np.float32) * np.float32(0.5 - 1e-6)
    return Planes(
        values=planes.reshape(-1),
        wide=wide,
        start=(col * (tall * wide)).astype(np.int32),
        middle=(np.stack([lateral[0], superior[0]]) + np.float32(1.0)) * half,
        slope=np.stack([lateral[1] - lateral[0], superior[1] - superior[0]]) * half,
    )


def sample_planes(
    planes: Planes, height: Float32[np.ndarray, "layer column"]
) -> Float32[np.ndarray, "layer column"]:
    """Interpolate between the four nearest cells of each voxel's plane.

    Args:
        planes: From `build_planes`.
        height: Relative height of each voxel in its column, -1 to 1.
    """
    across = height * planes.slope[0]
    across += planes.middle[0]
    along = height * planes.slope[1]
    along += planes.middle[1]
    index, number = across.astype(np.int32), along.astype(np.int32)
    across -= index.astype(np.float32)
    along -= number.astype(np.float32)
    index *= np.int32(planes.wide)
    index += number
    index += planes.start
    corners: list[Float32[np.ndarray, "layer column"]] = []
    # No index lies outside; "clip" only spares the check.
    for step in (0, 1, planes.wide - 1, 1):
        index += np.int32(step)
        corners.append(planes.values.take(index, mode="clip"))
    first, second, third, fourth = corners
    _blend(first, second, along)
    _blend(third, fourth, along)
    _blend(first, third, across)
    return first


def _blend(
    low: Float32[np.ndarray, "layer column"],
    high: Float32[np.ndarray, "layer column"],
    share: Float32[np.ndarray, "layer column"],
) -> None:
    """Move one set of values towards another, in place; both are overwritten."""
    high -= low
    high *= share
    low += high
