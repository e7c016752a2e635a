"""Lesions of one woman: which, how large and hot, and where they lie.

Sizes and *concentration ratios* are drawn; how bright a lesion looks is left to the
camera. A share of lesions takes up no more than the tissue around it and is not
visible: most benign ones, few malignant ones.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bsgi.exam.record import Lesion, LesionShape, Side
from bsgi.physics.breast.anatomy import Position
from bsgi.physics.breast.foci import draw_lobes, draw_spread
from bsgi.physics.breast.histology import Histology, LogNormal

Fits = Callable[[Position, float], bool]
"""Whether a lesion of a diameter in mm fits at a position."""

# D: concentration ratio up to which a lesion counts as not visible, and from which such
# a ratio is drawn.
INVISIBLE_RATIOS = (0.8, 1.3)

# M: upper outer half of all cancers; D: the exact shares, used for benign lesions too.
# Centre of a quadrant (lateral, superior) and its share; the last is behind the nipple.
QUADRANTS = (
    ((1.0, 1.0), 0.50),
    ((-1.0, 1.0), 0.15),
    ((1.0, -1.0), 0.13),
    ((-1.0, -1.0), 0.08),
    ((0.0, 0.0), 0.14),
)

# D: axillary nodes with metastasis, where the oblique view shows them: in the upper
# corner at the chest wall. Sizes, ratios, ranges of depth and of the place upwards.
NODE_NAME = "lymph node metastasis"
NODE_MM = LogNormal(9.0, 1.3, 6.0, 15.0)
NODE_RATIO = LogNormal(6.0, 1.5, 2.0, 20.0)
NODE_DEPTH, NODE_UP, NODE_HEIGHT = (0.15, 0.30), (0.68, 0.86), 0.2

# D: how far out in the disc a quadrant's lesions lie, and what share of that those
# behind the nipple: 5.4 and 1.6 cm. Where a lesion's middle may lie at all is a little
# wider, for second foci.
_REACH, _BEHIND_NIPPLE = 0.85, 0.3
DEPTHS, _RADIUS = (0.05, 0.95), 0.9


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of lesion in a mix, with its share."""

    histology: Histology
    share: float


@dataclass(frozen=True, slots=True)
class LesionMix:
    """What lesions a group of women has.

    Args:
        malignant: What the label of these lesions is.
        parts: Kinds of lesion; their shares sum to 1.
        multifocal: Share of women with a second focus near the first.
        multicentric: Share of women with a second focus elsewhere in the same breast.
        node: Share of invasive cancers with an axillary node that can be seen.
        depth: Range of depths, 0 chest wall, 1 nipple.

    Raises:
        ValueError: If the shares do not sum to 1, or labels do not follow histology.
    """

    malignant: bool
    parts: tuple[Part, ...]
    multifocal: float = 0.0
    multicentric: float = 0.0
    node: float = 0.0
    depth: tuple[float, float] = (0.12, 0.85)

    def __post_init__(self) -> None:
        total = sum(part.share for part in self.parts)
        if not math.isclose(total, 1.0, abs_tol=1e-9):
            raise ValueError(f"shares of histologies must sum to 1, got {total}.")
        if any(part.histology.malignant is not self.malignant for part in self.parts):
            raise ValueError("a mix must hold malignant or benign histologies only.")


def draw_lesions(
    rng: np.random.Generator,
    mix: LesionMix,
    side: Side,
    fits: Fits,
    largest_mm: float,
) -> tuple[Lesion, ...]:
    """The lesions of one woman, all in one breast; the first is the main one.

    Args:
        rng: Source of randomness.
        mix: What her group has.
        side: The breast that is affected.
        fits: Whether a lesion of a diameter fits at a position.
        largest_mm: Diameters are cut to this, what fits under the paddle.

    Returns:
        At least the main one; none if there is no place for it. A second focus for
        which there is no place is left out.
    """
    shares = [part.share for part in mix.parts]
    histology = mix.parts[rng.choice(len(shares), p=shares)].histology
    main = _draw_main(rng, mix, histology, side, fits, largest_mm)
    if main is None:
        return ()
    lesions = [main]
    spread = rng.random()
    if spread < mix.multifocal + mix.multicentric:
        near = main.position if spread < mix.multifocal else None
        second = _draw_second(rng, mix, main, fits, near)
        lesions += [] if second is None else [second]
    if histology.invasive and rng.random() < mix.node:
        lesions.append(_draw_node(rng, side))
    return tuple(lesions)


def _draw_main(
    rng: np.random.Generator,
    mix: LesionMix,
    histology: Histology,
    side: Side,
    fits: Fits,
    largest_mm: float,
) -> Lesion | None:
    """The main lesion; none if there is no place for it."""
    ratio = histology.ratio.draw(rng)
    if rng.random() < histology.invisible:
        ratio = rng.uniform(*INVISIBLE_RATIOS)
    form = int(rng.choice(4, p=histology.forms.shares))
    mass = form < 2
    if mass:
        shape = LesionShape.MASS
        size_mm = needed_mm = min(histology.diameter_mm.draw(rng), largest_mm)
    else:
        shape = LesionShape.SEGMENTAL if form == 2 else LesionShape.REGIONAL
        size_mm = histology.extent_mm.draw(rng)
        needed_mm = 0.8 * size_mm  # only its outermost foci may reach the edge
    position = _draw_position(rng, mix.depth, fits, needed_mm)
    if position is None:
        return None
    if mass:
        foci = draw_lobes(rng, position, size_mm) if form == 1 else ()
    else:
        foci = draw_spread(rng, shape, position, size_mm)
    return Lesion(
        side=side,
        malignant=histology.malignant,
        histology=histology.name,
        diameter_mm=size_mm,
        concentration_ratio=ratio,
        position=position,
        shape=shape,
        foci=foci,
    )


def _draw_second(
    rng: np.random.Generator,
    mix: LesionMix,
    main: Lesion,
    fits: Fits,
    near: Position | None,
) -> Lesion | None:
    """A smaller mass of the same kind, in the same breast, if there is a place."""
    # D: its size over that of the first, and how far its ratio differs; the extent of a
    # segment or region is no measure of it.
    whole_mm = main.diameter_mm if main.shape is LesionShape.MASS else 20.0
    size_mm = max(4.0, whole_mm * rng.uniform(0.4, 0.8))
    ratio = main.concentration_ratio * math.exp(rng.normal(0.0, 0.2))
    position = _draw_position(rng, mix.depth, fits, size_mm, near)
    if position is None:
        return None
    return Lesion(
        side=main.side,
        malignant=main.malignant,
        histology=main.histology,
        diameter_mm=size_mm,
        concentration_ratio=ratio,
        position=position,
    )


def _draw_node(rng: np.random.Generator, side: Side) -> Lesion:
    """An axillary node, up the oblique image and near the chest wall."""
    up = rng.uniform(*NODE_UP) / math.sqrt(2.0)
    aside = rng.uniform(-NODE_HEIGHT, NODE_HEIGHT) / math.sqrt(2.0)
    return Lesion(
        side=side,
        malignant=True,
        histology=NODE_NAME,
        diameter_mm=NODE_MM.draw(rng),
        concentration_ratio=NODE_RATIO.draw(rng),
        position=(float(rng.uniform(*NODE_DEPTH)), up - aside, up + aside),
        shape=LesionShape.NODE,
    )


def _draw_position(
    rng: np.random.Generator,
    depth: tuple[float, float],
    fits: Fits,
    diameter_mm: float,
    near: Position | None = None,
) -> Position | None:
    """A place where the lesion fits, or half of it, or its centre; else none."""
    for needed_mm in (*[diameter_mm] * 200, *[0.5 * diameter_mm] * 100, *[0.0] * 100):
        if near is None:
            position = _draw_anywhere(rng, depth)
        else:
            # D: a second focus lies within about 4 cm; the disc is about 13 cm wide.
            steps = rng.normal(0.0, 0.2, 3)
            position = (
                float(near[0] + steps[0]),
                float(near[1] + steps[1]),
                float(near[2] + steps[2]),
            )
        inside = DEPTHS[0] <= position[0] <= DEPTHS[1]
        inside = inside and math.hypot(*position[1:]) < _RADIUS
        if inside and fits(position, needed_mm):
            return position
    return None


def _draw_anywhere(rng: np.random.Generator, depth: tuple[float, float]) -> Position:
    """A place by quadrant, uniform over the quadrant's part of the disc."""
    shares = [share for _, share in QUADRANTS]
    (lateral, superior), _ = QUADRANTS[rng.choice(len(shares), p=shares)]
    radius = _REACH * math.sqrt(rng.random())
    angle = 0.5 * math.pi * rng.random()
    if lateral == 0.0:
        radius, angle = _BEHIND_NIPPLE * radius, 4.0 * angle
        lateral = superior = 1.0
    return (
        float(rng.uniform(*depth)),
        lateral * radius * math.cos(angle),
        superior * radius * math.sin(angle),
    )
