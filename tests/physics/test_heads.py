import numpy as np
import pytest

from bsgi.exam.orientation import STANDARD_ORIENTATION, view_image
from bsgi.exam.record import Side, View, ViewName
from bsgi.physics.heads import HEADS_MIRRORED, pose_as_saved, save_heads, turn_detector


@pytest.mark.parametrize("name", ViewName)
@pytest.mark.parametrize("heads", [1, 2])
def test_what_is_saved_is_found_again_in_the_common_pose(
    name: ViewName, heads: int
) -> None:
    counts = np.random.default_rng(3).integers(0, 99, (heads, 5, 4)).astype(np.uint16)
    kept = counts.copy()
    view = View(
        name=name,
        counts=save_heads(counts, name),
        spacing_mm=(1.6, 1.6),
        duration_s=600.0,
        orientation=STANDARD_ORIENTATION[name],
        heads_mirrored=HEADS_MIRRORED[:heads],
    )
    assert np.array_equal(view_image(view), counts.sum(axis=0))
    assert np.array_equal(counts, kept)


@pytest.mark.parametrize("name", ViewName)
def test_an_opposite_head_runs_against_the_first(name: ViewName) -> None:
    same = np.arange(12, dtype=np.uint16).reshape(1, 3, 4).repeat(2, axis=0)
    first, opposite = save_heads(same, name)
    assert np.array_equal(first, opposite[:, ::-1])


def test_frames_are_saved_one_by_one() -> None:
    frames = np.random.default_rng(3).integers(0, 9, (3, 2, 5, 4)).astype(np.uint16)
    saved = save_heads(frames, ViewName.RMLO)
    for before, after in zip(frames, saved, strict=True):
        assert np.array_equal(after, save_heads(before, ViewName.RMLO))


@pytest.mark.parametrize("name", ViewName)
def test_a_detector_stays_as_it_is_for_both_breasts(name: ViewName) -> None:
    """In saved pixels its chest-wall edge turns, and with it the whole detector.

    The left breast's image turned by half a turn is the right one's: the detector was
    not mirrored, but lies the other way round on the screen.
    """
    gains = np.random.default_rng(3).random((1, 5, 4)).astype(np.float32)
    saved = save_heads(turn_detector(gains, name), name)[0]
    own = gains[0] if name.side is Side.LEFT else np.rot90(gains[0], 2)
    assert np.array_equal(saved, own)


def test_stacks_of_heads_are_posed_as_their_images_are() -> None:
    stack = np.arange(24).reshape(2, 3, 4)
    saved = pose_as_saved(stack, ViewName.RCC)
    for head, image in zip(saved, stack, strict=True):
        assert np.array_equal(head, pose_as_saved(image, ViewName.RCC))


@pytest.mark.parametrize("name", ViewName)
def test_right_breasts_have_the_chest_wall_on_the_right(name: ViewName) -> None:
    image = np.arange(12).reshape(3, 4)
    saved = pose_as_saved(image, name)
    expected = image[:, ::-1] if name.side == "R" else image
    assert np.array_equal(saved, expected)
    assert STANDARD_ORIENTATION[name][0] == ("P" if name.side == "R" else "A")
