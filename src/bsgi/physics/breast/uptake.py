"""Where the tracer is in a breast without a lesion: fat, gland, and fine texture.

A breast is a block of cells over (depth, lateral, superior), see `anatomy.py`. Gland
gathers behind the nipple and towards the upper outer quadrant, in clumps; its share of
the volume is the breast's density, its concentration over that of fat the level of
background uptake. Both the clumps and the fine texture are Gaussian fields whose power
falls with frequency by a power law, as that of breast tissue does in mammography.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from jaxtyping import Complex64, Float32, Int
from scipy import fft

from bsgi.exam.record import Side

# Cells along depth, lateral and superior, and the breast's size that they stand for. D:
# a reference breast; the field bends with the tissue when it is compressed.
CELLS = (48, 64, 64)
REFERENCE_MM = (96.0, 128.0, 128.0)

# D: mammography has 3.17 (CC) and 3.30 (MLO), F: Chen et al. 2012, PMC3298563; nobody
# has published one for gamma images.
TEXTURE_EXPONENT = 2.9
# D: below this frequency the field's power no longer grows; about one breast's size.
LOWEST_PER_MM = 0.01

SKIN_MM = 1.5  # M: 1.45 +- 0.3 mm by breast CT, Huang et al., Med Phys 2008;35:1199


@dataclass(frozen=True, slots=True)
class Uptake:
    """Tracer in one breast, as drawn.

    Args:
        concentration: Mean over the breast in Bq per mL and MBq injected, undecayed.
        gland_share: Share of gland by volume.
        gland_ratio: Concentration in gland over that in fat; None until it has been
            found from the woman's background uptake, see `contrast.py`.
        texture: Standard deviation of the logarithm of the fine texture.
        nipple_ratio: Concentration in the nipple over the breast's mean.
        muscle_ratio: Concentration in pectoral muscle over the breast's mean.
        skin_ratio: Concentration in the skin over the breast's mean.
        axilla_ratio: Concentration in the axilla over the breast's mean.

    Raises:
        ValueError: If a value is negative or the gland's share is not below 1.
    """

    concentration: float
    gland_share: float
    gland_ratio: float | None
    texture: float
    nipple_ratio: float
    muscle_ratio: float
    skin_ratio: float = 1.0
    axilla_ratio: float = 1.0

    def __post_init__(self) -> None:
        ratio = 1.0 if self.gland_ratio is None else self.gland_ratio
        ratios = (self.concentration, ratio, self.nipple_ratio)
        others = (self.muscle_ratio, self.skin_ratio, self.axilla_ratio)
        if min(ratios) <= 0 or min(self.texture, *others) < 0:
            raise ValueError(f"uptake must be positive, got {self}.")
        if not 0 < self.gland_share < 1:
            raise ValueError(f"gland_share must be in (0, 1), got {self.gland_share}.")


def draw_uptakes(rng: np.random.Generator, gland_share: float) -> dict[Side, Uptake]:
    """Uptake of both breasts of one woman, roughly symmetric.

    The ratio of gland to fat is left open: it follows from her level of background
    uptake, once the place of her gland is known.

    Args:
        rng: Source of randomness.
        gland_share: Share of gland by volume, for both breasts.
    """
    # F: 0.10 uCi/mL after about 1,000 MBq (Mann 2012, 7 women); C: per MBq; D: spread.
    concentration = 3.7 * math.exp(rng.normal(0.0, math.log(1.5)))
    # D: difference of the sides; 5 % of women are clearly asymmetric.
    asymmetry = rng.normal(0.0, 0.12)
    if rng.random() < 0.05:
        asymmetry = math.copysign(rng.uniform(0.30, 0.45), asymmetry)
    # M: symmetric uptake of the nipples is common and benign; D: how much.
    nipple_ratio = 1.0 + rng.gamma(1.5, 0.8)
    texture = rng.uniform(0.10, 0.22)  # D
    muscle_ratio = rng.uniform(0.9, 1.6)  # D
    skin_ratio = rng.uniform(0.7, 1.3)  # D
    axilla_ratio = rng.uniform(0.7, 1.3)  # D
    return {
        side: Uptake(
            concentration=concentration * math.exp(sign * asymmetry / 2),
            gland_share=gland_share,
            gland_ratio=None,
            texture=texture,
            nipple_ratio=nipple_ratio * math.exp(rng.normal(0.0, 0.1)),
            muscle_ratio=muscle_ratio,
            skin_ratio=skin_ratio,
            axilla_ratio=axilla_ratio,
        )
        for side, sign in ((Side.LEFT, 1.0), (Side.RIGHT, -1.0))
    }


@lru_cache(maxsize=1)
def _power_law_filter() -> tuple[
    Int[np.ndarray, " frequency"], Float32[np.ndarray, " frequency"]
]:
    """Frequencies of the texture and their amplitudes, for a variance of 1.

    Frequencies that the cells hold in some directions only, such as along a diagonal,
    are left out.
    """
    steps_mm = [size / cells for cells, size in zip(CELLS, REFERENCE_MM, strict=True)]
    axes = [
        fft.fftfreq(cells, step_mm)
        for cells, step_mm in zip(CELLS, steps_mm, strict=True)
    ]
    squares = np.meshgrid(*(axis**2 for axis in axes), indexing="ij", sparse=True)
    frequency = np.sqrt(sum(squares[1:], squares[0])).ravel()
    index = np.flatnonzero((frequency > 0) & (frequency <= 0.5 / max(steps_mm)))
    amplitude = np.maximum(frequency[index], LOWEST_PER_MM) ** (-TEXTURE_EXPONENT / 2)
    amplitude *= 1.0 / np.sqrt(np.sum(amplitude**2))
    return index, amplitude.astype(np.float32)


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
    # D: a body of gland that opens from the nipple to the back, tilted up and outwards,
    # and round at its back; fat lies between it and the chest wall.
    centre = 0.38 * (1.0 - depth)
    radius = np.hypot(lateral - centre, superior - centre) / (0.75 - 0.2 * depth)
    behind = np.clip(0.58 - depth, 0.0, None) / 0.25
    prior = 1.0 - 2.2 * (radius**2 + behind**2)
    breast = np.hypot(lateral, superior) + 0.0 * depth <= 1.0
    return prior.astype(np.float32), breast.astype(np.float32)


def _draw_fields(
    rng: np.random.Generator,
) -> Complex64[np.ndarray, "depth lateral superior"]:
    """Two independent power-law fields, as real and imaginary part of one."""
    index, amplitude = _power_law_filter()
    white = rng.standard_normal((len(index), 2), dtype=np.float32)
    white *= amplitude[:, None]
    # The transform of white noise is white noise: filter it as a spectrum at once.
    spectrum = np.zeros(CELLS, np.complex64)
    spectrum.reshape(-1)[index] = white.view(np.complex64)[:, 0]
    field: Complex64[np.ndarray, "depth lateral superior"] = fft.fftn(
        spectrum, overwrite_x=True
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


@lru_cache(maxsize=2)
def find_textures(
    seed: int, correlation: float
) -> Mapping[Side, Complex64[np.ndarray, "depth lateral superior"]]:
    """Texture of both breasts of one woman, kept while she is imaged.

    Args:
        seed: Her texture's seed.
        correlation: As in `draw_textures`.
    """
    textures = draw_textures(np.random.default_rng(seed), correlation)
    for texture in textures.values():
        texture.flags.writeable = False
    return textures


def build_gland(
    uptake: Uptake, texture: Complex64[np.ndarray, "depth lateral superior"]
) -> Float32[np.ndarray, "depth lateral superior"]:
    """Share of gland in each cell, from 0 to 1.

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
    # D: gland passes into fat over one standard deviation, without hard borders.
    clumps += np.float32(0.5 - threshold)
    gland: Float32[np.ndarray, "depth lateral superior"] = np.clip(
        clumps, np.float32(0.0), np.float32(1.0), out=clumps
    )
    return gland


def build_variation(
    uptake: Uptake, texture: Complex64[np.ndarray, "depth lateral superior"]
) -> Float32[np.ndarray, "depth lateral superior"]:
    """Fine texture of each cell, as a factor on its concentration.

    Args:
        uptake: What was drawn for this breast.
        texture: One of `draw_textures`.
    """
    field = texture.imag * np.float32(uptake.texture)
    return np.exp(field, out=field)


def build_concentration(
    uptake: Uptake, texture: Complex64[np.ndarray, "depth lateral superior"]
) -> Float32[np.ndarray, "depth lateral superior"]:
    """Concentration in a breast without lesion, in Bq per mL and MBq injected.

    Args:
        uptake: What was drawn for this breast.
        texture: One of `draw_textures`.

    Raises:
        ValueError: If the ratio of gland to fat has not been found.
    """
    if uptake.gland_ratio is None:
        raise ValueError("gland_ratio must be found first, by settle_gland.")
    _, breast = _anatomical_prior()
    field = build_gland(uptake, texture)
    # Linear in the ratio, and so the images are, too.
    field *= np.float32(uptake.gland_ratio - 1.0)
    field += np.float32(1.0)
    field *= build_variation(uptake, texture)
    # No dot product: its rounding depends on how many threads the library takes.
    mean = float((field * breast).sum(dtype=float)) / float(breast.sum(dtype=float))
    field *= np.float32(uptake.concentration / mean)
    return field
