import dataclasses

import numpy as np
import pytest

from bsgi.errors import ExamError
from bsgi.exam.record import ViewName
from bsgi.exam.uptake import count_rate_density, find_breast, normal_uptake
from tests.conftest import make_exam, make_view

SHAPES = pytest.mark.parametrize("name", ViewName)


@SHAPES
def test_the_breast_is_found_to_within_a_pixel_of_its_outline(name: ViewName) -> None:
    view = make_view(name, rng=np.random.default_rng(2))
    true = make_view(name).counts[0] > 0
    if name.side == "R":
        true = true[:, ::-1]
    found = find_breast(view)
    assert np.logical_xor(found, true).mean() < 0.05


def test_a_hot_lesion_does_not_move_the_outline() -> None:
    view = make_view(ViewName.LCC)
    hot = view.counts.copy()
    hot[0, 30:34, 10:14] *= 20
    moved = find_breast(dataclasses.replace(view, counts=hot)) != find_breast(view)
    assert moved.mean() < 0.02


def test_normal_uptake_is_the_counts_over_time_and_area() -> None:
    # 100 counts in 600 s on 3.2 mm pixels: the definition, worked by hand
    assert normal_uptake(make_exam()) == pytest.approx(100 / 600 / 0.1024)


def test_normal_uptake_is_per_head() -> None:
    view = make_view(ViewName.LCC)
    twice = dataclasses.replace(
        view, counts=np.repeat(view.counts, 2, axis=0), heads_mirrored=(False, False)
    )
    assert np.allclose(count_rate_density(twice), count_rate_density(view))


def test_a_blank_exam_has_no_normal_uptake() -> None:
    exam = make_exam(views=(ViewName.LCC,))
    view = exam.views[ViewName.LCC]
    blank = dataclasses.replace(view, counts=np.zeros_like(view.counts))
    with pytest.raises(ExamError, match="no view holds a breast"):
        normal_uptake(dataclasses.replace(exam, views={ViewName.LCC: blank}))
