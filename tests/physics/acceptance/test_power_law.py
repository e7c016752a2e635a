"""Fields of a known power law, made by filtering white noise."""

import numpy as np
import pytest
from jaxtyping import Float

from bsgi.physics.acceptance.power_law import (
    average_rings,
    find_power,
    fit_power_law,
    fit_straight,
    show_law,
)

PIXEL_MM = 1.6


def _field(rng: np.random.Generator, exponent: float) -> Float[np.ndarray, "row row"]:
    frequency = np.fft.fftfreq(160, PIXEL_MM)
    radius = np.hypot(frequency[:, None], frequency[None, :])
    amplitude = np.maximum(radius, 0.01) ** (-exponent / 2)
    amplitude[0, 0] = 0.0
    field = np.fft.ifft2(np.fft.fft2(rng.standard_normal((160, 160))) * amplitude).real
    return np.asarray(field[:32, :32] / field.std())


@pytest.mark.parametrize("exponent", [2.6, 3.0, 3.4])
def test_the_exponent_of_a_known_field_is_found(exponent: float) -> None:
    rng = np.random.default_rng(4)
    power = np.mean([find_power(_field(rng, exponent)) for _ in range(200)], axis=0)
    law = fit_power_law(power, PIXEL_MM, (0.03, 0.12))
    assert law.exponent == pytest.approx(exponent, abs=0.12)


def test_a_straight_fit_takes_the_window_for_texture() -> None:
    """Of an unblurred law it gives the exponent; of a windowed one it gives more."""
    frequency = np.fft.fftfreq(32, PIXEL_MM)
    radius = np.maximum(np.hypot(frequency[:, None], frequency[None, :]), 0.01)
    bare = average_rings(radius**-3.0, PIXEL_MM)
    assert fit_straight(bare, (0.03, 0.12)) == pytest.approx(3.0, abs=0.06)
    windowed = average_rings(show_law(32, PIXEL_MM, 3.0), PIXEL_MM)
    assert fit_straight(windowed, (0.03, 0.12)) > 3.2


def test_a_law_fits_itself() -> None:
    law = fit_power_law(show_law(32, PIXEL_MM, 3.1), PIXEL_MM, (0.03, 0.12))
    assert law.exponent == pytest.approx(3.1, abs=0.005)
    assert law.law.up == pytest.approx(law.measured.up, rel=0.01)


def test_white_noise_has_no_slope_and_its_own_variance() -> None:
    rng = np.random.default_rng(6)
    pieces = rng.standard_normal((100, 32, 32))
    power = np.mean([find_power(piece) for piece in pieces], axis=0)
    window = np.outer(np.hanning(32), np.hanning(32))
    assert power[8:24, 8:24].mean() == pytest.approx((window**2).sum(), rel=0.05)
