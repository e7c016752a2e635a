from dataclasses import replace

import numpy as np
import pytest

from bsgi.exam.quality.look import take_look
from bsgi.exam.quality.same_image import find_same_image
from bsgi.exam.record import Exam, ViewName
from tests.exam.quality.conftest import healthy


def _find(exam: Exam) -> str:
    return find_same_image({name: take_look(exam.views[name]) for name in exam.views})


@pytest.mark.parametrize("camera", ["dilon-6800-gp", "lumagem-3200s-wide"])
@pytest.mark.parametrize("turned", [(1, 1), (1, -1), (-1, 1), (-1, -1)])
def test_a_copy_is_found_however_it_is_turned(
    camera: str, turned: tuple[int, int]
) -> None:
    exam = healthy(camera)
    counts = exam.views[ViewName.LCC].counts[:, :: turned[0], :: turned[1]].copy()
    copy = replace(exam.views[ViewName.RMLO], counts=counts)
    assert _find(replace(exam, views={**exam.views, ViewName.RMLO: copy})) == (
        "LCC and RMLO are the same image"
    )


def test_a_breast_imaged_again_by_chance_is_no_copy() -> None:
    """The same mean image under two names, its events drawn anew."""
    exam = healthy("dilon-6800-gp")
    view = exam.views[ViewName.LCC]
    rng = np.random.default_rng(1)
    again = rng.poisson(view.counts).astype(np.uint16)
    again_view = replace(exam.views[ViewName.LMLO], counts=again)
    assert not _find(replace(exam, views={**exam.views, ViewName.LMLO: again_view}))


def test_views_of_other_shapes_and_blank_ones_are_no_copies() -> None:
    exam = healthy("dilon-6800-gp")
    blank = {
        name: replace(exam.views[name], counts=np.zeros_like(exam.views[name].counts))
        for name in (ViewName.LCC, ViewName.RCC)
    }
    assert not _find(replace(exam, views={**exam.views, **blank}))
