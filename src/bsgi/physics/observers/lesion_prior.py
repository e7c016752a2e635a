"""What a reader expects of lesions before it looks: sizes and ratios by label.

The expectation is made of lesions that the population itself draws, for other women. A
lesion that is no ball is stood for by a sphere of the same extent that holds the same
additional activity.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy.ndimage import gaussian_filter

from bsgi.exam.record import Label, Lesion, LesionShape
from bsgi.physics.breast.anatomy import DEPTH_MM, RADIUS_MM
from bsgi.physics.breast.foci import measure_union
from bsgi.physics.observers.templates import DIAMETERS_MM
from bsgi.physics.population.population import Population
from bsgi.physics.population.woman import draw_woman

# D: concentration ratios a tenth apart, from below any drawn to above any.
RATIOS = tuple(float(x) for x in np.geomspace(0.75, 45.0, 44))
# D: the draws are smoothed by this many steps of the grid.
SMOOTHING_STEPS = (0.5, 0.7)


@dataclass(frozen=True, slots=True)
class Drawn:
    """Lesions of many women; a woman without one has ratio 1.

    Args:
        malignant: Whether the woman has a malignant lesion.
        diameters_mm: Diameter of the main lesion, or its extent if it is no mass.
        ratios: Its concentration ratio.
        seen_mm: Diameter of the sphere that stands for it, and
        seen_ratios: that sphere's concentration ratio.
        lesions: How many lesions there are in the breast itself.
        node: Whether there is an axillary node.
    """

    malignant: Bool[np.ndarray, " woman"]
    diameters_mm: Float[np.ndarray, " woman"]
    ratios: Float[np.ndarray, " woman"]
    seen_mm: Float[np.ndarray, " woman"]
    seen_ratios: Float[np.ndarray, " woman"]
    lesions: Int[np.ndarray, " woman"]
    node: Bool[np.ndarray, " woman"]


@dataclass(frozen=True, slots=True)
class LesionPrior:
    """Probability of each diameter (`DIAMETERS_MM`) and ratio (`RATIOS`) by label."""

    malignant: Float[np.ndarray, "diameter ratio"]
    benign: Float[np.ndarray, "diameter ratio"]


def find_equivalent(lesion: Lesion) -> tuple[float, float]:
    """The sphere that stands for a lesion: its diameter in mm and concentration ratio.

    It has the lesion's root mean square radius, though not less than the volume asks
    for, and its additional activity.

    Args:
        lesion: A lesion of one or several balls.
    """
    if not lesion.foci:
        return lesion.diameter_mm, lesion.concentration_ratio
    diameters_mm = np.array([ball.diameter_mm for ball in lesion.foci])
    places_mm = np.array([ball.position for ball in lesion.foci])
    places_mm = places_mm * [DEPTH_MM, RADIUS_MM, RADIUS_MM]
    volume_mm3, middle_mm = measure_union(places_mm, 0.5 * diameters_mm)
    weights = diameters_mm**3 / np.sum(diameters_mm**3)
    # A sphere of radius R has a mean square radius of 3/5 R^2, from its centre.
    square_mm2 = ((places_mm - middle_mm) ** 2).sum(axis=1) + 0.15 * diameters_mm**2
    wide_mm = 2.0 * np.sqrt(float((weights * square_mm2).sum()) / 0.6)
    held_mm = float(np.cbrt(6.0 * volume_mm3 / np.pi))
    seen_mm = max(float(wide_mm), held_mm)
    excess = (lesion.concentration_ratio - 1.0) * (held_mm / seen_mm) ** 3
    return seen_mm, 1.0 + excess


def count_lesions(lesions: Sequence[Lesion]) -> tuple[int, bool]:
    """How many lesions lie in the breast itself, and whether there is a node.

    Args:
        lesions: All that one woman has.
    """
    nodes = sum(lesion.shape is LesionShape.NODE for lesion in lesions)
    return len(lesions) - nodes, nodes > 0


def draw_lesions_of(population: Population, women: int, seed: int) -> Drawn:
    """Lesions of women of the same kind that nobody images.

    Args:
        population: Whose preset and share of malignant exams to take.
        women: How many; half of them malignant.
        seed: Seed of these women; not the population's own.

    Raises:
        ValueError: If the seed is that of the population.
    """
    if seed == population.seed:
        raise ValueError("the reader must not learn from the women that it reads.")
    others = replace(population, exams=women, malignant=women // 2, seed=seed)
    rows = []
    for index in range(women):
        woman = draw_woman(others, index)
        plain = seen = (DIAMETERS_MM[0], 1.0)
        if woman.lesions:
            main = woman.lesions[0]
            plain = (main.diameter_mm, main.concentration_ratio)
            seen = find_equivalent(main)
        malignant = woman.label is Label.MALIGNANT
        rows.append((malignant, *plain, *seen, *count_lesions(woman.lesions)))
    table = np.array(rows, dtype=float)
    return Drawn(
        malignant=table[:, 0] > 0,
        diameters_mm=table[:, 1],
        ratios=table[:, 2],
        seen_mm=table[:, 3],
        seen_ratios=table[:, 4],
        lesions=table[:, 5].astype(int),
        node=table[:, 6] > 0,
    )


def build_prior(drawn: Drawn) -> LesionPrior:
    """Shares of the drawn lesions on the grid of diameters and ratios, smoothed.

    Args:
        drawn: Lesions of both labels.

    Raises:
        ValueError: If there are no lesions of one label.
    """
    parts = []
    for chosen in (drawn.malignant, ~drawn.malignant):
        if not chosen.any():
            raise ValueError("there must be lesions of both labels.")
        shares = np.zeros((len(DIAMETERS_MM), len(RATIOS)))
        row, row_share = _find_nodes(drawn.seen_mm[chosen], DIAMETERS_MM)
        col, col_share = _find_nodes(drawn.seen_ratios[chosen], RATIOS)
        for down in (0, 1):
            for right in (0, 1):
                weight = np.abs(1 - down - row_share) * np.abs(1 - right - col_share)
                np.add.at(shares, (row + down, col + right), weight)
        shares = gaussian_filter(shares, SMOOTHING_STEPS, mode="nearest")
        parts.append(shares / shares.sum())
    return LesionPrior(*parts)


def _find_nodes(
    values: Float[np.ndarray, " value"], nodes: tuple[float, ...]
) -> tuple[np.ndarray, Float[np.ndarray, " value"]]:
    """The node below each value, and how far it is to the next one, by logarithm."""
    where = np.interp(np.log(values), np.log(nodes), np.arange(len(nodes)))
    lower = np.minimum(where.astype(int), len(nodes) - 2)
    return lower, where - lower
