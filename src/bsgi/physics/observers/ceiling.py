"""The ceiling: an observer that is told every main lesion's ratio and size.

No image adds to what it knows, so no reader of images can do better on average, as far
as the label shows in the main lesion's ratio and size alone. A reader that stays above
it on fresh women uses something else, such as a second lesion or a flaw.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.ndimage import gaussian_filter, map_coordinates

from bsgi.physics.observers.lesion_prior import Drawn

# D: cells of the logarithms of diameter and ratio, and smoothing, in cells.
_CELL = (0.05, 0.03)
_SMOOTHING = (4.0, 2.5)
_LOW = (np.log(2.0), np.log(0.5))
_CELLS = (80, 160)


@dataclass(frozen=True, slots=True)
class Ceiling:
    """Logarithm of the density ratio, malignant over benign, by diameter and ratio."""

    log_ratio: Float[np.ndarray, "diameter ratio"]

    def score(
        self,
        diameters_mm: Float[np.ndarray, " lesion"],
        ratios: Float[np.ndarray, " lesion"],
    ) -> Float[np.ndarray, " lesion"]:
        """Logarithm of the likelihood ratio of known lesions.

        Args:
            diameters_mm: Their diameters.
            ratios: Their concentration ratios.
        """
        where = [
            (np.log(values) - low) / cell - 0.5
            for values, low, cell in zip(
                (diameters_mm, ratios), _LOW, _CELL, strict=True
            )
        ]
        return np.asarray(
            map_coordinates(self.log_ratio, where, order=1, mode="nearest")
        )


def build_ceiling(drawn: Drawn) -> Ceiling:
    """The observer, from smoothed densities of drawn lesions.

    Args:
        drawn: Lesions of both labels, of other women than those that are scored.
    """
    edges = [
        low + cell * np.arange(count + 1)
        for low, cell, count in zip(_LOW, _CELL, _CELLS, strict=True)
    ]
    parts = []
    for chosen in (drawn.malignant, ~drawn.malignant):
        values = np.log(drawn.diameters_mm[chosen]), np.log(drawn.ratios[chosen])
        counts, *_ = np.histogram2d(*values, bins=edges)
        density = gaussian_filter(counts, _SMOOTHING, mode="constant")
        # Where nothing was drawn, neither label is favoured.
        parts.append((density + 1e-3) / chosen.sum())
    return Ceiling(np.log(parts[0]) - np.log(parts[1]))
