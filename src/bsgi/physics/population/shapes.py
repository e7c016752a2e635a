"""Shapes of both breasts of one woman, in both views."""

import math

import numpy as np

from bsgi.exam.record import Projection, Side
from bsgi.physics.breast.anatomy import Slab

# D: share of an implant's volume that widens the breast, the rest stretches its front.
_IMPLANT_WIDENS = 0.6


def clip(value: float, lowest: float, highest: float) -> float:
    """A value, no less and no more than its limits."""
    return min(max(value, lowest), highest)


def draw_slabs(
    rng: np.random.Generator, implant_ml: float = 0.0
) -> dict[Side, tuple[Slab, Slab]]:
    """CC and MLO of both breasts; the same woman's differ a little.

    Args:
        rng: Source of randomness.
        implant_ml: Volume of each implant; it makes the breasts wider.
    """
    # D from F: 5.9 +- 1.6 cm (PMC2787062) and 4.4 / 4.8 cm in CC / MLO (Helvie).
    thickness_mm = clip(rng.normal(56.0, 15.0), 25.0, 100.0)
    thicker_mm = rng.normal(4.0, 5.0)
    # D: area of the CC footprint; thick breasts are larger.
    area_mm2 = 13_000.0 * math.exp(rng.normal(0.0, math.log(1.2)))
    area_mm2 *= (thickness_mm / 56.0) ** 0.4
    area_mm2 += _IMPLANT_WIDENS * 1000.0 * implant_ml / thickness_mm
    area_mm2 = clip(area_mm2, 6_000.0, 19_000.0)
    # D: length over width of the CC footprint, about that of a half-disc.
    aspect = clip(rng.normal(0.56, 0.05), 0.44, 0.70)
    # D: how far the pectoral muscle reaches into the oblique view at its upper edge.
    pectoral_mm = clip(rng.normal(38.0, 12.0), 8.0, 65.0)
    slabs = {}
    for side in Side:
        # D: sides and views of one woman differ by 2.0 and 1.5 mm and by 4 % of area.
        cc_mm = clip(thickness_mm + rng.normal(0.0, 2.0), 25.0, 100.0)
        mlo_mm = clip(cc_mm + thicker_mm + rng.normal(0.0, 1.5), 25.0, 100.0)
        own_mm2 = area_mm2 * math.exp(rng.normal(0.0, 0.04))
        # Tissue does not shrink: thinner means wider. D: the oblique view takes in a
        # tenth more, of the axilla.
        mlo_mm2 = 1.10 * own_mm2 * cc_mm / mlo_mm
        slabs[side] = (
            _draw_slab(rng, Projection.CC, cc_mm, own_mm2, aspect, 0.0),
            _draw_slab(
                rng, Projection.MLO, mlo_mm, mlo_mm2, 0.95 * aspect, pectoral_mm
            ),
        )
    return slabs


def _draw_slab(
    rng: np.random.Generator,
    projection: Projection,
    thickness_mm: float,
    area_mm2: float,
    aspect: float,
    pectoral_mm: float,
) -> Slab:
    """The footprint of one view; all shapes are D, to look like clinical outlines."""
    exponent = rng.uniform(2.0, 2.5)
    unit = Slab(projection, thickness_mm, 10.0, 5.0, 5.0, exponent).area_cm2
    length_mm = math.sqrt(area_mm2 * aspect / unit)
    width_mm = length_mm / aspect
    # The oblique view is fuller above, towards the axilla.
    above = 0.58 if projection is Projection.MLO else 0.51
    upper_mm = width_mm * (above + rng.normal(0.0, 0.015))
    lower_mm = width_mm - upper_mm
    return Slab(
        projection=projection,
        thickness_mm=thickness_mm,
        length_mm=length_mm,
        upper_mm=upper_mm,
        lower_mm=lower_mm,
        exponent=exponent,
        offset_mm=0.5 * (lower_mm - upper_mm) + clip(rng.normal(0.0, 4.0), -9.0, 9.0),
        pectoral_mm=pectoral_mm * math.exp(rng.normal(0.0, 0.1)),
        pectoral_height_mm=width_mm * rng.uniform(0.45, 0.75),
    )
