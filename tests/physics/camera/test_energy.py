"""The energy response, against events drawn one by one and against limits."""

import numpy as np
import pytest
from scipy.stats import norm

from bsgi.physics.camera.catalogue import CAMERAS
from bsgi.physics.camera.energy import FWHM_PER_SIGMA, EnergyResponse
from bsgi.physics.camera.record import Camera

LINE = np.array([140.5])
NAI = EnergyResponse(fwhm=0.13)
CZT = EnergyResponse(fwhm=0.05, tail=0.40, tail_kev=17.5)


# A Monte Carlo of the same responses, independent of this project's formulae.
@pytest.mark.parametrize(
    ("response", "window_kev", "expected"),
    [
        (NAI, (126.0, 154.0), 0.93),
        (CZT, (126.0, 154.0), 0.82),
        (CZT, (110.0, 154.0), 0.93),
        (CZT, (130.0, 151.0), 0.78),
    ],
)
def test_primary_acceptance_is_the_published_one(
    response: EnergyResponse, window_kev: tuple[float, float], expected: float
) -> None:
    measured = float(response.acceptance(LINE, window_kev)[0])
    assert measured == pytest.approx(expected, abs=0.006)


@pytest.mark.parametrize("response", [NAI, CZT, EnergyResponse(0.063, 140.5, 0.3, 5.0)])
@pytest.mark.parametrize("energy_kev", [100.0, 118.0, 140.5])
@pytest.mark.parametrize("window_kev", [(126.0, 154.0), (110.0, 154.0), (70.0, 100.0)])
def test_acceptance_is_that_of_sampled_events(
    response: EnergyResponse, energy_kev: float, window_kev: tuple[float, float]
) -> None:
    rng = np.random.default_rng(7)
    events = 400_000
    sigma_kev = response.fwhm * np.sqrt(140.5 * energy_kev) / 2.3548200
    measured_kev = rng.normal(energy_kev, sigma_kev, events)
    lost = rng.random(events) < response.tail
    measured_kev -= lost * rng.exponential(max(response.tail_kev, 1e-9), events)
    lower, upper = window_kev
    share = np.mean((measured_kev >= lower) & (measured_kev < upper))
    error = np.sqrt(0.25 / events)
    expected = float(response.acceptance(np.array([energy_kev]), window_kev)[0])
    assert expected == pytest.approx(share, abs=4 * error)


def test_without_a_tail_it_is_a_bell_curve() -> None:
    limits_kev = np.linspace(60.0, 200.0, 57)
    sigma_kev = 0.13 * 140.5 / FWHM_PER_SIGMA
    for limit_kev in limits_kev:
        below = float(NAI.share_below(LINE, float(limit_kev))[0])
        assert below == pytest.approx(norm.cdf(limit_kev, 140.5, sigma_kev), abs=1e-12)


@pytest.mark.parametrize("camera", CAMERAS.values(), ids=lambda camera: camera.name)
@pytest.mark.parametrize("energy_kev", [70.0, 110.0, 140.5])
def test_share_below_rises_from_none_to_all(camera: Camera, energy_kev: float) -> None:
    energy = np.array([energy_kev])
    shares = [
        float(camera.energy.share_below(energy, float(limit))[0])
        for limit in np.linspace(-400.0, 400.0, 4001)
    ]
    assert shares[0] == pytest.approx(0.0, abs=1e-9)
    assert shares[-1] == pytest.approx(1.0, abs=1e-12)
    assert np.diff(shares).min() >= -1e-12


def test_a_short_tail_is_no_tail() -> None:
    short = EnergyResponse(fwhm=0.05, tail=0.4, tail_kev=1e-3)
    bare = EnergyResponse(fwhm=0.05)
    energies = np.linspace(90.0, 140.5, 12)
    window_kev = (126.0, 154.0)
    assert short.acceptance(energies, window_kev) == pytest.approx(
        bare.acceptance(energies, window_kev), abs=2e-4
    )


def test_the_width_grows_with_the_root_of_the_energy() -> None:
    energies = np.array([35.125, 140.5])
    narrow, wide = NAI.sigma_kev(energies)
    assert wide == pytest.approx(2.0 * narrow)
    assert wide * FWHM_PER_SIGMA / 140.5 == pytest.approx(0.13)


@pytest.mark.parametrize(
    "fields",
    [
        {"fwhm": 0.0},
        {"fwhm": 1.0},
        {"fwhm": 0.1, "reference_kev": 0.0},
        {"fwhm": 0.1, "tail": 1.0, "tail_kev": 5.0},
        {"fwhm": 0.1, "tail": -0.1, "tail_kev": 5.0},
        {"fwhm": 0.1, "tail": 0.1, "tail_kev": -5.0},
        {"fwhm": 0.1, "tail": 0.1},
    ],
)
def test_impossible_responses_are_refused(fields: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must"):
        EnergyResponse(**fields)
