"""The steps of the Monte Carlo, one by one, against formulae."""

import numpy as np
import pytest

from bsgi.physics.transport.cross_sections import WATER, Medium, build_medium
from bsgi.physics.transport.montecarlo_photon import (
    compton_per_sr,
    draw_compton,
    draw_rayleigh,
    look_up,
    lose_energy,
    rayleigh_per_sr,
    turn,
)

EDGES = np.linspace(-1.0, 1.0, 41)


def _medium(*, binding: bool) -> Medium:
    return build_medium(WATER, rayleigh=True, binding=binding)


@pytest.mark.parametrize("energy_kev", [80.0, 140.5])
@pytest.mark.parametrize("binding", [False, True])
def test_drawn_compton_angles_follow_their_density(
    energy_kev: float, binding: bool
) -> None:
    medium, rng = _medium(binding=binding), np.random.default_rng(3)
    drawn = [draw_compton(rng, medium, energy_kev) for _ in range(40_000)]
    _check(drawn, [compton_per_sr(medium, energy_kev, c) for c in _fine()])


def test_drawn_rayleigh_angles_follow_their_density() -> None:
    medium, rng = _medium(binding=False), np.random.default_rng(4)
    drawn = [draw_rayleigh(rng, medium, 140.5) for _ in range(40_000)]
    _check(drawn, [rayleigh_per_sr(medium, 140.5, c) for c in _fine()])


def _fine() -> list[float]:
    # Squared steps from the forward direction, where coherent scatter is steep.
    return [float(c) for c in 1.0 - 2.0 * np.linspace(1.0, 0.0, 8001) ** 2]


def _check(drawn: list[float], density: list[float]) -> None:
    """Counts per bin of the cosine within 4.5 standard deviations, and a norm of 1."""
    fine = np.array(_fine())
    steps = 0.5 * (np.array(density)[1:] + np.array(density)[:-1]) * np.diff(fine)
    cumulated = np.concatenate([[0.0], np.cumsum(2 * np.pi * steps)])
    assert cumulated[-1] == pytest.approx(1.0, rel=2e-4)
    expected = len(drawn) * np.diff(np.interp(EDGES, fine, cumulated))
    counted = np.histogram(drawn, EDGES)[0]
    spread = np.sqrt(np.maximum(expected, 1.0))
    assert np.abs(counted - expected).max() <= 5.0 or (
        np.abs((counted - expected) / spread).max() < 4.5
    )


def test_scatter_by_a_right_angle_leaves_110_kev() -> None:
    assert lose_energy(140.5, 0.0) == pytest.approx(110.2, abs=0.05)
    assert lose_energy(140.5, 1.0) == 140.5


def test_tables_are_interpolated() -> None:
    table = np.arange(60.0, 142.0) ** 2
    assert look_up(table, 100.0) == 10_000.0
    assert look_up(table, 100.5) == pytest.approx(0.5 * (100.0**2 + 101.0**2))


@pytest.mark.parametrize("cosine", [-1.0, -0.3, 0.5, 1.0])
@pytest.mark.parametrize(
    "ahead", [(0.0, 0.0, 1.0), (0.0, 0.0, -1.0), (0.6, 0.0, 0.8), (0.48, -0.64, 0.6)]
)
def test_turning_keeps_the_angle_and_the_length(
    ahead: tuple[float, float, float], cosine: float
) -> None:
    rng = np.random.default_rng(6)
    for _ in range(20):
        turned = np.array(ahead)
        turn(rng, turned, cosine)
        assert np.sum(turned**2) == pytest.approx(1.0)
        assert np.sum(turned * np.array(ahead)) == pytest.approx(cosine)
