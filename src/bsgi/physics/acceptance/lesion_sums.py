"""How bright a lesion must look: sums in real space, without the projector.

A sphere in a uniform slab is cut into discs. Each disc is seen through the collimator's
shadow at its height and the pixel's box; what it scatters is spread by the own breast's
kernel about every place of it. Only the camera's record and the scattering kernel are
shared with the simulator; there are no voxels along the slab's width and no transforms.
"""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.ndimage import map_coordinates

from bsgi.physics.acceptance.line_spread import convolve_line
from bsgi.physics.camera.record import Camera

# Width and height of the pieces of a lesion.
_STEP_MM = 0.25
# Pieces of what it scatters, which is smooth, and how far out that is followed.
_WIDE_STEP_MM = 1.0
_WIDE_MM = 60.0
# Points to a pixel where an isocontour is drawn.
_FINE = 8


@dataclass(frozen=True, slots=True)
class Sphere:
    """A lesion in a uniform slab.

    Args:
        diameter_mm: Its diameter.
        ratio: Its concentration over that of the slab.
        height_mm: Its centre above the detector.
    """

    diameter_mm: float
    ratio: float
    height_mm: float


@dataclass(frozen=True, slots=True)
class ScatterSums:
    """Scatter at a place of a slab, as a camera counts it.

    Args:
        limits_mm: Limits of rings about an unscattered count, rising from 0.
        own_per_mm2: Scattered counts of the own breast in each, per unscattered one
            and area.
        own: Scattered over unscattered counts of the own breast, at the lesion's place
            in the slab.
        torso: Counts from the torso, scattered or not, over unscattered ones, for each
            column of pixels about the lesion's.
    """

    limits_mm: Float[np.ndarray, " limit"]
    own_per_mm2: Float[np.ndarray, " ring"]
    own: float
    torso: Float[np.ndarray, " col"]


def sum_ratio_image(
    camera: Camera,
    sphere: Sphere,
    scatter: ScatterSums,
    *,
    thickness_mm: float,
    mu_per_cm: float,
) -> Float[np.ndarray, "row col"]:
    """Counts with a lesion over counts without it, per pixel; the lesion in the middle.

    Args:
        camera: The camera.
        sphere: The lesion, straight above the middle of a pixel.
        scatter: Scatter in the slab at that place; it says how many columns are read.
        thickness_mm: Thickness of the slab.
        mu_per_cm: Its attenuation.
    """
    reach = len(scatter.torso) // 2
    pixel_mm = np.arange(-reach, reach + 1) * camera.pitch_mm
    mu = mu_per_cm / 10.0
    net = _sum_unscattered(camera, sphere, pixel_mm, mu)
    net += _sum_scattered(camera, sphere, scatter, pixel_mm, (mu, thickness_mm))
    seen_mm = -math.expm1(-mu * thickness_mm) / mu
    background = seen_mm * (1.0 + scatter.own + scatter.torso)
    return 1.0 + (sphere.ratio - 1.0) * net / background


def read_contrast(ratio: Float[np.ndarray, "row col"]) -> tuple[float, float]:
    """Peak, and mean within the isocontour at half the net peak, of a lesion.

    The contour is drawn on the image interpolated between its pixels, as a viewing
    station does.

    Args:
        ratio: Counts over background, the lesion in the middle pixel.
    """
    rows, cols = ratio.shape
    down = np.linspace(0.0, rows - 1.0, (rows - 1) * _FINE + 1)
    across = np.linspace(0.0, cols - 1.0, (cols - 1) * _FINE + 1)
    where = np.meshgrid(down, across, indexing="ij")
    fine = map_coordinates(np.asarray(ratio, float), where, order=3, mode="nearest")
    peak = float(ratio[rows // 2, cols // 2])
    inside = fine - 1.0 >= 0.5 * (peak - 1.0)
    return peak, float(fine[inside].mean())


def _response(
    camera: Camera,
    height_mm: float,
    pixel_mm: Float[np.ndarray, " pixel"],
    place_mm: Float[np.ndarray, " place"],
) -> Float[np.ndarray, "pixel place"]:
    """Share of a line at each place that a pixel counts, per mm."""
    line = convolve_line(camera, height_mm)
    offset_mm = np.abs(pixel_mm[:, None] - place_mm[None, :])
    response: Float[np.ndarray, "pixel place"] = np.interp(
        offset_mm, line.offset_mm, line.response, right=0.0
    )
    return response


def _sum_unscattered(
    camera: Camera,
    sphere: Sphere,
    pixel_mm: Float[np.ndarray, " pixel"],
    mu: float,
) -> Float[np.ndarray, "pixel pixel"]:
    """Length of lesion seen unscattered by each pixel, in mm of activity."""
    radius_mm = 0.5 * sphere.diameter_mm
    steps = math.ceil(sphere.diameter_mm / _STEP_MM)
    step_mm = sphere.diameter_mm / steps
    axis = (np.arange(steps) + 0.5) * step_mm - radius_mm
    square = axis[:, None] ** 2 + axis[None, :] ** 2
    net = np.zeros((len(pixel_mm), len(pixel_mm)))
    for above in axis:
        height_mm = sphere.height_mm + float(above)
        disc = (square < radius_mm**2 - above**2).astype(float)
        # Cells on its rim are in or out; the disc keeps its area.
        disc *= math.pi * (radius_mm**2 - above**2) / (disc.sum() * step_mm**2)
        seen = _response(camera, height_mm, pixel_mm, axis) * step_mm
        net += seen @ disc @ seen.T * (math.exp(-mu * height_mm) * step_mm)
    return net


def _sum_scattered(
    camera: Camera,
    sphere: Sphere,
    scatter: ScatterSums,
    pixel_mm: Float[np.ndarray, " pixel"],
    slab: tuple[float, float],
) -> Float[np.ndarray, "pixel pixel"]:
    """The same for what the lesion scatters, seen as if from the slab's mid-height."""
    mu, thickness_mm = slab
    radius_mm, step_mm = 0.5 * sphere.diameter_mm, 0.5
    cells = math.ceil(radius_mm / step_mm)
    axis = (np.arange(-cells, cells) + 0.5) * step_mm
    chord = np.sqrt(np.maximum(radius_mm**2 - axis[:, None] ** 2 - axis**2, 0.0))
    column = np.exp(-mu * sphere.height_mm) * 2.0 * np.sinh(mu * chord) / mu

    away_mm = np.arange(0.0, math.sqrt(2.0) * _WIDE_MM + 1.0, 1.0)
    # Beyond the last ring there is nothing.
    density = np.append(scatter.own_per_mm2, 0.0)
    around = []
    for away in away_mm:
        distance = np.hypot(axis[:, None] - away, axis[None, :])
        ring = np.searchsorted(scatter.limits_mm, distance, side="right") - 1
        kernel = density[ring]
        around.append(float((kernel * column).sum()) * step_mm**2)

    wide = np.arange(-_WIDE_MM, _WIDE_MM, _WIDE_STEP_MM) + 0.5 * _WIDE_STEP_MM
    spread = np.interp(np.hypot(wide[:, None], wide[None, :]), away_mm, around)
    seen = _response(camera, 0.5 * thickness_mm, pixel_mm, wide) * _WIDE_STEP_MM
    scattered: Float[np.ndarray, "pixel pixel"] = seen @ spread @ seen.T
    return scattered
