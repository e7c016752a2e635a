"""How the heads of a camera stand to the breast and to the saved image.

Images are made in canonical pose, all heads as if seen from the first one. Detectors
stay what they are while the patient turns, and an opposite head looks back.
"""

import numpy as np
from jaxtyping import Float32, Shaped

from bsgi.exam.orientation import STANDARD_ORIENTATION
from bsgi.exam.record import Side, ViewName

HEADS_MIRRORED = (False, True)
"""For each head, whether its saved rows run against those of the first."""


def turn_detector(
    gains: Float32[np.ndarray, "head row col"], name: ViewName
) -> Float32[np.ndarray, "head row col"]:
    """The detector's gains in a view's canonical pose.

    The end of a detector that is lateral, or towards the head, for the left breast is
    medial, or towards the foot, for the right one.

    Args:
        gains: Gain of every pixel, as the detector was built.
        name: The view.
    """
    return gains if name.side is Side.LEFT else gains[:, ::-1]


def pose_as_saved(
    image: Shaped[np.ndarray, "*any row col"], name: ViewName
) -> Shaped[np.ndarray, "*any row col"]:
    """Turn images from canonical pose (chest wall left) into that of their view.

    Args:
        image: Chest wall at column 0; lateral (CC) or the head (MLO) at row 0.
        name: The view.
    """
    chest_wall_right = STANDARD_ORIENTATION[name][0] == "P"
    return np.ascontiguousarray(image[..., ::-1] if chest_wall_right else image)


def save_heads(
    counts: Shaped[np.ndarray, "*frame head row col"], name: ViewName
) -> Shaped[np.ndarray, "*frame head row col"]:
    """Images of all heads as a view is saved, that of an opposite head mirrored.

    Args:
        counts: In canonical pose.
        name: The view.
    """
    saved = pose_as_saved(counts, name).copy()
    for head in range(saved.shape[-3]):
        if HEADS_MIRRORED[head]:
            saved[..., head, :, :] = saved[..., head, :, ::-1].copy()
    return saved
