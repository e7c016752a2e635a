"""What a detector measures of a photon's energy, and which part of it a window keeps.

A scintillator spreads the energy as a bell curve. A CZT detector also loses part of the
charge of many events, which leaves an exponential tail below the peak; a window that
reaches down far keeps them, and scattered photons with them.
"""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.special import erf, erfc, erfcx

FWHM_PER_SIGMA = 2.0 * math.sqrt(2.0 * math.log(2.0))


@dataclass(frozen=True, slots=True)
class EnergyResponse:
    """Spread of measured energy about the true one.

    Args:
        fwhm: Full width at half maximum at the reference energy, as a share of it. The
            width in keV grows with the root of the energy (M: counting of charges).
        reference_kev: Energy at which `fwhm` holds.
        tail: Share of events with part of their charge lost.
        tail_kev: Mean energy that those have lost.

    Raises:
        ValueError: If the width is not positive, the share is not below 1, or there is
            a tail without a length.
    """

    fwhm: float
    reference_kev: float = 140.5
    tail: float = 0.0
    tail_kev: float = 0.0

    def __post_init__(self) -> None:
        if not (0 < self.fwhm < 1 and self.reference_kev > 0):
            raise ValueError(f"fwhm must be a share above 0, got {self.fwhm}.")
        if not 0 <= self.tail < 1 or self.tail_kev < 0:
            raise ValueError(f"tail must be a share below 1, got {self.tail}.")
        if self.tail > 0 and self.tail_kev == 0:
            raise ValueError("a tail must have a length, tail_kev is 0.")

    def sigma_kev(
        self, energy_kev: Float[np.ndarray, "*any"]
    ) -> Float[np.ndarray, "*any"]:
        """Standard deviation of the bell curve at an energy."""
        scale = self.fwhm * math.sqrt(self.reference_kev) / FWHM_PER_SIGMA
        sigma: Float[np.ndarray, "*any"] = scale * np.sqrt(energy_kev)
        return sigma

    def share_below(
        self, energy_kev: Float[np.ndarray, "*any"], limit_kev: float
    ) -> Float[np.ndarray, "*any"]:
        """Share of photons of an energy whose measured energy lies below a limit.

        References:
            The exponentially modified Gaussian: Grushka, Anal Chem 1972;44:1733.
        """
        sigma = self.sigma_kev(energy_kev)
        away = (limit_kev - energy_kev) / sigma
        bell = 0.5 * (1.0 + erf(away / math.sqrt(2.0)))
        if self.tail == 0:
            return np.asarray(bell)
        # A bell curve less an exponential loss: one form holds far above, one below.
        steep = sigma / self.tail_kev
        sum_ = steep + away
        far = np.exp(-0.5 * away**2) * erfcx(np.maximum(sum_, 0.0) / math.sqrt(2.0))
        near = np.exp(np.minimum(steep * (away + 0.5 * steep), 0.0)) * erfc(
            np.minimum(sum_, 0.0) / math.sqrt(2.0)
        )
        lost = bell + 0.5 * np.where(sum_ >= 0, far, near)
        return np.asarray((1.0 - self.tail) * bell + self.tail * lost)

    def acceptance(
        self, energy_kev: Float[np.ndarray, "*any"], window_kev: tuple[float, float]
    ) -> Float[np.ndarray, "*any"]:
        """Share of detected photons of an energy whose measured energy is in a window.

        Args:
            energy_kev: True energies.
            window_kev: Lower and upper limit of the window.
        """
        lower, upper = window_kev
        below_upper = self.share_below(energy_kev, upper)
        return np.asarray(below_upper - self.share_below(energy_kev, lower))
