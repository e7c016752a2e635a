"""A breast that the field of the detector cuts off."""

from typing import Final

from bsgi.exam.quality.look import Look

LEAST_NIPPLE_MM: Final = 10.0
"""Length of the breast's outline on the far edge of the field from which on it is
told. A design choice."""

LEAST_SIDE_MM: Final = 25.0
"""The same on an upper or lower edge, where the edge of the field may run along the
breast for a while without much of it being lost. A design choice."""

NEAR_WALL_MM: Final = 30.0
"""Next to the chest wall a breast, and the axilla above it, leave the field in any
view."""


def find_cut_off(look: Look) -> str:
    """A breast that goes on beyond an edge of the field other than the chest wall's.

    Args:
        look: A view with a breast.
    """
    down, along = look.block_mm
    if look.breast[:, -1].sum() * down > LEAST_NIPPLE_MM:
        return "the breast is cut off at the nipple's edge of the field"
    beyond = round(NEAR_WALL_MM / along)
    for row, edge in ((0, "upper"), (-1, "lower")):
        if look.breast[row, beyond:].sum() * along > LEAST_SIDE_MM:
            side = _name_edge(look, upper=edge == "upper")
            return f"the breast is cut off at the {side} edge of the field"
    return ""


def _name_edge(look: Look, *, upper: bool) -> str:
    """An edge of the common pose in the patient's directions."""
    if look.view.name.projection == "CC":
        return "lateral" if upper else "medial"
    return "upper" if upper else "lower"
