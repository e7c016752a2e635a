from dataclasses import replace

import numpy as np
import pytest
from matplotlib.image import AxesImage

from bsgi.exam.record import Exam, Lesion, Side, Truth, ViewName
from bsgi.reports.physics_sheets import (
    PrevalenceBars,
    draw_contact_sheet,
    draw_prevalences,
)
from tests.conftest import make_exam

LESION = Lesion(Side.LEFT, True, "IDC", 15.0, 8.0, (0.5, 0.0, 0.0))


def _with_truth(exam: Exam, *, malignant: bool) -> tuple[Exam, Truth]:
    mask = np.zeros(exam.views[ViewName.LCC].counts.shape[1:], bool)
    mask[20:24, 10:14] = True
    lesion = replace(LESION, malignant=malignant)
    return exam, Truth((lesion,), {ViewName.LCC: mask})


def _picture(axes: object) -> np.ndarray:
    (image,) = [x for x in axes.get_children() if isinstance(x, AxesImage)]  # type: ignore[attr-defined]
    return np.asarray(image.get_array())


def test_views_hang_with_the_chest_walls_in_the_middle() -> None:
    exam = make_exam()
    axes = draw_contact_sheet([_with_truth(exam, malignant=True)], "camera").axes[0]
    whole = _picture(axes)
    rows, cols = exam.views[ViewName.LCC].counts.shape[1:]
    assert whole.shape == (2 * rows, 2 * cols)
    middle = whole[:, cols - 1 : cols + 1].sum()
    assert middle > 10 * whole[:, [0, -1]].sum()
    assert whole[:, :cols] == pytest.approx(whole[:, : cols - 1 : -1])


@pytest.mark.parametrize(("malignant", "lines"), [(True, 1), (False, 0)])
def test_only_malignant_lesions_are_outlined(malignant: bool, lines: int) -> None:
    axes = draw_contact_sheet(
        [_with_truth(make_exam(), malignant=malignant)], "camera"
    ).axes[0]
    assert len(axes.collections) == lines


def test_a_missing_view_is_left_white() -> None:
    exam = make_exam(views=(ViewName.LCC, ViewName.LMLO))
    whole = _picture(
        draw_contact_sheet([_with_truth(exam, malignant=True)], "camera").axes[0]
    )
    assert whole[:, : whole.shape[1] // 2].sum() == 0


def test_six_exams_take_two_rows_of_three() -> None:
    exams = [_with_truth(make_exam(f"000{k}-1"), malignant=True) for k in range(6)]
    places = [axes.get_position() for axes in draw_contact_sheet(exams, "c").axes]
    assert len({round(place.x0, 3) for place in places}) == 3
    assert len({round(place.y0, 3) for place in places}) == 2


def test_prevalences_stand_beside_what_was_measured() -> None:
    bars = PrevalenceBars(
        "dense", ("a", "b or c"), (40.0, 60.0), (38.0, 62.0), np.ones(50), (0.95, 1.4)
    )
    upper, lower = draw_prevalences([bars]).axes
    heights = [patch.get_height() for patch in upper.patches]  # type: ignore[attr-defined]
    assert heights == [40.0, 60.0, 38.0, 62.0]
    assert sum(patch.get_height() for patch in lower.patches) == 50  # type: ignore[attr-defined]
