"""Counts that look like a breast at its chest wall, different in every picture."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.integer]


@dataclass(frozen=True, slots=True)
class Pixels:
    """How counts are stored: bits used, sign, rows and columns, largest count."""

    bits: int
    signed: bool
    shape: tuple[int, int]
    largest: int


PIXELS = {
    "uint16": Pixels(16, signed=False, shape=(48, 32), largest=40_000),
    "uint16 of 12 bits": Pixels(12, signed=False, shape=(32, 24), largest=4_095),
    "int16": Pixels(16, signed=True, shape=(64, 48), largest=32_767),
    "odd size": Pixels(16, signed=False, shape=(35, 27), largest=300),
}


def draw(
    view: str, pixels: Pixels, rng: np.random.Generator, mean: float = 60.0
) -> Counts:
    """One picture: a left breast comes from the left edge, a right one from the right.

    One pixel has the largest count that the storage is tried with.
    """
    rows, cols = pixels.shape
    row, col = np.mgrid[:rows, :cols]
    reach = np.hypot((row - rows / 2 + 0.5) / (rows * 0.4), (col + 0.5) / (cols * 0.75))
    if view.startswith("R"):
        reach = reach[:, ::-1]
    counts = rng.poisson(np.where(reach < 1, mean, 1.0)).astype(np.int64)
    inside = np.argwhere(reach < 0.5)
    place = inside[rng.integers(len(inside))]
    counts[place[0], place[1]] = pixels.largest
    return counts.astype(np.int16 if pixels.signed else np.uint16)
