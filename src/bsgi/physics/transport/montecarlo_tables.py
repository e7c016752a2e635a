"""From Monte Carlo runs to the scatter tables that come with the package.

- The breast's own scatter is taken in a wide slab without a torso, about one column.
- Scatter from the torso is taken in a breast of 16 x 16 cm, in bands from the chest
  wall. What the breast's own photons add by way of the torso was below 0.1 % of all
  scatter in every window, and is left out.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Any, Literal

import numpy as np
from jaxtyping import Float

from bsgi.physics.transport.cross_sections import (
    CRYSTALS,
    energies_kev,
    tabulate_total,
)
from bsgi.physics.transport.montecarlo import (
    TORSO_CM,
    Setup,
    Source,
    Tally,
    bin_energies_kev,
    simulate_scatter,
)
from bsgi.physics.transport.montecarlo_photon import LINE_KEV
from bsgi.physics.transport.tables import ScatterTables

THICKNESS_CM = (2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0)
# D: fine where the kernel is steep; in cm, as everything here.
RADIUS_CM = (
    0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 3.5,
    4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 12.0, 15.0, 20.0,
)  # fmt: skip
BAND_CM = 0.5
# D: long enough for every breast; the profile hardly depends on it.
LENGTH_CM = 16.0
WIDTH_CM = 16.0
TORSO_RATIO = 3.0  # D: the torso's concentration over the breast's in `scatter_of_box`
TORSO_PER_BREAST = 10
HEADS: tuple[Literal[1, 2], ...] = (1, 2)
OUTWARD_CM = tuple(BAND_CM * k for k in range(round(LENGTH_CM / BAND_CM) + 1))


@dataclass(frozen=True, slots=True)
class Effort:
    """How many photons the tables cost, per thickness.

    Args:
        own_photons: Started in the breast.
        torso_photons: Started in the torso, for each number of heads.
        batches: Into how many parts both are split to tell the statistical error.
        seed: Start of everything random.
    """

    own_photons: int
    torso_photons: int
    batches: int = 20
    seed: int = 1


# C: statistical errors of at most 1 % of the scatter in any band of 1 cm.
SHIPPED = Effort(own_photons=12_000_000, torso_photons=40_000_000)


def find_rng(
    seed: int, thickness_cm: float, heads: Literal[0, 1, 2]
) -> np.random.Generator:
    """The generator of one run of the tables.

    Args:
        seed: Seed of the tables.
        thickness_cm: Thickness of the breast.
        heads: Heads of the camera; 0 for the breast's own scatter.
    """
    return np.random.default_rng([seed, round(10.0 * thickness_cm), heads])


def tabulate_own(
    rng: np.random.Generator, thickness_cm: float, photons: int, batches: int
) -> Float[np.ndarray, "batch ring energy"]:
    """Own scatter per unscattered photon of the same column, for each batch.

    Args:
        rng: Where everything random comes from.
        thickness_cm: Thickness of the breast.
        photons: In all batches together.
        batches: How many batches.
    """
    setup = Setup(thickness_cm, Source.AXIS, RADIUS_CM)
    tally = simulate_scatter(rng, setup, photons // batches, batches)
    shares: Float[np.ndarray, "batch ring energy"] = tally.spectra / tally.primary
    return shares


def tabulate_torso(
    rng: np.random.Generator,
    thickness_cm: float,
    heads: Literal[1, 2],
    photons: int,
    batches: int,
) -> Float[np.ndarray, "batch band energy"]:
    """Scatter from the torso per unscattered photon, at one concentration.

    Args:
        rng: Where everything random comes from.
        thickness_cm: Thickness of the breast.
        heads: Heads of the camera.
        photons: In all batches together.
        batches: How many batches.
    """
    setup = Setup(
        thickness_cm,
        Source.TORSO,
        OUTWARD_CM,
        length_cm=LENGTH_CM,
        width_cm=WIDTH_CM,
        heads=heads,
        torso=True,
    )
    tally = simulate_scatter(rng, setup, photons // batches, batches)
    return scale_torso(tally, setup, BAND_CM * WIDTH_CM * thickness_cm)


def scale_torso(
    tally: Tally, setup: Setup, volume_cm3: float
) -> Float[np.ndarray, "batch band energy"]:
    """Scatter from the torso over unscattered photons of a part of the breast.

    Args:
        tally: What was counted.
        setup: The arrangement.
        volume_cm3: The part, of the torso's concentration.
    """
    scaled: Float[np.ndarray, "batch band energy"] = tally.spectra * (
        setup.source_volume_cm3 / volume_cm3 / tally.primary
    )
    return scaled


def scatter_of_box(
    rng: np.random.Generator, box: Setup, photons: int, batches: int
) -> Float[np.ndarray, "batch band energy"]:
    """Scattered over unscattered photons in bands of a breast, for each batch.

    The torso, if there is one, has three times the breast's concentration.

    Args:
        rng: Where everything random comes from.
        box: The arrangement, with the source in the breast and bands of one width.
        photons: Started in the breast, and ten times that in the torso, in all batches.
        batches: How many batches.
    """
    bands = len(box.edges_cm) - 1
    own = simulate_scatter(rng, box, photons // batches, batches)
    ratio: Float[np.ndarray, "batch band energy"] = own.spectra * (bands / own.primary)
    if box.torso:
        behind = replace(box, source=Source.TORSO)
        tally = simulate_scatter(
            rng, behind, TORSO_PER_BREAST * photons // batches, batches
        )
        band_cm3 = box.source_volume_cm3 / bands
        ratio = ratio + TORSO_RATIO * scale_torso(tally, behind, band_cm3)
    return ratio


def tabulate_crystals() -> tuple[
    Float[np.ndarray, "crystal energy"], Float[np.ndarray, " crystal"]
]:
    """Attenuation coefficients of the crystals per cm, by energy and at the line."""
    totals = [tabulate_total(crystal) for crystal in CRYSTALS]
    bins = [np.interp(bin_energies_kev(), energies_kev(), total) for total in totals]
    line = [float(np.interp(LINE_KEV, energies_kev(), total)) for total in totals]
    return np.array(bins), np.array(line)


def make_tables(effort: Effort, say: Callable[[str], None]) -> ScatterTables:
    """All tables.

    Args:
        effort: How many photons.
        say: Told of every run that is done.
    """
    energies = len(bin_energies_kev())
    own = np.zeros((len(THICKNESS_CM), len(RADIUS_CM) - 1, energies), np.float32)
    torso = np.zeros((2, len(THICKNESS_CM), len(OUTWARD_CM) - 1, energies), np.float32)
    errors = []
    for index, thickness_cm in enumerate(THICKNESS_CM):
        rng = find_rng(effort.seed, thickness_cm, 0)
        runs = tabulate_own(rng, thickness_cm, effort.own_photons, effort.batches)
        own[index] = runs.mean(axis=0)
        errors.append(_relative_error(runs))
        for heads in HEADS:
            rng = find_rng(effort.seed, thickness_cm, heads)
            runs = tabulate_torso(
                rng, thickness_cm, heads, effort.torso_photons, effort.batches
            )
            torso[heads - 1, index] = runs.mean(axis=0)
            errors.append(_relative_error(runs))
        say(f"{thickness_cm:g} cm")
    crystal_per_cm, line_per_cm = tabulate_crystals()
    return ScatterTables(
        thickness_cm=np.array(THICKNESS_CM),
        radius_cm=np.array(RADIUS_CM),
        outward_cm=np.array(OUTWARD_CM),
        energy_kev=bin_energies_kev(),
        own=own,
        torso=torso,
        crystals=tuple(crystal.name for crystal in CRYSTALS),
        crystal_per_cm=crystal_per_cm,
        crystal_line_per_cm=line_per_cm,
        meta=_describe(effort, max(errors)),
    )


def _relative_error(runs: Float[np.ndarray, "batch bin energy"]) -> float:
    """Standard error of all photons above 110 keV, as a share of them."""
    above = runs[:, :, bin_energies_kev() > 110.0].sum(axis=(1, 2))
    return float(above.std(ddof=1) / math.sqrt(len(above)) / above.mean())


def _describe(effort: Effort, error: float) -> dict[str, Any]:
    return {
        "seed": effort.seed,
        "own_photons_per_thickness": effort.own_photons,
        "torso_photons_per_thickness_and_heads": effort.torso_photons,
        "batches": effort.batches,
        "relative_standard_error": round(error, 5),
        "rayleigh": False,
        "binding": False,
        "gland_share": 0.2,
        "torso_cm": list(TORSO_CM),
        "breast_cm": [LENGTH_CM, WIDTH_CM],
        "line_kev": LINE_KEV,
        "numpy": version("numpy"),
        "numba": version("numba"),
        "xraylib": version("xraylib"),
    }
