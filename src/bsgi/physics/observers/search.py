"""A plainer reader: it knows no place and takes the hottest spot of either breast.

Each view is smoothed to the size of a small lesion and compared with its surroundings;
the difference counts in units of its noise and of what normal tissue varies by. A spot
counts as the mean of both views of a breast, each at its own hottest place.
"""

from collections.abc import Mapping

import numpy as np
from jaxtyping import Bool, Float32
from scipy import ndimage

from bsgi.exam.record import Projection, Side, ViewName
from bsgi.physics.camera.record import Camera
from bsgi.physics.transport.projector import find_projector

# D: widths (standard deviations) of spot and surroundings: a lesion of 10 mm as seen at
# mid-height, and three times that.
SPOT_MM = 5.0
AROUND_MM = 15.0
# D: by how much normal tissue varies at the scale of a spot.
TEXTURE = 0.08
# D: what is left out at the chest wall (torso), at the outline and at the nipple.
CHEST_WALL_MM = 15.0
RIM_MM = 10.0
OUTLINE_SHARE = 0.4


def find_hottest(
    counts: Mapping[ViewName, Float32[np.ndarray, "head row col"]], camera: Camera
) -> float:
    """How far the hottest spot of either breast stands out; higher is more suspicious.

    Args:
        counts: Counts of each view and head in canonical pose.
        camera: The camera.
    """
    found = []
    for side in Side:
        names = [ViewName(f"{side}{projection}") for projection in Projection]
        spots = [_stand_out(counts[name], camera) for name in names if name in counts]
        if spots:
            found.append(sum(spots) / len(spots))
    return max(found)


def _stand_out(counts: Float32[np.ndarray, "head row col"], camera: Camera) -> float:
    """The largest excess of one view, all heads together."""
    image = counts.sum(axis=0, dtype=float)
    pitch_mm = camera.pitch_mm
    breast = _find_breast(image, pitch_mm)
    _, outward_mm = find_projector(camera).grid.pixel_centres_mm()
    reach = max(1, round(RIM_MM / pitch_mm))
    inner = ndimage.binary_erosion(breast, iterations=reach, border_value=1)
    inner &= (outward_mm > CHEST_WALL_MM)[None, :]
    if not inner.any():
        return 0.0
    spot = _smooth(image, breast, SPOT_MM / pitch_mm)
    around = np.maximum(_smooth(image, breast, AROUND_MM / pitch_mm), 1e-6)
    # Smoothing by s pixels averages 4 pi s^2 of them.
    averaged = 4.0 * np.pi * (SPOT_MM / pitch_mm) ** 2
    noise = np.sqrt(around / averaged + (TEXTURE * around) ** 2)
    return float(((spot - around) / noise)[inner].max())


def _find_breast(image: np.ndarray, pitch_mm: float) -> Bool[np.ndarray, "row col"]:
    """The breast's pixels: above a share of what its brighter part typically has."""
    smooth = ndimage.gaussian_filter(image, SPOT_MM / pitch_mm)
    bright = smooth[smooth > smooth.mean()]
    typical = float(np.median(bright)) if len(bright) else 0.0
    return np.asarray(smooth > OUTLINE_SHARE * typical)


def _smooth(
    image: np.ndarray, breast: Bool[np.ndarray, "row col"], sigma: float
) -> np.ndarray:
    """Mean over a bell-shaped neighbourhood, within the breast only."""
    total = ndimage.gaussian_filter(np.where(breast, image, 0.0), sigma)
    weight = ndimage.gaussian_filter(breast.astype(float), sigma)
    return np.asarray(total / np.maximum(weight, 1e-3))
