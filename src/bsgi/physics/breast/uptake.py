"""Where the tracer is in a breast without a lesion: fat, gland, and fine texture.

A breast is a block of cells over (depth, lateral, superior), see `anatomy.py`. Gland
gathers behind the nipple and towards the upper outer quadrant, in clumps; its share of
the volume is the breast's density, its concentration over that of fat the level of
background uptake. Both the clumps and the fine texture are Gaussian fields whose power
falls with frequency by a power law, as that of breast tissue does in mammography.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from jaxtyping import Complex64, Float32
from scipy import fft

from bsgi.exam.record import Side

# Cells along depth, lateral and superior, and the breast's size that they stand for. D:
# a reference breast; the field bends with the tissue when it is compressed.
CELLS = (48, 64, 64)
REFERENCE_MM = (96.0, 128.0, 128.0)

# D: mammography has 3.17 (CC) and 3.30 (MLO), F: Chen et al. 2012, PMC3298563; nobody
# has published one for gamma images.
TEXTURE_EXPONENT = 3.0
# D: below this frequency the field's power no longer grows; about one breast's size.
LOWEST_PER_MM = 0.01

# M: Conners et al., AJR 2012;199:W767: photopenic is below fat, minimal-mild equal or
# slightly above, moderate below twice, marked at least twice as much as fat.
BACKGROUND_RATIOS = {
    "photopenic": (0.55, 0.95),
    "minimal-mild": (1.0, 1.4),
    "moderate": (1.4, 2.0),
    "marked": (2.0, 3.0),
}
# F: dense breasts 22 / 63 / 15 % and extremely dense 44 / 34 / 22 % (PubMed 25714323),
# with moderate and marked together; D: their parts, and the row for breasts that are
# not dense.
BACKGROUND_SHARES = {
    "not dense": (0.15, 0.77, 0.06, 0.02),
    "dense": (0.22, 0.63, 0.11, 0.04),
    "extremely dense": (0.44, 0.34, 0.16, 0.06),
}
DENSE_FROM = 0.20  # D: share of gland by volume
EXTREMELY_DENSE_FROM = 0.32  # D


@dataclass(frozen=True, slots=True)
class Uptake:
    """Tracer in one breast, as drawn.

    Args:
        concentration: Mean over the breast in Bq per mL and MBq injected, undecayed.
        gland_share: Share of gland by volume.
        gland_ratio: Concentration in gland over that in fat.
        texture: Standard deviation of the logarithm of the fine texture.
        nipple_ratio: Concentration in the nipple over the breast's mean.
        muscle_ratio: Concentration in pectoral muscle over the breast's mean.

    Raises:
        ValueError: If a value is negative or the gland's share is not below 1.
    """

    concentration: float
    gland_share: float
    gland_ratio: float
    texture: float
    nipple_ratio: float
    muscle_ratio: float

    def __post_init__(self) -> None:
        ratios = (self.concentration, self.gland_ratio, self.nipple_ratio)
        if min(ratios) <= 0 or min(self.texture, self.muscle_ratio) < 0:
            raise ValueError(f"uptake must be positive, got {self}.")
        if not 0 < self.gland_share < 1:
            raise ValueError(f"gland_share must be in (0, 1), got {self.gland_share}.")


def draw_background(rng: np.random.Generator, gland_share: float) -> str:
    """The woman's level of background uptake, by the density of her breasts."""
    density = "not dense"
    if gland_share >= DENSE_FROM:
        density = "dense"
    if gland_share >= EXTREMELY_DENSE_FROM:
        density = "extremely dense"
    return str(rng.choice(list(BACKGROUND_RATIOS), p=BACKGROUND_SHARES[density]))


def draw_uptakes(
    rng: np.random.Generator, gland_share: float, background: str
) -> dict[Side, Uptake]:
    """Uptake of both breasts of one woman, roughly symmetric.

    Args:
        rng: Source of randomness.
        gland_share: Share of gland by volume, for both breasts.
        background: Level of background uptake, a key of `BACKGROUND_RATIOS`.
    """
    # F: 0.10 uCi/mL after about 1,000 MBq (Mann 2012, 7 women); C: per MBq; D: spread.
    concentration = 3.7 * math.exp(rng.normal(0.0, math.log(1.5)))
    lowest, highest = BACKGROUND_RATIOS[background]
    gland_ratio = rng.uniform(lowest, highest)
    # D: difference of the sides; 5 % of women are clearly asymmetric.
    asymmetry = rng.normal(0.0, 0.12)
    if rng.random() < 0.05:
        asymmetry = math.copysign(rng.uniform(0.30, 0.45), asymmetry)
    # M: symmetric uptake of the nipples is common and benign; D: how much.
    nipple_ratio = 1.0 + rng.gamma(1.5, 0.8)
    texture = rng.uniform(0.10, 0.22)  # D
    muscle_ratio = rng.uniform(0.9, 1.6)  # D
    return {
        side: Uptake(
            concentration=concentration * math.exp(sign * asymmetry / 2),
            gland_share=gland_share,
            gland_ratio=gland_ratio,
            texture=texture,
            nipple_ratio=nipple_ratio * math.exp(rng.normal(0.0, 0.1)),
            muscle_ratio=muscle_ratio,
        )
        for side, sign in ((Side.LEFT, 1.0), (Side.RIGHT, -1.0))
    }


@lru_cache(maxsize=1)
def _power_law_filter() -> Float32[np.ndarray, "depth lateral superior"]:
    """Amplitude per frequency of a field of variance 1 with the texture's power law."""
    axes = [
        fft.fftfreq(cells, size_mm / cells)
        for cells, size_mm in zip(CELLS, REFERENCE_MM, strict=True)
    ]
    squares = np.meshgrid(*(axis**2 for axis in axes), indexing="ij", sparse=True)
    frequency = np.sqrt(sum(squares[1:], squares[0]))
    amplitude = np.maximum(frequency, LOWEST_PER_MM) ** (-TEXTURE_EXPONENT / 2)
    amplitude[0, 0, 0] = 0.0
    amplitude *= 1.0 / np.sqrt(np.sum(amplitude**2))
    single: Float32[np.ndarray, "depth lateral superior"] = amplitude.astype(np.float32)
    return single


@lru_cache(maxsize=1)
def _anatomical_prior() -> tuple[
    Float32[np.ndarray, "depth lateral superior"],
    Float32[np.ndarray, "depth lateral superior"],
]:
    """Where gland is likely, in standard deviations of the field, and the breast."""
    depth, lateral, superior = np.meshgrid(
        np.linspace(0.0, 1.0, CELLS[0]),
        np.linspace(-1.0, 1.0, CELLS[1]),
        np.linspace(-1.0, 1.0, CELLS[2]),
        indexing="ij",
        sparse=True,
    )
    # D: a cone of gland that opens from the nipple to the back, tilted up and outwards.
    centre = 0.18 * (1.0 - depth)
    radius = np.hypot(lateral - centre, superior - centre) / (0.85 - 0.35 * depth)
    behind = np.clip((0.25 - depth) / 0.25, 0.0, None)  # fat before the chest wall
    prior = 1.0 - 2.2 * radius**2 - 1.5 * behind
    breast = np.hypot(lateral, superior) + 0.0 * depth <= 1.0
    return prior.astype(np.float32), breast.astype(np.float32)


def _draw_fields(
    rng: np.random.Generator,
) -> Complex64[np.ndarray, "depth lateral superior"]:
    """Two independent power-law fields, as real and imaginary part of one."""
    white = rng.standard_normal((*CELLS, 2), dtype=np.float32).view(np.complex64)[
        ..., 0
    ]
    # The transform of white noise is white noise: filter it as a spectrum at once.
    white *= _power_law_filter()
    field: Complex64[np.ndarray, "depth lateral superior"] = fft.fftn(
        white, overwrite_x=True
    )
    return field


def draw_textures(
    rng: np.random.Generator, correlation: float
) -> dict[Side, Complex64[np.ndarray, "depth lateral superior"]]:
    """Texture of both breasts: clumps of gland (real) and fine texture (imaginary).

    Args:
        rng: Source of randomness.
        correlation: How alike the left and the mirrored right breast are, -1 to 1.
    """
    if not -1 <= correlation <= 1:
        raise ValueError(f"correlation must be -1 to 1, got {correlation}.")
    common, apart = _draw_fields(rng), _draw_fields(rng)
    cos = np.float32(math.sqrt(0.5 * (1.0 + correlation)))
    sin = np.float32(math.sqrt(0.5 * (1.0 - correlation)))
    common *= cos
    apart *= sin
    return {Side.LEFT: common + apart, Side.RIGHT: common - apart}


def build_concentration(
    uptake: Uptake, texture: Complex64[np.ndarray, "depth lateral superior"]
) -> Float32[np.ndarray, "depth lateral superior"]:
    """Concentration in a breast without lesion, in Bq per mL and MBq injected.

    Args:
        uptake: What was drawn for this breast.
        texture: One of `draw_textures`.
    """
    prior, breast = _anatomical_prior()
    clumps = texture.real + prior
    coarse = (slice(None, None, 2),) * 3  # enough cells to find the threshold
    threshold = np.quantile(
        clumps[coarse][breast[coarse] > 0], 1.0 - uptake.gland_share
    )
    # D: gland passes into fat over half a standard deviation, without hard borders.
    clumps -= np.float32(threshold)
    clumps *= np.float32(4.0)
    gland = np.clip(0.5 + 0.25 * clumps, 0.0, 1.0)
    gland *= np.float32(math.log(uptake.gland_ratio))
    gland += texture.imag * np.float32(uptake.texture)
    field: Float32[np.ndarray, "depth lateral superior"] = np.exp(gland)
    # No dot product: its rounding depends on how many threads the library takes.
    mean = float((field * breast).sum(dtype=float)) / float(breast.sum(dtype=float))
    field *= np.float32(uptake.concentration / mean)
    return field
