"""Whole exams, and the acceptance numbers that a physicist would ask for first."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.special import erf

from bsgi.exam.orientation import STANDARD_ORIENTATION
from bsgi.exam.record import Label, Side, ViewName
from bsgi.physics.breast.anatomy import Place
from bsgi.physics.camera.catalogue import CAMERAS, DILON_6800_GP
from bsgi.physics.camera.record import Camera
from bsgi.physics.population.population import PRESETS, Population
from bsgi.physics.population.woman import draw_woman
from bsgi.physics.simulate import expect_views, outline_balls, simulate_exam
from bsgi.physics.transport.emission import Ball
from bsgi.physics.transport.projector import find_projector
from bsgi.physics.transport.scatter import find_scatter_model
from tests.physics.phantom import (
    CONCENTRATION,
    MU_PER_CM,
    build_slab,
    build_uniform,
    project_uniform,
)

POPULATION = Population("paper", "dilon-6800-gp", 231, 87, 740.0, 1)
each_camera = pytest.mark.parametrize("camera", CAMERAS.values(), ids=CAMERAS.keys())


def test_count_density_of_6_cm_is_1_6_to_2_2_per_cm2_and_mbq() -> None:
    rate = project_uniform(DILON_6800_GP, build_slab(60.0))
    density = rate[24:40, 6:15].mean() * 600.0 / (0.32 * 0.32)
    assert 1.6 <= density <= 2.2


def test_a_view_of_120_cm2_has_130_to_200_thousand_counts() -> None:
    rate = project_uniform(DILON_6800_GP, build_slab(60.0, area_cm2=120.0))
    assert 1.3e5 <= rate.sum() * 600.0 * 740.0 <= 2.0e5


def test_chest_wall_is_brighter_than_the_middle() -> None:
    profile = project_uniform(DILON_6800_GP, build_slab(60.0))[24:40].mean(axis=0)
    assert profile[0] > 1.15 * profile[12]


def _predict_ratio(diameter_mm: float, ratio: float, outward_mm: float) -> float:
    """Lesion over background at its centre by real-space sums, without any transform.

    Sphere at mid-height of 5 cm: layers of discs, a Gaussian and a pixel's box for the
    response, the own breast's kernel and the torso's profile for scatter.
    """
    camera, thickness_mm, step_mm = DILON_6800_GP, 50.0, 0.25
    model, mu = find_scatter_model(camera), MU_PER_CM / 10.0
    axis = np.arange(-25.0, 25.0, step_mm) + step_mm / 2
    radius = np.hypot(axis[:, None], axis[None, :])
    primary, column = 0.0, np.zeros_like(radius)
    for height in np.arange(step_mm / 2, thickness_mm, step_mm):
        square = (diameter_mm / 2) ** 2 - (height - thickness_mm / 2) ** 2
        if square <= 0:
            continue
        disc = (radius**2 < square) * math.exp(-mu * height) * step_mm
        column += disc
        sigma = camera.collimator_fwhm_mm(height) / 2.354820045 * math.sqrt(2)
        half = camera.pitch_mm / 2
        response = 0.5 * (erf((axis + half) / sigma) - erf((axis - half) / sigma))
        response /= camera.pitch_mm
        primary += float(response @ disc @ response) * step_mm**2
    length = 10.0 * model.own_length_cm(5.0)
    kernel = np.exp(-radius / length) / (2 * math.pi * length**2) * step_mm**2
    own = model.own_amplitude(5.0)
    background = (1 - math.exp(-mu * thickness_mm)) / mu
    torso = float(model.torso_profile(np.array([outward_mm / 10.0]), 5.0, 1)[0])
    signal = (ratio - 1) * (primary + own * float((kernel * column).sum()))
    return 1.0 + signal / (background * (1.0 + own + torso))


# (diameter, concentration ratio, printed peak ratio); the printed table blurred by the
# pixel twice and took scatter as one quarter of the unscattered counts.
@pytest.mark.parametrize(
    ("diameter_mm", "ratio", "printed"),
    [
        (10.0, 8.0, 1.76),
        (10.0, 20.0, 3.05),
        (15.0, 3.0, 1.41),
        (15.0, 8.0, 2.44),
        (20.0, 8.0, 3.06),
        (20.0, 12.0, 4.24),
        (30.0, 5.0, 2.85),
    ],
)
def test_lesion_contrast_is_that_of_real_space_sums(
    diameter_mm: float, ratio: float, printed: float
) -> None:
    slab = build_slab(50.0)
    upward_mm, outward_mm = find_projector(DILON_6800_GP).grid.pixel_centres_mm()
    place = Place(float(outward_mm[12]), float(upward_mm[32]), 25.0)
    ball = Ball(place, diameter_mm, ratio * CONCENTRATION)
    with_lesion = project_uniform(DILON_6800_GP, slab, [ball])[32, 12]
    measured = with_lesion / project_uniform(DILON_6800_GP, slab)[32, 12]
    assert measured == pytest.approx(printed, rel=0.15)
    predicted = _predict_ratio(diameter_mm, ratio, place.outward_mm)
    assert measured - 1 == pytest.approx(predicted - 1, rel=0.06)


@each_camera
def test_a_shallower_lesion_is_brighter(camera: Camera) -> None:
    slab = build_slab(50.0)
    upward_mm, outward_mm = find_projector(camera).grid.pixel_centres_mm()
    row, col = len(upward_mm) // 2, int(np.abs(outward_mm - 45.0).argmin())
    peaks = []
    for height_mm in (10.0, 20.0, 30.0, 40.0):
        place = Place(float(outward_mm[col]), float(upward_mm[row]), height_mm)
        ball = Ball(place, 10.0, 8 * CONCENTRATION)
        peaks.append(project_uniform(camera, slab, [ball])[row, col])
    assert peaks == sorted(peaks, reverse=True)


@pytest.mark.parametrize("preset", PRESETS)
@each_camera
def test_an_exam_obeys_its_record(camera: Camera, preset: str) -> None:
    population = replace(POPULATION, camera=camera.name, preset=preset)
    for index in range(6):
        exam, truth = simulate_exam(population, index)
        assert exam.patient_id == f"{preset}{population.seed}-{index:05d}"
        assert exam.exam_id == f"{exam.patient_id}-1"
        assert exam.simulated
        assert exam.camera == camera.name
        assert exam.label is population.label(index)
        sides = {Side.LEFT: exam.label_left, Side.RIGHT: exam.label_right}
        ill = [side for side, label in sides.items() if label is Label.MALIGNANT]
        assert bool(ill) is (exam.label is Label.MALIGNANT)
        assert ill == sorted({x.side for x in truth.lesions if x.malignant})
        assert exam.present() == tuple(ViewName)
        for name, view in exam.views.items():
            assert view.counts.dtype == np.uint16
            assert view.counts.shape == (camera.heads, camera.rows, camera.cols)
            assert view.orientation == STANDARD_ORIENTATION[name]
            assert view.spacing_mm == (camera.pitch_mm, camera.pitch_mm)
            assert view.energy_window_kev == camera.window_kev
            assert view.total_counts > 10_000
            wall, far = view.counts[0, :, 0].sum(), view.counts[0, :, -1].sum()
            assert bool(wall < far) is (name.side is Side.RIGHT)


def test_the_same_seed_gives_the_same_counts() -> None:
    few = replace(POPULATION, exams=10, malignant=4)
    many = replace(POPULATION, exams=1000, malignant=400)
    first, first_truth = simulate_exam(few, 7)
    again, again_truth = simulate_exam(many, 7)
    other, _ = simulate_exam(replace(few, seed=2), 7)
    assert first_truth.lesions == again_truth.lesions
    for name in ViewName:
        counts = first.views[name].counts
        assert np.array_equal(counts, again.views[name].counts)
        assert not np.array_equal(counts, other.views[name].counts)
    for name, mask in first_truth.masks.items():
        assert np.array_equal(mask, again_truth.masks[name])


def test_counts_scatter_about_what_is_expected() -> None:
    """Poisson: the squared deviations in units of the variance average one."""
    exam, _ = simulate_exam(POPULATION, 3)
    deviations = []
    for expected in expect_views(draw_woman(POPULATION, 3), DILON_6800_GP):
        view = exam.views[expected.name]
        start_s = view.start_s or 0.0
        left = DILON_6800_GP.isotope.mean_decay_factor(start_s, view.duration_s)
        mean = expected.rate * 740.0 * 600.0 * left
        counts = view.counts[0]
        counts = counts[:, ::-1] if expected.name.side is Side.RIGHT else counts
        bright = mean > 20
        deviations.append((counts[bright] - mean[bright]) ** 2 / mean[bright])
    together = np.concatenate(deviations)
    # Three standard errors of the mean of squared normal deviates.
    limit = 3 * math.sqrt(2 / together.size)
    assert together.mean() == pytest.approx(1.0, abs=limit)


def test_half_the_dose_halves_the_counts() -> None:
    full, _ = simulate_exam(POPULATION, 4)
    half, _ = simulate_exam(replace(POPULATION, dose_mbq=370.0), 4)
    for name in ViewName:
        ratio = half.views[name].total_counts / full.views[name].total_counts
        assert ratio == pytest.approx(0.5, rel=0.02)


@pytest.mark.parametrize("name", ViewName)
def test_a_mask_covers_its_hot_lesion(name: ViewName) -> None:
    """In the easy preset the brightest pixel of the affected breast is in the mask."""
    population = Population("easy", "dilon-6800-gp", 8, 8, 740.0, 3)
    seen = 0
    for index in range(8):
        exam, truth = simulate_exam(population, index)
        if truth.lesions[0].side is not name.side:
            assert name not in truth.masks
            continue
        counts = exam.views[name].counts[0]
        assert truth.masks[name][np.unravel_index(counts.argmax(), counts.shape)]
        seen += 1
    assert seen


@each_camera
def test_a_mask_has_the_area_of_the_lesion(camera: Camera) -> None:
    ball = Ball(Place(60.0, 5.0, 25.0), 30.0, 1.0)
    mask = outline_balls(find_projector(camera), [ball])
    # Pixels that are touched at all: a rim of half a pixel more than the disc.
    area_mm2 = mask.sum() * camera.pitch_mm**2
    rim_mm2 = math.pi * 30.0 * camera.pitch_mm
    assert 0 < area_mm2 - math.pi * 15.0**2 < rim_mm2


def test_moving_a_lesion_moves_its_masks_rightly() -> None:
    """Superior: up in MLO, still in CC; lateral: up in CC; deeper: to the wall."""
    woman = draw_woman(replace(POPULATION, malignant=231), 0)
    woman = replace(woman, lesions=woman.lesions[:1])
    lesion = replace(woman.lesions[0], side=Side.LEFT, diameter_mm=12.0)

    def centres(position: tuple[float, float, float]) -> dict[str, tuple[float, float]]:
        moved = replace(woman, lesions=(replace(lesion, position=position),))
        views = expect_views(moved, DILON_6800_GP)
        return {
            view.name.value: tuple(x.mean() for x in np.nonzero(view.mask))
            for view in views
            if view.name.side is Side.LEFT
        }

    here = centres((0.5, 0.0, 0.0))
    superior, lateral = centres((0.5, 0.0, 0.3)), centres((0.5, 0.3, 0.0))
    deeper = centres((0.35, 0.0, 0.0))
    assert superior["LCC"] == here["LCC"]
    assert superior["LMLO"][0] < here["LMLO"][0] - 3
    assert lateral["LCC"][0] < here["LCC"][0] - 3
    for name in ("LCC", "LMLO"):
        assert deeper[name][1] < here[name][1] - 2
        assert deeper[name][0] == pytest.approx(here[name][0], abs=1)


def test_a_breast_without_activity_is_dark() -> None:
    emission = build_uniform(DILON_6800_GP, build_slab(50.0))
    projector = find_projector(DILON_6800_GP)
    assert projector.project(0 * emission.activity_bq).max() == 0.0
