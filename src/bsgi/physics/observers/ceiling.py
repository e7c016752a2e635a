"""The ceiling: an observer that is told every woman's lesions.

It knows the main lesion's ratio and size, whether there is a second focus, and whether
there is an axillary node. No image adds to that, so no reader of images can do better
on average, as far as the label shows in these alone: a second focus is smaller and
about as hot as the main lesion under either label, and places tell nothing. A reader
that stays above it on fresh women uses something else, such as the form of a lesion or
a flaw.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy.ndimage import gaussian_filter, map_coordinates

from bsgi.physics.observers.lesion_prior import Drawn
from bsgi.physics.observers.templates import DIAMETERS_MM

# D: cells of the logarithms of diameter and ratio, and smoothing, in cells.
_CELL = (0.05, 0.03)
_SMOOTHING = (4.0, 2.5)
_LOW = (np.log(2.0), np.log(0.5))
_CELLS = (80, 160)
# D: what is added to each count of women, so that no share is nothing (Jeffreys).
_ADDED = 0.5


@dataclass(frozen=True, slots=True)
class Ceiling:
    """Logarithms of the likelihood ratio, malignant over benign.

    Args:
        log_ratio: Of the main lesion's density, by diameter and concentration ratio.
        more_log_ratio: Of how common it is among women with a lesion to have no more or
            more than one in the breast, and no node or one.
    """

    log_ratio: Float[np.ndarray, "diameter ratio"]
    more_log_ratio: Float[np.ndarray, "2 2"]

    def score_main(
        self,
        diameters_mm: Float[np.ndarray, " woman"],
        ratios: Float[np.ndarray, " woman"],
    ) -> Float[np.ndarray, " woman"]:
        """Logarithm of the likelihood ratio if the main lesion alone is known.

        Args:
            diameters_mm: Its diameter; whatever is smaller than any lesion for none.
            ratios: Its concentration ratio; 1 for none.
        """
        values = np.maximum(diameters_mm, DIAMETERS_MM[0]), ratios
        where = [
            (np.log(value) - low) / cell - 0.5
            for value, low, cell in zip(values, _LOW, _CELL, strict=True)
        ]
        return np.asarray(
            map_coordinates(self.log_ratio, where, order=1, mode="nearest")
        )

    def score(
        self,
        diameters_mm: Float[np.ndarray, " woman"],
        ratios: Float[np.ndarray, " woman"],
        lesions: Int[np.ndarray, " woman"],
        node: Bool[np.ndarray, " woman"],
    ) -> Float[np.ndarray, " woman"]:
        """Logarithm of the likelihood ratio if every lesion is known.

        Args:
            diameters_mm: The main lesion's diameter; 0 for none.
            ratios: Its concentration ratio; 1 for none.
            lesions: How many lie in the breast itself.
            node: Whether there is an axillary node.
        """
        more = self.more_log_ratio[(lesions > 1).astype(int), node.astype(int)]
        return self.score_main(diameters_mm, ratios) + np.where(lesions > 0, more, 0.0)


def build_ceiling(drawn: Drawn) -> Ceiling:
    """The observer, from smoothed densities and shares of drawn lesions.

    Args:
        drawn: Lesions of both labels, of other women than those that are scored.
    """
    edges = [
        low + cell * np.arange(count + 1)
        for low, cell, count in zip(_LOW, _CELL, _CELLS, strict=True)
    ]
    densities, shares = [], []
    for chosen in (drawn.malignant, ~drawn.malignant):
        values = np.log(drawn.diameters_mm[chosen]), np.log(drawn.ratios[chosen])
        counts, *_ = np.histogram2d(*values, bins=edges)
        density = gaussian_filter(counts, _SMOOTHING, mode="constant")
        # Where nothing was drawn, neither label is favoured.
        densities.append((density + 1e-3) / chosen.sum())
        ill = chosen & (drawn.lesions > 0)
        women = np.full((2, 2), _ADDED)
        np.add.at(
            women,
            ((drawn.lesions[ill] > 1).astype(int), drawn.node[ill].astype(int)),
            1,
        )
        shares.append(women / women.sum())
    return Ceiling(
        np.log(densities[0]) - np.log(densities[1]),
        np.log(shares[0]) - np.log(shares[1]),
    )
