"""Everything that is drawn for one woman, from (seed, preset, her number) alone.

Her lesions follow from her label as well, and the noise of her images from camera and
dose as well.
"""

import math
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bsgi.errors import ConfigError
from bsgi.exam.record import Label, Lesion, Projection, Side
from bsgi.physics.breast.anatomy import Position, Slab, clearance_mm, place_in_slab
from bsgi.physics.breast.lesions import draw_lesions
from bsgi.physics.breast.uptake import Uptake, draw_background, draw_uptakes
from bsgi.physics.population.population import PRESETS, Population

# Numbers of the independent streams of randomness of one woman.
_BODY, _LESIONS, _TEXTURE, _NOISE = range(4)


@dataclass(frozen=True, slots=True)
class Breast:
    """One breast of one woman, as drawn.

    Args:
        side: Left or right.
        uptake: Tracer in it, lesions apart.
        cc: Its shape in the cranio-caudal view.
        mlo: Its shape in the medio-lateral oblique view.
    """

    side: Side
    uptake: Uptake
    cc: Slab
    mlo: Slab

    def slab(self, projection: Projection) -> Slab:
        """Its shape in one view."""
        return self.cc if projection is Projection.CC else self.mlo

    def fits(self, position: Position, diameter_mm: float) -> bool:
        """Whether a lesion lies within the breast, largely, in both views."""
        return all(
            clearance_mm(slab, place_in_slab(slab, position)) >= 0.5 * diameter_mm
            for slab in (self.cc, self.mlo)
        )


@dataclass(frozen=True, slots=True)
class Woman:
    """All that is drawn for one exam; arrays follow from it.

    Args:
        index: Her number in the population.
        label: Whether she has a malignant lesion.
        age_years: Age at the exam.
        site: Simulated hospital.
        background: Level of background uptake, in the lexicon's words.
        symmetry: Correlation of the texture of her breasts.
        torso_ratio: Concentration in the torso over that in her breasts.
        left: Her left breast.
        right: Her right breast.
        lesions: Her lesions, visible or not.
        texture_seed: Seed of the texture of her breasts.
        noise_seed: Seed of the noise in her images.
    """

    index: int
    label: Label
    age_years: float
    site: str
    background: str
    symmetry: float
    torso_ratio: float
    left: Breast
    right: Breast
    lesions: tuple[Lesion, ...]
    texture_seed: int
    noise_seed: int

    def breast(self, side: Side) -> Breast:
        """One of her breasts."""
        return self.left if side is Side.LEFT else self.right


def draw_woman(population: Population, index: int) -> Woman:
    """Everything about one woman, from the population's seed and her number.

    Args:
        population: What to draw from.
        index: Her number, from 0.

    Raises:
        ConfigError: If the population has no such number.
    """
    if not 0 <= index < population.exams:
        raise ConfigError(f"index must be 0 to {population.exams - 1}, got {index}.")
    label = population.label(index)
    rng = np.random.default_rng(_stream(population, index, _BODY))
    age_years = _draw_age(rng)
    site = f"simulated-{1 + int(rng.integers(2))}"
    # D, so that F comes out: mean 19 %, 80 % of women below 27 %, 95 % below 45 %.
    gland_share = _clip(0.165 * math.exp(rng.normal(0.0, math.log(1.75))), 0.03, 0.70)
    background = draw_background(rng, gland_share)
    uptakes = draw_uptakes(rng, gland_share, background)
    torso_ratio = 3.0 * math.exp(rng.normal(0.0, math.log(1.25)))  # C: 3 to 4; D
    symmetry = rng.uniform(0.5, 0.9)  # D
    breasts = _draw_breasts(rng, uptakes)
    lesion_rng = np.random.default_rng(
        _stream(population, index, _LESIONS, label is Label.MALIGNANT)
    )
    return Woman(
        index=index,
        label=label,
        age_years=age_years,
        site=site,
        background=background,
        symmetry=symmetry,
        torso_ratio=torso_ratio,
        left=breasts[Side.LEFT],
        right=breasts[Side.RIGHT],
        lesions=_draw_her_lesions(lesion_rng, population, label, breasts),
        texture_seed=_seed(_stream(population, index, _TEXTURE)),
        noise_seed=_seed(
            _stream(
                population,
                index,
                _NOISE,
                zlib.crc32(population.camera.encode()),
                round(population.dose_mbq * 1000),
            )
        ),
    )


def _stream(
    population: Population, index: int, stream: int, *more: int
) -> np.random.SeedSequence:
    """The seed of one independent stream of randomness of one woman."""
    preset = zlib.crc32(population.preset.encode())
    return np.random.SeedSequence(
        population.seed, spawn_key=(preset, index, stream, *more)
    )


def _seed(sequence: np.random.SeedSequence) -> int:
    """One number that stands for a stream."""
    return int(sequence.generate_state(1, np.uint64)[0])


def _clip(value: float, lowest: float, highest: float) -> float:
    """A value, no less and no more than its limits."""
    return min(max(value, lowest), highest)


def _draw_age(rng: np.random.Generator) -> float:
    """F: 28 to 73 years, mean 53.2, as in the paper; D: spread, not tied to label."""
    while True:
        age_years = rng.normal(53.4, 10.0)
        if 28.0 <= age_years <= 73.0:
            return float(age_years)


def _draw_breasts(
    rng: np.random.Generator, uptakes: Mapping[Side, Uptake]
) -> dict[Side, Breast]:
    """Shapes of both breasts; the same woman's differ a little."""
    # D from F: 5.9 +- 1.6 cm (PMC2787062) and 4.4 / 4.8 cm in CC / MLO (Helvie).
    thickness_mm = _clip(rng.normal(56.0, 15.0), 25.0, 100.0)
    thicker_mm = rng.normal(4.0, 5.0)
    # D: area of the CC footprint; thick breasts are larger.
    area_mm2 = 13_000.0 * math.exp(rng.normal(0.0, math.log(1.2)))
    area_mm2 = _clip(area_mm2 * (thickness_mm / 56.0) ** 0.4, 6_000.0, 19_000.0)
    aspect = _clip(rng.normal(0.56, 0.05), 0.44, 0.70)
    pectoral_mm = _clip(rng.normal(38.0, 12.0), 8.0, 65.0)
    breasts = {}
    for side in Side:
        cc_mm = _clip(thickness_mm + rng.normal(0.0, 2.0), 25.0, 100.0)
        mlo_mm = _clip(cc_mm + thicker_mm + rng.normal(0.0, 1.5), 25.0, 100.0)
        own_mm2 = area_mm2 * math.exp(rng.normal(0.0, 0.04))
        # Tissue does not shrink: thinner means wider. The oblique view takes in more.
        mlo_mm2 = 1.10 * own_mm2 * cc_mm / mlo_mm
        breasts[side] = Breast(
            side,
            uptakes[side],
            cc=_draw_slab(rng, Projection.CC, cc_mm, own_mm2, aspect, 0.0),
            mlo=_draw_slab(
                rng, Projection.MLO, mlo_mm, mlo_mm2, 0.95 * aspect, pectoral_mm
            ),
        )
    return breasts


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
        offset_mm=0.5 * (lower_mm - upper_mm) + _clip(rng.normal(0.0, 4.0), -9.0, 9.0),
        pectoral_mm=pectoral_mm * math.exp(rng.normal(0.0, 0.1)),
        pectoral_height_mm=width_mm * rng.uniform(0.45, 0.75),
    )


def _draw_her_lesions(
    rng: np.random.Generator,
    population: Population,
    label: Label,
    breasts: Mapping[Side, Breast],
) -> tuple[Lesion, ...]:
    """Her lesions, in one breast, as her group has them."""
    preset = PRESETS[population.preset]
    mix = preset.malignant if label is Label.MALIGNANT else preset.benign
    if mix is None:
        return ()
    side = Side.LEFT if rng.random() < 0.5 else Side.RIGHT
    breast = breasts[side]
    largest_mm = 0.9 * min(breast.cc.thickness_mm, breast.mlo.thickness_mm)
    return draw_lesions(rng, mix, side, breast.fits, largest_mm)
