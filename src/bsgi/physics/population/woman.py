"""Everything that is drawn for one woman, from (seed, preset, her number) alone.

Her lesions follow from her label as well, and the noise of her images from camera and
dose as well.
"""

import math
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from bsgi.errors import ConfigError
from bsgi.exam.record import Label, Lesion, Projection, Side
from bsgi.physics.breast.anatomy import Position, Slab, clearance_mm, place_in_slab
from bsgi.physics.breast.background import (
    MENOPAUSE_YEARS,
    NO_PHASE,
    PHASES,
    SHARES,
    classify,
    classify_density,
    find_ratio,
    find_share,
)
from bsgi.physics.breast.histology import LogNormal
from bsgi.physics.breast.implant import Implant, gap_mm
from bsgi.physics.breast.lesions import draw_lesions
from bsgi.physics.breast.uptake import Uptake, draw_uptakes
from bsgi.physics.population.population import Population
from bsgi.physics.population.preset import Women, find_preset
from bsgi.physics.population.shapes import clip, draw_slabs

# D: limits of the share of gland by volume; no breast is gland alone.
GLAND_SHARES = (0.03, 0.55)

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
        implant: Its implant; None if it has none.
    """

    side: Side
    uptake: Uptake
    cc: Slab
    mlo: Slab
    implant: Implant | None = None

    def slab(self, projection: Projection) -> Slab:
        """Its shape in one view."""
        return self.cc if projection is Projection.CC else self.mlo

    def fits(self, position: Position, diameter_mm: float) -> bool:
        """Whether a lesion lies within the breast, largely, in both views."""
        for slab in (self.cc, self.mlo):
            place = place_in_slab(slab, position)
            if clearance_mm(slab, place) < 0.5 * diameter_mm:
                return False
            if self.implant and gap_mm(slab, self.implant, place) < 0.5 * diameter_mm:
                return False
        return True


@dataclass(frozen=True, slots=True)
class Woman:
    """All that is drawn for one exam; arrays follow from it.

    Args:
        index: Her number in the population.
        label: Whether she has a malignant lesion.
        age_years: Age at the exam.
        site: Simulated hospital.
        phase: Phase of her cycle: follicular, luteal, or none.
        background_ratio: Counts over gland over counts over fat that her images are to
            have; what they have differs a little.
        background: Level of background uptake of that ratio, in the lexicon's words.
        symmetry: Correlation of the texture of her breasts.
        torso_ratio: Concentration in the torso over that in her breasts.
        left: Her left breast.
        right: Her right breast.
        lesions: Her lesions, visible or not.
        texture_seed: Seed of the texture of her breasts.
        noise_seed: Seed of the noise in her images.
        absent: Sides without a breast, after a mastectomy; they have no views.
    """

    index: int
    label: Label
    age_years: float
    site: str
    phase: str
    background_ratio: float
    background: str
    symmetry: float
    torso_ratio: float
    left: Breast
    right: Breast
    lesions: tuple[Lesion, ...]
    texture_seed: int
    noise_seed: int
    absent: frozenset[Side] = frozenset()

    def breast(self, side: Side) -> Breast:
        """One of her breasts."""
        return self.left if side is Side.LEFT else self.right


def draw_woman(population: Population, index: int) -> Woman:
    """Everything about one woman, from the population's seed and her number.

    Args:
        population: What to draw from.
        index: Her number, from 0.

    Raises:
        ConfigError: If the population has no such number, or her breast no room for
            the lesion that the preset asks for.
    """
    if not 0 <= index < population.exams:
        raise ConfigError(f"index must be 0 to {population.exams - 1}, got {index}.")
    label = population.label(index)
    women = find_preset(population.preset).women
    rng = np.random.default_rng(_stream(population, index, _BODY))
    age_years = _draw_age(rng)
    site = f"simulated-{1 + int(rng.integers(2))}"
    gland_share = LogNormal(
        women.gland_share_median, women.gland_share_spread, *GLAND_SHARES
    ).draw(rng)
    phase = PHASES[int(rng.integers(2))]  # D: as many women in one as in the other
    if age_years >= MENOPAUSE_YEARS:
        phase = NO_PHASE
    share = find_share(rng.normal(), phase)
    shares = women.background or SHARES[classify_density(gland_share)]
    background_ratio = find_ratio(shares, share)
    uptakes = draw_uptakes(rng, gland_share)
    torso_ratio = 3.0 * math.exp(rng.normal(0.0, math.log(1.25)))  # C: 3 to 4; D
    symmetry = rng.uniform(0.5, 0.9)  # D
    breasts, absent = _draw_breasts(rng, uptakes, women)
    lesion_rng = np.random.default_rng(
        _stream(population, index, _LESIONS, label is Label.MALIGNANT)
    )
    return Woman(
        index=index,
        label=label,
        age_years=age_years,
        site=site,
        phase=phase,
        background_ratio=background_ratio,
        background=classify(background_ratio),
        symmetry=symmetry,
        torso_ratio=torso_ratio,
        left=breasts[Side.LEFT],
        right=breasts[Side.RIGHT],
        lesions=_draw_her_lesions(lesion_rng, population, label, breasts, absent),
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
        absent=absent,
    )


def _stream(
    population: Population, index: int, stream: int, *more: int
) -> np.random.SeedSequence:
    """The seed of one independent stream of randomness of one woman."""
    preset = zlib.crc32(population.women_of.encode())
    return np.random.SeedSequence(
        population.seed, spawn_key=(preset, index, stream, *more)
    )


def _seed(sequence: np.random.SeedSequence) -> int:
    """One number that stands for a stream."""
    return int(sequence.generate_state(1, np.uint64)[0])


def _draw_age(rng: np.random.Generator) -> float:
    """F: 28 to 73 years, mean 53.2, as in the paper; D: spread, not tied to label."""
    while True:
        age_years = rng.normal(53.4, 10.0)
        if 28.0 <= age_years <= 73.0:
            return float(age_years)


def _draw_breasts(
    rng: np.random.Generator, uptakes: Mapping[Side, Uptake], women: Women
) -> tuple[dict[Side, Breast], frozenset[Side]]:
    """Both breasts with their shapes and implants, and the side that is absent."""
    chance = rng.random()
    side = Side.LEFT if rng.random() < 0.5 else Side.RIGHT
    # D: 300 mL is a usual size.
    implant_ml = clip(300.0 * math.exp(rng.normal(0.0, 0.25)), 150.0, 500.0)
    implant = Implant(implant_ml) if chance < women.implant_share else None
    absent = 0.0 <= chance - women.implant_share < women.mastectomy_share
    slabs = draw_slabs(rng, implant_ml if implant else 0.0)
    breasts = {
        each: Breast(each, uptakes[each], cc, mlo, implant)
        for each, (cc, mlo) in slabs.items()
    }
    return breasts, frozenset({side} if absent else ())


def _draw_her_lesions(
    rng: np.random.Generator,
    population: Population,
    label: Label,
    breasts: Mapping[Side, Breast],
    absent: frozenset[Side],
) -> tuple[Lesion, ...]:
    """Her lesions, in one breast, as her group has them."""
    preset = find_preset(population.preset)
    side = Side.LEFT if rng.random() < 0.5 else Side.RIGHT
    if side in absent:
        side = Side.RIGHT if side is Side.LEFT else Side.LEFT
    mix = preset.malignant
    if label is not Label.MALIGNANT:
        mix = preset.benign
        if rng.random() >= preset.benign_share:
            return ()
    breast = breasts[side]
    largest_mm = 0.9 * min(breast.cc.thickness_mm, breast.mlo.thickness_mm)
    lesions = draw_lesions(rng, mix, side, breast.fits, largest_mm)
    if not lesions:
        raise ConfigError(
            f"the preset {population.preset} must leave room for lesions, but a breast "
            f"has none at a depth of {mix.depth[0]} to {mix.depth[1]}; widen depth or "
            "lower implant_share."
        )
    return lesions


def describe_woman(woman: Woman) -> dict[str, Any]:
    """Everything drawn for a woman, as JSON can hold it.

    Args:
        woman: The woman.
    """
    record = asdict(woman)
    record["absent"] = sorted(woman.absent)
    return record
