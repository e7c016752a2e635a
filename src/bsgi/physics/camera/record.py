"""A gamma camera as a record: sensitivity and resolution follow from it."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from bsgi.physics.camera.collimator import Collimator
from bsgi.physics.camera.energy import EnergyResponse
from bsgi.physics.camera.flaws import PERFECT, DetectorFlaws
from bsgi.physics.camera.isotope import TC99M, Isotope
from bsgi.physics.camera.materials import Material


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
        energy: What the detector measures of a photon's energy.
        window_kev: Lower and upper limit of the energy window.
        fill: Share of the collimated photons that meet live detector.
        collimator: The collimator.
        back_gap_mm: From the collimator's back to the plane of detection.
        dead_edge_mm: From the chest wall to the first live pixel.
        heads: 1, or 2 with the breast between them.
        module: Rows and columns of pixels that share electronics, and fail together.
        flaws: How uneven the detector is.
        isotope: The radionuclide that is imaged.

    Raises:
        ValueError: If sizes are not positive, a share lies outside (0, 1], the window
            does not hold the photon line, or modules do not fill the detector.
    """

    name: str
    title: str
    crystal: Material
    crystal_mm: float
    rows: int
    cols: int
    pitch_mm: float
    intrinsic_fwhm_mm: float
    energy: EnergyResponse
    window_kev: tuple[float, float]
    fill: float
    collimator: Collimator
    back_gap_mm: float
    dead_edge_mm: float
    heads: Literal[1, 2]
    module: tuple[int, int]
    flaws: DetectorFlaws = PERFECT
    isotope: Isotope = TC99M

    def __post_init__(self) -> None:
        sizes = (self.crystal_mm, self.rows, self.cols, self.pitch_mm)
        if min(sizes) <= 0:
            raise ValueError(f"sizes of {self.name} must be positive, got {sizes}.")
        if min(self.back_gap_mm, self.dead_edge_mm) < 0:
            raise ValueError(f"gaps of {self.name} must not be negative.")
        if not 0 < self.fill <= 1:
            raise ValueError(f"fill of {self.name} must be in (0, 1], got {self.fill}.")
        lower, upper = self.window_kev
        if not 0 < lower < self.isotope.photon_kev < upper:
            raise ValueError(
                f"window_kev of {self.name} must hold {self.isotope.photon_kev} keV, "
                f"got {self.window_kev}."
            )
        high, wide = self.module
        if min(self.module) < 1 or self.rows % high or self.cols % wide:
            raise ValueError(
                f"modules of {self.name} must fill {self.rows} x {self.cols} pixels, "
                f"got {self.module}."
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
        line = np.array([self.isotope.photon_kev])
        return float(self.energy.acceptance(line, self.window_kev)[0])

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
