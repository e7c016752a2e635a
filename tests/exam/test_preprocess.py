import dataclasses

import numpy as np
import pytest
from scipy import ndimage

from bsgi.exam.orientation import find_pose
from bsgi.exam.preprocess import (
    Preprocessing,
    image_spacing_mm,
    preprocess,
    preprocess_mask,
    preprocess_posed_mask,
)
from bsgi.exam.record import ViewName
from tests.conftest import make_exam, make_view

UPTAKE = Preprocessing()
PLAIN = Preprocessing(intensity="view-maximum")


@pytest.mark.parametrize("settings", [UPTAKE, PLAIN])
def test_left_and_right_of_a_symmetric_exam_are_the_same(
    settings: Preprocessing,
) -> None:
    stack = preprocess(make_exam(), settings)
    assert np.array_equal(stack[0], stack[1])
    assert np.array_equal(stack[2], stack[3])


def test_normal_tissue_is_one_and_the_empty_field_zero() -> None:
    stack = preprocess(make_exam(rng=np.random.default_rng(3)), UPTAKE)
    assert np.median(stack[stack > 0.5]) == pytest.approx(1.0, abs=0.02)
    assert stack[:, :, -1].max() == 0


def test_a_missing_view_is_an_empty_channel() -> None:
    stack = preprocess(make_exam(views=(ViewName.RCC, ViewName.LMLO)), UPTAKE)
    assert [bool(channel.any()) for channel in stack] == [False, True, True, False]


def test_uptake_does_not_change_with_dose_or_time() -> None:
    exam = make_exam()
    longer = {
        name: dataclasses.replace(view, counts=view.counts * 3)
        for name, view in exam.views.items()
    }
    tripled = dataclasses.replace(exam, views=longer)
    assert np.allclose(preprocess(exam, UPTAKE), preprocess(tripled, UPTAKE))


def test_asymmetry_survives() -> None:
    exam = make_exam()
    right = exam.views[ViewName.RCC]
    hot = dataclasses.replace(right, counts=right.counts * 2)
    uneven = dataclasses.replace(exam, views={**exam.views, ViewName.RCC: hot})
    stack = preprocess(uneven, UPTAKE)
    assert np.allclose(stack[1], 2 * stack[0])


def test_plain_reading_agrees_with_scipy_zoom() -> None:
    """scipy.ndimage.zoom on the grid of pixel edges is the independent program."""
    exam = make_exam(rng=np.random.default_rng(4), views=(ViewName.LCC,))
    counts = exam.views[ViewName.LCC].counts[0].astype(float)
    reference = ndimage.zoom(
        counts / counts.max(), (256 / 64, 256 / 48), order=1, mode="nearest",
        grid_mode=True,
    )  # fmt: skip
    assert np.abs(preprocess(exam, PLAIN)[0] - reference).max() < 1e-5


def test_a_mask_lies_where_its_pixels_lie() -> None:
    name = ViewName.RMLO
    view = make_view(name)
    mask = np.zeros(view.counts.shape[1:], bool)
    mask[40:44, 20:24] = True
    spot = dataclasses.replace(
        view, counts=view.counts + 5000 * mask[None].astype(np.uint16)
    )
    exam = dataclasses.replace(make_exam(), views={name: spot})
    image = preprocess(exam, UPTAKE)[3]
    placed = preprocess_mask(mask, view, UPTAKE)
    assert np.array_equal(placed > 0.99, image > 0.99 * image.max())
    assert placed.sum() * (240 / 256) * (160 / 256) == pytest.approx(16 * 3.2**2, 0.01)


@pytest.mark.parametrize("settings", [UPTAKE, PLAIN])
@pytest.mark.parametrize("name", list(ViewName))
def test_a_posed_mask_lies_where_the_saved_one_lies(
    settings: Preprocessing, name: ViewName
) -> None:
    view = make_view(name)
    mask = np.zeros(view.counts.shape[1:], bool)
    mask[10:20, 5:30] = True
    posed = find_pose(view).apply(mask)
    assert np.array_equal(
        preprocess_posed_mask(posed, view, settings),
        preprocess_mask(mask, view, settings),
    )


@pytest.mark.parametrize("settings", [UPTAKE, PLAIN])
@pytest.mark.parametrize("transposed", [False, True])
def test_the_spacing_of_the_image_keeps_areas(
    settings: Preprocessing, *, transposed: bool
) -> None:
    view = make_view(ViewName.LCC, shape=(64, 44))
    if transposed:
        view = dataclasses.replace(
            view, counts=view.counts.transpose(0, 2, 1), orientation=("R", "A")
        )
    mask = np.zeros(view.counts.shape[1:], bool)
    mask[16:28, 16:28] = True
    down, along = image_spacing_mm(view, settings)
    area_mm2 = preprocess_mask(mask, view, settings).sum() * down * along
    assert area_mm2 == pytest.approx((12 * 3.2) ** 2, rel=0.01)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"size": 0}, "size must be positive, got 0"),
        ({"field_mm": (0.0, 160.0)}, "field_mm must be positive"),
    ],
)
def test_impossible_settings_are_refused(
    change: dict[str, object], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        dataclasses.replace(UPTAKE, **change)  # type: ignore[arg-type]
