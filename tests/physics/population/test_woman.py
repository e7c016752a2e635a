import json
import statistics
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bsgi.errors import ConfigError
from bsgi.exam.record import Label, LesionShape, Projection, Side
from bsgi.physics.breast.anatomy import clearance_mm, place_focus, place_in_slab
from bsgi.physics.breast.background import NO_PHASE, classify
from bsgi.physics.breast.implant import gap_mm
from bsgi.physics.camera.catalogue import CAMERAS
from bsgi.physics.population.population import Population, fill_population
from bsgi.physics.population.preset import find_preset, shipped_presets
from bsgi.physics.population.woman import Breast, describe_woman, draw_woman

CAMERA = "dilon-6800-gp"
PAPER = Population("paper", CAMERA, 231, 87, 740.0, 1)
EASY = replace(PAPER, preset="easy")
each_preset = pytest.mark.parametrize("preset", shipped_presets())


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
    assert statistics.mean(density) == pytest.approx(0.19, abs=0.02)
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
    fitting = masses = 0
    for index in range(150):
        woman = draw_woman(PAPER, index)
        for lesion in woman.lesions:
            if lesion.shape is not LesionShape.MASS:
                continue
            breast = woman.breast(lesion.side)
            masses += 1
            fitting += breast.fits(lesion.position, lesion.diameter_mm)
            # What does not fit anywhere has its centre inside, at least.
            assert breast.fits(lesion.position, 0.0)
            for slab in (breast.cc, breast.mlo):
                place = place_in_slab(slab, lesion.position)
                assert clearance_mm(slab, place) > 0
    assert masses > 100
    assert fitting > 0.95 * masses


def test_a_number_outside_the_population_is_refused() -> None:
    with pytest.raises(ConfigError, match="index must be 0 to 230, got 231"):
        draw_woman(PAPER, 231)


def test_nodes_lie_in_the_field_of_every_camera_near_its_upper_corner() -> None:
    population = replace(PAPER, exams=300, malignant=300)
    places = []
    for index in range(300):
        woman = draw_woman(population, index)
        for lesion in woman.lesions:
            if lesion.shape is not LesionShape.NODE:
                continue
            breast = woman.breast(lesion.side)
            (ball,) = lesion.balls
            assert place_focus(breast.cc, lesion, ball) is None
            place = place_focus(breast.mlo, lesion, ball)
            assert place is not None
            assert place.upward_mm - breast.mlo.offset_mm > 0.5 * breast.mlo.upper_mm
            assert place.outward_mm < 0.31 * breast.mlo.length_mm
            places.append(place)
    assert len(places) > 25
    for camera in CAMERAS.values():
        seen = [
            place.upward_mm < 0.5 * camera.field_mm[0]
            and place.outward_mm > camera.dead_edge_mm
            for place in places
        ]
        assert np.mean(seen) > 0.9


def test_women_have_a_phase_until_50_years() -> None:
    women = [draw_woman(PAPER, index) for index in range(231)]
    assert all((woman.phase == NO_PHASE) is (woman.age_years >= 50) for woman in women)
    phases = [woman.phase for woman in women if woman.phase != NO_PHASE]
    assert phases.count("luteal") / len(phases) == pytest.approx(0.5, abs=0.15)
    assert all(woman.background == classify(woman.background_ratio) for woman in women)


@pytest.mark.parametrize(
    "preset",
    [name for name in shipped_presets() if find_preset(name).women_of == "paper"],
)
def test_cameras_and_doses_are_compared_on_the_same_women(preset: str) -> None:
    found = find_preset(preset)
    other = replace(PAPER, preset=preset, camera=found.camera, dose_mbq=found.dose_mbq)
    for index in (0, 7, 230):
        one, same = draw_woman(PAPER, index), draw_woman(other, index)
        assert replace(one, noise_seed=0) == replace(same, noise_seed=0)
        unlike = (found.camera, found.dose_mbq) != (PAPER.camera, PAPER.dose_mbq)
        assert (one.noise_seed != same.noise_seed) is unlike


def test_a_screening_population_has_few_lesions_and_denser_breasts() -> None:
    population = Population("screening", "lumagem-3200s-wide", 1000, 11, 300.0, 1)
    women = [draw_woman(population, index) for index in range(600)]
    benign = [woman for woman in women if woman.label is Label.BENIGN]
    share = sum(bool(woman.lesions) for woman in benign) / len(benign)
    assert share == pytest.approx(0.10, abs=0.04)
    dense = sum(woman.left.uptake.gland_share >= 0.2 for woman in women) / len(women)
    assert dense > 0.55


def test_hard_women_have_small_lesions_and_bright_backgrounds() -> None:
    population = Population("hard", CAMERA, 200, 100, 740.0, 1)
    women = [draw_woman(population, index) for index in range(200)]
    bright = sum(woman.background in {"moderate", "marked"} for woman in women) / 200
    assert bright == pytest.approx(0.65, abs=0.1)
    for woman in women:
        main = woman.lesions[0]
        assert main.diameter_mm <= (14.0 if main.shape is LesionShape.MASS else 24.0)


@pytest.fixture
def altered(tmp_path: Path) -> Population:
    path = tmp_path / "altered.toml"
    path.write_text(
        'extends = "paper"\n[women]\nimplant_share = 0.4\nmastectomy_share = 0.3\n'
    )
    return replace(PAPER, preset=str(path))


def test_implants_and_mastectomies_are_as_common_as_asked(altered: Population) -> None:
    women = [draw_woman(altered, index) for index in range(231)]
    implants = [woman for woman in women if woman.left.implant]
    absent = [woman for woman in women if woman.absent]
    assert len(implants) / 231 == pytest.approx(0.4, abs=0.1)
    assert len(absent) / 231 == pytest.approx(0.3, abs=0.09)
    assert not {woman.index for woman in implants} & {w.index for w in absent}
    for woman in absent:
        (side,) = woman.absent
        assert all(lesion.side is not side for lesion in woman.lesions)
    for woman in implants:
        for lesion in woman.lesions:
            breast = woman.breast(lesion.side)
            assert breast.implant is not None
            for slab in (breast.cc, breast.mlo):
                place = place_in_slab(slab, lesion.position)
                inside = gap_mm(slab, breast.implant, place) < 0
                assert not inside or lesion.shape is LesionShape.NODE


def test_an_altered_preset_has_women_of_its_own(altered: Population) -> None:
    assert altered.women_of != PAPER.women_of
    theirs = {draw_woman(altered, index).texture_seed for index in range(20)}
    assert not theirs & {draw_woman(PAPER, index).texture_seed for index in range(20)}


def test_a_breast_without_room_names_the_preset(
    altered: Population, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Breast, "fits", lambda *_: False)
    with pytest.raises(ConfigError, match=r"altered\.toml must leave room") as caught:
        draw_woman(altered, 0)
    assert "\n" not in str(caught.value)


def test_women_do_not_depend_on_how_many_are_asked_for() -> None:
    for preset, ill in (("paper", 76), ("screening", 90)):
        groups = [fill_population(preset, exams=n) for n in (231, 232, 2000)]
        for index in (0, 1, ill, 77, 153, 230):
            first, *others = (draw_woman(group, index) for group in groups)
            assert all(other == first for other in others)
        assert Label.MALIGNANT in {groups[0].label(index) for index in range(231)}


@each_preset
def test_a_woman_can_be_written_down(preset: str) -> None:
    woman = draw_woman(replace(PAPER, preset=preset), 3)
    record = json.loads(json.dumps(describe_woman(woman), allow_nan=False))
    assert record["background_ratio"] == woman.background_ratio
    assert record["left"]["mlo"]["length_mm"] == woman.left.mlo.length_mm
    assert len(record["lesions"]) == len(woman.lesions)
    assert record["absent"] == []
