"""Background uptake, measured on images: do its classes have their prevalences?

Women are drawn as the simulator draws them and sorted by density. For each, the ratio
of gland to fat is measured on her noise-free images, and the class follows from that
ratio by the definitions of the lexicon.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from scipy.stats import binomtest

from bsgi.evaluation.multiplicity import adjust_by_holm
from bsgi.physics.acceptance.check import Check
from bsgi.physics.breast.background import (
    DENSE_FROM,
    EXTREMELY_DENSE_FROM,
    classify,
)
from bsgi.physics.camera.catalogue import DILON_6800_GP
from bsgi.physics.measure import measure_background
from bsgi.physics.population.population import Population
from bsgi.physics.population.woman import draw_woman

GROUP = "Background uptake"

DENSE, EXTREMELY_DENSE = "dense", "extremely dense"

# F: PubMed 25714323; heterogeneously and extremely dense breasts together, n = 1,149,
# and extremely dense ones alone, n = 164; moderate and marked uptake were one class.
PREVALENCES = {
    DENSE: {"photopenic": 0.22, "minimal-mild": 0.63, "moderate or marked": 0.15},
    EXTREMELY_DENSE: {
        "photopenic": 0.44,
        "minimal-mild": 0.34,
        "moderate or marked": 0.22,
    },
}

LEAST_GLAND = {DENSE: DENSE_FROM, EXTREMELY_DENSE: EXTREMELY_DENSE_FROM}
"""Share of gland by volume from which a woman belongs to a stratum."""

# The family's chance of a false alarm.
LEVEL = 0.05

# Drawn alike by any number of processes; more than enough women to choose from.
_POOL = 10_000_000


@dataclass(frozen=True, slots=True)
class MeasuredWoman:
    """Background uptake of one woman's images.

    Args:
        index: Her number in the population.
        gland_share: Share of gland by volume.
        ratio: Counts over gland by counts over fat, noise-free, without lesions.
        level: The class of that ratio.
        drawn: The class that was drawn for her.
    """

    index: int
    gland_share: float
    ratio: float
    level: str
    drawn: str


def find_dense(seed: int, first: int, count: int) -> dict[str, tuple[int, ...]]:
    """Numbers of the women of each stratum in a stretch of the population.

    Args:
        seed: Seed of the population.
        first: Where the stretch begins.
        count: How many women it has.
    """
    population = _population(seed)
    shares = {
        index: draw_woman(population, index).left.uptake.gland_share
        for index in range(first, first + count)
    }
    return {
        stratum: tuple(index for index, share in shares.items() if share >= least)
        for stratum, least in LEAST_GLAND.items()
    }


def measure_women(seed: int, indices: Sequence[int]) -> tuple[MeasuredWoman, ...]:
    """Background uptake of some women, measured on their images.

    Args:
        seed: Seed of the population.
        indices: Their numbers.

    Returns:
        The women whose images show both gland and fat; nearly all do.
    """
    population, measured = _population(seed), []
    for index in indices:
        woman = draw_woman(population, index)
        ratio = measure_background(woman, DILON_6800_GP)
        if not math.isfinite(ratio):
            continue
        measured.append(
            MeasuredWoman(
                index=index,
                gland_share=woman.left.uptake.gland_share,
                ratio=ratio,
                level=classify(ratio),
                drawn=woman.background,
            )
        )
    return tuple(measured)


def check_prevalences(
    strata: Mapping[str, Sequence[MeasuredWoman]], *, conclusive: bool
) -> tuple[Check, ...]:
    """Whether the classes on the images have the published prevalences.

    Args:
        strata: Women of each stratum of `PREVALENCES`.
        conclusive: Whether they are many enough for a verdict.

    References:
        Clopper and Pearson, Biometrika 1934;26:404; Holm, Scand J Stat 1979;6:65.
    """
    rows, values = [], []
    for stratum, women in strata.items():
        for level, share in PREVALENCES[stratum].items():
            found = sum(woman.level in level.split(" or ") for woman in women)
            rows.append((stratum, level, share, found, len(women)))
            values.append(float(binomtest(found, len(women), share).pvalue))
    adjusted = adjust_by_holm(values)
    return tuple(
        Check(
            group=GROUP,
            quantity=f"{stratum} breasts: {level}, on {count:,} women's images",
            expected=f"{100 * share:.0f} %",
            source="F: PubMed 25714323, shares in two strata of density",
            measured=f"{100 * found / count:.1f} %",
            tolerance=f"sampling error: exact binomial, Holm, p >= {LEVEL:g}",
            passed=bool(p >= LEVEL),
            value=100 * found / count,
            note=f"p = {p:.3f}",
            conclusive=conclusive,
        )
        for (stratum, level, share, found, count), p in zip(rows, adjusted, strict=True)
    )


def _population(seed: int) -> Population:
    """Women without regard to lesions, of whom the dense ones are chosen."""
    whole = Population("paper", DILON_6800_GP.name, 1, 0, 740.0, seed)
    return replace(whole, exams=_POOL)
