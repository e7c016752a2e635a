"""Activity in the voxels of one compressed breast, and what a head sees of it.

The breast lies between the detector, below, and a paddle or a second head above. Its
activity is kept as it is; attenuation is applied for the head that looks at it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int

from bsgi.exam.record import Projection
from bsgi.physics.breast.anatomy import (
    Place,
    Slab,
    TracedSlab,
    trace_slab,
)
from bsgi.physics.transport.compartments import (
    find_axilla,
    find_core_mm,
    overlap_layers,
)
from bsgi.physics.transport.grid import Grid
from bsgi.physics.transport.projector import LARGEST_LAYER_MM
from bsgi.physics.transport.sampling import build_planes, sample_planes

NIPPLE_MM = 9.0  # D: F has 4 mm radius and length for a phantom's nipple (VICTRE)
# Voxels that are worked on at once; their arrays stay in the processor's cache.
_AT_ONCE = 40_000


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
class Void:
    """An ellipsoid without activity, such as an implant; it attenuates as the breast.

    Args:
        place: Its centre under compression.
        semi_mm: Its semi-axes outward, upward and in height.
    """

    place: Place
    semi_mm: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Emission:
    """Photon sources of one view, for one MBq injected and without decay.

    Args:
        activity_bq: Activity per voxel; the lowest layer, at the detector, first.
        layer_mm: Thickness of a layer.
        thickness_mm: Distance between the detector and what lies above the breast.
        filling: Local thickness of the breast over that distance; the breast is
            centred between both.
    """

    activity_bq: Float32[np.ndarray, "layer row col"]
    layer_mm: float
    thickness_mm: float
    filling: Float32[np.ndarray, "row col"]

    @property
    def bottom_mm(self) -> Float32[np.ndarray, "row col"]:
        """Height of the breast's lower surface; half of the distance where it ends."""
        gap: Float32[np.ndarray, "row col"] = np.float32(1.0) - self.filling
        return gap * np.float32(0.5 * self.thickness_mm)

    @property
    def top_mm(self) -> Float32[np.ndarray, "row col"]:
        """Height of the breast's upper surface."""
        top: Float32[np.ndarray, "row col"] = self.bottom_mm * np.float32(-1.0)
        top += np.float32(self.thickness_mm)
        return top

    def seen_by(
        self, head: int, mu_per_cm: float
    ) -> Float32[np.ndarray, "layer row col"]:
        """Activity times the share of its photons that leave the breast unscattered.

        Args:
            head: 0 is below the breast, 1 above it.
            mu_per_cm: Attenuation coefficient of the breast.

        Returns:
            The layer next to that head first.
        """
        mu_per_mm = np.float32(mu_per_cm / 10.0)
        layers = len(self.activity_bq)
        height_mm = (np.arange(layers, dtype=np.float32) + 0.5) * np.float32(
            self.layer_mm
        )
        # Either head sees the same gap to the breast, as that lies in the middle.
        survival: Float32[np.ndarray, "layer row col"] = np.multiply.outer(
            np.exp(-mu_per_mm * height_mm), np.exp(mu_per_mm * self.bottom_mm)
        )
        np.minimum(survival, np.float32(1.0), out=survival)
        survival *= self.activity_bq if head == 0 else self.activity_bq[::-1]
        return survival


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
    skin: float | None = None,
    axilla: float | None = None,
    balls: Sequence[Ball] = (),
    voids: Sequence[Void] = (),
) -> Emission:
    """Photon sources of one view of one breast.

    Args:
        grid: The camera's voxels.
        slab: The compressed breast.
        cells: Concentration in the uncompressed breast.
        muscle: Concentration in pectoral muscle.
        skin: Concentration in the skin; None if there is nothing but the cells.
        axilla: Concentration in the axilla, which only MLO shows; None as above.
        balls: Lesions and nipple; they are put in after the voids.
        voids: Implants.
    """
    traced = trace_slab(slab, grid.outward_mm, grid.upward_mm)
    layers = math.ceil(slab.thickness_mm / LARGEST_LAYER_MM)
    layer_mm = slab.thickness_mm / layers
    regions = [(traced.pectoral, muscle)]
    if axilla is not None and slab.projection is Projection.MLO:
        # The muscle lies in front of the axilla.
        regions.insert(0, (find_axilla(grid, slab, traced), axilla))
    activity_bq = np.zeros((layers, grid.rows * grid.cols), np.float32)
    _fill(activity_bq, layer_mm, slab, traced, cells, regions, skin)
    activity_bq *= np.float32(grid.voxel_cm2 * layer_mm / 10.0)
    emission = Emission(
        activity_bq.reshape(layers, grid.rows, grid.cols),
        layer_mm=layer_mm,
        thickness_mm=slab.thickness_mm,
        filling=traced.half_mm / np.float32(0.5 * slab.thickness_mm),
    )
    for void in voids:
        _insert(emission, grid, void.place, void.semi_mm, 0.0)
    for ball in balls:
        semi_mm = 0.5 * ball.diameter_mm
        _insert(emission, grid, ball.place, (semi_mm,) * 3, ball.concentration)
    return emission


def _fill(
    held: Float32[np.ndarray, "layer voxel"],
    layer_mm: float,
    slab: Slab,
    traced: TracedSlab,
    cells: Float32[np.ndarray, "depth lateral superior"],
    regions: Sequence[tuple[Float32[np.ndarray, " column"], float]],
    skin: float | None,
) -> None:
    """Write each voxel's concentration times its share of tissue, in place.

    Args:
        held: What to fill, layers over the flattened grid.
        layer_mm: Thickness of a layer.
        slab: The compressed breast.
        traced: Its columns on the grid.
        cells: Concentration in the uncompressed breast.
        regions: Share and concentration of what replaces the cells, in that order.
        skin: Concentration in the skin; None if there is none.
    """
    above_mm = (np.arange(len(held), dtype=np.float32) + 0.5) * np.float32(layer_mm)
    above_mm -= np.float32(0.5 * slab.thickness_mm)
    half_mm = traced.half_mm[traced.inside]
    core_mm = half_mm if skin is None else find_core_mm(slab, half_mm)
    planes = build_planes(cells, traced, slab)
    upward = np.float32(1.0) / np.maximum(half_mm, np.float32(0.1))
    regions = [(share, value) for share, value in regions if share.any()]
    columns = np.flatnonzero(traced.inside)
    step = max(1, _AT_ONCE // max(1, len(columns)))
    for first in range(0, len(held), step):
        some_mm = above_mm[first : first + step, None]
        height = some_mm * upward
        np.minimum(height, np.float32(1.0), out=height)
        np.maximum(height, np.float32(-1.0), out=height)
        tissue = sample_planes(planes, height)
        for share, concentration in regions:
            tissue += share * (np.float32(concentration) - tissue)
        core = overlap_layers(some_mm, core_mm, layer_mm)
        tissue *= core
        if skin is not None:
            shell = overlap_layers(some_mm, half_mm, layer_mm)
            shell -= core
            shell *= np.float32(skin)
            tissue += shell
        held[first : first + step, columns] = tissue


def _window(
    centres_mm: Float32[np.ndarray, " voxel"], middle_mm: float, reach_mm: float
) -> Int[np.ndarray, " found"]:
    """Indices of the voxels within reach of a coordinate along one axis."""
    return np.flatnonzero(np.abs(centres_mm - middle_mm) <= reach_mm)


def _insert(
    emission: Emission,
    grid: Grid,
    place: Place,
    semi_mm: tuple[float, float, float],
    concentration: float,
) -> None:
    """Replace what an ellipsoid holds; voxels on its surface count in part."""
    activity_bq, layer_mm = emission.activity_bq, emission.layer_mm
    height_mm = (np.arange(len(activity_bq), dtype=np.float32) + 0.5) * layer_mm
    axes = (
        (height_mm.astype(np.float32), place.height_mm, semi_mm[2]),
        (grid.upward_mm, place.upward_mm, semi_mm[1]),
        (grid.outward_mm, place.outward_mm, semi_mm[0]),
    )
    room_mm = max(grid.voxel_mm, layer_mm)
    found = [_window(axis, middle, semi + room_mm) for axis, middle, semi in axes]
    if 0 in (len(found[0]), len(found[1]), len(found[2])):
        return  # it lies outside the camera's field
    square, relative = np.float32(0.0), np.float32(0.0)
    for number, (axis, middle, semi) in enumerate(axes):
        away = (axis[found[number]] - np.float32(middle)) ** 2
        away = away.reshape([-1 if k == number else 1 for k in range(3)])
        square = square + away
        relative = relative + away / np.float32(semi**2)
    mean_mm = math.prod(semi_mm) ** (1 / 3)
    # Distance from the surface, exact for a sphere and near the surface of others.
    tiny = np.float32(1e-6)
    scale_mm = np.sqrt((square + tiny * np.float32(mean_mm**2)) / (relative + tiny))
    inside_mm = (1.0 - np.sqrt(relative)) * scale_mm
    soft_mm = (grid.voxel_mm**2 * layer_mm) ** (1 / 3)
    # A border of that width would hold more than the sphere: draw it in a little.
    share = 0.5 + (inside_mm - soft_mm**2 / (12.0 * mean_mm)) / soft_mm
    np.clip(share, 0.0, 1.0, out=share)
    box = np.ix_(*found)
    inner = np.float32(concentration * grid.voxel_cm2 * layer_mm / 10.0)
    activity_bq[box] += share.astype(np.float32) * (inner - activity_bq[box])
