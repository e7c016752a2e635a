import math

import numpy as np
import pytest

from bsgi.exam.record import Lesion, Side
from bsgi.physics.breast.anatomy import Position
from bsgi.physics.breast.lesions import (
    EASY_MALIGNANT,
    PAPER_BENIGN,
    PAPER_MALIGNANT,
    Histology,
    LesionMix,
    LogNormal,
    draw_lesions,
)


def _fits(_position: Position, _diameter_mm: float) -> bool:
    return True


def _draw(mix: LesionMix, women: int = 3000) -> list[tuple[Lesion, ...]]:
    rng = np.random.default_rng(7)
    return [draw_lesions(rng, mix, Side.LEFT, _fits, 100.0) for _ in range(women)]


# Expected shares: sizes of Liu et al. and the Korean series lie between 9 and 38 %
# (malignant) and at 42 to 71 % (benign); invisible 4 % and 65 %.
@pytest.mark.parametrize(
    ("mix", "small", "invisible", "ratio"),
    [(PAPER_MALIGNANT, 0.20, 0.04, 8.0), (PAPER_BENIGN, 0.41, 0.65, 3.5)],
)
def test_paper_mixes_have_their_sizes_and_contrasts(
    mix: LesionMix, small: float, invisible: float, ratio: float
) -> None:
    main = [lesions[0] for lesions in _draw(mix)]
    assert all(lesion.malignant is mix.malignant for lesion in main)
    sizes = np.array([lesion.diameter_mm for lesion in main])
    assert np.mean(sizes <= 10) == pytest.approx(small, abs=0.03)
    assert sizes.min() >= 4.0
    ratios = np.array([lesion.concentration_ratio for lesion in main])
    assert np.mean(ratios <= 1.3) == pytest.approx(invisible, abs=0.03)
    assert np.median(ratios[ratios > 1.3]) == pytest.approx(ratio, rel=0.08)


def test_histologies_have_their_shares() -> None:
    names = [lesions[0].histology for lesions in _draw(PAPER_MALIGNANT)]
    for histology in PAPER_MALIGNANT.histologies:
        assert names.count(histology.name) / len(names) == pytest.approx(
            histology.share, abs=0.03
        )


def test_lesions_prefer_the_upper_outer_quadrant() -> None:
    places = [lesions[0].position for lesions in _draw(PAPER_MALIGNANT)]
    upper_outer = np.mean([p[1] > 0 and p[2] > 0 for p in places])
    lower_inner = np.mean([p[1] < 0 and p[2] < 0 for p in places])
    assert upper_outer == pytest.approx(0.50 + 0.14 / 4, abs=0.03)
    assert lower_inner == pytest.approx(0.08 + 0.14 / 4, abs=0.03)
    assert all(math.hypot(p[1], p[2]) < 0.9 and 0.12 <= p[0] <= 0.85 for p in places)


def test_second_foci_are_as_common_as_published() -> None:
    drawn = _draw(PAPER_MALIGNANT)
    second = [lesions for lesions in drawn if len(lesions) == 2]
    assert len(second) / len(drawn) == pytest.approx(0.165, abs=0.025)
    for main, other in second:
        assert other.histology == main.histology
        assert other.diameter_mm <= max(4.0, 0.8 * main.diameter_mm)


def test_easy_lesions_are_large_and_hot() -> None:
    for (lesion,) in _draw(EASY_MALIGNANT, 500):
        assert lesion.diameter_mm >= 22.0
        assert lesion.concentration_ratio >= 12.0


def test_lesions_obey_the_breast_that_they_lie_in() -> None:
    rng = np.random.default_rng(8)

    def shallow(position: Position, _diameter_mm: float) -> bool:
        return position[0] > 0.5

    for _ in range(100):
        for lesion in draw_lesions(rng, PAPER_MALIGNANT, Side.RIGHT, shallow, 30.0):
            assert lesion.position[0] > 0.5 or lesion.position[1:] == (0.0, 0.0)
            assert lesion.diameter_mm <= 30.0
            assert lesion.side is Side.RIGHT


def test_where_nothing_fits_the_middle_is_taken() -> None:
    def never(_position: Position, _diameter_mm: float) -> bool:
        return False

    rng = np.random.default_rng(9)
    (lesion,) = draw_lesions(rng, PAPER_BENIGN, Side.LEFT, never, 30.0)
    assert lesion.position == pytest.approx((0.485, 0.0, 0.0))


def test_impossible_mixes_are_refused() -> None:
    with pytest.raises(ValueError, match="median must lie between its limits"):
        LogNormal(5.0, 1.5, 6.0, 10.0)
    with pytest.raises(ValueError, match="spread must be at least 1"):
        LogNormal(5.0, 0.5, 1.0, 10.0)
    with pytest.raises(ValueError, match=r"must sum to 1, got 0\.5"):
        LesionMix(
            True,
            (Histology("IDC", 0.5, 0.0),),
            LogNormal(5.0, 1.5, 1.0, 10.0),
            LogNormal(5.0, 1.5, 1.0, 10.0),
        )
