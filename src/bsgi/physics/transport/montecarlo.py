"""The Monte Carlo behind the scatter tables: photons in two boxes of tissue in air.

- The *breast* is a box on the detector (z = 0), from the chest wall (x = 0) outwards.
- The *torso* is a box of water behind the chest wall.
- In front of the chest wall everything below the breast is opaque: the detector. On a
  camera with two heads everything above it is, too; with one head there is air.

A parallel-hole collimator passes what leaves the breast straight down, so every scatter
in the breast contributes its chance of that. Scatter in the collimator, in the crystal
and in the paddle is left out.

References:
    Forced detection: Haynor, Harrison, Lewellen, Med Phys 1991;18:990.
"""

import math
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Literal

import numpy as np
from jaxtyping import Float

from bsgi.physics.transport.cross_sections import (
    WATER,
    Medium,
    build_medium,
    mix_breast_tissue,
)
from bsgi.physics.transport.montecarlo_geometry import Scene
from bsgi.physics.transport.montecarlo_photon import CUTOFF_KEV, LINE_KEV, follow

ENERGIES = round(LINE_KEV - CUTOFF_KEV)
Box = tuple[float, float, float, float, float, float]

# D: depth, width and height of the trunk behind a breast, in cm.
TORSO_CM: Box = (-18.0, 0.0, -15.0, 15.0, -12.0, 20.0)
NO_BOX: Box = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
WIDE_CM = 40.0  # D: far beyond the reach of scattered photons


class Source(Enum):
    """Where photons start: all over the breast or torso, or along x = y = 0."""

    BREAST = "breast"
    TORSO = "torso"
    AXIS = "axis"


@dataclass(frozen=True, slots=True)
class Setup:
    """One arrangement of breast, torso and heads.

    Args:
        thickness_cm: Thickness of the breast.
        source: Where photons start. The source on the axis belongs to a wide slab
            without a torso, and its bins count distance from the axis.
        edges_cm: Limits of the bins, from the chest wall outwards.
        length_cm: From the chest wall to the far side of the breast.
        width_cm: Of the breast, along the body axis.
        heads: 1, or 2 with the breast between them.
        torso: Whether there is a torso.
        rayleigh: Whether there is coherent scattering.
        binding: Whether the electrons are bound.
        gland_share: Gland over the breast's volume.

    Raises:
        ValueError: If a size is not positive, bins are not ascending, or photons are to
            start in a torso that is not there.
    """

    thickness_cm: float
    source: Source
    edges_cm: tuple[float, ...]
    length_cm: float = 9.0
    width_cm: float = 16.0
    heads: Literal[1, 2] = 2
    torso: bool = False
    rayleigh: bool = False
    binding: bool = False
    gland_share: float = 0.2

    def __post_init__(self) -> None:
        if min(self.thickness_cm, self.length_cm, self.width_cm) <= 0:
            raise ValueError("thickness, length and width must be positive.")
        if len(self.edges_cm) < 2 or not np.all(np.diff(self.edges_cm) > 0):
            raise ValueError(f"edges_cm must ascend, got {self.edges_cm}.")
        if self.source is Source.AXIS and self.torso:
            raise ValueError("a source on the axis must be without a torso.")
        if self.source is Source.TORSO and not self.torso:
            raise ValueError("a source in the torso must have a torso.")

    @property
    def breast_box_cm(self) -> Box:
        """Limits of the breast."""
        if self.source is Source.AXIS:
            return (-WIDE_CM, WIDE_CM, -WIDE_CM, WIDE_CM, 0.0, self.thickness_cm)
        half_cm = 0.5 * self.width_cm
        return (0.0, self.length_cm, -half_cm, half_cm, 0.0, self.thickness_cm)

    @property
    def source_box_cm(self) -> Box:
        """Limits of where photons start."""
        if self.source is Source.AXIS:
            return (0.0, 0.0, 0.0, 0.0, 0.0, self.thickness_cm)
        return TORSO_CM if self.source is Source.TORSO else self.breast_box_cm

    @property
    def source_volume_cm3(self) -> float:
        """Volume in which photons start; that of one square centimetre on the axis."""
        if self.source is Source.AXIS:
            return self.thickness_cm
        limits = self.source_box_cm
        return math.prod(limits[2 * axis + 1] - limits[2 * axis] for axis in range(3))


@dataclass(frozen=True, slots=True)
class Tally:
    """What scattered photons added.

    Args:
        spectra: Chance per solid angle of arriving straight down, per photon that
            started, for each batch, by place of the last scatter and energy.
        primary: The same for photons that do not interact, from all over the breast.
    """

    spectra: Float[np.ndarray, "batch bin energy"]
    primary: float


def bin_energies_kev() -> Float[np.ndarray, " energy"]:
    """Middle of each bin of energy, downwards from the line."""
    return LINE_KEV - 0.5 - np.arange(ENERGIES, dtype=float)


@lru_cache(maxsize=16)
def find_media(
    gland_share: float, *, rayleigh: bool, binding: bool
) -> tuple[Medium, Medium]:
    """Breast and torso for the Monte Carlo.

    Args:
        gland_share: Gland over the breast's volume.
        rayleigh: Whether there is coherent scattering.
        binding: Whether the electrons are bound.
    """
    breast, torso = (
        build_medium(tissue, rayleigh=rayleigh, binding=binding)
        for tissue in (mix_breast_tissue(gland_share), WATER)
    )
    return breast, torso


def expect_primary(medium: Medium, thickness_cm: float) -> float:
    """Chance per solid angle of leaving a slab straight down without an interaction.

    Args:
        medium: What the slab is made of.
        thickness_cm: Its thickness; photons start all over it.
    """
    depth = medium.total_per_cm(LINE_KEV) * thickness_cm
    return -math.expm1(-depth) / depth / (4.0 * math.pi)


def simulate_scatter(
    rng: np.random.Generator, setup: Setup, photons: int, batches: int
) -> Tally:
    """Follow photons; the batches say how far chance reaches.

    Args:
        rng: Each batch draws from a generator of its own that descends from it.
        setup: The arrangement.
        photons: Photons in each batch.
        batches: How many batches.
    """
    options = {"rayleigh": setup.rayleigh, "binding": setup.binding}
    breast, torso = find_media(setup.gland_share, **options)
    scene = Scene(
        breast_cm=np.array(setup.breast_box_cm),
        torso_cm=np.array(TORSO_CM if setup.torso else NO_BOX),
        source_cm=np.array(setup.source_box_cm),
        opposite=setup.heads == 2,
        edges_cm=np.array(setup.edges_cm),
        radial=setup.source is Source.AXIS,
    )
    spectra = np.zeros((batches, len(setup.edges_cm) - 1, ENERGIES))
    for child, spectrum in zip(rng.spawn(batches), spectra, strict=True):
        follow(child, photons, scene, breast, torso, spectrum)
    primary = expect_primary(breast, setup.thickness_cm)
    return Tally(spectra / photons, primary)
