import numpy as np
import pytest

from bsgi.exam.preprocess import Preprocessing
from bsgi.exam.record import Side
from bsgi.reports.heat_maps import draw_heat_maps, shared_top
from bsgi.reports.run_folder import HeatMap
from tests.conftest import make_exam
from tests.reports.make_run import add_lesion


def make_map(evidence: float) -> HeatMap:
    heat = np.zeros((4, 4), dtype=np.float32)
    heat[1, 1] = evidence
    return HeatMap("0001-1", "layer3", heat, np.zeros_like(heat))


def test_one_scale_serves_all_maps_and_both_labels() -> None:
    weak, strong = make_map(0.1), make_map(2.0)
    top = shared_top([weak, strong])
    assert top == 2.0
    exam, truth = add_lesion(make_exam(), Side.LEFT)
    for heat in (weak, strong):
        figures = draw_heat_maps(exam, truth, heat, Preprocessing(size=64), top)
        for figure in (figures.malignant, figures.benign):
            limits = {axes.images[1].get_clim() for axes in figure.axes[:4]}
            assert limits == {(0.0, 2.0)}


def test_large_images_are_shown_small_with_a_fine_outline() -> None:
    exam, truth = add_lesion(make_exam(), Side.LEFT)
    figures = draw_heat_maps(exam, truth, make_map(1), Preprocessing(), 1.0)
    left, right = figures.seen.axes[1], figures.seen.axes[0]
    assert left.images[0].get_size() == (128, 128)
    assert (len(left.collections), len(right.collections)) == (2, 0)


def test_views_are_shown_beside_without_a_map() -> None:
    exam = make_exam()
    figures = draw_heat_maps(exam, None, make_map(1), Preprocessing(size=64), 1.0)
    assert [len(axes.images) for axes in figures.seen.axes[:4]] == [1] * 4
    assert figures.seen.axes[4].get_xlabel() == "uptake relative to normal tissue"
    assert figures.malignant.axes[4].get_xlabel() == "evidence for malignant"


def test_the_papers_plain_reading_covers_the_whole_detector() -> None:
    settings = Preprocessing(size=64, intensity="view-maximum")
    figures = draw_heat_maps(make_exam(), None, make_map(1), settings, 1.0)
    assert figures.seen.axes[4].get_xlabel() == "share of the view's maximum"
    low, high = figures.seen.axes[1].get_xlim()
    assert (low, high) == pytest.approx((0.0, 48 * 3.2))


def test_a_scale_needs_a_map() -> None:
    with pytest.raises(ValueError, match="at least one map"):
        shared_top([])
