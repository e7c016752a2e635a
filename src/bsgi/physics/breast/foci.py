"""The balls that a lesion consists of: a lobed mass, a segment, a region."""

import math

import numpy as np
from jaxtyping import Float64

from bsgi.exam.record import Focus, LesionShape
from bsgi.physics.breast.anatomy import DEPTH_MM, RADIUS_MM, Position

# Distances in mm for one unit of depth, lateral and superior.
_UNIT_MM = np.array([DEPTH_MM, RADIUS_MM, RADIUS_MM])
_VOLUME_STEPS = 24  # points along each edge of the box in which a volume is counted

# D: lobes of an irregular mass, against the first: radius, and distance of the centres.
LOBE_RADIUS = (0.50, 0.85)
LOBE_DISTANCE = (0.70, 1.10)

# D: foci of a segmental or regional lesion: how many, diameter over the extent. Tuned:
# with diameters of 0.10 to 0.24 the reading model found 0.56 to 0.64 of DCIS at a
# specificity of 0.78, where human readers find 0.75 to 0.95 (F).
FOCI = (8, 20)
FOCUS_SHARE = (0.16, 0.34)
FOCUS_MM = (3.0, 14.0)
# D: half-width of a segment over its length, at its base and at its tip.
SEGMENT_BASE, SEGMENT_TIP = 0.30, 0.08
REGION_FLATNESS = (1.0, 0.8, 0.65)  # D: half-axes of a region over half its extent


def draw_lobes(
    rng: np.random.Generator, position: Position, diameter_mm: float
) -> tuple[Focus, ...]:
    """Two to four balls that overlap, together as large as one ball.

    Args:
        rng: Source of randomness.
        position: Centre of the mass.
        diameter_mm: Diameter of the sphere of the same volume.
    """
    lobes = int(rng.integers(1, 4))  # beside the first
    radii = np.array([1.0, *rng.uniform(*LOBE_RADIUS, lobes)])
    centres = np.zeros((lobes + 1, 3))
    directions = rng.normal(size=(lobes, 3))
    directions /= np.sqrt((directions**2).sum(axis=1, keepdims=True))
    centres[1:] = directions * rng.uniform(*LOBE_DISTANCE, (lobes, 1))
    volume, middle = measure_union(centres, radii)
    scale_mm = 0.5 * diameter_mm * (4.0 * math.pi / 3.0 / volume) ** (1 / 3)
    return _place(position, (centres - middle) * scale_mm, 2.0 * radii * scale_mm)


def measure_union(
    centres: Float64[np.ndarray, "ball 3"], radii: Float64[np.ndarray, " ball"]
) -> tuple[float, Float64[np.ndarray, " 3"]]:
    """Volume and centre of mass of balls that may overlap, by counting points.

    Args:
        centres: Of the balls.
        radii: Of the balls, in the same unit.
    """
    low = (centres - radii[:, None]).min(axis=0)
    step = ((centres + radii[:, None]).max(axis=0) - low) / _VOLUME_STEPS
    ticks = np.arange(_VOLUME_STEPS) + 0.5
    grid = np.meshgrid(*(low + np.outer(ticks, step)).T, indexing="ij")
    points = np.stack([axis.ravel() for axis in grid])
    inside = np.zeros(points.shape[1], bool)
    for centre, radius in zip(centres, radii, strict=True):
        inside |= ((points - centre[:, None]) ** 2).sum(axis=0) < radius**2
    volume = float(inside.sum()) * float(step.prod())
    return volume, points[:, inside].mean(axis=1)


def draw_spread(
    rng: np.random.Generator,
    shape: LesionShape,
    position: Position,
    extent_mm: float,
) -> tuple[Focus, ...]:
    """Foci of a segmental or regional lesion.

    Args:
        rng: Source of randomness.
        shape: Segmental or regional.
        position: Its middle.
        extent_mm: Its greatest extent.
    """
    count = int(rng.integers(FOCI[0], FOCI[1] + 1))
    diameters_mm = np.clip(rng.uniform(*FOCUS_SHARE, count) * extent_mm, *FOCUS_MM)
    if shape is LesionShape.SEGMENTAL:
        offsets_mm = _draw_in_cone(rng, count, position)
    else:
        offsets_mm = _draw_in_region(rng, count)
    # The foci's own size is part of the extent.
    reach_mm = 0.5 * extent_mm - 0.5 * diameters_mm
    return _place(position, offsets_mm * reach_mm[:, None], diameters_mm)


def _draw_in_cone(
    rng: np.random.Generator, count: int, position: Position
) -> Float64[np.ndarray, "focus 3"]:
    """Places in a cone along the way to the nipple, from -1 to 1 along its axis."""
    axis = (np.array([1.0, 0.0, 0.0]) - position) * _UNIT_MM
    axis /= math.sqrt(float((axis**2).sum()))
    along = rng.uniform(-1.0, 1.0, (count, 1))
    share = 0.5 * (along + 1.0)
    width = 2.0 * (SEGMENT_BASE + (SEGMENT_TIP - SEGMENT_BASE) * share)
    away = rng.normal(size=(count, 3))
    away -= (away * axis).sum(axis=1, keepdims=True) * axis
    away /= np.sqrt((away**2).sum(axis=1, keepdims=True))
    found: Float64[np.ndarray, "focus 3"] = along * axis + away * width * np.sqrt(
        rng.random((count, 1))
    )
    return found


def _draw_in_region(
    rng: np.random.Generator, count: int
) -> Float64[np.ndarray, "focus 3"]:
    """Places in an ellipsoid of half-length 1 that lies in any direction."""
    places = rng.normal(size=(count, 3))
    places *= rng.random((count, 1)) ** (1 / 3) / np.sqrt(
        (places**2).sum(axis=1, keepdims=True)
    )
    places *= rng.permutation(REGION_FLATNESS)
    return places


def _place(
    position: Position,
    offsets_mm: Float64[np.ndarray, "ball 3"],
    diameters_mm: Float64[np.ndarray, " ball"],
) -> tuple[Focus, ...]:
    """Balls around a place; what would leave the breast is drawn in."""
    found = []
    for offset_mm, diameter_mm in zip(offsets_mm, diameters_mm, strict=True):
        depth, lateral, superior = (
            float(own + step)
            for own, step in zip(position, offset_mm / _UNIT_MM, strict=True)
        )
        radius = math.hypot(lateral, superior)
        inwards = min(1.0, 0.95 / max(radius, 1e-9))
        place = (min(max(depth, 0.03), 0.95), lateral * inwards, superior * inwards)
        found.append(Focus(place, float(diameter_mm)))
    return tuple(found)
