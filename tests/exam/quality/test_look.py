"""The coarse look finds the breast that the exact outline finds."""

from dataclasses import replace

import numpy as np
import pytest

from bsgi.exam.orientation import find_pose
from bsgi.exam.quality.look import Look, take_look
from bsgi.exam.record import Exam, View, ViewName
from bsgi.exam.uptake import find_breast
from tests.exam.quality.conftest import healthy


def _area_cm2(look: Look) -> float:
    return float(look.breast.sum()) * look.block_mm[0] * look.block_mm[1] / 100


def test_the_breast_is_that_of_the_exact_outline(exam: Exam) -> None:
    for view in exam.views.values():
        exact = float(find_breast(view).sum()) * view.pixel_area_cm2
        assert _area_cm2(take_look(view)) == pytest.approx(exact, rel=0.08)


def test_rows_for_columns_and_a_mirrored_head_change_nothing() -> None:
    for name in (ViewName.LCC, ViewName.RMLO):
        view = healthy("ge-nm750b-wide").views[name]
        row, col = view.orientation or ("", "")
        turned = replace(
            view,
            counts=np.ascontiguousarray(view.counts.transpose(0, 2, 1)),
            orientation=(col, row),
            # Turned over the diagonal, an opposite head runs against the first in its
            # columns, which no file can say: it is laid as the first head lies.
            heads_mirrored=(False, False),
        )
        turned.counts[1] = view.counts[1, :, ::-1].T
        first, second = take_look(view), take_look(turned)
        assert np.array_equal(first.breast, second.breast)
        assert first.normal == pytest.approx(second.normal)
        for head in range(2):
            assert np.array_equal(first.pose_head(head), second.pose_head(head))


def test_empty_margins_of_the_matrix_are_no_part_of_the_field() -> None:
    view = healthy("dilon-6800-gp").views[ViewName.LCC]
    rows, cols = view.counts.shape[1:]
    wide = np.pad(view.counts, ((0, 0), (9, 9), (40, 40)))
    look = take_look(replace(view, counts=wide))
    assert look.field[0] == slice(9, 9 + rows)
    # Only as much as both ends have: the far end of the field is all but empty itself.
    assert look.field[1] == slice(40, 40 + cols)
    assert np.array_equal(look.breast, take_look(view).breast)


def test_of_two_bright_parts_the_one_at_the_chest_wall_is_the_breast() -> None:
    counts = np.zeros((1, 64, 48), np.uint16)
    counts[0, 20:40, :16] = 50
    counts[0, 2:62, 30:46] = 60
    view = View(ViewName.LCC, counts, (3.2, 3.2), 600.0, orientation=("A", "R"))
    look = take_look(view)
    assert look.breast[:, 0].any()
    assert not look.breast[:, 16:].any()
    assert look.objects[:, 16:].any()
    assert look.normal == pytest.approx(50, rel=0.1)


def test_a_view_of_nothing_has_no_breast() -> None:
    view = healthy("dilon-6800-gp").views[ViewName.LCC]
    look = take_look(replace(view, counts=np.zeros_like(view.counts)))
    assert not look.breast.any()
    assert look.normal == 0
    assert find_pose(view) == look.pose
