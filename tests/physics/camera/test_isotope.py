import pytest
from scipy.integrate import quad

from bsgi.physics.camera.isotope import TC99M, Isotope


@pytest.mark.parametrize(
    ("minutes", "left"), [(10, 0.981), (21, 0.960), (32, 0.940), (43, 0.921)]
)
def test_technetium_decays_as_tables_say(minutes: float, left: float) -> None:
    assert TC99M.decay_factor(60.0 * minutes) == pytest.approx(left, abs=5e-4)


def test_half_of_it_is_left_after_a_half_life() -> None:
    assert TC99M.decay_factor(TC99M.half_life_s) == pytest.approx(0.5)


@pytest.mark.parametrize(("start_s", "duration_s"), [(0.0, 600.0), (2580.0, 1e4)])
def test_mean_decay_is_the_integral_by_scipy(start_s: float, duration_s: float) -> None:
    integral, _ = quad(TC99M.decay_factor, start_s, start_s + duration_s)
    mean = TC99M.mean_decay_factor(start_s, duration_s)
    assert mean == pytest.approx(integral / duration_s)


def test_impossible_isotopes_are_refused() -> None:
    with pytest.raises(
        ValueError, match=r"half_life_s must be positive, got 140.5 and"
    ):
        Isotope("X", 140.5, 0.9, 0.0)
    with pytest.raises(ValueError, match=r"abundance must be in \(0, 1\], got 1.2"):
        Isotope("X", 140.5, 1.2, 1.0)
