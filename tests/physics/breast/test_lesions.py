import math
from dataclasses import replace

import numpy as np
import pytest

from bsgi.exam.record import Lesion, LesionShape, Side
from bsgi.physics.breast.anatomy import Position
from bsgi.physics.breast.histology import HISTOLOGIES
from bsgi.physics.breast.lesions import (
    NODE_NAME,
    LesionMix,
    Part,
    draw_lesions,
)
from bsgi.physics.population.preset import find_preset, shipped_presets

PAPER = find_preset("paper")
EASY = find_preset("easy").malignant


def _fits(_position: Position, _diameter_mm: float) -> bool:
    return True


def _draw(mix: LesionMix, women: int = 2500) -> list[tuple[Lesion, ...]]:
    rng = np.random.default_rng(7)
    return [draw_lesions(rng, mix, Side.LEFT, _fits, 100.0) for _ in range(women)]


@pytest.fixture(scope="module")
def cancers() -> list[tuple[Lesion, ...]]:
    return _draw(PAPER.malignant)


@pytest.fixture(scope="module")
def benign() -> list[tuple[Lesion, ...]]:
    return _draw(PAPER.benign)


# Sizes of Liu et al. and the Korean series: between 9 and 38 % of the malignant and 42
# to 71 % of the benign lesions are up to 10 mm.
@pytest.mark.parametrize(
    ("group", "small", "invisible", "ratio"),
    [("cancers", 0.20, 0.04, 8.0), ("benign", 0.42, 0.65, 3.5)],
)
def test_masses_of_the_paper_have_their_sizes_and_contrasts(
    request: pytest.FixtureRequest,
    group: str,
    small: float,
    invisible: float,
    ratio: float,
) -> None:
    main = [lesions[0] for lesions in request.getfixturevalue(group)]
    sizes = np.array(
        [each.diameter_mm for each in main if each.shape is LesionShape.MASS]
    )
    assert np.mean(sizes <= 10) == pytest.approx(small, abs=0.03)
    assert sizes.min() >= 4.0
    ratios = np.array([lesion.concentration_ratio for lesion in main])
    assert np.mean(ratios <= 1.3) == pytest.approx(invisible, abs=0.03)
    assert np.median(ratios[ratios > 1.3]) == pytest.approx(ratio, rel=0.08)


@pytest.mark.parametrize("group", ["cancers", "benign"])
def test_histologies_have_their_shares(
    request: pytest.FixtureRequest, group: str
) -> None:
    mix = PAPER.malignant if group == "cancers" else PAPER.benign
    drawn = request.getfixturevalue(group)
    names = [lesions[0].histology for lesions in drawn]
    assert all(lesion.malignant is mix.malignant for one in drawn for lesion in one)
    for part in mix.parts:
        found = names.count(part.histology.name) / len(names)
        assert found == pytest.approx(part.share, abs=0.03)


def test_each_histology_has_its_shapes_and_its_invisible_share() -> None:
    rng = np.random.default_rng(8)
    for histology in HISTOLOGIES.values():
        mix = LesionMix(histology.malignant, (Part(histology, 1.0),))
        drawn = [draw_lesions(rng, mix, Side.LEFT, _fits, 100.0)[0] for _ in range(500)]
        kinds = (
            [each.shape is LesionShape.MASS and not each.foci for each in drawn],
            [each.shape is LesionShape.MASS and bool(each.foci) for each in drawn],
            [each.shape is LesionShape.SEGMENTAL for each in drawn],
            [each.shape is LesionShape.REGIONAL for each in drawn],
        )
        found = [float(np.mean(kind)) for kind in kinds]
        assert found == pytest.approx(histology.forms.shares, abs=0.1)
        unseen = np.mean([each.concentration_ratio <= 1.3 for each in drawn])
        assert unseen == pytest.approx(histology.invisible, abs=0.1)
        for each in drawn:
            if each.shape is not LesionShape.MASS:
                assert len(each.foci) >= 8
                assert 8.0 <= each.diameter_mm <= 70.0


def test_lesions_prefer_the_upper_outer_quadrant(
    cancers: list[tuple[Lesion, ...]],
) -> None:
    places = [lesions[0].position for lesions in cancers]
    upper_outer = np.mean([p[1] > 0 and p[2] > 0 for p in places])
    lower_inner = np.mean([p[1] < 0 and p[2] < 0 for p in places])
    assert upper_outer == pytest.approx(0.50 + 0.14 / 4, abs=0.03)
    assert lower_inner == pytest.approx(0.08 + 0.14 / 4, abs=0.03)
    assert all(math.hypot(p[1], p[2]) < 0.9 and 0.12 <= p[0] <= 0.85 for p in places)


@pytest.mark.parametrize(("group", "share"), [("cancers", 0.165), ("benign", 0.15)])
def test_second_foci_are_as_common_as_published(
    request: pytest.FixtureRequest, group: str, share: float
) -> None:
    drawn = request.getfixturevalue(group)
    second = [
        lesions
        for lesions in drawn
        if len(lesions) > 1 and lesions[1].shape is LesionShape.MASS
    ]
    assert len(second) / len(drawn) == pytest.approx(share, abs=0.025)
    for main, other, *_ in second:
        assert other.histology == main.histology
        whole_mm = main.diameter_mm if main.shape is LesionShape.MASS else 20.0
        assert other.diameter_mm <= max(4.0, 0.8 * whole_mm)


def test_nodes_belong_to_invasive_cancers_and_lie_in_the_axilla(
    cancers: list[tuple[Lesion, ...]], benign: list[tuple[Lesion, ...]]
) -> None:
    invasive = [
        lesions for lesions in cancers if HISTOLOGIES[lesions[0].histology].invasive
    ]
    with_node = [one for one in cancers if one[-1].shape is LesionShape.NODE]
    assert len(with_node) / len(invasive) == pytest.approx(0.15, abs=0.025)
    assert all(HISTOLOGIES[one[0].histology].invasive for one in with_node)
    for *_, node in with_node:
        assert node.histology == NODE_NAME
        depth, lateral, superior = node.position
        assert 0.15 <= depth <= 0.30
        assert 0.68 <= (lateral + superior) / math.sqrt(2) <= 0.86
        assert math.hypot(lateral, superior) < 1
    assert not any(each.shape is LesionShape.NODE for one in benign for each in one)


def test_easy_lesions_are_large_round_and_hot() -> None:
    for (lesion,) in _draw(EASY, 500):
        assert lesion.diameter_mm >= 22.0
        assert lesion.concentration_ratio >= 12.0
        assert lesion.shape is LesionShape.MASS
        assert lesion.foci == ()


@pytest.mark.parametrize("preset", shipped_presets())
def test_lesions_obey_the_breast_that_they_lie_in(preset: str) -> None:
    rng = np.random.default_rng(8)
    found = find_preset(preset)

    def shallow(position: Position, _diameter_mm: float) -> bool:
        return position[0] > 0.5

    for mix in (found.malignant, found.benign):
        for _ in range(40):
            for lesion in draw_lesions(rng, mix, Side.RIGHT, shallow, 30.0):
                assert lesion.side is Side.RIGHT
                if lesion.shape is LesionShape.NODE:
                    continue
                assert lesion.position[0] > 0.5
                if lesion.shape is LesionShape.MASS:
                    assert lesion.diameter_mm <= 30.0


def test_where_nothing_fits_there_is_no_lesion() -> None:
    def never(_position: Position, _diameter_mm: float) -> bool:
        return False

    rng = np.random.default_rng(9)
    assert draw_lesions(rng, PAPER.benign, Side.LEFT, never, 30.0) == ()


def test_a_second_focus_without_a_place_is_left_out() -> None:
    mix = replace(PAPER.benign, multifocal=0.5, multicentric=0.5)
    rng = np.random.default_rng(9)
    asked: list[Position] = []

    def first(position: Position, _diameter_mm: float) -> bool:
        asked.append(position)
        return len(asked) == 1

    for _ in range(30):
        asked.clear()
        (lesion,) = draw_lesions(rng, mix, Side.LEFT, first, 30.0)
        assert lesion.position == asked[0]
        assert len(asked) > 1


def test_impossible_mixes_are_refused() -> None:
    with pytest.raises(ValueError, match=r"must sum to 1, got 0\.5"):
        LesionMix(True, (Part(HISTOLOGIES["IDC"], 0.5),))
    with pytest.raises(ValueError, match="malignant or benign histologies only"):
        LesionMix(False, (Part(HISTOLOGIES["IDC"], 1.0),))
