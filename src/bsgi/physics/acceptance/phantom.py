"""Breasts whose images can be worked out by hand: uniform slabs, round or a box."""

import math
from dataclasses import replace

import numpy as np
from jaxtyping import Float, Float32

from bsgi.exam.record import Projection
from bsgi.physics.acceptance.lesion_sums import ScatterSums, Sphere
from bsgi.physics.acceptance.scatter_sums import BOX_CM
from bsgi.physics.breast.anatomy import Place, Slab
from bsgi.physics.breast.uptake import CELLS
from bsgi.physics.camera.materials import mix_breast
from bsgi.physics.camera.record import Camera
from bsgi.physics.simulate import Parts, project_parts
from bsgi.physics.transport.emission import Ball, Emission, build_emission
from bsgi.physics.transport.projector import find_projector
from bsgi.physics.transport.scatter import find_scatter_model
from bsgi.physics.transport.torso import find_torso_cm

# C: 0.10 uCi/mL after about 1,000 MBq (F: Mann et al., J Oncol 2012:146943).
CONCENTRATION = 3.7
"""Bq per mL and MBq injected."""

MU_PER_CM = mix_breast(0.2).mu_per_cm
"""Attenuation of a breast with a fifth of gland by volume."""

LESION_OUTWARD_MM = 35.0
"""Lesions lie so far from the chest wall: there scatter is about the breast's mean."""

READ_MM = 20.0
"""How far from a lesion's centre its image is read."""

TORSO_RATIO = 3.0  # C: the torso's concentration over the breast's, 3 to 4


def build_round_slab(thickness_mm: float, area_cm2: float = 120.0) -> Slab:
    """A half-round breast of a thickness and footprint.

    Args:
        thickness_mm: Compressed thickness.
        area_cm2: Area of its footprint.
    """
    unit = Slab(Projection.CC, thickness_mm, 10.0, 10.0, 10.0).area_cm2
    size_mm = 10.0 * math.sqrt(area_cm2 / unit)
    return Slab(Projection.CC, thickness_mm, size_mm, size_mm, size_mm)


def project_uniform(
    camera: Camera, slab: Slab, ball: Ball | None = None
) -> Float32[np.ndarray, "head row col"]:
    """Counts per second and pixel of a uniform breast, for one MBq injected.

    Args:
        camera: The camera.
        slab: The breast's shape.
        ball: A lesion in it, if any.
    """
    return project_slab_parts(camera, slab, ball).total


def project_slab_parts(camera: Camera, slab: Slab, ball: Ball | None = None) -> Parts:
    """The same by origin: from the breast, scattered, and from behind the chest wall.

    Args:
        camera: The camera.
        slab: The breast's shape.
        ball: A lesion in it, if any.
    """
    projector = find_projector(camera)
    emission = build_emission(
        projector.grid,
        slab,
        np.full(CELLS, CONCENTRATION, np.float32),
        muscle=0.0,
        balls=() if ball is None else (ball,),
    )
    return _project(camera, emission, slab, torso=True)


def find_middle(camera: Camera) -> tuple[int, int]:
    """Row and column of the pixel that lesions lie above.

    Args:
        camera: The camera.
    """
    outward_mm = find_projector(camera).grid.pixel_centres_mm()[1]
    return camera.rows // 2, int(np.abs(outward_mm - LESION_OUTWARD_MM).argmin())


def project_ratio(
    camera: Camera,
    slab: Slab,
    sphere: Sphere,
    pixel: tuple[int, int],
    head: int = 0,
) -> Float[np.ndarray, "row col"]:
    """Counts with a lesion over counts without it, about the lesion's pixel.

    Args:
        camera: The camera.
        slab: The breast's shape.
        sphere: The lesion; its height is that above the first head.
        pixel: Row and column of the pixel that it lies above.
        head: Which head is read: 0 below the breast, 1 above it.
    """
    upward_mm, outward_mm = find_projector(camera).grid.pixel_centres_mm()
    row, col = pixel
    place = Place(float(outward_mm[col]), float(upward_mm[row]), sphere.height_mm)
    ball = Ball(place, sphere.diameter_mm, sphere.ratio * CONCENTRATION)
    reach = math.ceil(READ_MM / camera.pitch_mm)
    window = np.s_[head, row - reach : row + reach + 1, col - reach : col + reach + 1]
    lesion = project_uniform(camera, slab, ball)[window].astype(float)
    return np.asarray(lesion / project_uniform(camera, slab)[window])


def sum_scatter(camera: Camera, slab: Slab) -> ScatterSums:
    """Scatter at the middle of a slab, from the camera's scattering kernel.

    Args:
        camera: The camera.
        slab: A uniform breast, without its rounded edge.
    """
    model = find_scatter_model(camera)
    thickness_cm = slab.thickness_mm / 10.0
    rings = model.own_rings(thickness_cm)
    limits_cm = model.radius_cm
    outward_mm = find_projector(camera).grid.pixel_centres_mm()[1]
    col = find_middle(camera)[1]
    angle = (np.arange(180) + 0.5) * math.pi / 90.0
    middle_mm = 5.0 * (limits_cm[1:] + limits_cm[:-1])[:, None]
    out_mm = outward_mm[col] + middle_mm * np.cos(angle)
    aside_mm = np.abs(middle_mm * np.sin(angle))
    edge = np.maximum(out_mm / slab.length_mm, 0.0) ** slab.exponent
    edge = edge + (aside_mm / slab.upper_mm) ** slab.exponent
    inside = ((edge < 1.0) & (out_mm > 0)).mean(axis=1)
    seen_cm = -math.expm1(-MU_PER_CM * thickness_cm) / MU_PER_CM
    behind = find_torso_cm(camera, slab.thickness_mm) * TORSO_RATIO / seen_cm
    torso = model.torso_profile(outward_mm / 10.0, thickness_cm)
    reach = math.ceil(READ_MM / camera.pitch_mm)
    about = slice(col - reach, col + reach + 1)
    return ScatterSums(
        limits_mm=10.0 * limits_cm,
        own_per_mm2=rings / (100.0 * math.pi * np.diff(limits_cm**2)),
        own=float((rings * inside).sum()),
        torso=(torso + behind)[about],
    )


def measure_box(
    camera: Camera, thickness_cm: float, *, torso: bool
) -> Float[np.ndarray, " centimetre"]:
    """Scattered over unscattered counts of a box, per centimetre from the chest wall.

    The detector is taken without its dead edge, which would hide the first centimetre.

    Args:
        camera: The camera.
        thickness_cm: Thickness of the box; its other sizes are `BOX_CM`.
        torso: Whether there is a torso.
    """
    camera = replace(camera, dead_edge_mm=0.0)
    grid = find_projector(camera).grid
    thickness_mm = 10.0 * thickness_cm
    layers = math.ceil(thickness_mm / 2.0)
    length_mm, width_mm = 10.0 * BOX_CM[0], 10.0 * BOX_CM[1]
    # Voxels on the border hold the box in part.
    along = _share_within(grid.outward_mm, grid.voxel_mm, 0.0, length_mm)
    aside = _share_within(grid.upward_mm, grid.voxel_mm, -width_mm / 2, width_mm / 2)
    footprint = np.multiply.outer(aside, along)
    held = CONCENTRATION * grid.voxel_cm2 * thickness_cm / layers
    layer = (held * footprint).astype(np.float32)
    emission = Emission(
        np.repeat(layer[None], layers, axis=0),
        layer_mm=thickness_mm / layers,
        thickness_mm=thickness_mm,
        filling=footprint.astype(np.float32),
    )
    slab = Slab(Projection.CC, thickness_mm, length_mm, 0.5 * width_mm, 0.5 * width_mm)
    parts = _project(camera, emission, slab, torso=torso)
    edges_cm = np.arange(camera.cols + 1) * camera.pitch_mm / 10.0
    whole = np.arange(int(BOX_CM[0]) + 1, dtype=float)
    scatter, primary = (
        np.diff(np.interp(whole, edges_cm, np.cumsum([0.0, *part[0].sum(axis=0)])))
        for part in (parts.scatter, parts.primary)
    )
    return np.asarray(scatter / primary)


def _share_within(
    centre_mm: Float32[np.ndarray, " voxel"],
    voxel_mm: float,
    lowest_mm: float,
    highest_mm: float,
) -> Float[np.ndarray, " voxel"]:
    """Share of each voxel that lies within limits."""
    upper = np.minimum(centre_mm + 0.5 * voxel_mm, highest_mm)
    lower = np.maximum(centre_mm - 0.5 * voxel_mm, lowest_mm)
    return np.asarray(np.maximum(upper - lower, 0.0) / voxel_mm, float)


def _project(camera: Camera, emission: Emission, slab: Slab, *, torso: bool) -> Parts:
    """Expected counts of a uniform breast, by origin."""
    return project_parts(
        find_projector(camera),
        emission,
        slab,
        torso_concentration=TORSO_RATIO * CONCENTRATION * torso,
        mu_per_cm=MU_PER_CM,
    )
