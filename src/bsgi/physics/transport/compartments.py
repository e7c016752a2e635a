"""Skin, axilla and surfaces of a compressed breast, as shares of its voxels."""

import numpy as np
from jaxtyping import Float32

from bsgi.physics.breast.anatomy import Slab, TracedSlab
from bsgi.physics.breast.uptake import SKIN_MM
from bsgi.physics.transport.grid import Grid

# D: the axilla is a quarter of a disc in the corner between chest wall and arm; its
# border is as soft as that of the muscle.
AXILLA_MM = 35.0
AXILLA_EDGE_MM = 15.0


def overlap_layers(
    above_mm: Float32[np.ndarray, "layer 1"],
    half_mm: Float32[np.ndarray, " column"],
    layer_mm: float,
) -> Float32[np.ndarray, "layer column"]:
    """Share of each voxel that lies within a half-thickness of the middle.

    Args:
        above_mm: Height of the layers above the middle of the breast.
        half_mm: The half-thickness of each column.
        layer_mm: Thickness of a layer.
    """
    scale = np.float32(1.0 / layer_mm)
    reach = half_mm * scale + np.float32(0.5)
    share: Float32[np.ndarray, "layer column"] = reach - np.abs(above_mm) * scale
    # A breast thinner than a layer fills no more of it than it is thick.
    np.minimum(share, np.minimum(1.0, half_mm * np.float32(2.0) * scale), out=share)
    np.maximum(share, np.float32(0.0), out=share)
    return share


def find_core_mm(
    slab: Slab, half_mm: Float32[np.ndarray, " column"]
) -> Float32[np.ndarray, " column"]:
    """Half-thickness of what lies within the skin.

    The rounded edge is a quarter of an ellipse; so is the inner side of its skin.

    Args:
        slab: The compressed breast.
        half_mm: Half of the local thickness, skin included.
    """
    full_mm = 0.5 * slab.thickness_mm
    mean_mm = (slab.length_mm + slab.upper_mm + slab.lower_mm) / 3.0
    rim_mm = (1.0 - slab.edge_share) * mean_mm
    flat = np.minimum(half_mm * np.float32(1.0 / full_mm), np.float32(1.0))
    # How far into the rounded edge each column lies, seen from the skin's inner side.
    over = (1.0 - flat * flat) * np.float32((rim_mm / (rim_mm - SKIN_MM)) ** 2)
    inner = np.sqrt(np.maximum(np.float32(0.0), np.float32(1.0) - over))
    core_mm: Float32[np.ndarray, " column"] = inner * np.float32(full_mm - SKIN_MM)
    return core_mm


def find_axilla(
    grid: Grid, slab: Slab, traced: TracedSlab
) -> Float32[np.ndarray, " column"]:
    """Share of axillary tissue in each column, in the upper corner at the chest wall.

    Args:
        grid: The camera's voxels.
        slab: The compressed breast.
        traced: Its columns on that grid.
    """
    row, col = np.nonzero(traced.inside)
    corner_mm = np.float32(slab.offset_mm + slab.upper_mm)
    distance_mm = np.hypot(grid.upward_mm[row] - corner_mm, grid.outward_mm[col])
    share = 0.5 + (np.float32(AXILLA_MM) - distance_mm) / np.float32(AXILLA_EDGE_MM)
    inside: Float32[np.ndarray, " column"] = np.clip(share, 0.0, 1.0)
    return inside
