"""The radionuclide: how many photons it sends, and how fast it fades."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Isotope:
    """A radionuclide with one photon line that is imaged.

    Args:
        name: As clinics write it.
        photon_kev: Energy of the imaged line.
        abundance: Photons of that line per decay.
        half_life_s: Physical half-life.

    Raises:
        ValueError: If energy or half-life is not positive, or abundance is not a share.
    """

    name: str
    photon_kev: float
    abundance: float
    half_life_s: float

    def __post_init__(self) -> None:
        if not (self.photon_kev > 0 and self.half_life_s > 0):
            raise ValueError(
                f"photon_kev and half_life_s must be positive, got {self.photon_kev} "
                f"and {self.half_life_s}."
            )
        if not 0 < self.abundance <= 1:
            raise ValueError(f"abundance must be in (0, 1], got {self.abundance}.")

    def decay_factor(self, time_s: float) -> float:
        """Share of the activity that is left after a time."""
        return math.exp(-math.log(2.0) * time_s / self.half_life_s)

    def mean_decay_factor(self, start_s: float, duration_s: float) -> float:
        """Mean share of the activity that is left during an acquisition."""
        rate = math.log(2.0) / self.half_life_s
        during = -math.expm1(-rate * duration_s) / (rate * duration_s)
        return self.decay_factor(start_s) * during

    def exposure_mbq_s(
        self, dose_mbq: float, start_s: float, duration_s: float
    ) -> float:
        """Injected activity times duration, less what decayed before and during.

        Args:
            dose_mbq: Injected activity.
            start_s: Start of the acquisition after the injection.
            duration_s: Its duration.
        """
        return dose_mbq * duration_s * self.mean_decay_factor(start_s, duration_s)


# F: nuclear data tables; older ones have an abundance of 0.890.
TC99M = Isotope("Tc-99m", photon_kev=140.5, abundance=0.885, half_life_s=6.007 * 3600.0)
