"""Where the mass of a heat map lies: lesion, vicinity, rest of the breast, or blank.

A map of a network that stacks the views is shared by all of them. It is laid over each
view that is there, and the shares are averaged over those views.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float
from scipy import ndimage

from bsgi.exam.preprocess import (
    Preprocessing,
    image_spacing_mm,
    preprocess_mask,
    preprocess_posed_mask,
)
from bsgi.exam.record import Exam, Truth
from bsgi.exam.uptake import find_breast

VICINITY_MM = 10.0
"""How far the surroundings of a lesion reach. A design choice: somewhat more than the
camera's resolution at a few centimetres' depth, so that a lesion's blur lies within."""


@dataclass(frozen=True, slots=True)
class MassShares:
    """How something is shared among four regions that cover the image.

    Args:
        lesion: Share on a lesion; None where nobody knows where lesions are.
        vicinity: Share within `VICINITY_MM` of a lesion and not on one; None likewise.
        breast: Share on the rest of the breast.
        blank: Share on everything else: the empty field.

    Raises:
        ValueError: If a share is negative or they do not sum to 1.
    """

    lesion: float | None
    vicinity: float | None
    breast: float
    blank: float

    def __post_init__(self) -> None:
        if (self.lesion is None) != (self.vicinity is None):
            raise ValueError("lesion and vicinity must be known both or neither.")
        shares = (self.lesion or 0.0, self.vicinity or 0.0, self.breast, self.blank)
        if not min(shares) >= 0 or not abs(sum(shares) - 1) < 1e-6:
            raise ValueError(f"shares must be 0 or more and sum to 1, got {shares}.")


@dataclass(frozen=True, slots=True)
class Regions:
    """The regions of each view that is there, at the size of the image.

    What is in none of the three is blank.

    Args:
        lesion: Pixels of any lesion; None where nobody knows.
        vicinity: Pixels near one and on none; None where nobody knows.
        breast: Pixels of the rest of the breast.
    """

    lesion: Bool[np.ndarray, "view row col"] | None
    vicinity: Bool[np.ndarray, "view row col"] | None
    breast: Bool[np.ndarray, "view row col"]


def part_image(
    lesions: Bool[np.ndarray, "view row col"] | None,
    breasts: Bool[np.ndarray, "view row col"],
    spacing_mm: Float[np.ndarray, "view 2"],
) -> Regions:
    """The regions that follow from the outlines of lesions and breasts.

    Args:
        lesions: Pixels of the lesions, benign ones too; a view without one is all
            False. None where nobody knows.
        breasts: Pixels of the breasts.
        spacing_mm: Distance between pixel centres down a column and along a row.
    """
    if lesions is None:
        return Regions(None, None, breasts)
    near = np.zeros_like(lesions)
    for view, lesion in enumerate(lesions):
        if lesion.any():
            distance = ndimage.distance_transform_edt(
                ~lesion, sampling=spacing_mm[view].tolist()
            )
            near[view] = distance <= VICINITY_MM
    return Regions(lesions, near & ~lesions, breasts & ~near)


def find_regions(exam: Exam, truth: Truth | None, settings: Preprocessing) -> Regions:
    """The regions of an exam's views on the images that a network sees.

    Args:
        exam: The exam.
        truth: What a simulator knows of it; None for a real exam, whose lesions nobody
            has outlined.
        settings: How the network was given the exam.

    Raises:
        ExamError: If a view's pose cannot be told.
    """
    views = [exam.views[name] for name in exam.present()]
    breasts = [
        preprocess_posed_mask(find_breast(view), view, settings) >= 0.5
        for view in views
    ]
    lesions = None
    if truth is not None:
        empty = np.zeros((settings.size, settings.size), bool)
        lesions = np.stack(
            [
                preprocess_mask(truth.masks[view.name], view, settings) >= 0.5
                if view.name in truth.masks
                else empty
                for view in views
            ]
        )
    spacing = [image_spacing_mm(view, settings) for view in views]
    return part_image(lesions, np.stack(breasts), np.array(spacing, np.float64))


def measure_mass(
    heat: Float[np.ndarray, "map_row map_col"], regions: Regions
) -> MassShares | None:
    """How the mass of a map is shared among the regions, averaged over the views.

    The map is brought to the size of the image by linear interpolation between the
    centres of its pixels, constant beyond the outermost ones.

    Args:
        heat: Evidence, not negative; it covers the whole image.
        regions: Those of the exam, from `find_regions` or `part_image`.

    Returns:
        The shares; None for a map without evidence.

    Raises:
        ValueError: If the map is negative somewhere or not finite.
    """
    if not (np.isfinite(heat).all() and heat.min() >= 0):
        raise ValueError("a heat map must be finite and not negative.")
    size = regions.breast.shape[1:]
    zoom = [wanted / given for wanted, given in zip(size, heat.shape, strict=True)]
    mass = ndimage.zoom(
        heat.astype(np.float64), zoom, order=1, mode="nearest", grid_mode=True
    )
    total = float(mass.sum())
    return None if total <= 0 else _share(mass / total, regions)


def measure_areas(regions: Regions) -> MassShares:
    """How the area of the image is shared among the regions, averaged over the views.

    Args:
        regions: Those of the exam.
    """
    size = regions.breast.shape[1:]
    return _share(np.full(size, 1 / (size[0] * size[1])), regions)


def _share(weights: Float[np.ndarray, "row col"], regions: Regions) -> MassShares:
    """Shares of weights that sum to 1."""
    # Rounding in a sum of many small numbers must not make a share negative.
    lesion, vicinity, breast = (
        None
        if masks is None
        else min(float((weights * masks).sum(axis=(1, 2)).mean()), 1.0)
        for masks in (regions.lesion, regions.vicinity, regions.breast)
    )
    known = (lesion or 0.0) + (vicinity or 0.0) + (breast or 0.0)
    return MassShares(lesion, vicinity, breast or 0.0, max(1.0 - known, 0.0))
