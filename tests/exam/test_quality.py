import dataclasses

import numpy as np

from bsgi.exam.orientation import STANDARD_ORIENTATION
from bsgi.exam.quality import assess_exam
from bsgi.exam.record import Exam, ViewName
from tests.conftest import make_exam


def _with(exam: Exam, name: ViewName, counts: np.ndarray) -> Exam:
    view = dataclasses.replace(exam.views[name], counts=counts)
    return dataclasses.replace(exam, views={**exam.views, name: view})


def _stated(exam: Exam) -> Exam:
    views = {
        name: dataclasses.replace(view, orientation=STANDARD_ORIENTATION[name])
        for name, view in exam.views.items()
    }
    return dataclasses.replace(exam, views=views)


def test_a_good_exam_raises_no_doubt() -> None:
    exam = _stated(make_exam())
    full = dataclasses.replace(
        exam,
        views={
            name: dataclasses.replace(view, counts=view.counts * 2)
            for name, view in exam.views.items()
        },
    )
    assert assess_exam(full) == ()


def test_each_doubt_is_named_with_its_view() -> None:
    exam = _stated(make_exam(views=(ViewName.LCC, ViewName.RCC, ViewName.LMLO)))
    blank = np.zeros_like(exam.views[ViewName.LCC].counts)
    bright = exam.views[ViewName.RCC].counts * 2
    bright[0, 30, 40] = 65535
    low = exam.views[ViewName.LMLO].counts // 2
    for name, counts in zip(exam.present(), (blank, bright, low), strict=True):
        exam = _with(exam, name, counts)
    assert assess_exam(exam) == (
        "missing RMLO",
        "LCC: blank",
        "RCC: saturated at 65,535 counts in a pixel",
        f"LMLO: {int(low.sum()):,} counts, fewer than 100,000",
    )


def test_an_unstated_orientation_is_said() -> None:
    doubts = assess_exam(make_exam(views=(ViewName.RCC,)))
    assert any("orientation not stated" in doubt for doubt in doubts)
