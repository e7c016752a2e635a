"""An implant between the gland and the chest wall, under compression."""

import math
from dataclasses import dataclass

from bsgi.physics.breast.anatomy import Place, Slab

# D: an implant under compression, as shares of the slab; gland and fat stay in front of
# it and on both sides.
HEIGHT_SHARE = 0.84  # of the thickness
WIDEST_SHARE = 0.70  # of the narrower half-width
FRONT_SHARE = 0.60  # of the length, at most, is reached by its front
FLATNESS = 0.7  # its length outwards over its width


@dataclass(frozen=True, slots=True)
class Implant:
    """A breast implant, which takes up no tracer.

    Args:
        volume_ml: Its volume.

    Raises:
        ValueError: If the volume is not positive.
    """

    volume_ml: float

    def __post_init__(self) -> None:
        if not (self.volume_ml > 0 and math.isfinite(self.volume_ml)):
            raise ValueError(f"volume_ml must be positive, got {self.volume_ml}.")


def place_implant(
    slab: Slab, implant: Implant
) -> tuple[Place, tuple[float, float, float]]:
    """An implant in one view: an ellipsoid before the chest wall.

    Where it would reach too far forward, its rear lies behind the chest wall, outside
    the view.

    Args:
        slab: The compressed breast.
        implant: The implant.

    Returns:
        Its centre, and its semi-axes outward, upward and in height in mm.
    """
    height_mm = 0.5 * HEIGHT_SHARE * slab.thickness_mm
    product_mm2 = 750.0 * implant.volume_ml / (math.pi * height_mm)
    widest_mm = WIDEST_SHARE * min(slab.upper_mm, slab.lower_mm)
    upward_mm = min(math.sqrt(product_mm2 / FLATNESS), widest_mm)
    outward_mm = product_mm2 / upward_mm
    centre = Place(
        outward_mm=min(outward_mm, FRONT_SHARE * slab.length_mm - outward_mm),
        upward_mm=slab.offset_mm,
        height_mm=0.5 * slab.thickness_mm,
    )
    return centre, (outward_mm, upward_mm, height_mm)


def gap_mm(slab: Slab, implant: Implant, place: Place) -> float:
    """Roughly how far a place is from an implant; negative inside it.

    Args:
        slab: The compressed breast.
        implant: The implant.
        place: A place in the compressed breast.
    """
    centre, axes_mm = place_implant(slab, implant)
    away_mm = (
        place.outward_mm - centre.outward_mm,
        place.upward_mm - centre.upward_mm,
        place.height_mm - centre.height_mm,
    )
    pairs = zip(away_mm, axes_mm, strict=True)
    radius = math.sqrt(sum((away / axis) ** 2 for away, axis in pairs))
    return (radius - 1.0) * min(axes_mm)
