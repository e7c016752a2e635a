import dataclasses

import numpy as np
import pytest

from bsgi.errors import ExamError
from bsgi.exam.record import Projection, Side, ViewName
from tests.conftest import make_exam, make_view


def test_the_canonical_order_is_the_papers() -> None:
    assert [name.value for name in ViewName] == ["LCC", "RCC", "LMLO", "RMLO"]


@pytest.mark.parametrize("name", ViewName)
def test_a_view_name_is_its_side_and_projection(name: ViewName) -> None:
    assert name.value == Side(name.side).value + Projection(name.projection).value


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"spacing_mm": (0.0, 3.2)}, "spacing_mm must be positive"),
        ({"spacing_mm": (float("nan"), 3.2)}, "spacing_mm must be positive"),
        ({"duration_s": 0.0}, "duration_s must be positive"),
        ({"duration_s": float("inf")}, "duration_s must be positive"),
        ({"energy_window_kev": (154.0, 126.0)}, "energy_window_kev must be"),
        ({"heads_mirrored": (False, True)}, "must have 1 entries"),
        ({"counts": np.full((1, 2, 2), -1)}, "must not be negative"),
        ({"counts": np.zeros((1, 0, 2), int)}, "must have heads, rows and columns"),
    ],
)
def test_an_impossible_view_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(ExamError, match=message):
        dataclasses.replace(make_view(ViewName.LCC), **change)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"views": {}}, "must have at least one view"),
        ({"exam_id": ""}, "must have an exam_id"),
        ({"dose_mbq": 0.0}, "dose_mbq must be positive"),
        ({"age_years": 200.0}, "age_years must be 0 to 130"),
        ({"views": {ViewName.RCC: make_view(ViewName.LCC)}}, "LCC stands under RCC"),
    ],
)
def test_an_impossible_exam_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(ExamError, match=message):
        dataclasses.replace(make_exam(), **change)  # type: ignore[arg-type]


def test_total_counts_do_not_overflow() -> None:
    view = make_view(ViewName.LCC)
    full = dataclasses.replace(view, counts=np.full((1, 256, 256), 65535, np.uint16))
    assert full.total_counts == 65535 * 256 * 256
