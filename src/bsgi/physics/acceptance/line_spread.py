"""Resolution from first principles: the shadow of a hole, and the box of a pixel.

It shares nothing with the projector but the camera's record: responses are written down
on a fine axis and convolved there, without any transform.
"""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from bsgi.physics.camera.collimator import HoleShape
from bsgi.physics.camera.energy import FWHM_PER_SIGMA
from bsgi.physics.camera.record import Camera

# Fine enough that the width of the narrowest response is right to 0.01 mm.
STEP_MM = 0.01
# Beyond so many widths on each side a bell curve holds less than 1e-10 of itself.
_REACH = 2.75


@dataclass(frozen=True, slots=True)
class Profile:
    """A response to a line source.

    Args:
        offset_mm: Distance from the line, rising and evenly spaced.
        response: What is counted there; any scale.
    """

    offset_mm: Float[np.ndarray, " sample"]
    response: Float[np.ndarray, " sample"]


def collimator_response(
    camera: Camera,
    distance_mm: float,
    offset_mm: Float[np.ndarray, "*any"],
) -> Float[np.ndarray, "*any"]:
    """Response of the collimator alone to a line, per mm.

    A square hole casts the autocorrelation of a square, which from the side is a tent.
    Hexagonal and round holes cast nearly a bell curve.

    Args:
        camera: The camera.
        distance_mm: From the line to the collimator's face.
        offset_mm: Distances from the line, seen along it.

    References:
        Metz, Atkins, Beck, Phys Med Biol 1980;25:1059: the geometric response is the
        autocorrelation of the hole.
    """
    width_mm = camera.collimator_fwhm_mm(distance_mm)
    if camera.collimator.shape is HoleShape.SQUARE:
        tent: Float[np.ndarray, "*any"] = np.maximum(
            1.0 - np.abs(offset_mm) / width_mm, 0.0
        )
        return np.asarray(tent / width_mm)
    sigma_mm = width_mm / FWHM_PER_SIGMA
    bell: Float[np.ndarray, "*any"] = np.exp(-0.5 * (offset_mm / sigma_mm) ** 2)
    return np.asarray(bell / (sigma_mm * np.sqrt(2.0 * np.pi)))


def convolve_line(camera: Camera, distance_mm: float) -> Profile:
    """The collimator's response to a line, convolved with the pixel's box.

    Args:
        camera: The camera.
        distance_mm: From the line to the collimator's face.
    """
    reach_mm = _REACH * camera.collimator_fwhm_mm(distance_mm) + camera.pitch_mm
    half = int(np.ceil(reach_mm / STEP_MM))
    offset_mm = np.arange(-half, half + 1) * STEP_MM
    shadow = collimator_response(camera, distance_mm, offset_mm)
    return blur_by_box(Profile(offset_mm, shadow), camera.pitch_mm)


def blur_by_box(profile: Profile, width_mm: float) -> Profile:
    """A response convolved with a box of unit area.

    Args:
        profile: Sampled every `STEP_MM`, and next to nothing at its ends.
        width_mm: Width of the box.
    """
    half = math.ceil(0.5 * width_mm / STEP_MM) + 1
    inside_mm = np.abs(np.arange(-half, half + 1) * STEP_MM) - 0.5 * width_mm
    box = np.clip(0.5 - inside_mm / STEP_MM, 0.0, 1.0)
    blurred = np.convolve(profile.response, box, mode="same") * (STEP_MM / width_mm)
    return Profile(profile.offset_mm, blurred)


def find_width_mm(profile: Profile) -> float:
    """Full width at half maximum of a response, interpolated between its samples.

    Args:
        profile: A response with one peak.

    Raises:
        ValueError: If it does not fall to half its peak on both sides.
    """
    offset_mm, response = profile.offset_mm, profile.response
    half = 0.5 * float(response.max())
    above = np.flatnonzero(response >= half)
    first, last = int(above[0]), int(above[-1])
    if first == 0 or last == len(response) - 1:
        raise ValueError("a response must fall to half its peak on both sides.")

    def cross(low: int, high: int) -> float:
        ends = [float(response[low]), float(response[high])]
        places = [float(offset_mm[low]), float(offset_mm[high])]
        return float(np.interp(half, ends, places))

    return cross(last + 1, last) - cross(first - 1, first)
