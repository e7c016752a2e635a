"""A lesion as the spheres that one view shows, and the pixels that lie under them."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float32

from bsgi.exam.record import Lesion, LesionShape
from bsgi.physics.breast.anatomy import Place, Position, Slab, place_focus
from bsgi.physics.breast.uptake import CELLS, REFERENCE_MM, Uptake
from bsgi.physics.transport.emission import Ball
from bsgi.physics.transport.projector import Projector


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


def place_lesion(
    slab: Slab,
    lesion: Lesion,
    cells: Float32[np.ndarray, "depth lateral superior"],
    uptake: Uptake,
) -> list[Ball]:
    """The spheres of a lesion under compression; they share one concentration.

    They stay round. An axillary node is compared with the axilla around it, any other
    lesion with the breast.

    Args:
        slab: The compressed breast.
        lesion: The lesion.
        cells: Concentration in the uncompressed breast, without lesions.
        uptake: Tracer in that breast.

    Returns:
        One sphere per ball of the lesion that this view shows; none of a node in CC.
    """
    if lesion.shape is LesionShape.NODE:
        around = uptake.axilla_ratio * uptake.concentration
    else:
        around = find_local_concentration(cells, lesion.position, lesion.diameter_mm)
    concentration = lesion.concentration_ratio * around
    balls = []
    for focus in lesion.balls:
        place = place_focus(slab, lesion, focus)
        if place is not None:
            place = _keep_between(slab, place, focus.diameter_mm)
            balls.append(Ball(place, focus.diameter_mm, concentration))
    return balls


def _keep_between(slab: Slab, place: Place, diameter_mm: float) -> Place:
    """The nearest place where a sphere touches neither paddle nor detector."""
    height_mm = 0.5 * slab.thickness_mm
    if diameter_mm < slab.thickness_mm:
        radius_mm = 0.5 * diameter_mm
        height_mm = min(max(place.height_mm, radius_mm), slab.thickness_mm - radius_mm)
    return Place(place.outward_mm, place.upward_mm, height_mm)


def outline_balls(
    projector: Projector, balls: Sequence[Ball]
) -> Bool[np.ndarray, "row col"]:
    """Pixels that the shadow of any of the spheres touches, straight down.

    Args:
        projector: The camera's projector.
        balls: Lesions under compression.
    """
    upward_mm, outward_mm = projector.grid.pixel_centres_mm()
    half_mm = 0.5 * projector.camera.pitch_mm
    mask = np.zeros((len(upward_mm), len(outward_mm)), bool)
    for ball in balls:
        # Distance from the centre to the nearest point of each pixel.
        down = np.maximum(np.abs(upward_mm - ball.place.upward_mm) - half_mm, 0.0)
        across = np.maximum(np.abs(outward_mm - ball.place.outward_mm) - half_mm, 0.0)
        mask |= np.hypot(down[:, None], across) < 0.5 * ball.diameter_mm
    return mask
