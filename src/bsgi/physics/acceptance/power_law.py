"""The exponent of a power law, from small pieces of images.

A piece is cut out by a smooth window, whose own spectrum blurs that of the image: it
makes a steep law look steeper. So the law is compared as the window shows it.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.optimize import brentq

from bsgi.physics.acceptance.curve import Curve

# Below this frequency, that of a whole breast, power is taken to grow no more.
_LOWEST_PER_MM = 0.01
# How many times larger than a piece the plane is on which a law is blurred.
_ROOM = 8


@dataclass(frozen=True, slots=True)
class PowerLaw:
    """A power law fitted to a spectrum.

    Args:
        exponent: Power falls with frequency to minus this.
        measured: Mean power by radial frequency per mm.
        law: The law at the same frequencies, as the window shows it.
    """

    exponent: float
    measured: Curve
    law: Curve


def find_power(piece: Float[np.ndarray, "row row"]) -> Float[np.ndarray, "row row"]:
    """Power spectrum of a square piece under the window, its mean taken off.

    Args:
        piece: A piece of an image.
    """
    window = _window(len(piece))
    mean = float((piece * window).sum() / window.sum())
    return np.asarray(np.abs(np.fft.fft2((piece - mean) * window)) ** 2)


def fit_power_law(
    power: Float[np.ndarray, "row row"],
    pixel_mm: float,
    limits_per_mm: tuple[float, float],
) -> PowerLaw:
    """The power law whose spectrum runs alongside a measured one.

    Args:
        power: Mean of `find_power` over pieces.
        pixel_mm: Distance between their pixels.
        limits_per_mm: Frequencies between which the two must run alongside.
    """
    measured = average_rings(power, pixel_mm)
    inside = (measured.across >= limits_per_mm[0]) & (
        measured.across <= limits_per_mm[1]
    )
    along = np.log(measured.across[inside])

    def diverge(exponent: float) -> float:
        """Slope of the measured power over that of the law."""
        law = average_rings(show_law(len(power), pixel_mm, exponent), pixel_mm)
        apart = np.log(measured.up[inside] / law.up[inside])
        return float(np.polyfit(along, apart, 1)[0])

    exponent = float(brentq(diverge, 0.5, 8.0, xtol=1e-3))
    law = average_rings(show_law(len(power), pixel_mm, exponent), pixel_mm)
    scale = np.exp(np.mean(np.log(measured.up[inside] / law.up[inside])))
    return PowerLaw(exponent, measured, Curve("law", law.across, law.up * scale))


def fit_straight(measured: Curve, limits_per_mm: tuple[float, float]) -> float:
    """The exponent by a straight line through the logarithms, blind to the window.

    Args:
        measured: Mean power by radial frequency per mm.
        limits_per_mm: Frequencies between which the line is fitted.
    """
    inside = (measured.across >= limits_per_mm[0]) & (
        measured.across <= limits_per_mm[1]
    )
    along, up = np.log(measured.across[inside]), np.log(measured.up[inside])
    return -float(np.polyfit(along, up, 1)[0])


def show_law(
    size: int, pixel_mm: float, exponent: float
) -> Float[np.ndarray, "row row"]:
    """Expected power spectrum of a power-law field under the window.

    Args:
        size: Pixels along the edge of a piece.
        pixel_mm: Distance between them.
        exponent: Of the law.
    """
    wide = size * _ROOM
    law = np.maximum(_radius(wide, pixel_mm), _LOWEST_PER_MM) ** -exponent
    window = np.zeros((wide, wide))
    window[:size, :size] = _window(size)
    blur = np.abs(np.fft.fft2(window)) ** 2
    blurred = np.fft.ifft2(np.fft.fft2(law) * np.fft.fft2(blur)).real
    return np.asarray(blurred[::_ROOM, ::_ROOM])


def average_rings(power: Float[np.ndarray, "row row"], pixel_mm: float) -> Curve:
    """Mean power in rings of one step of frequency, without the centre.

    Args:
        power: A power spectrum.
        pixel_mm: Distance between the image's pixels.
    """
    radius = _radius(len(power), pixel_mm)
    ring = np.rint(radius * len(power) * pixel_mm).astype(int).ravel()
    held = np.bincount(ring)
    across = np.bincount(ring, radius.ravel()) / held
    up = np.bincount(ring, power.ravel()) / held
    # Beyond half the sampling frequency rings are not whole.
    whole = np.arange(1, len(power) // 2)
    return Curve("power", across[whole], up[whole])


def _window(size: int) -> Float[np.ndarray, "row row"]:
    return np.asarray(np.outer(np.hanning(size), np.hanning(size)))


def _radius(size: int, pixel_mm: float) -> Float[np.ndarray, "row row"]:
    """Radial frequency per mm of each element of a spectrum."""
    frequency = np.fft.fftfreq(size, pixel_mm)
    return np.asarray(np.hypot(frequency[:, None], frequency[None, :]))
