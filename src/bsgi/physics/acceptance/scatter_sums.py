"""Scatter of a box-shaped breast, summed from the shipped tables without a projector.

The box is the one of the reference: 9 cm outwards from the chest wall, 16 cm
wide, before a torso of three times its concentration.
"""

import math

import numpy as np
from jaxtyping import Float

from bsgi.physics.camera.record import Camera
from bsgi.physics.transport.scatter import ScatterModel, find_scatter_model

BOX_CM = (9.0, 16.0)
"""Length from the chest wall, and width."""

# Directions into which a ring is followed, and places in the box per centimetre.
_DIRECTIONS = 72
_PLACES_PER_CM = 4


def sum_box(
    camera: Camera, thickness_cm: float, *, torso: bool
) -> Float[np.ndarray, " centimetre"]:
    """Scattered over unscattered counts in each centimetre from the chest wall.

    Args:
        camera: Crystal, window and number of heads.
        thickness_cm: Thickness of the breast.
        torso: Whether there is a torso.
    """
    model = find_scatter_model(camera)
    places = int(BOX_CM[0]) * _PLACES_PER_CM
    outward_cm = (np.arange(places) + 0.5) / _PLACES_PER_CM
    ratio = sum_own(model, thickness_cm, outward_cm)
    if torso:
        ratio = ratio + model.torso_profile(outward_cm, thickness_cm)
    bands: Float[np.ndarray, " centimetre"] = ratio.reshape(-1, _PLACES_PER_CM).mean(
        axis=1
    )
    return bands


def sum_own(
    model: ScatterModel,
    thickness_cm: float,
    outward_cm: Float[np.ndarray, " place"],
) -> Float[np.ndarray, " place"]:
    """What the box itself scatters to its places, the mean over its width.

    Each place receives from every ring about it the part that lies within the box.

    Args:
        model: The camera's scatter.
        thickness_cm: Thickness of the breast.
        outward_cm: Distances from the chest wall.
    """
    rings = model.own_rings(thickness_cm)
    middle_cm = 0.5 * (model.radius_cm[1:] + model.radius_cm[:-1])
    length_cm, width_cm = BOX_CM
    angle = (np.arange(_DIRECTIONS) + 0.5) * 2.0 * math.pi / _DIRECTIONS
    out = middle_cm[:, None] * np.cos(angle)
    aside = np.abs(middle_cm[:, None] * np.sin(angle))
    # Over the width of the box the share that stays within it sideways is known.
    stays = np.clip(1.0 - aside / width_cm, 0.0, 1.0)
    received = np.empty(len(outward_cm))
    for number, place in enumerate(outward_cm):
        within = (place + out > 0) & (place + out < length_cm)
        received[number] = float((rings * (within * stays).mean(axis=1)).sum())
    return received
