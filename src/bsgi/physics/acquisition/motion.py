"""A patient who moves once during a view: the image before, and the image after."""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from bsgi.physics.acquisition.protocol import Protocol


@dataclass(frozen=True, slots=True)
class Motion:
    """One shift of the whole breast in the plane of the detector.

    Args:
        moment_s: When it happens after the view has begun.
        down_mm: Towards the bottom of the image.
        across_mm: Away from the chest wall.
    """

    moment_s: float
    down_mm: float
    across_mm: float


def draw_motion(rng: np.random.Generator, protocol: Protocol) -> Motion | None:
    """Whether a patient moves in a view, when, and by how much.

    The moment and the direction are uniform; the way is normal with a standard
    deviation of `protocol.motion_mm` (D: no measurement was at hand).

    Args:
        rng: Source of randomness; left alone if nobody moves in this protocol.
        protocol: Share of views with motion, and its size.
    """
    if protocol.motion_share == 0:
        return None
    chance, moment, turn = rng.random(3)
    way_mm = protocol.motion_mm * float(rng.standard_normal())
    if chance >= protocol.motion_share:
        return None
    angle = 2.0 * math.pi * float(turn)
    return Motion(
        moment_s=float(moment) * protocol.view_s,
        down_mm=way_mm * math.sin(angle),
        across_mm=way_mm * math.cos(angle),
    )


def shift_rate(
    rate: Float32[np.ndarray, "head row col"], motion: Motion, pitch_mm: float
) -> Float32[np.ndarray, "head row col"]:
    """The rate after a shift, by linear interpolation between pixels.

    What leaves the field is lost. What comes into it is taken to be as at its border,
    for at the chest wall the breast goes on beyond the field.

    Args:
        rate: Noise-free counts per second and pixel, before any gain of the detector,
            all heads in canonical pose: they see the same motion.
        motion: The shift.
        pitch_mm: Distance between pixel centres.
    """
    for axis, way_mm in ((1, motion.down_mm), (2, motion.across_mm)):
        whole = math.floor(way_mm / pitch_mm)
        rest = np.float32(way_mm / pitch_mm - whole)
        last = rate.shape[axis] - 1
        source = np.arange(last + 1) - whole
        near = np.take(rate, np.clip(source, 0, last), axis=axis)
        far = np.take(rate, np.clip(source - 1, 0, last), axis=axis)
        rate = (np.float32(1.0) - rest) * near + rest * far
    return rate
