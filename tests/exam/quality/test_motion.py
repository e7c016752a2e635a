import numpy as np
import pytest

from bsgi.exam.quality.motion import LIMIT_MM, measure_shift_mm
from bsgi.physics.acquisition.motion import Motion, shift_rate
from bsgi.physics.camera.catalogue import CAMERAS, find_camera
from bsgi.physics.population.population import fill_population
from bsgi.physics.population.woman import draw_woman
from bsgi.physics.simulate import expect_views

SHIFTS_MM = (0.0, 0.0, 1.0, 2.0, 4.0, 8.0, 16.0)


@pytest.mark.parametrize("name", sorted(CAMERAS))
def test_a_simulated_shift_is_measured_to_a_pixel_at_clinical_counts(name: str) -> None:
    """A third of a view before, a third after, both by chance (Poisson)."""
    camera = find_camera(name)
    dose_mbq = 740.0 if name.startswith("dilon") else 300.0
    population = fill_population("paper", camera=name, exams=2, dose_mbq=dose_mbq)
    rng = np.random.default_rng(1)
    spacing = (camera.pitch_mm, camera.pitch_mm)
    for expected in expect_views(draw_woman(population, 1), camera)[::3]:
        for way_mm in SHIFTS_MM:
            turn = rng.uniform(0, 2 * np.pi)
            motion = Motion(0.0, way_mm * np.sin(turn), way_mm * np.cos(turn))
            later = shift_rate(expected.rate, motion, camera.pitch_mm)
            first = rng.poisson(expected.rate[0] * dose_mbq * 190.0)
            second = rng.poisson(later[0] * dose_mbq * 180.0)
            found = measure_shift_mm(first, second, spacing)
            assert abs(found - way_mm) < camera.pitch_mm
            assert (found > LIMIT_MM) == (way_mm > LIMIT_MM)


def test_unequal_times_and_rows_for_columns_change_nothing() -> None:
    rng = np.random.default_rng(2)
    rows, cols = np.mgrid[:60, :50]
    disc = np.hypot(rows - 30, cols) < 22
    first = rng.poisson(100.0 * disc)
    second = rng.poisson(100.0 * np.roll(disc, 3, axis=0))
    found = measure_shift_mm(first, second, (2.0, 3.0))
    assert found == pytest.approx(6.0, abs=0.4)
    assert measure_shift_mm(3 * first, second, (2.0, 3.0)) == pytest.approx(found)
    turned = measure_shift_mm(first.T, second.T, (3.0, 2.0))
    assert turned == pytest.approx(found, abs=0.05)
    assert measure_shift_mm(second, first, (2.0, 3.0)) == pytest.approx(found, abs=0.2)


def test_an_image_of_nothing_has_not_moved() -> None:
    image = np.random.default_rng(3).poisson(20.0, (40, 30))
    assert measure_shift_mm(image, np.zeros_like(image), (2.0, 2.0)) == 0.0
    assert measure_shift_mm(image, image, (2.0, 2.0)) == pytest.approx(0.0, abs=1e-6)
    flat = np.full((40, 30), 7)
    assert measure_shift_mm(flat, flat, (2.0, 2.0)) == 0.0


def test_two_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="one shape"):
        measure_shift_mm(np.ones((9, 9)), np.ones((9, 10)), (2.0, 2.0))
