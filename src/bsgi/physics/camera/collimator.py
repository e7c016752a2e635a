"""Collimators with parallel holes: how many photons pass, and how sharp the shadow is.

References:
    Anger, J Nucl Med 1964;5:515, and Cherry, Sorenson, Phelps, *Physics in Nuclear
    Medicine*, ch. 14, for the geometry of parallel holes.
"""

import math
from dataclasses import dataclass
from enum import Enum

from bsgi.physics.camera.materials import Material


class HoleShape(Enum):
    """Shape of collimator holes, with the constant K of the geometric efficiency."""

    SQUARE = 0.282
    HEXAGON = 0.26
    ROUND = 0.24


@dataclass(frozen=True, slots=True)
class Collimator:
    """A collimator with parallel holes.

    Args:
        shape: Shape of the holes.
        hole_mm: Distance between opposite walls of a hole.
        septum_mm: Thickness of the wall between two holes.
        length_mm: Length of the holes.
        material: What the walls are made of.

    Raises:
        ValueError: If a length is not positive, or walls too thin leave no length.
    """

    shape: HoleShape
    hole_mm: float
    septum_mm: float
    length_mm: float
    material: Material

    def __post_init__(self) -> None:
        if min(self.hole_mm, self.septum_mm) <= 0:
            raise ValueError(
                f"hole_mm and septum_mm must be positive, got {self.hole_mm} and "
                f"{self.septum_mm}."
            )
        if not self.effective_length_mm > 0:
            raise ValueError(
                "length_mm must exceed two mean free paths in the walls, got "
                f"{self.length_mm}."
            )

    @property
    def effective_length_mm(self) -> float:
        """Length of the holes less what the rims let through at both ends."""
        return self.length_mm - 2.0 * 10.0 / self.material.mu_per_cm

    @property
    def efficiency(self) -> float:
        """Share of the photons of a point source that pass through the holes."""
        cell_mm = self.hole_mm + self.septum_mm
        ratio = self.hole_mm**2 / (self.effective_length_mm * cell_mm)
        return (self.shape.value * ratio) ** 2

    @property
    def penetration(self) -> float:
        """Share of photons that cross one wall on the shortest slanting path."""
        path_mm = (
            self.septum_mm * self.length_mm / (2.0 * self.hole_mm + self.septum_mm)
        )
        return math.exp(-self.material.mu_per_cm * path_mm / 10.0)

    def fwhm_mm(self, distance_mm: float, back_gap_mm: float) -> float:
        """Full width at half maximum of the shadow that the holes cast.

        Args:
            distance_mm: From the source to the collimator's face.
            back_gap_mm: From the collimator's back to the plane of detection.
        """
        length_mm = self.effective_length_mm
        return self.hole_mm * (length_mm + distance_mm + back_gap_mm) / length_mm
