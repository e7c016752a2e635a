from dataclasses import replace

import numpy as np

from bsgi.exam.record import Side, ViewName
from bsgi.reports.exam_views import detector_mm, draw_exam
from tests.conftest import make_exam, make_view
from tests.reports.make_run import add_lesion


def test_draws_what_is_there() -> None:
    views = (ViewName.LCC, ViewName.RMLO)
    figure = draw_exam(make_exam(views=views), None)
    labels = [axes.texts[0].get_text() for axes in figure.axes[:4]]
    assert labels == ["RCC", "LCC", "RMLO", "LMLO"]
    assert [len(axes.images) for axes in figure.axes[:4]] == [0, 1, 1, 0]


def test_the_four_views_share_one_scale_of_grey() -> None:
    exam, truth = add_lesion(make_exam(), Side.LEFT)
    figure = draw_exam(exam, truth)
    limits = {axes.images[0].get_clim() for axes in figure.axes[:4]}
    assert len(limits) == 1
    assert figure.axes[4].get_xlabel() == "counts per pixel"


def test_only_views_with_a_lesion_are_outlined() -> None:
    exam, truth = add_lesion(make_exam(), Side.RIGHT)
    figure = draw_exam(exam, truth)
    assert [len(axes.collections) for axes in figure.axes[:4]] == [2, 0, 2, 0]


def test_a_turned_detector_keeps_its_lengths() -> None:
    view = make_view(ViewName.LCC)
    turned = replace(
        view,
        counts=np.ascontiguousarray(view.counts.transpose(0, 2, 1)),
        spacing_mm=(3.0, 4.0),
        orientation=("R", "A"),
    )
    posed = np.zeros((64, 48), dtype=np.float32)
    assert detector_mm(turned, posed) == (64 * 4.0, 48 * 3.0)
