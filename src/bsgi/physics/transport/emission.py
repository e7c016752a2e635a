"""Activity in the voxels of one compressed breast, lessened by the tissue below it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int
from scipy.ndimage import map_coordinates

from bsgi.physics.breast.anatomy import (
    Place,
    Position,
    Slab,
    TracedSlab,
    place_in_slab,
    trace_slab,
    untwist,
)
from bsgi.physics.breast.uptake import CELLS, REFERENCE_MM
from bsgi.physics.transport.projector import LAYER_MM, Grid

NIPPLE_MM = 9.0  # D: F has 4 mm radius and length for a phantom's nipple (VICTRE)


@dataclass(frozen=True, slots=True)
class Ball:
    """A sphere of one concentration that takes the place of what was there.

    Args:
        place: Its centre under compression.
        diameter_mm: Its diameter.
        concentration: Bq per mL and MBq injected.
    """

    place: Place
    diameter_mm: float
    concentration: float


@dataclass(frozen=True, slots=True)
class Emission:
    """Photon sources of one view, for one MBq injected and without decay.

    Args:
        activity_bq: Activity per voxel times the share of its photons that leave the
            breast downwards unscattered; the lowest layer, at the detector, first.
        filling: Local thickness of the breast over that of the slab.
    """

    activity_bq: Float32[np.ndarray, "layer row col"]
    filling: Float32[np.ndarray, "row col"]


def find_local_concentration(
    cells: Float32[np.ndarray, "depth lateral superior"],
    position: Position,
    diameter_mm: float,
) -> float:
    """Mean concentration around a place, over a cube of a lesion's size.

    Args:
        cells: Concentration in the uncompressed breast.
        position: Depth (0 to 1), lateral and superior (-1 to 1).
        diameter_mm: Edge of the cube, at least one cell.
    """
    depth, lateral, superior = position
    shares = (depth, 0.5 * (lateral + 1.0), 0.5 * (superior + 1.0))
    box = []
    for share, count, size_mm in zip(shares, CELLS, REFERENCE_MM, strict=True):
        reach = max(1, round(0.5 * diameter_mm * count / size_mm))
        centre = round(share * (count - 1))
        box.append(slice(max(0, centre - reach), centre + reach + 1))
    return float(cells[tuple(box)].mean())


def place_ball(
    slab: Slab, position: Position, diameter_mm: float, concentration: float
) -> Ball:
    """A lesion under compression; it stays round and is kept off paddle and detector.

    Args:
        slab: The compressed breast.
        position: Its place in the uncompressed breast.
        diameter_mm: Its diameter.
        concentration: Bq per mL and MBq injected.
    """
    place = place_in_slab(slab, position)
    radius_mm = 0.5 * diameter_mm
    height_mm = 0.5 * slab.thickness_mm
    if diameter_mm < slab.thickness_mm:
        height_mm = min(max(place.height_mm, radius_mm), slab.thickness_mm - radius_mm)
    place = Place(place.outward_mm, place.upward_mm, height_mm)
    return Ball(place, diameter_mm, concentration)


def place_nipple(slab: Slab, concentration: float) -> Ball:
    """The nipple, in profile at the tip of the breast.

    Args:
        slab: The compressed breast.
        concentration: Bq per mL and MBq injected.
    """
    outward_mm = slab.length_mm + 0.2 * NIPPLE_MM
    place = Place(outward_mm, slab.offset_mm, 0.5 * slab.thickness_mm)
    return Ball(place, NIPPLE_MM, concentration)


def build_emission(
    grid: Grid,
    slab: Slab,
    cells: Float32[np.ndarray, "depth lateral superior"],
    *,
    muscle: float,
    balls: Sequence[Ball],
    mu_per_cm: float,
) -> Emission:
    """Photon sources of one view of one breast.

    Args:
        grid: The camera's voxels.
        slab: The compressed breast.
        cells: Concentration in the uncompressed breast.
        muscle: Concentration in pectoral muscle.
        balls: Lesions and nipple.
        mu_per_cm: Attenuation coefficient of the breast.
    """
    traced = trace_slab(slab, grid.outward_mm, grid.upward_mm)
    middle_mm = np.float32(0.5 * slab.thickness_mm)
    layers = math.ceil(slab.thickness_mm / LAYER_MM)
    height_mm = (np.arange(layers, dtype=np.float32) + np.float32(0.5)) * np.float32(
        LAYER_MM
    )
    half_mm = traced.half_mm[traced.inside]
    above_mm = (height_mm - middle_mm)[:, None]
    along = np.clip(above_mm / np.maximum(half_mm, np.float32(0.1)), -1.0, 1.0)
    concentration = _sample(cells, traced, along, slab)
    concentration += traced.pectoral * (np.float32(muscle) - concentration)

    weight = np.clip((half_mm - np.abs(above_mm)) / np.float32(LAYER_MM) + 0.5, 0, 1)
    weight *= _survival(above_mm + half_mm, mu_per_cm)
    weight *= concentration
    weight *= np.float32(grid.voxel_ml)
    activity_bq = np.zeros((layers, grid.rows, grid.cols), np.float32)
    columns = np.flatnonzero(traced.inside)
    activity_bq.reshape(layers, -1)[:, columns] = weight
    for ball in balls:
        bottom_mm = middle_mm - traced.half_mm
        _insert_ball(activity_bq, grid, ball, bottom_mm, mu_per_cm)
    return Emission(activity_bq, filling=traced.half_mm / middle_mm)


def _survival(
    path_mm: Float32[np.ndarray, "*any"], mu_per_cm: float
) -> Float32[np.ndarray, "*any"]:
    """Share of photons that cross tissue without interaction."""
    survival: Float32[np.ndarray, "*any"] = np.exp(
        np.maximum(path_mm, np.float32(0.0)) * np.float32(-mu_per_cm / 10.0)
    )
    return survival


def _sample(
    cells: Float32[np.ndarray, "depth lateral superior"],
    traced: TracedSlab,
    along: Float32[np.ndarray, "layer column"],
    slab: Slab,
) -> Float32[np.ndarray, "layer column"]:
    """Concentration at each voxel, interpolated where its tissue came from."""
    lateral, superior = untwist(traced, along, slab)
    where = np.empty((3, *along.shape), np.float32)
    where[0] = traced.depth * np.float32(CELLS[0] - 1)
    for axis, coordinate in ((1, lateral), (2, superior)):
        scale = np.float32(0.5 * (CELLS[axis] - 1))
        np.multiply(coordinate, scale, out=where[axis])
        where[axis] += scale
    sampled: Float32[np.ndarray, "layer column"] = map_coordinates(
        cells, where, order=1, mode="nearest", prefilter=False
    )
    return sampled


def _window(
    centres_mm: Float32[np.ndarray, " voxel"], middle_mm: float, reach_mm: float
) -> Int[np.ndarray, " found"]:
    """Indices of the voxels within reach of a coordinate along one axis."""
    return np.flatnonzero(np.abs(centres_mm - middle_mm) <= reach_mm)


def _insert_ball(
    activity_bq: Float32[np.ndarray, "layer row col"],
    grid: Grid,
    ball: Ball,
    bottom_mm: Float32[np.ndarray, "row col"],
    mu_per_cm: float,
) -> None:
    """Replace what a sphere holds, in place; voxels on its surface count in part."""
    place, radius_mm = ball.place, 0.5 * ball.diameter_mm
    height_mm = (np.arange(len(activity_bq), dtype=np.float32) + 0.5) * LAYER_MM
    reach_mm = radius_mm + max(grid.voxel_mm, LAYER_MM)
    layer = _window(height_mm.astype(np.float32), place.height_mm, reach_mm)
    row = _window(grid.upward_mm, place.upward_mm, reach_mm)
    col = _window(grid.outward_mm, place.outward_mm, reach_mm)
    if 0 in (len(layer), len(row), len(col)):
        return  # it lies outside the camera's field
    distance_mm = np.sqrt(
        ((height_mm[layer] - place.height_mm) ** 2)[:, None, None]
        + ((grid.upward_mm[row] - place.upward_mm) ** 2)[:, None]
        + (grid.outward_mm[col] - place.outward_mm) ** 2
    )
    soft_mm = (grid.voxel_mm**2 * LAYER_MM) ** (1 / 3)
    # A border of that width would hold more than the sphere: draw it in a little.
    border_mm = radius_mm - soft_mm**2 / (12.0 * radius_mm)
    share = np.clip(0.5 + (border_mm - distance_mm) / soft_mm, 0.0, 1.0)
    box = np.ix_(layer, row, col)
    path_mm = height_mm[layer][:, None, None] - bottom_mm[np.ix_(row, col)]
    inner = np.float32(ball.concentration * grid.voxel_ml) * _survival(
        path_mm.astype(np.float32), mu_per_cm
    )
    activity_bq[box] += (share * (inner - activity_bq[box])).astype(np.float32)
