"""Gland against fat on an image: where both lie, and what concentration gives a ratio.

A reader compares gland with fat on the image, where fat lies above and below the gland,
the camera blurs, and scatter veils. An image is linear in the concentration, so that
the concentration of gland that gives a wanted ratio can be found on an idealised image:
attenuated, blurred and veiled as by an average camera. Real cameras then show about
that ratio, without bias; `measure.py` measures it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32, Int
from scipy.ndimage import binary_dilation, gaussian_filter

from bsgi.physics.breast.anatomy import Slab, TracedSlab, trace_slab, untwist
from bsgi.physics.breast.implant import Implant, place_implant
from bsgi.physics.breast.uptake import CELLS, SKIN_MM
from bsgi.physics.camera.energy import FWHM_PER_SIGMA
from bsgi.physics.camera.materials import mix_breast

# D: where a reader compares: not within this distance of the chest wall (or share of
# the breast's length, if that is less), where the torso's scatter is strongest, nor so
# near to muscle or implant.
CHEST_WALL_MM, CHEST_WALL_SHARE = 25.0, 0.30
MARGIN_MM, IMPLANT_MARGIN_MM = 8.0, 4.0
# D: share of these pixels with most gland, and with least.
REGION_SHARE = 0.08

# The idealised image: pixels (D), blur, and scatter over primary. C, from the cameras:
# 5 to 9 mm at 3 to 6 cm; own scatter of 0.14 to 0.31 at 6 cm; that of a torso three
# times as active as the breast falls with distance from the chest wall. Chosen within
# these limits so that Dilon-like and LumaGEM-like images show the wanted ratio.
_PIXEL_MM = 3.2
_BLUR_FWHM_MM = 9.0
_OWN_SCATTER, _OWN_SCATTER_MM = 0.27, 17.0
_TORSO_SCATTER, _TORSO_MM, _TORSO_RATIO = 0.58, 25.0, 3.0
_LAYERS = 10
_ALONG = (2.0 * np.arange(_LAYERS, dtype=np.float32) + 1.0) / _LAYERS - 1.0

# D: limits of the concentration in gland over that in fat. Below the lower one a hot
# lesion would vanish in gland without tracer; the level stays photopenic there.
RATIO_LIMITS = (0.2, 20.0)


@dataclass(frozen=True, slots=True)
class Regions:
    """Pixels of a view that a reader compares.

    Args:
        gland: Those over most gland.
        fat: Those over least.
    """

    gland: Bool[np.ndarray, "row col"]
    fat: Bool[np.ndarray, "row col"]


@dataclass(frozen=True, slots=True)
class Response:
    """Mean counts over gland and fat, as linear functions of the excess in gland.

    The excess is the concentration in gland over that in fat, less 1.

    Args:
        gland: Over gland without excess, and the rise per unit of excess.
        fat: The same over fat.
    """

    gland: tuple[float, float]
    fat: tuple[float, float]

    def ratio(self, excess: float) -> float:
        """Counts over gland over counts over fat."""
        gland = self.gland[0] + excess * self.gland[1]
        return gland / (self.fat[0] + excess * self.fat[1])


def _find_cells(traced: TracedSlab, slab: Slab) -> Int[np.ndarray, "layer column"]:
    """Flat index of the cell that each place of the slab came from."""
    along = np.broadcast_to(_ALONG[:, None], (_LAYERS, traced.depth.size))
    lateral, superior = untwist(traced, along, slab)
    rows, cols, layers = (np.float32(0.5 * (count - 1)) for count in CELLS)
    # Rounded by adding a half and cutting off.
    depth = (traced.depth * (2 * rows) + np.float32(0.5)).astype(np.intp)
    index = depth * CELLS[1] + (lateral * cols + (cols + 0.5)).astype(np.intp)
    index *= CELLS[2]
    index += (superior * layers + (layers + 0.5)).astype(np.intp)
    return index


def map_gland(
    slab: Slab,
    gland: Float32[np.ndarray, "depth lateral superior"],
    outward_mm: Float32[np.ndarray, " col"],
    upward_mm: Float32[np.ndarray, " row"],
    implant: Implant | None = None,
) -> Regions:
    """Where a view has most gland and where least, among pixels that can be compared.

    Left out are the rim, where the breast is not of full thickness (the nipple lies
    there), a band along the chest wall, and muscle and implant with their surroundings.

    Args:
        slab: The compressed breast.
        gland: Share of gland in each cell.
        outward_mm: Distance of each column of pixels from the chest wall.
        upward_mm: Height of each row of pixels above the middle of the field.
        implant: The breast's implant, if it has one.
    """
    traced = trace_slab(slab, outward_mm, upward_mm)
    shares = np.zeros(traced.inside.shape, np.float32)
    shares[traced.inside] = gland.take(_find_cells(traced, slab)).mean(axis=0)
    return _find_regions(slab, traced, shares, outward_mm, upward_mm, implant)


def _find_regions(
    slab: Slab,
    traced: TracedSlab,
    shares: Float32[np.ndarray, "row col"],
    outward_mm: Float32[np.ndarray, " col"],
    upward_mm: Float32[np.ndarray, " row"],
    implant: Implant | None,
) -> Regions:
    """The pixels with most and with least gland."""
    wall_mm = min(CHEST_WALL_MM, CHEST_WALL_SHARE * slab.length_mm)
    usable = traced.half_mm >= np.float32(0.499 * slab.thickness_mm)
    usable &= outward_mm >= wall_mm
    if slab.pectoral_mm > 0:
        muscle = np.zeros_like(usable)
        muscle[traced.inside] = traced.pectoral > 0
        steps = max(1, round(MARGIN_MM / float(outward_mm[1] - outward_mm[0])))
        usable &= ~binary_dilation(muscle, iterations=steps)
    if implant is not None:
        centre, (out_mm, up_mm, _) = place_implant(slab, implant)
        across = (upward_mm - centre.upward_mm) / (up_mm + IMPLANT_MARGIN_MM)
        out = (outward_mm - centre.outward_mm) / (out_mm + IMPLANT_MARGIN_MM)
        usable &= across[:, None] ** 2 + out**2 > 1.0
    if not usable.any():
        return Regions(gland=usable, fat=usable)
    least, most = np.quantile(shares[usable], (REGION_SHARE, 1.0 - REGION_SHARE))
    return Regions(
        gland=usable & (shares >= np.float32(most)),
        fat=usable & (shares <= np.float32(least)),
    )


def find_response(
    slab: Slab,
    gland: Float32[np.ndarray, "depth lateral superior"],
    texture: Float32[np.ndarray, "depth lateral superior"],
    *,
    gland_share: float,
    skin_ratio: float,
    torso_ratio: float,
    implant: Implant | None = None,
) -> Response | None:
    """How the idealised image of one view follows the concentration in gland.

    Args:
        slab: The compressed breast.
        gland: Share of gland in each cell.
        texture: Concentration in each cell if gland and fat were alike.
        gland_share: Share of gland by volume, from which attenuation follows.
        skin_ratio: Concentration in the skin over the breast's mean.
        torso_ratio: Concentration in the torso over the breast's mean.
        implant: The breast's implant, if it has one.

    Returns:
        None if the view has no pixel to compare.
    """
    outward_mm = np.arange(0.5 * _PIXEL_MM, slab.length_mm, _PIXEL_MM).astype(
        np.float32
    )
    reach_mm = slab.upper_mm + slab.lower_mm
    upward_mm = np.arange(0.5 * _PIXEL_MM, reach_mm, _PIXEL_MM).astype(np.float32)
    upward_mm += np.float32(slab.offset_mm - slab.lower_mm)
    traced = trace_slab(slab, outward_mm, upward_mm)
    index = _find_cells(traced, slab)
    shares, levels = gland.take(index), texture.take(index)
    shares_map = np.zeros(traced.inside.shape, np.float32)
    shares_map[traced.inside] = shares.mean(axis=0)
    regions = _find_regions(slab, traced, shares_map, outward_mm, upward_mm, implant)
    if not regions.fat.any():
        return None
    half_mm = traced.half_mm[traced.inside]
    mu_per_mm = np.float32(mix_breast(gland_share).mu_per_cm / 10.0)
    middle_mm = np.float32(0.5 * slab.thickness_mm)
    seen_mm = half_mm * np.exp(-mu_per_mm * (middle_mm + _ALONG[:, None] * half_mm))
    full_mm = float(middle_mm * np.exp(-mu_per_mm * middle_mm * (1 + _ALONG)).mean())
    torso = np.exp(outward_mm / np.float32(-_TORSO_MM))
    torso *= np.float32(_TORSO_SCATTER * torso_ratio / _TORSO_RATIO * full_mm)
    pairs = []
    for content in (levels, levels * shares):
        mean = np.float32(content.mean(dtype=float))
        outer = np.minimum(np.float32(0.5 * _LAYERS * SKIN_MM) / half_mm, 1.0)
        content[[0, -1]] += outer * (np.float32(skin_ratio) * mean - content[[0, -1]])
        image = np.zeros_like(shares_map)
        image[traced.inside] = (content * seen_mm).mean(axis=0)
        image = _blur(image) + mean * torso
        pairs.append((image[regions.gland].mean(), image[regions.fat].mean()))
    (gland_even, fat_even), (gland_more, fat_more) = pairs
    return Response(
        gland=(float(gland_even), float(gland_more)),
        fat=(float(fat_even), float(fat_more)),
    )


def _blur(image: Float32[np.ndarray, "row col"]) -> Float32[np.ndarray, "row col"]:
    """Blur an image and veil it with its own scatter, as an average camera does."""
    sigma = _BLUR_FWHM_MM / FWHM_PER_SIGMA / _PIXEL_MM
    seen: Float32[np.ndarray, "row col"] = gaussian_filter(
        image, sigma, mode="constant", truncate=3.0
    )
    spread = gaussian_filter(
        image, _OWN_SCATTER_MM / _PIXEL_MM, mode="constant", truncate=2.5
    )
    seen += np.float32(_OWN_SCATTER) * spread
    return seen


def solve_gland_ratio(responses: Sequence[Response], ratio: float) -> float:
    """The concentration in gland over that in fat that gives a ratio on the image.

    Args:
        responses: Of the views that there are.
        ratio: Wanted mean over the views.

    Returns:
        Within `RATIO_LIMITS`, which some wanted ratios would exceed; the wanted ratio
        itself if no view can be compared.
    """
    lowest, highest = (limit - 1.0 for limit in RATIO_LIMITS)
    if not responses:
        return min(max(ratio, RATIO_LIMITS[0]), RATIO_LIMITS[1])
    for _ in range(40):  # halving: the mean rises with the excess
        middle = 0.5 * (lowest + highest)
        found = sum(each.ratio(middle) for each in responses) / len(responses)
        if found < ratio:
            lowest = middle
        else:
            highest = middle
    return 1.0 + 0.5 * (lowest + highest)
