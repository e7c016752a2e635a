"""Where the chest wall lies by the pixels, against where the file says it lies.

Pixels confirm or contradict; they never decide.
"""

from typing import Final

import numpy as np
from jaxtyping import Bool

from bsgi.exam.quality.look import Look

MARGIN: Final = 0.2
"""By how much another side of the breast must be fuller than that of the chest wall.
Of 2,880 simulated views the side of the chest wall was fuller by 0.3 or more in each
(`runs/quality_rates.py`)."""

LEAST_CM2: Final = 15.0
"""Area that a breast must have for its shape to tell anything."""

_EDGE_BLOCKS = 2


def find_wrong_side(look: Look) -> str:
    """A chest wall that seems to lie at another side than the pose has it.

    The breast is cut straight at the chest wall and narrows towards the nipple, above
    and below. So of the box around it the side of the chest wall is filled, and the
    others are not. A box that is filled on several sides says nothing.

    Args:
        look: A view with a breast, turned by its Patient Orientation, or as in
            mammography where it has none.
    """
    area_cm2 = float(look.breast.sum()) * look.block_mm[0] * look.block_mm[1] / 100.0
    if area_cm2 < LEAST_CM2:
        return ""
    wall, nipple, upper, lower = fill_of_sides(look.breast)
    if max(nipple, upper, lower) < wall + MARGIN:
        return ""
    if nipple >= max(upper, lower):
        return (
            "the chest wall seems to lie at the other side, so laterality or "
            "orientation may be wrong"
        )
    return (
        "the chest wall seems to lie above or below, so the image may be turned by a "
        "quarter"
    )


def find_unstated(look: Look) -> str:
    """An orientation that the file does not state.

    Args:
        look: The view.
    """
    if look.view.orientation is not None:
        return ""
    return "orientation not stated, taken as in mammography"


def fill_of_sides(
    breast: Bool[np.ndarray, "block_row block_col"],
) -> tuple[float, float, float, float]:
    """How much of the box around the breast is filled along its four sides.

    Args:
        breast: Blocks of a breast, at least one, in the common pose.

    Returns:
        Shares on the side of the chest wall, on that of the nipple, above and below.
    """
    rows = np.flatnonzero(breast.any(axis=1))
    cols = np.flatnonzero(breast.any(axis=0))
    box = breast[rows[0] : rows[-1] + 1, cols[0] : cols[-1] + 1]
    deep = _EDGE_BLOCKS
    return (
        float(box[:, :deep].mean()),
        float(box[:, -deep:].mean()),
        float(box[:deep].mean()),
        float(box[-deep:].mean()),
    )
