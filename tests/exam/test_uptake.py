import dataclasses

import numpy as np
import pytest

from bsgi.errors import ExamError
from bsgi.exam.record import ViewName
from bsgi.exam.uptake import (
    UPTAKE_FEATURES,
    ViewUptake,
    count_rate_density,
    find_breast,
    measure_uptake,
    normal_uptake,
    uptake_features,
)
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


def test_a_uniform_exam_has_ratios_of_one_and_no_asymmetry() -> None:
    uptake = measure_uptake(make_exam())
    assert tuple(uptake) == tuple(ViewName)
    for each in uptake.values():
        assert each.focus == pytest.approx(1.0, abs=0.02)
        assert each.mean == pytest.approx(1.0, abs=0.1)
    features = dict(zip(UPTAKE_FEATURES, uptake_features(uptake), strict=True))
    assert features["asymmetry of the focus"] == pytest.approx(0.0, abs=1e-6)
    assert features["asymmetry of the mean"] == pytest.approx(0.0, abs=1e-6)


def _with_lesion(side: str) -> dict[ViewName, ViewUptake]:
    exam = make_exam()
    views = {}
    for name, view in exam.views.items():
        counts = view.counts.copy()
        if name.side == side:
            columns = slice(12, 17) if side == "L" else slice(31, 36)
            counts[:, 30:35, columns] *= 4
        views[name] = dataclasses.replace(view, counts=counts)
    return dict(measure_uptake(dataclasses.replace(exam, views=views)))


def test_a_focus_is_measured_on_its_side_and_leaves_normal_tissue() -> None:
    uptake = _with_lesion("L")
    assert uptake[ViewName.LCC].focus > 2.5
    assert uptake[ViewName.RCC].focus == pytest.approx(1.0, abs=0.02)


def test_features_do_not_know_which_side_it_is() -> None:
    left, right = (uptake_features(_with_lesion(side)) for side in "LR")
    assert left == pytest.approx(right, abs=1e-5)
    named = dict(zip(UPTAKE_FEATURES, left, strict=True))
    assert named["focus"] > np.log(2.5)
    assert named["focus in both projections"] == pytest.approx(named["focus"], abs=0.05)
    assert named["asymmetry of the focus"] == pytest.approx(named["focus"], abs=0.05)
    assert named["focus of the other breast"] == pytest.approx(0.0, abs=0.03)


def test_features_do_with_the_views_that_are_there() -> None:
    uptake = _with_lesion("L")
    some = {name: uptake[name] for name in (ViewName.LCC, ViewName.RMLO)}
    named = dict(zip(UPTAKE_FEATURES, uptake_features(some), strict=True))
    assert named["asymmetry of the focus"] == 0.0
    assert named["focus"] > np.log(2.5)
    with pytest.raises(ValueError, match="of a view"):
        uptake_features({})


def test_ratios_do_not_know_dose_or_time() -> None:
    exam = make_exam()
    views = {
        name: dataclasses.replace(view, counts=view.counts * 3, duration_s=90.0)
        for name, view in exam.views.items()
    }
    other = measure_uptake(dataclasses.replace(exam, views=views))
    for name, each in measure_uptake(exam).items():
        assert other[name].focus == pytest.approx(each.focus, rel=1e-5)
        assert other[name].unevenness == pytest.approx(each.unevenness, rel=1e-4)
