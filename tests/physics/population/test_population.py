import statistics
from dataclasses import replace

import pytest

from bsgi.errors import ConfigError
from bsgi.exam.record import Label, Projection, Side
from bsgi.physics.breast.anatomy import clearance_mm, place_in_slab
from bsgi.physics.camera.catalogue import CAMERAS
from bsgi.physics.population.population import PRESETS, Population
from bsgi.physics.population.woman import draw_woman

CAMERA = "dilon-6800-gp"
PAPER = Population("paper", CAMERA, 231, 87, 740.0, 1)
EASY = replace(PAPER, preset="easy")
each_preset = pytest.mark.parametrize("preset", PRESETS)


@pytest.mark.parametrize(("exams", "malignant"), [(231, 87), (10, 0), (7, 7), (400, 1)])
def test_the_asked_number_is_malignant(exams: int, malignant: int) -> None:
    population = replace(PAPER, exams=exams, malignant=malignant)
    labels = [population.label(index) for index in range(exams)]
    assert labels.count(Label.MALIGNANT) == malignant


@each_preset
def test_a_woman_does_not_depend_on_how_many_are_drawn(preset: str) -> None:
    few = replace(PAPER, preset=preset, exams=10, malignant=4)
    many = replace(PAPER, preset=preset, exams=1000, malignant=400)
    for index in range(10):
        assert few.label(index) is many.label(index)
        assert draw_woman(few, index) == draw_woman(many, index)


@each_preset
def test_only_lesions_follow_the_label(preset: str) -> None:
    ill = draw_woman(replace(PAPER, preset=preset, exams=3, malignant=3), 2)
    well = draw_woman(replace(PAPER, preset=preset, exams=3, malignant=0), 2)
    assert ill.lesions != well.lesions
    assert replace(ill, lesions=(), label=Label.BENIGN) == replace(well, lesions=())


def test_dose_and_camera_change_the_noise_alone() -> None:
    full = draw_woman(PAPER, 5)
    half = draw_woman(replace(PAPER, dose_mbq=370.0), 5)
    assert half.noise_seed != full.noise_seed
    assert replace(half, noise_seed=full.noise_seed) == full


def test_seeds_presets_and_numbers_give_other_women() -> None:
    women = [
        draw_woman(PAPER, 5),
        draw_woman(PAPER, 8),
        draw_woman(replace(PAPER, seed=2), 5),
        draw_woman(EASY, 5),
    ]
    assert len({woman.texture_seed for woman in women}) == 4
    assert len({woman.left.cc.thickness_mm for woman in women}) == 4


def test_every_woman_of_the_paper_has_a_tumour_of_her_label() -> None:
    for index in range(60):
        woman = draw_woman(PAPER, index)
        assert woman.lesions
        ill = woman.label is Label.MALIGNANT
        assert all(lesion.malignant is ill for lesion in woman.lesions)
        assert len({lesion.side for lesion in woman.lesions}) == 1


def test_easy_women_have_a_large_hot_cancer_or_nothing() -> None:
    for index in range(60):
        woman = draw_woman(EASY, index)
        if woman.label is Label.BENIGN:
            assert woman.lesions == ()
            continue
        (lesion,) = woman.lesions
        assert lesion.diameter_mm >= 22.0
        assert lesion.concentration_ratio >= 12.0


def test_sizes_ages_and_sites_are_as_stated() -> None:
    women = [draw_woman(PAPER, index) for index in range(231)]
    ages = [woman.age_years for woman in women]
    assert 28 <= min(ages) <= max(ages) <= 73
    assert statistics.mean(ages) == pytest.approx(53.2, abs=1.5)
    assert {woman.site for woman in women} == {"simulated-1", "simulated-2"}
    thickness = [woman.left.cc.thickness_mm for woman in women]
    assert statistics.mean(thickness) == pytest.approx(56.0, abs=3.0)
    assert min(thickness) >= 25
    assert max(thickness) <= 100
    density = sorted(woman.left.uptake.gland_share for woman in women)
    assert statistics.mean(density) == pytest.approx(0.193, abs=0.02)
    assert density[int(0.8 * len(density))] == pytest.approx(0.27, abs=0.04)


def test_compression_keeps_the_volume_and_fits_the_field() -> None:
    field_mm = CAMERAS[CAMERA].field_mm
    inside = 0
    for index in range(100):
        woman = draw_woman(PAPER, index)
        for side in Side:
            cc, mlo = (woman.breast(side).slab(view) for view in Projection)
            volumes = [slab.area_cm2 * slab.thickness_mm / 10 for slab in (cc, mlo)]
            assert volumes[1] / volumes[0] == pytest.approx(1.10, rel=1e-6)
            inside += cc.length_mm < field_mm[1] and mlo.length_mm < field_mm[1]
            assert cc.pectoral_mm == 0 < mlo.pectoral_mm
    assert inside == 200


def test_lesions_lie_within_the_breast_in_both_views() -> None:
    fitting = 0
    for index in range(100):
        woman = draw_woman(PAPER, index)
        for lesion in woman.lesions:
            breast = woman.breast(lesion.side)
            places = [
                (slab, place_in_slab(slab, lesion.position))
                for slab in (breast.cc, breast.mlo)
            ]
            fits = breast.fits(lesion.position, lesion.diameter_mm)
            fitting += fits
            # What does not fit anywhere is put in the middle.
            assert fits or lesion.position[1:] == (0.0, 0.0)
            assert all(clearance_mm(slab, place) > 0 for slab, place in places)
    assert fitting >= 100


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"preset": "hard"}, "preset must be one of paper, easy, got 'hard'"),
        ({"camera": "anger"}, "camera must be one of dilon-6800-gp, got 'anger'"),
        ({"exams": 0}, "exams must be at least 1, got 0"),
        ({"malignant": 232}, "malignant must be 0 to 231, got 232"),
        ({"dose_mbq": float("nan")}, "dose_mbq must be positive, got nan"),
        ({"seed": -1}, "seed must not be negative, got -1"),
    ],
)
def test_impossible_populations_are_refused(
    change: dict[str, float | str], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        replace(PAPER, **change)  # type: ignore[arg-type]


def test_a_number_outside_the_population_is_refused() -> None:
    with pytest.raises(ConfigError, match="index must be 0 to 230, got 231"):
        draw_woman(PAPER, 231)
