"""Lesions: what they are, how large and hot, and where they lie.

Sizes and *concentration ratios* are drawn; how bright a lesion looks is left to the
camera. A share of lesions takes up no more than the tissue around it and is not
visible: most benign ones, few malignant ones.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bsgi.exam.record import Lesion, Side
from bsgi.physics.breast.anatomy import Position

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


@dataclass(frozen=True, slots=True)
class Histology:
    """One kind of tissue in a mix.

    Args:
        name: As pathology writes it, short.
        share: How common it is in the mix.
        invisible: Share of these lesions that takes up no more than their surroundings.
    """

    name: str
    share: float
    invisible: float


@dataclass(frozen=True, slots=True)
class LogNormal:
    """A log-normal distribution that is drawn again outside its limits.

    Args:
        median: Its median.
        spread: Its geometric standard deviation; 1 is no spread.
        lowest: Lower limit.
        highest: Upper limit.

    Raises:
        ValueError: If the median is not within the limits or the spread below 1.
    """

    median: float
    spread: float
    lowest: float
    highest: float

    def __post_init__(self) -> None:
        if not 0 < self.lowest <= self.median <= self.highest:
            raise ValueError(f"median must lie between its limits, got {self}.")
        if self.spread < 1:
            raise ValueError(f"spread must be at least 1, got {self.spread}.")

    def draw(self, rng: np.random.Generator) -> float:
        """One value within the limits."""
        while True:
            value = self.median * math.exp(rng.normal(0.0, math.log(self.spread)))
            if self.lowest <= value <= self.highest:
                return value


@dataclass(frozen=True, slots=True)
class LesionMix:
    """What lesions a group of women has.

    Args:
        malignant: What the label of these lesions is.
        histologies: Kinds of tissue; their shares sum to 1.
        diameter_mm: Diameters.
        ratio: Concentration ratios of the visible ones.
        multifocal: Share of women with a second focus near the first.
        multicentric: Share of women with a second focus elsewhere in the same breast.
        depth: Range of depths, 0 chest wall, 1 nipple.

    Raises:
        ValueError: If the shares of the histologies do not sum to 1.
    """

    malignant: bool
    histologies: tuple[Histology, ...]
    diameter_mm: LogNormal
    ratio: LogNormal
    multifocal: float = 0.0
    multicentric: float = 0.0
    depth: tuple[float, float] = (0.12, 0.85)

    def __post_init__(self) -> None:
        total = sum(histology.share for histology in self.histologies)
        if not math.isclose(total, 1.0, abs_tol=1e-9):
            raise ValueError(f"shares of histologies must sum to 1, got {total}.")


# F: IDC 96, DCIS 12, other 9 of 117 (Liu et al., BMC Cancer 2020); D: the parts of
# "other". D: 4 % invisible over all, of ILC 15 % and of DCIS 10 %. D, from F and C:
# sizes (21 % up to 10 mm) and ratios, so that image ratios of published size come out.
# F: 11.3 % multifocal, 5.2 % multicentric (BMC Surg 1471-2482-15-1).
PAPER_MALIGNANT = LesionMix(
    malignant=True,
    histologies=(
        Histology("IDC", 96 / 117, 0.026),
        Histology("DCIS", 12 / 117, 0.10),
        Histology("ILC", 6 / 117, 0.15),
        Histology("mucinous carcinoma", 3 / 117, 0.03),
    ),
    diameter_mm=LogNormal(16.0, 1.8, 4.0, 60.0),
    ratio=LogNormal(8.0, 1.7, 1.3, 40.0),
    multifocal=0.113,
    multicentric=0.052,
)

# D: mix of benign pathology, 65 % invisible, sizes (43 % up to 10 mm; F: 42 % in Liu et
# al.) and ratios.
PAPER_BENIGN = LesionMix(
    malignant=False,
    histologies=(
        Histology("fibroadenoma", 0.35, 0.65),
        Histology("fibrocystic change", 0.30, 0.65),
        Histology("papilloma", 0.10, 0.65),
        Histology("sclerosing adenosis", 0.06, 0.65),
        Histology("hyperplasia", 0.08, 0.65),
        Histology("inflammation", 0.05, 0.65),
        Histology("fat necrosis", 0.03, 0.65),
        Histology("phyllodes tumour", 0.02, 0.65),
        Histology("other benign", 0.01, 0.65),
    ),
    diameter_mm=LogNormal(11.0, 1.7, 4.0, 45.0),
    ratio=LogNormal(3.5, 1.5, 1.3, 15.0),
)

# D: nothing that a working classifier could miss.
EASY_MALIGNANT = LesionMix(
    malignant=True,
    histologies=(Histology("IDC", 1.0, 0.0),),
    diameter_mm=LogNormal(26.0, 1.15, 22.0, 36.0),
    ratio=LogNormal(15.0, 1.2, 12.0, 30.0),
    depth=(0.30, 0.65),
)


def draw_lesions(
    rng: np.random.Generator,
    mix: LesionMix,
    side: Side,
    fits: Callable[[Position, float], bool],
    largest_mm: float,
) -> tuple[Lesion, ...]:
    """The lesions of one woman, all in one breast; the first is the main one.

    Args:
        rng: Source of randomness.
        mix: What her group has.
        side: The breast that is affected.
        fits: Whether a lesion of a diameter fits at a position.
        largest_mm: Diameters are cut to this, what fits under the paddle.
    """
    shares = [histology.share for histology in mix.histologies]
    histology = mix.histologies[rng.choice(len(shares), p=shares)]
    ratio = mix.ratio.draw(rng)
    if rng.random() < histology.invisible:
        ratio = rng.uniform(*INVISIBLE_RATIOS)
    diameter_mm = min(mix.diameter_mm.draw(rng), largest_mm)
    position = _draw_position(rng, mix, fits, diameter_mm)
    main = Lesion(side, mix.malignant, histology.name, diameter_mm, ratio, position)

    spread = rng.random()
    if spread >= mix.multifocal + mix.multicentric:
        return (main,)
    second_mm = max(4.0, diameter_mm * rng.uniform(0.4, 0.8))
    near = spread < mix.multifocal
    second = Lesion(
        side,
        mix.malignant,
        histology.name,
        second_mm,
        ratio * math.exp(rng.normal(0.0, 0.2)),
        _draw_position(rng, mix, fits, second_mm, near=position if near else None),
    )
    return (main, second)


def _draw_position(
    rng: np.random.Generator,
    mix: LesionMix,
    fits: Callable[[Position, float], bool],
    diameter_mm: float,
    near: Position | None = None,
) -> Position:
    """A place where the lesion fits; the middle of the breast if none is found."""
    for _ in range(200):
        if near is None:
            position = _draw_anywhere(rng, mix.depth)
        else:
            # D: a second focus lies within about 4 cm; the disc is about 13 cm wide.
            steps = rng.normal(0.0, 0.2, 3)
            position = (
                float(near[0] + steps[0]),
                float(near[1] + steps[1]),
                float(near[2] + steps[2]),
            )
        inside = 0.05 < position[0] < 0.95 and math.hypot(*position[1:]) < 0.9
        if inside and fits(position, diameter_mm):
            return position
    return (sum(mix.depth) / 2, 0.0, 0.0)


def _draw_anywhere(rng: np.random.Generator, depth: tuple[float, float]) -> Position:
    """A place by quadrant, uniform over the quadrant's part of the disc."""
    shares = [share for _, share in QUADRANTS]
    (lateral, superior), _ = QUADRANTS[rng.choice(len(shares), p=shares)]
    radius = 0.85 * math.sqrt(rng.random())
    angle = 0.5 * math.pi * rng.random()
    if lateral == 0.0:
        radius, angle = 0.3 * radius, 4.0 * angle
        lateral = superior = 1.0
    return (
        float(rng.uniform(*depth)),
        lateral * radius * math.cos(angle),
        superior * radius * math.sin(angle),
    )
