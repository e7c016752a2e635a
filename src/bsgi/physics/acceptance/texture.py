"""Texture of the breast: how its power falls with spatial frequency.

Breasts are looked at straight through, as they are before attenuation, blur and noise:
the activity above each place, within the part of full thickness. Every breast is filled
with several textures; what one differs from their mean is its texture, and the mean is
the shape of its gland, which has a spectrum of its own.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float32

from bsgi.exam.record import Side
from bsgi.physics.acceptance.check import Check, Subject, check_range
from bsgi.physics.acceptance.power_law import (
    PowerLaw,
    find_power,
    fit_power_law,
    fit_straight,
)
from bsgi.physics.breast.uptake import build_concentration, find_textures
from bsgi.physics.camera.catalogue import DILON_6800_GP
from bsgi.physics.population.population import Population
from bsgi.physics.population.settle import settle_gland
from bsgi.physics.population.woman import Woman, draw_woman
from bsgi.physics.transport.emission import build_emission
from bsgi.physics.transport.grid import Grid
from bsgi.physics.transport.projector import find_projector

GROUP = "Texture"

# C: below, a piece of breast is too small; above, the cells of 2 mm smooth the field.
FITTED_PER_MM = (0.03, 0.12)
WOMEN = 48
_TEXTURES = 6
# Edge of the square that is cut from each breast.
_PIECE_MM = 51.2
_FULL = 0.999


@dataclass(frozen=True, slots=True)
class Texture:
    """Spectra of noise-free projections before any blur.

    Args:
        law: The power law of the texture.
        whole: The exponent with the shape of the gland left in, as exams have it.
        straight: The exponent without that shape by a straight line through the
            logarithms, which takes the window's blur for texture.
        women: How many breasts were looked at.
    """

    law: PowerLaw
    whole: float
    straight: float
    women: int


def measure_texture(seed: int, women: int = WOMEN) -> Texture:
    """The power law of the texture in the breasts of the first women.

    Args:
        seed: Seed of the population.
        women: How many; small breasts among them are left out.

    Raises:
        ValueError: If no breast is large enough.
    """
    population = Population("paper", DILON_6800_GP.name, women, 0, 740.0, seed)
    grid = find_projector(DILON_6800_GP).grid
    apart, whole = [], []
    for index in range(women):
        pieces = _cut_pieces(settle_gland(draw_woman(population, index)), grid)
        if pieces is None:
            continue
        shape = pieces.mean(axis=0)
        # The mean holds a part of each texture itself.
        apart.append(_weigh(pieces - shape))
        whole.append(_weigh(pieces))
    if not apart:
        raise ValueError(
            f"one of {women} breasts must hold a square of {_PIECE_MM} mm."
        )
    laws = [
        fit_power_law(np.mean(powers, axis=0), grid.voxel_mm, FITTED_PER_MM)
        for powers in (apart, whole)
    ]
    texture, with_shape = laws
    straight = fit_straight(texture.measured, FITTED_PER_MM)
    return Texture(texture, with_shape.exponent, straight, len(apart))


def check_texture(texture: Texture) -> tuple[Check, ...]:
    """Whether the exponent is that of breast tissue.

    Args:
        texture: From `measure_texture`.
    """
    lowest, highest = FITTED_PER_MM
    subject = Subject(
        GROUP,
        "exponent of the power law of noise-free projections before blur, the gland's "
        f"mean shape taken off, {lowest:g} to {highest:g} per mm",
        "D, after F: mammography has 3.17 (CC) and 3.30 (MLO), PMC3298563",
        note=f"{texture.women} breasts; {describe_exponents(texture)}",
    )
    return (check_range(subject, texture.law.exponent, 2.8, 3.3),)


def describe_exponents(texture: Texture) -> str:
    """The exponent measured three ways, for the table and its figure.

    Args:
        texture: From `measure_texture`.
    """
    return (
        f"{texture.law.exponent:.2f} without the gland's shape, fitted under the "
        f"window; {texture.whole:.2f} with that shape, as exams have it; "
        f"{texture.straight:.2f} without it by a straight log-log fit"
    )


def _cut_pieces(
    woman: Woman, grid: Grid
) -> Float[np.ndarray, "texture row row"] | None:
    """Squares of full thickness of a left breast, filled with several textures."""
    size = 2 * round(0.5 * _PIECE_MM / grid.voxel_mm)
    slab = woman.left.cc
    pieces: list[Float32[np.ndarray, "row row"]] = []
    for number in range(_TEXTURES):
        fields = find_textures(woman.texture_seed + number, woman.symmetry)
        cells = build_concentration(woman.left.uptake, fields[Side.LEFT])
        emission = build_emission(grid, slab, cells, muscle=0.0)
        corner = _find_square(emission.filling > _FULL, size)
        if corner is None:
            return None
        row, col = corner
        image = emission.activity_bq.sum(axis=0)
        pieces.append(image[row : row + size, col : col + size])
    together = np.stack(pieces).astype(float)
    return np.asarray(together / together.mean())


def _find_square(
    full: Bool[np.ndarray, "row col"], size: int
) -> tuple[int, int] | None:
    """Upper left corner of the first square without a gap; None if there is none."""
    count = np.cumsum(np.cumsum(np.pad(full, ((1, 0), (1, 0))), axis=0), axis=1)
    held = (
        count[size:, size:] - count[:-size, size:] - count[size:, :-size]
        + count[:-size, :-size]
    )  # fmt: skip
    row, col = np.unravel_index(int(held.argmax()), held.shape)
    return (int(row), int(col)) if held[row, col] == size * size else None


def _weigh(
    pieces: Float[np.ndarray, "texture row row"],
) -> Float[np.ndarray, "row row"]:
    """Mean power of some pieces, over its own sum: every breast weighs alike."""
    power = np.mean([find_power(piece) for piece in pieces], axis=0)
    power[0, 0] = 0.0
    return np.asarray(power / power.sum())
