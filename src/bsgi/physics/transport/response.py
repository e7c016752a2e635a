"""The shadow that a collimator casts of a point: its shape, and its share per voxel.

Holes that are squares cast the autocorrelation of a square, a tent in each direction.
Hexagonal and round ones cast nearly a bell curve. Both have the collimator's full width
at half maximum, and both are the product of one curve per direction.

The registered collimators of CZT cameras have one hole per pixel, so that the shadow
depends on where in a hole the point lies; the mean over these places is taken.

References:
    Metz, Atkins, Beck, Phys Med Biol 1980;25:1059, on the geometric response of
    parallel holes as an autocorrelation of the hole.
"""

import math

import numpy as np
from jaxtyping import Float
from scipy import fft
from scipy.special import erf

from bsgi.physics.camera.collimator import HoleShape
from bsgi.physics.camera.energy import FWHM_PER_SIGMA
from bsgi.physics.camera.record import Camera


def share_before(
    shape: HoleShape, fwhm_mm: float, offset_mm: Float[np.ndarray, "*any"]
) -> Float[np.ndarray, "*any"]:
    """Share of a line's shadow that falls before an offset from the line.

    Args:
        shape: Shape of the holes.
        fwhm_mm: Full width at half maximum of the shadow.
        offset_mm: Signed distance from the line.
    """
    if shape is HoleShape.SQUARE:
        # The base of a tent is twice as wide as its half maximum.
        left = np.clip(1.0 - np.abs(offset_mm) / fwhm_mm, 0.0, 1.0)
        tail = 0.5 * left**2
        return np.asarray(np.where(offset_mm < 0, tail, 1.0 - tail))
    scale = FWHM_PER_SIGMA / (fwhm_mm * math.sqrt(2.0))
    return np.asarray(0.5 * (1.0 + erf(offset_mm * scale)))


def share_per_voxel(
    camera: Camera,
    height_mm: float,
    voxel_mm: float,
    voxels: int,
    shift_mm: float = 0.0,
) -> Float[np.ndarray, " voxel"]:
    """Share of a line's shadow in each voxel, the voxel that holds the line first.

    The shares are exact integrals over the voxels, so no sharp shadow is too narrow for
    them. They are those of one direction; both together are their product.

    Args:
        camera: The camera.
        height_mm: Height of the line above the collimator.
        voxel_mm: Size of the voxels.
        voxels: How many; those of negative offset stand at the end, as a discrete
            Fourier transform has it.
        shift_mm: Where the line lies from the centre of its voxel.
    """
    edges_mm = (np.arange(voxels + 1) - voxels // 2 - 0.5) * voxel_mm - shift_mm
    fwhm_mm = camera.collimator_fwhm_mm(height_mm)
    before = share_before(camera.collimator.shape, fwhm_mm, edges_mm)
    return np.asarray(fft.ifftshift(np.diff(before)))
