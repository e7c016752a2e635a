"""Gamma cameras as records; sensitivity and resolution are derived, never typed in.

Adding a camera is adding a record to `CAMERAS`.

References:
    Anger, J Nucl Med 1964;5:515, and Cherry, Sorenson, Phelps, *Physics in Nuclear
    Medicine*, ch. 14, for the geometry of parallel holes.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Literal

from bsgi.errors import ConfigError
from bsgi.physics.isotope import TC99M, Isotope
from bsgi.physics.materials import LEAD, NAI, Material

FWHM_PER_SIGMA = 2.0 * math.sqrt(2.0 * math.log(2.0))


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


@dataclass(frozen=True, slots=True)
class Camera:
    """A breast camera: crystal, electronics, collimator and how it meets the breast.

    Args:
        name: Key in `CAMERAS`, and the camera's name in exams and files.
        title: Name for people.
        crystal: Scintillator or semiconductor.
        crystal_mm: Its thickness.
        rows: Pixels along the body axis.
        cols: Pixels from the chest wall outwards.
        pitch_mm: Distance between pixel centres.
        intrinsic_fwhm_mm: Resolution of the detector without collimator, as printed in
            data sheets; images use the pixel's box itself.
        energy_fwhm: Energy resolution at the photon line, as a share of it.
        window_kev: Lower and upper limit of the energy window.
        fill: Share of the collimated photons that meet live detector.
        collimator: The collimator.
        back_gap_mm: From the collimator's back to the plane of detection.
        dead_edge_mm: From the chest wall to the first live pixel.
        heads: 1, or 2 with the breast between them.

    Raises:
        ValueError: If sizes are not positive, a share lies outside (0, 1], or the
            window does not hold the photon line.
    """

    name: str
    title: str
    crystal: Material
    crystal_mm: float
    rows: int
    cols: int
    pitch_mm: float
    intrinsic_fwhm_mm: float
    energy_fwhm: float
    window_kev: tuple[float, float]
    fill: float
    collimator: Collimator
    back_gap_mm: float
    dead_edge_mm: float
    heads: Literal[1, 2]
    isotope: Isotope = TC99M

    def __post_init__(self) -> None:
        sizes = (self.crystal_mm, self.rows, self.cols, self.pitch_mm)
        if min(sizes) <= 0:
            raise ValueError(f"sizes of {self.name} must be positive, got {sizes}.")
        if min(self.back_gap_mm, self.dead_edge_mm) < 0:
            raise ValueError(f"gaps of {self.name} must not be negative.")
        shares = (self.energy_fwhm, self.fill)
        if not all(0 < share <= 1 for share in shares):
            raise ValueError(f"shares of {self.name} must be in (0, 1], got {shares}.")
        lower, upper = self.window_kev
        if not 0 < lower < self.isotope.photon_kev < upper:
            raise ValueError(
                f"window_kev of {self.name} must hold {self.isotope.photon_kev} keV, "
                f"got {self.window_kev}."
            )

    @property
    def field_mm(self) -> tuple[float, float]:
        """Live field of view along the body axis and from the chest wall outwards."""
        return self.rows * self.pitch_mm, self.cols * self.pitch_mm

    @property
    def stopping(self) -> float:
        """Share of photons at the line that interact in the crystal."""
        return -math.expm1(-self.crystal.mu_per_cm * self.crystal_mm / 10.0)

    @property
    def window_acceptance(self) -> float:
        """Share of unscattered detections whose measured energy is in the window."""
        sigma_kev = self.energy_fwhm * self.isotope.photon_kev / FWHM_PER_SIGMA
        lower, upper = (
            (limit - self.isotope.photon_kev) / (sigma_kev * math.sqrt(2.0))
            for limit in self.window_kev
        )
        return 0.5 * (math.erf(upper) - math.erf(lower))

    @property
    def sensitivity_cps_per_mbq(self) -> float:
        """Unscattered counts per second and MBq of a source in air, per head."""
        return (
            1e6
            * self.isotope.abundance
            * self.collimator.efficiency
            * self.stopping
            * self.window_acceptance
            * self.fill
        )

    def collimator_fwhm_mm(self, distance_mm: float) -> float:
        """Width of the collimator's shadow of a point at a distance from its face."""
        return self.collimator.fwhm_mm(distance_mm, self.back_gap_mm)

    def system_fwhm_mm(self, distance_mm: float) -> float:
        """Resolution by adding collimator and detector in quadrature.

        The sum treats the pixel as a bell curve; images blur by the pixel's box, which
        is narrower. Data sheets print this value.
        """
        return math.hypot(self.collimator_fwhm_mm(distance_mm), self.intrinsic_fwhm_mm)


DILON_6800_GP = Camera(
    name="dilon-6800-gp",
    title="Dilon 6800-like, general-purpose collimator",
    crystal=NAI,
    crystal_mm=6.0,  # M: Hruska and O'Connor, Nucl Med Commun 2005;26:441
    rows=64,  # C: the only array near 3 mm pitch with "> 3,000" crystals in 6 x 8 in
    cols=48,
    pitch_mm=3.2,
    intrinsic_fwhm_mm=3.3,  # C/M: the crystal's pitch
    energy_fwhm=0.13,  # M: 12 to 15 %
    window_kev=(126.0, 154.0),  # M: 140 keV +- 10 %
    fill=0.80,  # D: live share of the pixel's area
    collimator=Collimator(  # D: a generic low-energy all-purpose design
        shape=HoleShape.HEXAGON,
        hole_mm=1.9,
        septum_mm=0.2,
        length_mm=25.0,
        material=LEAD,
    ),
    back_gap_mm=5.0,  # D
    dead_edge_mm=10.0,  # F: 0.4 in of dead space, maker's announcement of 1999
    heads=1,
)

CAMERAS: Mapping[str, Camera] = MappingProxyType(
    {camera.name: camera for camera in (DILON_6800_GP,)}
)


def find_camera(name: str) -> Camera:
    """The camera of a name.

    Args:
        name: A key of `CAMERAS`.

    Raises:
        ConfigError: If there is no such camera.
    """
    try:
        return CAMERAS[name]
    except KeyError:
        known = ", ".join(CAMERAS)
        raise ConfigError(f"camera must be one of {known}, got {name!r}.") from None
