"""Channels: a few smooth patterns through which a model observer looks at an image.

A channelized observer sees sums of pixels weighted by these patterns and nothing else.
This is a catalogue of three sets: the package's observers look through Laguerre-Gauss
channels; differences of Gaussians, which follow human vision, and Gabor channels, for
patterns that have a direction, are there for observers of one's own.

References:
    Myers and Barrett, J Opt Soc Am A 1987;4:2447, for channels in observers.
"""

import numpy as np
from jaxtyping import Float
from scipy.special import eval_laguerre


def laguerre_gauss(
    radius_mm: Float[np.ndarray, "*pixel"], width_mm: float, count: int
) -> Float[np.ndarray, "channel *pixel"]:
    """Laguerre-Gauss channels: efficient for a round, smooth lesion.

    Together they can stand for any round pattern; the first is a Gaussian.

    Args:
        radius_mm: Distance of each pixel from the place that is looked at.
        width_mm: Width of the Gaussian; it falls to exp(-pi) at this distance.
        count: Number of channels.

    References:
        Gallas and Barrett, J Opt Soc Am A 2003;20:1725.
    """
    square = np.pi * (radius_mm / width_mm) ** 2
    bell = np.sqrt(2.0) / width_mm * np.exp(-square)
    return np.stack([bell * eval_laguerre(n, 2.0 * square) for n in range(count)])


def difference_of_gaussians(
    radius_mm: Float[np.ndarray, "*pixel"],
    first_per_mm: float,
    count: int,
    *,
    growth: float = 1.4,
    spread: float = 1.67,
) -> Float[np.ndarray, "channel *pixel"]:
    """Dense difference-of-Gaussians channels, which follow human vision.

    Each passes a band of spatial frequencies, ``exp(-(f / (spread s))^2 / 2) - exp(-(f
    / s)^2 / 2)``, and the next band lies higher by a factor. None passes the mean.

    Args:
        radius_mm: Distance of each pixel from the place that is looked at.
        first_per_mm: The lowest band's frequency s.
        count: Number of channels.
        growth: Ratio of the frequencies of two neighbouring bands.
        spread: Ratio of the two Gaussians of one band.

    References:
        Abbey and Barrett, J Opt Soc Am A 2001;18:473: growth 1.4 and spread 1.67.
    """
    bands = first_per_mm * growth ** np.arange(count)
    return np.stack(
        [
            _gaussian_of_band(radius_mm, spread * band)
            - _gaussian_of_band(radius_mm, band)
            for band in bands
        ]
    )


def _gaussian_of_band(
    radius_mm: Float[np.ndarray, "*pixel"], band_per_mm: float
) -> Float[np.ndarray, "*pixel"]:
    """In space, what falls as a Gaussian with frequency."""
    height = 2.0 * np.pi * band_per_mm**2
    bell = np.exp(-2.0 * (np.pi * band_per_mm * radius_mm) ** 2)
    return np.asarray(height * bell)


def gabor(
    down_mm: Float[np.ndarray, "*pixel"],
    across_mm: Float[np.ndarray, "*pixel"],
    frequency_per_mm: float,
    directions: int,
) -> Float[np.ndarray, "channel *pixel"]:
    """Gabor channels of one octave, in several directions, even and odd.

    Args:
        down_mm: Distance of each pixel from the place, along the image's vertical.
        across_mm: The same along its horizontal.
        frequency_per_mm: Centre of the band.
        directions: Number of directions over half a turn.

    References:
        Eckstein et al., in *Handbook of Medical Imaging* vol. 1 (SPIE 2000), ch. 10.
    """
    # One octave between the half maxima: sqrt(ln 2) / pi (2 + 1) / (2 - 1) periods.
    reach_mm = 3.0 * np.sqrt(np.log(2.0)) / (np.pi * frequency_per_mm)
    bell = np.exp(-(down_mm**2 + across_mm**2) / reach_mm**2)
    waves = []
    for angle in np.pi * np.arange(directions) / directions:
        phase = 2.0 * np.pi * frequency_per_mm
        phase = phase * (across_mm * np.cos(angle) + down_mm * np.sin(angle))
        waves += [bell * np.cos(phase), bell * np.sin(phase)]
    return np.stack(waves)
