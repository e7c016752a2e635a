"""Levels of background uptake: what they mean, how common they are, how they shift.

The level is what a reader sees: mean counts over gland over mean counts over fat, on
the image. A woman's ratio is drawn from a continuous distribution that has the
published prevalences at the borders of the levels; `contrast.py` then finds the
concentration in gland that gives this ratio.
"""

import math
from functools import lru_cache

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.special import ndtr

# M: Conners et al., AJR 2012;199:W767: photopenic is below fat, minimal-mild equal or
# slightly above, moderate above that but below twice, marked at least twice as much as
# fat. D: "equal" begins at 0.95 and "slightly above" ends at 1.4.
LEVELS = ("photopenic", "minimal-mild", "moderate", "marked")
BORDERS = (0.95, 1.4, 2.0)
# F: range of the measured ratio (Breast Cancer Res 2018; mean 1.2 in controls).
RATIO_RANGE = (0.4, 3.2)

# F: 1,149 dense breasts, 22 / 63 / 15 %, 164 extremely dense ones among them, 44 / 34 /
# 22 % (PubMed 25714323), moderate and marked together; D: how these two divide.
_DENSE, _EXTREMELY_DENSE = (0.22, 0.63, 0.11, 0.04), (0.44, 0.34, 0.16, 0.06)
EXTREMELY_AMONG_DENSE = 164 / 1149
# C: the dense breasts that are not extremely dense.
_HETEROGENEOUSLY_DENSE = tuple(
    (both - EXTREMELY_AMONG_DENSE * extremely) / (1.0 - EXTREMELY_AMONG_DENSE)
    for both, extremely in zip(_DENSE, _EXTREMELY_DENSE, strict=True)
)
SHARES = {
    "not dense": (0.15, 0.77, 0.06, 0.02),  # D
    "heterogeneously dense": _HETEROGENEOUSLY_DENSE,
    "extremely dense": _EXTREMELY_DENSE,
}

# Share of gland by volume from which a breast is dense (D), and from which extremely
# so: C, so that 164 of 1,149 dense ones are, at the density of the preset "paper".
DENSE_FROM = 0.20
EXTREMELY_DENSE_FROM = 0.3875

PHASES = ("follicular", "luteal")
NO_PHASE = "none"
MENOPAUSE_YEARS = 50.0  # D: younger women have a cycle, older ones none
# C, so that F comes out: 29 % of 42 women rise in level from the follicular to the
# luteal phase (Mayo Clinic, effect of menstrual cycle phase). In standard deviations of
# the normal number behind the ratio.
PHASE_SHIFT = 0.625


def classify(ratio: float) -> str:
    """The level of background uptake of an image.

    Args:
        ratio: Mean counts over gland over mean counts over fat.
    """
    return LEVELS[int(np.searchsorted(BORDERS, ratio, side="right"))]


def classify_density(gland_share: float) -> str:
    """Density of a breast, a key of `SHARES`.

    Args:
        gland_share: Share of gland by volume.
    """
    if gland_share >= EXTREMELY_DENSE_FROM:
        return "extremely dense"
    return "heterogeneously dense" if gland_share >= DENSE_FROM else "not dense"


@lru_cache(maxsize=32)
def _quantiles(shares: tuple[float, ...]) -> PchipInterpolator:
    """Logarithm of the ratio against the share of women below it."""
    below = np.cumsum([0.0, *shares]) / sum(shares)
    # Monotone and smooth: a step of the density at a border would let errors of the
    # image carry more women across it one way than back.
    knots = (RATIO_RANGE[0], *BORDERS, RATIO_RANGE[1])
    return PchipInterpolator(below, np.log(knots))


def find_ratio(shares: tuple[float, ...], share: float) -> float:
    """The ratio of gland to fat on the image below which a share of women lies.

    Args:
        shares: How common each of the `LEVELS` is among them, above 0.
        share: From 0 to 1.
    """
    return math.exp(float(_quantiles(shares)(share)))


def find_share(latent: float, phase: str) -> float:
    """How many women have a lower ratio than one of a latent normal number.

    A woman keeps her number; the phase of her cycle moves it. Over women in both phases
    together, as many in one as in the other, the shares stay uniform, and so the
    prevalences stay as published.

    Args:
        latent: The woman's own number, of a standard normal distribution.
        phase: One of `PHASES`, or `NO_PHASE`.
    """
    if phase == NO_PHASE:
        return float(ndtr(latent))
    half = 0.5 * PHASE_SHIFT
    moved = latent + (half if phase == "luteal" else -half)
    return 0.5 * float(ndtr(moved - half) + ndtr(moved + half))
