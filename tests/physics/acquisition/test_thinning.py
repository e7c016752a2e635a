from dataclasses import replace

import numpy as np
import pytest

from bsgi.errors import ConfigError, ExamError
from bsgi.exam.record import View, ViewName
from bsgi.physics.acquisition.thinning import thin_exam
from tests.conftest import make_exam

SHARES = (0.1, 0.5, 1.0)


@pytest.mark.parametrize("share", SHARES)
def test_thinned_counts_are_poisson_about_the_share(share: float) -> None:
    """Thinning a Poisson image gives a Poisson image: variance over mean is one."""
    rng = np.random.default_rng(1)
    exam = make_exam(rng=rng)
    name = ViewName.LCC
    bright = make_exam().views[name].counts[0] > 0
    mean = 100.0
    stack = []
    for _ in range(40):
        full = rng.poisson(mean, exam.views[name].counts.shape).astype(np.uint16)
        views = {**exam.views, name: replace(exam.views[name], counts=full)}
        thin = thin_exam(replace(exam, views=views), share, rng, of="dose")
        counts = thin.views[name].counts
        assert counts.dtype == np.uint16
        assert (counts <= full).all()
        stack.append(counts[0][bright].astype(float))
    pixels = np.stack(stack)
    assert pixels.mean() == pytest.approx(share * mean, rel=0.005)
    ratio = pixels.var(axis=0, ddof=1).mean() / pixels.mean()
    assert ratio == pytest.approx(1.0, abs=0.03)


def test_a_lower_dose_is_written_down_and_times_stay() -> None:
    exam = make_exam(rng=np.random.default_rng(2))
    thin = thin_exam(exam, 0.4, np.random.default_rng(3), of="dose")
    assert thin.dose_mbq == pytest.approx(296.0)
    assert thin.present() == exam.present()
    for name, view in thin.views.items():
        before = exam.views[name]
        assert view.duration_s == before.duration_s
        assert view.start_s == before.start_s
        assert view.source_uid == ""
        assert view.total_counts == pytest.approx(0.4 * before.total_counts, rel=0.02)
    assert replace(thin, views=exam.views, dose_mbq=exam.dose_mbq) == exam


def test_a_shorter_time_is_written_down_and_the_dose_stays() -> None:
    exam = make_exam(rng=np.random.default_rng(2))
    thin = thin_exam(exam, 0.5, np.random.default_rng(3), of="time")
    assert thin.dose_mbq == exam.dose_mbq
    assert {view.duration_s for view in thin.views.values()} == {300.0}
    assert {view.start_s for view in thin.views.values()} == {600.0}


def test_all_of_an_exam_keeps_every_count_and_an_unknown_dose_stays_unknown() -> None:
    exam = replace(make_exam(rng=np.random.default_rng(2)), dose_mbq=None)
    thin = thin_exam(exam, 1.0, np.random.default_rng(3), of="dose")
    assert thin.dose_mbq is None
    for name, view in thin.views.items():
        assert np.array_equal(view.counts, exam.views[name].counts)


def test_a_thinned_view_is_no_longer_ended_by_its_counts() -> None:
    exam = make_exam(rng=np.random.default_rng(2))
    views = {
        name: replace(view, stopped_by_counts=True) for name, view in exam.views.items()
    }
    thin = thin_exam(
        replace(exam, views=views), 0.5, np.random.default_rng(3), of="dose"
    )
    assert not any(view.stopped_by_counts for view in thin.views.values())


def test_the_same_rng_gives_the_same_exam() -> None:
    exam = make_exam(rng=np.random.default_rng(2))
    one, other = (
        thin_exam(exam, 0.5, np.random.default_rng(9), of="time") for _ in range(2)
    )
    for name in ViewName:
        assert np.array_equal(one.views[name].counts, other.views[name].counts)


@pytest.mark.parametrize("share", [0.0, -0.5, 1.01, float("nan")])
def test_an_impossible_share_is_refused(share: float) -> None:
    with pytest.raises(ConfigError, match="share must be above 0 and up to 1, got"):
        thin_exam(make_exam(), share, np.random.default_rng(0), of="dose")


def test_counts_that_are_scaled_are_refused() -> None:
    exam = make_exam()
    scaled: View = replace(exam.views[ViewName.LCC], rescale_slope=2.0)
    with pytest.raises(ExamError, match=r"LCC must hold events .* rescale slope of 2"):
        thin_exam(
            replace(exam, views={ViewName.LCC: scaled}),
            0.5,
            np.random.default_rng(0),
            of="dose",
        )
