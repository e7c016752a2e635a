"""Compiled steps of the Monte Carlo: one photon's scatters and contributions.

Each scatter inside the breast contributes the chance that it sends the photon straight
down and that the photon reaches the detector (forced detection); the photon itself goes
on in a direction of its own. Nothing here is called by the fast simulator.
"""

import math

import numpy as np
from jaxtyping import Float

from bsgi.physics.transport.cross_sections import (
    ELECTRON_KEV,
    KEV_ANGSTROM,
    LOWEST_KEV,
    MOMENTUM_STEP,
    Medium,
)
from bsgi.physics.transport.montecarlo_geometry import Scene, compiled, fly, start

CUTOFF_KEV = 70.5  # D
"""Photons below it are given up: no window of a breast camera reaches down so far."""

LINE_KEV = 140.5


@compiled
def look_up(table: Float[np.ndarray, " energy"], energy_kev: float) -> float:
    """Value of a table by energy, interpolated."""
    place = energy_kev - LOWEST_KEV
    index = int(place)
    return float(table[index] + (place - index) * (table[index + 1] - table[index]))


@compiled
def total_per_cm(medium: Medium, energy_kev: float) -> float:
    """Attenuation coefficient of a medium."""
    return (
        look_up(medium.compton_per_cm, energy_kev)
        + look_up(medium.rayleigh_per_cm, energy_kev)
        + look_up(medium.photo_per_cm, energy_kev)
    )


@compiled
def find_momentum(energy_kev: float, cosine: float) -> float:
    """Momentum transfer of a scatter, in 1/Angstrom."""
    return energy_kev / KEV_ANGSTROM * math.sqrt(max(0.0, 0.5 * (1.0 - cosine)))


@compiled
def look_up_momentum(table: Float[np.ndarray, " momentum"], momentum: float) -> float:
    """Value of a table by momentum transfer, interpolated."""
    place = momentum / MOMENTUM_STEP
    index = int(place)
    return float(table[index] + (place - index) * (table[index + 1] - table[index]))


@compiled
def lose_energy(energy_kev: float, cosine: float) -> float:
    """Energy after an incoherent scatter."""
    return energy_kev / (1.0 + energy_kev / ELECTRON_KEV * (1.0 - cosine))


@compiled
def compton_per_sr(medium: Medium, energy_kev: float, cosine: float) -> float:
    """Chance per solid angle that an incoherent scatter goes into a direction."""
    ratio = 1.0 / (1.0 + energy_kev / ELECTRON_KEV * (1.0 - cosine))
    free = 0.5 * ratio * ratio * (ratio + 1.0 / ratio - 1.0 + cosine * cosine)
    bound = look_up_momentum(medium.incoherent, find_momentum(energy_kev, cosine))
    return free * bound / look_up(medium.compton_norm, energy_kev)


@compiled
def rayleigh_per_sr(medium: Medium, energy_kev: float, cosine: float) -> float:
    """Chance per solid angle that a coherent scatter goes into a direction."""
    form = look_up_momentum(medium.form, find_momentum(energy_kev, cosine))
    norm = look_up(medium.rayleigh_norm, energy_kev)
    return (1.0 + cosine * cosine) * form / norm


@compiled
def draw_compton(rng: np.random.Generator, medium: Medium, energy_kev: float) -> float:
    """Cosine of an incoherent scatter.

    References:
        Kahn, Applications of Monte Carlo, RAND AECU-3259, 1954.
    """
    alpha = energy_kev / ELECTRON_KEV
    while True:
        ratio = 1.0 + 2.0 * alpha * rng.random()
        if rng.random() * (2.0 * alpha + 9.0) <= 2.0 * alpha + 1.0:
            accepted = rng.random() <= 4.0 * (1.0 / ratio - 1.0 / (ratio * ratio))
            cosine = 1.0 - (ratio - 1.0) / alpha
        else:
            ratio = (2.0 * alpha + 1.0) / ratio
            cosine = 1.0 - (ratio - 1.0) / alpha
            accepted = rng.random() <= 0.5 * (cosine * cosine + 1.0 / ratio)
        if accepted:
            momentum = find_momentum(energy_kev, cosine)
            if rng.random() <= look_up_momentum(medium.incoherent, momentum):
                return cosine


@compiled
def draw_rayleigh(rng: np.random.Generator, medium: Medium, energy_kev: float) -> float:
    """Cosine of a coherent scatter: form factor first, then the free-electron part."""
    largest = energy_kev / KEV_ANGSTROM
    top = look_up_momentum(medium.form_area, largest)
    while True:
        area = rng.random() * top
        index = int(np.searchsorted(medium.form_area, area, side="right")) - 1
        index = min(index, len(medium.form_area) - 2)
        step = medium.form_area[index + 1] - medium.form_area[index]
        share = (area - medium.form_area[index]) / step
        low = (index * MOMENTUM_STEP) ** 2
        square = low + share * (((index + 1) * MOMENTUM_STEP) ** 2 - low)
        cosine = 1.0 - 2.0 * min(1.0, square / (largest * largest))
        if rng.random() <= 0.5 * (1.0 + cosine * cosine):
            return float(cosine)


@compiled
def turn(
    rng: np.random.Generator, ahead: Float[np.ndarray, " three"], cosine: float
) -> None:
    """Turn a direction by an angle, about itself at random; in place."""
    sine = math.sqrt(max(0.0, 1.0 - cosine * cosine))
    angle = 2.0 * math.pi * rng.random()
    along, across = sine * math.cos(angle), sine * math.sin(angle)
    x, y, z = ahead
    flat = math.sqrt(max(0.0, 1.0 - z * z))
    if flat < 1e-8:
        ahead[0], ahead[1], ahead[2] = along, across, math.copysign(cosine, z * cosine)
        return
    ahead[0] = x * cosine + (x * z * along - y * across) / flat
    ahead[1] = y * cosine + (y * z * along + x * across) / flat
    ahead[2] = z * cosine - along * flat
    ahead /= math.sqrt(ahead[0] ** 2 + ahead[1] ** 2 + ahead[2] ** 2)


@compiled
def arrive(
    scene: Scene,
    medium: Medium,
    place_cm: Float[np.ndarray, " three"],
    chance: float,
    energy_kev: float,
    tally: Float[np.ndarray, "bin energy"],
) -> None:
    """Add the contribution of a scatter in the breast to the tally, in place.

    Args:
        scene: The boxes.
        medium: What the breast is made of.
        place_cm: Where the scatter was.
        chance: That it sends the photon straight down, per solid angle.
        energy_kev: Energy that the photon then has.
        tally: By place of the scatter and energy.
    """
    if energy_kev <= CUTOFF_KEV:
        return
    where_cm = place_cm[0]
    if scene.radial:
        where_cm = math.sqrt(place_cm[0] ** 2 + place_cm[1] ** 2)
    index = np.searchsorted(scene.edges_cm, where_cm, side="right") - 1
    if 0 <= index < len(scene.edges_cm) - 1:
        survives = math.exp(-total_per_cm(medium, energy_kev) * place_cm[2])
        tally[index, int(LINE_KEV - energy_kev)] += chance * survives


@compiled
def follow(
    rng: np.random.Generator,
    photons: int,
    scene: Scene,
    breast: Medium,
    torso: Medium,
    tally: Float[np.ndarray, "bin energy"],
) -> None:
    """Follow photons until they are lost; add their contributions to the tally.

    Args:
        rng: Where everything random comes from.
        photons: How many start.
        scene: The boxes.
        breast: What the breast is made of.
        torso: What the torso is made of.
        tally: Chance per solid angle of arriving straight down, by place of the last
            scatter and energy (1 keV each, downwards from the line).
    """
    place_cm, ahead = np.empty(3), np.empty(3)
    for _ in range(photons):
        start(rng, scene, place_cm, ahead)
        energy_kev, weight = LINE_KEV, 1.0
        while energy_kev > CUTOFF_KEV:
            in_breast = total_per_cm(breast, energy_kev)
            in_torso = total_per_cm(torso, energy_kev)
            box = fly(rng, scene, in_breast, in_torso, place_cm, ahead)
            if box < 0:
                break
            medium = breast if box == 0 else torso
            coherent = look_up(medium.rayleigh_per_cm, energy_kev)
            scattered = coherent + look_up(medium.compton_per_cm, energy_kev)
            # Absorption takes weight away instead of photons.
            weight *= scattered / (in_breast if box == 0 else in_torso)
            if coherent > 0 and rng.random() * scattered < coherent:
                if box == 0:
                    chance = weight * rayleigh_per_sr(medium, energy_kev, -ahead[2])
                    arrive(scene, medium, place_cm, chance, energy_kev, tally)
                cosine = draw_rayleigh(rng, medium, energy_kev)
            else:
                if box == 0:
                    chance = weight * compton_per_sr(medium, energy_kev, -ahead[2])
                    down_kev = lose_energy(energy_kev, -ahead[2])
                    arrive(scene, medium, place_cm, chance, down_kev, tally)
                cosine = draw_compton(rng, medium, energy_kev)
                energy_kev = lose_energy(energy_kev, cosine)
            turn(rng, ahead, cosine)
