"""The Monte Carlo as a whole, against a plain one and against what must be so."""

import math
from dataclasses import replace

import numpy as np
import pytest
from jaxtyping import Float

from bsgi.physics.transport.montecarlo import (
    ENERGIES,
    Setup,
    Source,
    bin_energies_kev,
    expect_primary,
    find_media,
    simulate_scatter,
)

THICKNESS_CM = 6.0
CONE = 0.985  # cosine; 10 degrees about straight down
EDGES = tuple(float(x) for x in range(10))
BREAST = Setup(THICKNESS_CM, Source.BREAST, EDGES)


def _analog_wide_slab(
    photons: int, rng: np.random.Generator, lowest_kev: float
) -> float:
    """Scattered photons per solid angle that leave a slab downwards, by plain counting.

    Everything is drawn as nature does it: no weights, no forced detection, no boxes.
    The Klein-Nishina angle comes from a tabulated inverse instead of Kahn's rejection.
    """
    medium, _ = find_media(0.2, rayleigh=False, binding=False)
    grid_kev = np.arange(60.0, 142.0)
    cosines = np.linspace(-1.0, 1.0, 1001)
    quantiles = np.linspace(0.0, 1.0, 401)
    inverse = []
    for energy in grid_kev:
        ratio = 1.0 / (1.0 + energy / 510.999 * (1.0 - cosines))
        density = ratio**2 * (ratio + 1.0 / ratio - 1.0 + cosines**2)
        cumulated = np.concatenate(
            [[0.0], np.cumsum(0.5 * (density[1:] + density[:-1]))]
        )
        inverse.append(np.interp(quantiles, cumulated / cumulated[-1], cosines))
    angles = np.array(inverse)
    z = THICKNESS_CM * rng.random(photons)
    w = 2.0 * rng.random(photons) - 1.0
    energy = np.full(photons, 140.5)
    counted, scattered = 0, False
    while len(z):
        compton = np.interp(energy, grid_kev, medium.compton_per_cm)
        total = compton + np.interp(energy, grid_kev, medium.photo_per_cm)
        z = z - w * np.log(rng.random(len(z))) / total
        if scattered:
            counted += int(np.sum((z < 0) & (w < -CONE) & (energy > lowest_kev)))
        inside = (z > 0) & (z < THICKNESS_CM) & (rng.random(len(z)) < compton / total)
        z, w, energy = z[inside], w[inside], energy[inside]
        place = quantiles.size * rng.random(len(z)) * (1 - 1e-12)
        row = np.rint(energy - 60.0).astype(int)
        column = np.minimum(place.astype(int), quantiles.size - 2)
        low, high = angles[row, column], angles[row, column + 1]
        cosine = low + (place % 1.0) * (high - low)
        turn = np.sqrt((1 - cosine**2) * (1 - w**2)) * np.cos(
            2 * np.pi * rng.random(len(z))
        )
        w = w * cosine + turn
        energy = energy / (1.0 + energy / 510.999 * (1.0 - cosine))
        kept = energy > 70.5
        z, w, energy = z[kept], w[kept], energy[kept]
        scattered = True
    return counted / photons / (2 * math.pi * (1 - CONE))


def _above(
    spectra: Float[np.ndarray, "batch bin energy"], lowest_kev: float
) -> Float[np.ndarray, " batch"]:
    whole: Float[np.ndarray, " batch"] = spectra[
        :, :, bin_energies_kev() > lowest_kev
    ].sum(axis=(1, 2))
    return whole


def test_a_plain_monte_carlo_counts_the_same() -> None:
    """A wide slab, photons above 110.5 keV that leave it nearly straight down."""
    photons = 1_500_000
    counted = _analog_wide_slab(photons, np.random.default_rng(11), 110.5)
    setup = Setup(THICKNESS_CM, Source.AXIS, (0.0, 100.0))
    tally = simulate_scatter(np.random.default_rng(12), setup, 20_000, 10)
    forced = float(_above(tally.spectra, 110.5).mean())
    events = counted * photons * 2 * math.pi * (1 - CONE)
    # The cone's mean differs from straight down by less than 1 %.
    assert forced == pytest.approx(counted, rel=4 / math.sqrt(events) + 0.01)


def test_the_primary_is_the_integral_over_the_slab() -> None:
    medium, _ = find_media(0.2, rayleigh=False, binding=False)
    heights = (np.arange(4000) + 0.5) * THICKNESS_CM / 4000
    mu = medium.total_per_cm(140.5)
    survival = np.exp(-mu * heights).mean() / (4 * math.pi)
    assert expect_primary(medium, THICKNESS_CM) == pytest.approx(survival, rel=1e-6)


def test_single_scatter_leaves_no_less_than_back_scatter() -> None:
    energies = bin_energies_kev()
    assert energies[0] == 140.0
    assert energies[-1] == pytest.approx(71.0)
    assert len(energies) == ENERGIES
    # One back-scatter leaves 90.7 keV; thin slabs scatter most photons once.
    thin = replace(BREAST, thickness_cm=0.2)
    spectrum = simulate_scatter(np.random.default_rng(1), thin, 20_000, 1).spectra[0]
    by_energy = spectrum.sum(axis=0)
    assert by_energy[energies < 89.0].sum() < 0.08 * by_energy.sum()


def test_the_same_seed_gives_the_same_tally() -> None:
    first, second, other = (
        simulate_scatter(np.random.default_rng(seed), BREAST, 500, 2)
        for seed in (3, 3, 4)
    )
    assert (first.spectra == second.spectra).all()
    assert not (first.spectra == other.spectra).all()
    assert not (first.spectra[0] == first.spectra[1]).all()


def test_coherent_scatter_arrives_at_the_line_and_adds_to_it() -> None:
    tallies = [
        simulate_scatter(
            np.random.default_rng(5), replace(BREAST, rayleigh=rayleigh), 20_000, 10
        )
        for rayleigh in (False, True)
    ]
    at_line = [tally.spectra[:, :, 0].sum(axis=1) for tally in tallies]
    more = at_line[1] - at_line[0]
    assert more.mean() > 4 * more.std(ddof=1) / math.sqrt(10)
    below = [tally.spectra[:, :, 8:].sum(axis=(1, 2)).mean() for tally in tallies]
    assert below[1] == pytest.approx(below[0], rel=0.03)
    assert tallies[1].primary < tallies[0].primary


def test_binding_takes_small_angles_away() -> None:
    free, bound = (
        simulate_scatter(
            np.random.default_rng(6), replace(BREAST, binding=binding), 20_000, 10
        ).spectra.sum(axis=1)
        for binding in (False, True)
    )
    near_line = bin_energies_kev() > 139.0
    difference = (free - bound)[:, near_line].sum(axis=1)
    assert difference.mean() > 4 * difference.std(ddof=1) / math.sqrt(10)
    all_of_it = free.sum(axis=1).mean() / bound.sum(axis=1).mean()
    assert all_of_it == pytest.approx(1.0, abs=0.03)


def test_the_open_side_lets_more_of_the_torso_in() -> None:
    sums = []
    for heads in (1, 2):
        setup = replace(BREAST, source=Source.TORSO, torso=True, heads=heads)
        tally = simulate_scatter(np.random.default_rng(7), setup, 40_000, 10)
        sums.append(_above(tally.spectra, 110.5))
    more = sums[0] - sums[1]
    assert more.mean() > 5 * more.std(ddof=1) / math.sqrt(10)


def test_impossible_setups_are_refused() -> None:
    with pytest.raises(ValueError, match="must be positive"):
        replace(BREAST, thickness_cm=0.0)
    with pytest.raises(ValueError, match="must ascend"):
        replace(BREAST, edges_cm=(1.0, 0.0))
    with pytest.raises(ValueError, match="without a torso"):
        replace(BREAST, source=Source.AXIS, torso=True)
    with pytest.raises(ValueError, match="must have a torso"):
        replace(BREAST, source=Source.TORSO)
