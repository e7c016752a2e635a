"""Activity behind the chest wall that is seen past it, unscattered.

The camera's edge lies at the chest wall, and its first pixels look straight down into
the breast. But a collimator accepts slanting rays too, the more so the higher they
start; some come from the torso. This share is worked out once per camera and thickness.
"""

import math
from functools import lru_cache

import numpy as np
from jaxtyping import Float

from bsgi.physics.camera.record import Camera
from bsgi.physics.transport.response import share_before

# D: how far the torso reaches up from the detector, or down from an opposite head. At
# this depth 1 photon in 22 is left.
TORSO_MM = 200.0
TORSO_MU_PER_CM = 0.1537  # C: water at 140.5 keV, xraylib
THICKNESS_STEP_MM = 2.5  # profiles are kept for thicknesses in these steps
# C: at this distance less than 1 per cent of the first pixel's share is left; and finer
# steps change that share by 1 per cent.
_REACH_MM = 40.0
_STEP_MM = 1.0
_LAYER_MM = 4.0
_PARTS = 4


def find_torso_cm(
    camera: Camera, thickness_mm: float
) -> Float[np.ndarray, " pixelcol"]:
    """What each column of pixels sees of a torso: depth times share of its photons.

    Times the torso's concentration, the pixel's area and the camera's sensitivity it
    gives counts per second and pixel. The torso is taken as uniform and as wide as the
    image is tall. A ray that leaves it above the breast passes through air where there
    is one head, and meets the other head where there are two.

    Args:
        camera: The camera.
        thickness_mm: Thickness of the breast; taken in steps of `THICKNESS_STEP_MM`.
    """
    return _profile(camera, round(thickness_mm / THICKNESS_STEP_MM))


@lru_cache(maxsize=256)
def _profile(camera: Camera, step: int) -> Float[np.ndarray, " pixelcol"]:
    """The profile of a camera at a thickness in steps."""
    thickness_mm = step * THICKNESS_STEP_MM
    height_mm = np.arange(0.5 * _LAYER_MM, TORSO_MM, _LAYER_MM)[:, None, None]
    # Places within the pixels, and slants: how far back from there a ray began.
    near = min(camera.cols, math.ceil(_REACH_MM / camera.pitch_mm))
    place_mm = (np.arange(near * _PARTS) + 0.5) * camera.pitch_mm / _PARTS
    place_mm = (place_mm + camera.dead_edge_mm)[:, None]
    edges_mm = place_mm + np.arange(0.0, _REACH_MM + _STEP_MM, _STEP_MM)
    slant_mm = 0.5 * (edges_mm[:, 1:] + edges_mm[:, :-1])
    shape = camera.collimator.shape
    widths_mm = (camera.collimator_fwhm_mm(float(h)) for h in height_mm.ravel())
    share = np.diff(
        np.stack([share_before(shape, fwhm_mm, edges_mm) for fwhm_mm in widths_mm])
    )
    # Where the ray crosses the chest wall, by how much it slants inside the camera too.
    inside_mm = camera.collimator.length_mm + camera.back_gap_mm
    cross_mm = place_mm / slant_mm * (height_mm + inside_mm) - inside_mm
    mu_per_mm = TORSO_MU_PER_CM / 10.0
    below = cross_mm <= thickness_mm
    above_mm = height_mm - cross_mm + thickness_mm
    left = np.exp(-mu_per_mm * np.where(below, height_mm, above_mm))
    if camera.heads == 2:
        left *= below
    depth_cm = (share * left).sum(axis=(0, 2)) * _LAYER_MM / 10.0
    profile = np.zeros(camera.cols)
    profile[:near] = depth_cm.reshape(near, _PARTS).mean(axis=1)
    profile.setflags(write=False)
    return profile
