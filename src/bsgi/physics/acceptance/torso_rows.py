"""Unscattered photons from behind the chest wall: what the first pixels see of them.

Expected values are sums in real space. Every place of the torso, of a pixel and every
height is taken; the straight ray between them is followed through torso, breast and
air. Nothing is shared with the simulator's own profile but the camera's record.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from bsgi.physics.acceptance.check import Check, Subject, check_near
from bsgi.physics.acceptance.line_spread import collimator_response
from bsgi.physics.acceptance.phantom import (
    CONCENTRATION,
    MU_PER_CM,
    TORSO_RATIO,
    build_round_slab,
    project_slab_parts,
)
from bsgi.physics.camera.catalogue import DILON_6800_GP, LUMAGEM_3200S, find_camera
from bsgi.physics.camera.record import Camera

GROUP = "Torso, unscattered"

CAMERAS = (DILON_6800_GP.name, LUMAGEM_3200S.name)
"""One camera of each kind: open above the breast, and with a second head there."""

_THICKNESS_MM = 60.0
_VIEW_S = 600.0
# F: 740 MBq for a scintillation camera, 300 MBq for CZT (PMC3656956, table 3).
_DOSE_MBQ = {1: 740.0, 2: 300.0}
# D: as far as the simulator's torso reaches up from the detector.
_TORSO_MM = 200.0
_TORSO_PER_CM = 0.1537  # C: water at 140.5 keV, xraylib
# How far behind the chest wall places still matter; sizes of the pieces of the sum.
_BEHIND_MM, _ACROSS_MM, _UP_MM = 60.0, 0.5, 1.0
_PLACES = 8


@dataclass(frozen=True, slots=True)
class _Path:
    """Lengths of rays in mm, and which of them meet nothing that stops them."""

    torso_mm: Float[np.ndarray, "start place"]
    breast_mm: Float[np.ndarray, "start place"]
    free: Float[np.ndarray, "start place"]


def sum_torso_counts(camera: Camera, thickness_mm: float) -> float:
    """Counts per second of a pixel of the first column, for 1 Bq/mL in the torso.

    Args:
        camera: The camera.
        thickness_mm: Thickness of the breast.
    """
    places_mm = (np.arange(_PLACES) + 0.5) * camera.pitch_mm / _PLACES
    places_mm = (places_mm + camera.dead_edge_mm)[None, :]
    starts_mm = -(np.arange(0.0, _BEHIND_MM, _ACROSS_MM) + 0.5 * _ACROSS_MM)[:, None]
    depth_cm = 0.0
    for height_mm in np.arange(0.5 * _UP_MM, _TORSO_MM, _UP_MM):
        share = collimator_response(camera, float(height_mm), places_mm - starts_mm)
        path = _follow(camera, starts_mm, places_mm, (float(height_mm), thickness_mm))
        lost = _TORSO_PER_CM * path.torso_mm + MU_PER_CM * path.breast_mm
        seen = share * path.free * np.exp(-lost / 10.0)
        depth_cm += float(seen.sum()) / _PLACES * _ACROSS_MM * _UP_MM / 10.0
    pixel_cm2 = camera.pitch_mm**2 / 100.0
    return depth_cm * pixel_cm2 * camera.sensitivity_cps_per_mbq * 1e-6


def _follow(
    camera: Camera,
    starts_mm: Float[np.ndarray, "start 1"],
    places_mm: Float[np.ndarray, "1 place"],
    heights_mm: tuple[float, float],
) -> _Path:
    """Rays from places behind the chest wall down to places of the detector.

    They go straight on inside the collimator, down to the plane of detection. Lengths
    are counted along the vertical, as those of the breast are.
    """
    top_mm, thickness_mm = heights_mm
    inside_mm = camera.collimator.length_mm + camera.back_gap_mm
    slope = (top_mm + inside_mm) / (places_mm - starts_mm)
    wall_mm = top_mm + starts_mm * slope  # where the ray crosses the chest wall
    # A ray that would cross below the collimator's face stays in the torso to there.
    enters_mm = np.clip(wall_mm, 0.0, top_mm)
    over = enters_mm > thickness_mm
    free = np.where(over & (camera.heads == 2), 0.0, 1.0)
    return _Path(top_mm - enters_mm, np.minimum(enters_mm, thickness_mm), free)


def measure_torso_counts(camera: Camera, thickness_mm: float) -> float:
    """The same from the simulator: a uniform breast's counts without its own.

    Args:
        camera: The camera; its first head is read.
        thickness_mm: Thickness of the breast.
    """
    parts = project_slab_parts(camera, build_round_slab(thickness_mm))
    middle = camera.rows // 2
    whole, *own = (
        float(part[0, middle, 0])
        for part in (parts.total, parts.primary, parts.scatter)
    )
    return (whole - sum(own)) / (TORSO_RATIO * CONCENTRATION)


def check_torso(name: str) -> tuple[Check, ...]:
    """Unscattered photons of the torso in the first column of pixels of a camera.

    Args:
        name: The camera's name.
    """
    camera = find_camera(name)
    dose_mbq = _DOSE_MBQ[camera.heads]
    counts = dose_mbq * _VIEW_S * TORSO_RATIO * CONCENTRATION
    subject = Subject(
        GROUP,
        f"{name}: counts per pixel of the first column, {_THICKNESS_MM / 10:g} cm, "
        f"{dose_mbq:g} MBq, 10 min",
        "C: sum in real space over rays from a torso 20 cm deep (D)",
        unit="counts",
    )
    return (
        check_near(
            subject,
            counts * measure_torso_counts(camera, _THICKNESS_MM),
            counts * sum_torso_counts(camera, _THICKNESS_MM),
            share=0.05,
        ),
    )
