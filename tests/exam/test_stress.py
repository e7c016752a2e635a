"""Laws of all stresses, and what each of them does."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from bsgi.errors import ExamError
from bsgi.exam.orientation import STANDARD_ORIENTATION, view_image
from bsgi.exam.preprocess import Preprocessing, preprocess
from bsgi.exam.record import Exam, View, ViewName
from bsgi.exam.stress import DRIFT_SHARE, STRESSES, Stress
from tests.conftest import make_exam

ALL = pytest.mark.parametrize("stress", STRESSES.values(), ids=list(STRESSES))


def two_heads(seed: int = 4) -> Exam:
    """An exam of a camera with two heads, the second mirrored, as files are saved."""
    rng = np.random.default_rng(seed)
    exam = make_exam(rng=rng)
    views = {}
    for name, view in exam.views.items():
        opposite = rng.poisson(view.counts[0]).astype(np.uint16)[:, ::-1]
        views[name] = replace(
            view,
            counts=np.stack([view.counts[0], opposite]),
            heads_mirrored=(False, True),
            orientation=STANDARD_ORIENTATION[name],
        )
    return replace(exam, views=views)


def changed_views(before: Exam, after: Exam) -> list[ViewName]:
    """Views that are not the very same object any more."""
    return [n for n in ViewName if after.views.get(n) is not before.views.get(n)]


@ALL
def test_counts_stay_whole_numbers_and_never_become_more(stress: Stress) -> None:
    exam = two_heads()
    after = stress.apply(exam, np.random.default_rng(1), (8, 8))
    assert sum(v.total_counts for v in after.views.values()) <= sum(
        v.total_counts for v in exam.views.values()
    )
    for name, view in after.views.items():
        source = exam.views[name]
        assert view.counts.dtype == source.counts.dtype
        if stress.name.startswith(("dose", "dead", "gain")):
            assert (view.counts <= source.counts).all()
        if stress.name.startswith("rotated"):
            assert view.total_counts == source.total_counts


@ALL
def test_what_is_known_of_the_exam_stays(stress: Stress) -> None:
    exam = two_heads()
    after = stress.apply(exam, np.random.default_rng(1), (8, 8))
    for name in Exam.__dataclass_fields__:
        if name not in ("views", "dose_mbq"):
            assert getattr(after, name) == getattr(exam, name)
    if not stress.name.startswith("dose"):
        assert after.dose_mbq == exam.dose_mbq


@ALL
def test_other_views_are_untouched(stress: Stress) -> None:
    exam = two_heads()
    changed = changed_views(exam, stress.apply(exam, np.random.default_rng(1), (8, 8)))
    assert 1 <= len(changed) == stress.views_changed


@ALL
def test_the_exam_itself_is_not_written_into(stress: Stress) -> None:
    exam = two_heads()
    before = {name: view.counts.copy() for name, view in exam.views.items()}
    stress.apply(exam, np.random.default_rng(1), (8, 8))
    for name, counts in before.items():
        assert np.array_equal(exam.views[name].counts, counts)


@ALL
def test_the_same_seed_gives_the_same_exam(stress: Stress) -> None:
    exam = two_heads()
    one, again, other = (
        stress.apply(exam, np.random.default_rng(seed), (8, 8)) for seed in (3, 3, 4)
    )
    same = [_equal(one.views, again.views), _equal(one.views, other.views)]
    assert same[0]
    assert stress.random or same[1]


@ALL
def test_every_stressed_exam_can_be_preprocessed_and_looks_other(
    stress: Stress,
) -> None:
    exam = two_heads()
    settings = Preprocessing(size=64)
    before = preprocess(exam, settings)
    after = preprocess(stress.apply(exam, np.random.default_rng(2), (8, 8)), settings)
    assert np.abs(after - before).max() > 0.05


def _equal(one: Mapping[ViewName, View], other: Mapping[ViewName, View]) -> bool:
    return one.keys() == other.keys() and all(
        np.array_equal(one[name].counts, other[name].counts) for name in one
    )


@pytest.mark.parametrize(
    ("name", "share"), [("dose-half", 0.5), ("dose-quarter", 0.25)]
)
def test_a_lower_dose_keeps_its_share_of_events_and_stays_poisson(
    name: str, share: float
) -> None:
    exam = make_exam()  # without noise: equal pixels of known mean
    after = STRESSES[name].apply(exam, np.random.default_rng(5))
    view, source = after.views[ViewName.LCC], exam.views[ViewName.LCC]
    kept = view.counts[source.counts == source.counts.max()]
    mean = share * float(source.counts.max())
    assert kept.mean() == pytest.approx(mean, abs=5 * np.sqrt(mean / kept.size))
    # A fixed number of events, thinned: variance n p (1 - p).
    assert kept.var() == pytest.approx(mean * (1 - share), rel=0.2)
    assert after.dose_mbq == share * (exam.dose_mbq or 0.0)
    assert view.duration_s == source.duration_s


def test_a_drifted_gain_loses_its_share_of_one_view() -> None:
    exam = make_exam()
    after = STRESSES["gain-drift"].apply(exam, np.random.default_rng(5))
    (name,) = changed_views(exam, after)
    share = after.views[name].total_counts / exam.views[name].total_counts
    assert share == pytest.approx(DRIFT_SHARE, abs=0.01)


@pytest.mark.parametrize("name", list(ViewName))
def test_a_missing_view_is_an_empty_channel(name: ViewName) -> None:
    exam = make_exam(rng=np.random.default_rng(1))
    after = STRESSES[f"missing-{name.lower()}"].apply(exam, np.random.default_rng(0))
    image = preprocess(after, Preprocessing(size=32))
    empty = [not image[channel].any() for channel in range(4)]
    assert empty == [one is name for one in ViewName]


@pytest.mark.parametrize("seed", range(6))
def test_a_turned_view_is_turned_in_both_heads_alike(seed: int) -> None:
    exam = two_heads()
    for name, quarters in (("rotated-90", 1), ("rotated-180", 2)):
        after = STRESSES[name].apply(exam, np.random.default_rng(seed))
        (changed,) = changed_views(exam, after)
        # Unposed: the heads laid on one another as the camera saved them.
        standing = {
            n: replace(v, orientation=("A", "FR" if "MLO" in n else _down(n)))
            for n, v in ((changed, exam.views[changed]),)
        }
        one = view_image(standing[changed])
        two = view_image(
            replace(after.views[changed], orientation=standing[changed].orientation)
        )
        assert np.array_equal(two, np.rot90(one, quarters))


def _down(name: ViewName) -> str:
    """The direction of the saved column for which the common pose turns nothing."""
    return "R" if name.side == "L" else "L"


def test_swapped_sides_keep_the_chest_wall_and_turn_lateral_to_medial() -> None:
    exam = two_heads()
    after = STRESSES["swapped-cc"].apply(exam, np.random.default_rng(0))
    for name, other in (("LCC", "RCC"), ("RCC", "LCC")):
        before = view_image(exam.views[ViewName(name)])
        assert np.array_equal(view_image(after.views[ViewName(other)]), before[::-1])
        assert after.views[ViewName(other)].name == other


@pytest.mark.parametrize("seed", range(5))
def test_a_dead_module_is_one_block_of_the_detector_before_the_breast(
    seed: int,
) -> None:
    exam = two_heads()
    lit = {n: replace(v, counts=v.counts + 50) for n, v in exam.views.items()}
    after = STRESSES["dead-module"].apply(
        replace(exam, views=lit), np.random.default_rng(seed), (8, 8)
    )
    places = set()
    for name, view in after.views.items():
        assert np.array_equal(view.counts[1], lit[name].counts[1])
        first = replace(view, counts=view.counts[:1], heads_mirrored=(False,))
        rows, cols = np.nonzero(view_image(first) == 0)
        assert len(rows) == 64
        assert int(np.ptp(rows)) == int(np.ptp(cols)) == 7
        top = int(rows.min()) if name.side == "L" else 64 - 1 - int(rows.max())
        places.add((top, int(cols.min())))
    (place,) = places
    assert place[0] % 8 == place[1] % 8 == 0


def test_a_module_of_an_unknown_camera_is_about_40_mm_wide() -> None:
    exam = make_exam()
    after = STRESSES["dead-module"].apply(exam, np.random.default_rng(0))
    view, source = after.views[ViewName.LCC], exam.views[ViewName.LCC]
    lost = (source.counts > 0) & (view.counts == 0)
    assert 0 < lost.sum() <= 12 * 12  # 40 mm are 12.5 pixels of 3.2 mm


@pytest.mark.parametrize(
    ("stress", "views"),
    [
        ("missing-lcc", (ViewName.RCC,)),
        ("missing-rcc", (ViewName.RCC,)),
        ("swapped-cc", (ViewName.LCC, ViewName.LMLO)),
    ],
)
def test_what_an_exam_lacks_cannot_be_changed(
    stress: str, views: tuple[ViewName, ...]
) -> None:
    with pytest.raises(ExamError, match="must have"):
        STRESSES[stress].apply(make_exam(views=views), np.random.default_rng(0))


@pytest.mark.parametrize("stress", ["dose-half", "gain-drift"])
def test_scaled_integers_are_no_events_to_lose(stress: str) -> None:
    exam = make_exam()
    views = {n: replace(v, rescale_slope=0.5) for n, v in exam.views.items()}
    with pytest.raises(ExamError, match="rescale slope"):
        STRESSES[stress].apply(replace(exam, views=views), np.random.default_rng(0))


def test_a_blank_exam_has_no_module_to_lose() -> None:
    exam = make_exam()
    views = {
        n: replace(v, counts=np.zeros_like(v.counts)) for n, v in exam.views.items()
    }
    with pytest.raises(ExamError, match="before a whole detector module"):
        STRESSES["dead-module"].apply(
            replace(exam, views=views), np.random.default_rng(0)
        )
