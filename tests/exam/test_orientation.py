import dataclasses
from itertools import product

import numpy as np
import pytest

from bsgi.errors import ExamError
from bsgi.exam.orientation import (
    STANDARD_ORIENTATION,
    Pose,
    find_pose,
    view_image,
)
from bsgi.exam.record import ViewName
from tests.conftest import make_view

POSES = [Pose(*flags) for flags in product((False, True), repeat=3)]


@pytest.mark.parametrize("pose", POSES)
def test_undo_brings_back_what_apply_took(pose: Pose) -> None:
    image = np.arange(12).reshape(3, 4)
    assert np.array_equal(pose.undo(pose.apply(image)), image)


@pytest.mark.parametrize("name", ViewName)
def test_unstated_orientation_is_that_of_mammography(name: ViewName) -> None:
    view = make_view(name)
    stated = dataclasses.replace(view, orientation=STANDARD_ORIENTATION[name])
    assert find_pose(view) == find_pose(stated)


@pytest.mark.parametrize("name", ViewName)
@pytest.mark.parametrize("turned", POSES)
def test_every_way_to_save_a_view_gives_one_pose(name: ViewName, turned: Pose) -> None:
    """A view saved turned or mirrored, and said to be so, looks the same."""
    rng = np.random.default_rng(1)
    view = dataclasses.replace(
        make_view(name),
        counts=rng.integers(0, 99, (1, 6, 5), np.uint16),
        orientation=STANDARD_ORIENTATION[name],
    )
    assert view.orientation is not None
    row, col = view.orientation
    opposite = str.maketrans("APLRFH", "PARLHF")
    if turned.transpose:
        row, col = col, row
    if turned.flip_cols:
        row = row.translate(opposite)
    if turned.flip_rows:
        col = col.translate(opposite)
    saved = dataclasses.replace(
        view, counts=turned.apply(view.counts[0])[None], orientation=(row, col)
    )
    assert np.array_equal(view_image(saved), view_image(view))


@pytest.mark.parametrize("name", ViewName)
def test_chest_wall_lies_at_column_zero(name: ViewName) -> None:
    image = view_image(make_view(name))
    assert image[:, 0].sum() > 0
    assert image[:, -1].sum() == 0


def test_mirrored_heads_are_turned_before_they_are_added() -> None:
    view = make_view(ViewName.LCC)
    both = dataclasses.replace(
        view,
        counts=np.concatenate([view.counts, view.counts[:, :, ::-1]]),
        heads_mirrored=(False, True),
    )
    assert np.array_equal(view_image(both), 2 * view_image(view))


@pytest.mark.parametrize(
    ("name", "orientation", "message"),
    [
        (ViewName.LCC, ("R", "F"), "must name anterior or posterior"),
        (ViewName.LCC, ("", ""), "must name anterior or posterior"),
        (ViewName.LCC, ("A", "F"), "must tell lateral from medial"),
        (ViewName.LMLO, ("A", "P"), "must tell lateral from medial or head from foot"),
    ],
)
def test_an_orientation_that_does_not_tell_is_refused(
    name: ViewName, orientation: tuple[str, str], message: str
) -> None:
    view = dataclasses.replace(make_view(name), orientation=orientation)
    with pytest.raises(ExamError, match=message):
        find_pose(view)
