"""The values of a physician, against numbers that were put into the exam."""

import numpy as np
import pytest

from bsgi.exam.record import Exam, Projection, View, ViewName
from bsgi.exam.uptake import find_breast, measure_uptake
from bsgi.runtime.values import measure_values
from tests.conftest import make_exam


def hot_exam(factor: float) -> Exam:
    """A spot in the left breast that takes up more than the tissue around it."""
    exam = make_exam()
    views = {}
    for name, view in exam.views.items():
        counts = view.counts.copy()
        if name.side == "L":
            counts[:, 22:42, 8:20] = round(100 * factor)
        views[name] = View(name, counts, view.spacing_mm, view.duration_s)
    return Exam(exam.exam_id, exam.patient_id, views)


def test_the_ratios_are_those_that_were_put_in() -> None:
    values = measure_values(hot_exam(4.0))
    assert set(values.views) == set(ViewName)
    for name, view in values.views.items():
        expected = 4.0 if name.side == "L" else 1.0
        assert view.lesion_to_background == pytest.approx(expected, rel=0.03)
    assert set(values.left_over_right) == set(Projection)
    for ratio in values.left_over_right.values():
        assert ratio == pytest.approx(4.0, rel=0.03)


def test_counts_per_area_are_those_of_the_pixels() -> None:
    """100 counts in a pixel of 3.2 by 3.2 mm are 977 per square centimetre."""
    exam = make_exam()
    values = measure_values(exam)
    for name, view in values.views.items():
        breast = find_breast(exam.views[name])
        assert view.counts_per_cm2 == pytest.approx(100 / 0.1024, rel=0.05)
        assert breast.sum() > 500


def test_definitions_are_those_of_the_exam_room() -> None:
    exam = make_exam(rng=np.random.default_rng(4))
    uptake = measure_uptake(exam)
    values = measure_values(exam)
    for name, each in uptake.items():
        assert values.views[name].lesion_to_background == each.focus


def test_a_view_without_a_breast_has_no_values() -> None:
    exam = make_exam()
    blank = View(ViewName.LCC, np.zeros((1, 64, 48), np.uint16), (3.2, 3.2), 600.0)
    values = measure_values(Exam("e-1", "e", {**exam.views, ViewName.LCC: blank}))
    assert values.views[ViewName.LCC].lesion_to_background is None
    assert values.views[ViewName.LCC].counts_per_cm2 is None
    assert set(values.left_over_right) == {Projection.MLO}
