"""Channels against closed forms: orthogonality, Fourier transforms, directions."""

import numpy as np
import pytest

from bsgi.physics.observers.channels import (
    difference_of_gaussians,
    gabor,
    laguerre_gauss,
)

STEP_MM = 0.5
AXIS_MM = np.arange(-60.0, 60.0, STEP_MM)
RADIUS_MM = np.hypot(AXIS_MM[:, None], AXIS_MM[None, :])


@pytest.mark.parametrize("width_mm", [8.0, 15.0])
def test_laguerre_gauss_channels_are_orthonormal(width_mm: float) -> None:
    channels = laguerre_gauss(RADIUS_MM, width_mm, 6)
    gram = np.einsum("kij,lij->kl", channels, channels) * STEP_MM**2
    assert gram == pytest.approx(np.eye(6), abs=1e-9)


def test_difference_of_gaussians_has_its_band() -> None:
    """A discrete Fourier transform gives the two Gaussians of the definition."""
    first, growth, spread = 0.02, 1.4, 1.67
    channels = difference_of_gaussians(RADIUS_MM, first, 4)
    frequency = np.fft.fftfreq(len(AXIS_MM), STEP_MM)
    radial = np.hypot(frequency[:, None], frequency[None, :])
    for number, channel in enumerate(channels):
        band = first * growth**number
        expected = np.exp(-0.5 * (radial / (spread * band)) ** 2)
        expected -= np.exp(-0.5 * (radial / band) ** 2)
        found = np.fft.fft2(np.fft.ifftshift(channel)).real * STEP_MM**2
        assert found == pytest.approx(expected, abs=2e-3)
        assert abs(channel.sum()) * STEP_MM**2 < 1e-3


def test_gabor_channels_pass_one_octave_in_their_direction() -> None:
    frequency_per_mm = 0.1
    down_mm, across_mm = np.meshgrid(AXIS_MM, AXIS_MM, indexing="ij")
    channels = gabor(down_mm, across_mm, frequency_per_mm, 4)
    assert len(channels) == 8
    axis = np.fft.fftfreq(len(AXIS_MM), STEP_MM)
    for direction, wave in enumerate(channels[::2]):
        spectrum = np.abs(np.fft.fft2(np.fft.ifftshift(wave)))
        down, across = np.unravel_index(spectrum.argmax(), spectrum.shape)
        angle = np.pi * direction / 4
        peak = abs(axis[across]), abs(axis[down])
        expected = abs(np.cos(angle)), abs(np.sin(angle))
        assert peak == pytest.approx(frequency_per_mm * np.array(expected), abs=0.01)
    along = np.abs(np.fft.fft2(np.fft.ifftshift(channels[0])))[0]
    half = axis[(along > 0.5 * along.max()) & (axis > 0)]
    assert half.max() / half.min() == pytest.approx(2.0, abs=0.35)
