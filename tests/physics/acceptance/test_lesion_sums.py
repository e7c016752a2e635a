"""The sums in real space, where they can be done by hand."""

import math
from dataclasses import replace

import numpy as np
import pytest

from bsgi.physics.acceptance.lesion_sums import (
    ScatterSums,
    Sphere,
    read_contrast,
    sum_ratio_image,
)
from bsgi.physics.camera.catalogue import DILON_6800_HR

MU_PER_CM = 0.147
NO_SCATTER = ScatterSums(
    limits_mm=np.array([0.0, 10.0]),
    own_per_mm2=np.zeros(1),
    own=0.0,
    torso=np.zeros(15),
)


def _peak(sphere: Sphere, scatter: ScatterSums = NO_SCATTER) -> float:
    image = sum_ratio_image(
        DILON_6800_HR, sphere, scatter, thickness_mm=50.0, mu_per_cm=MU_PER_CM
    )
    return read_contrast(image)[0]


def test_a_lesion_like_its_surroundings_is_not_seen() -> None:
    image = sum_ratio_image(
        DILON_6800_HR,
        Sphere(15.0, 1.0, 25.0),
        NO_SCATTER,
        thickness_mm=50.0,
        mu_per_cm=MU_PER_CM,
    )
    assert image == pytest.approx(1.0)


def test_a_large_lesion_shows_the_ratio_of_its_path() -> None:
    """Straight through the middle of a sphere much larger than the blur."""
    mu = MU_PER_CM / 10.0
    path = math.exp(-mu * 25.0) * 2.0 * math.sinh(mu * 20.0) / mu
    whole = -math.expm1(-mu * 50.0) / mu
    measured = _peak(Sphere(40.0, 5.0, 25.0))
    assert measured == pytest.approx(1.0 + 4.0 * path / whole, rel=0.02)


def test_all_counts_of_a_lesion_are_found_again() -> None:
    """Summed over the image: its volume, less what tissue below it takes."""
    mu = MU_PER_CM / 10.0
    scatter = replace(NO_SCATTER, torso=np.zeros(25))
    image = sum_ratio_image(
        DILON_6800_HR,
        Sphere(10.0, 3.0, 25.0),
        scatter,
        thickness_mm=50.0,
        mu_per_cm=MU_PER_CM,
    )
    whole = -math.expm1(-mu * 50.0) / mu
    found = float((image - 1.0).sum()) * DILON_6800_HR.pitch_mm**2 * whole / 2.0
    volume = math.pi * 1000.0 / 6.0
    assert found == pytest.approx(volume * math.exp(-mu * 25.0), rel=0.005)


def test_scatter_behind_a_lesion_lowers_its_contrast() -> None:
    sphere = Sphere(15.0, 8.0, 25.0)
    torso = replace(NO_SCATTER, torso=np.full(15, 0.25))
    assert (_peak(sphere) - 1.0) / (_peak(sphere, torso) - 1.0) == pytest.approx(1.25)


def test_a_lesion_scatters_too() -> None:
    """A kernel so narrow that what is scattered looks as if it were not."""
    sphere = Sphere(20.0, 8.0, 25.0)
    narrow = replace(
        NO_SCATTER,
        limits_mm=np.array([0.0, 1.0]),
        own_per_mm2=np.array([0.25 / math.pi]),
        own=0.25,
    )
    assert _peak(sphere, narrow) == pytest.approx(_peak(sphere), rel=0.03)


def test_the_isocontour_of_a_bell_curve_holds_half_over_its_logarithm() -> None:
    axis = np.arange(-20.0, 21.0)
    bell = np.exp(-(axis[:, None] ** 2 + axis**2) / (2.0 * 5.0**2))
    peak, mean = read_contrast(1.0 + 3.0 * bell)
    assert peak == pytest.approx(4.0)
    assert mean - 1.0 == pytest.approx(3.0 * 0.5 / math.log(2.0), rel=0.01)
