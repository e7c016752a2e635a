"""Counts of one view against the laws that they must follow."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from bsgi.errors import ConfigError
from bsgi.exam.record import ViewName
from bsgi.physics.acquisition.acquire import Acquisition, acquire_view
from bsgi.physics.acquisition.protocol import Protocol
from bsgi.physics.camera.catalogue import CAMERAS
from bsgi.physics.camera.isotope import TC99M
from bsgi.physics.camera.record import Camera

each_camera = pytest.mark.parametrize("camera", CAMERAS.values(), ids=CAMERAS.keys())
DOSE_MBQ = 500.0
PITCH_MM = 2.0


def build_rate(mean_counts: float, shape: tuple[int, ...] = (1, 12, 10)) -> np.ndarray:
    """Rates that give about a mean count per pixel in 600 s, uneven on purpose."""
    slope = np.linspace(0.5, 1.5, shape[-1])
    return np.broadcast_to(slope * mean_counts / 600.0 / DOSE_MBQ, shape).astype(
        np.float32
    )


def take(
    seed: int,
    rate: np.ndarray,
    protocol: Protocol,
    name: ViewName = ViewName.LCC,
    gains: np.ndarray | None = None,
) -> Acquisition:
    return acquire_view(
        np.random.default_rng(seed),
        rate,
        name,
        protocol,
        dose_mbq=DOSE_MBQ,
        isotope=TC99M,
        pitch_mm=PITCH_MM,
        gains=gains,
    )


def expected(rate: np.ndarray, protocol: Protocol, name: ViewName) -> np.ndarray:
    """Activity integrated over the view in steps of a second."""
    moment_s = protocol.start_s(name) + np.arange(0.5, protocol.view_s)
    return rate * DOSE_MBQ * float((0.5 ** (moment_s / TC99M.half_life_s)).sum())


@pytest.mark.parametrize("name", ViewName)
def test_a_static_view_is_poisson_about_rate_dose_time_and_decay(
    name: ViewName,
) -> None:
    protocol, rate = Protocol(), build_rate(60.0)
    views = [take(seed, rate, protocol, name) for seed in range(300)]
    assert all(view.frame_s == (600.0,) for view in views)
    assert {view.start_s for view in views} == {protocol.start_s(name)}
    counts = np.stack([view.counts for view in views]).astype(float)
    mean = expected(rate, protocol, name)
    assert counts.mean(axis=0) == pytest.approx(mean, rel=0.05)
    assert counts.mean() == pytest.approx(mean.mean(), rel=0.003)
    ratio = counts.var(axis=0, ddof=1) / mean
    assert ratio.mean() == pytest.approx(1.0, abs=0.03)


@each_camera
def test_every_cameras_heads_are_taken_together(camera: Camera) -> None:
    rate = build_rate(20.0, (camera.heads, camera.rows, camera.cols))
    view = take(1, rate, Protocol())
    assert view.counts.shape == rate.shape
    assert view.frames.shape == (1, *rate.shape)
    if camera.heads == 2:
        assert not np.array_equal(view.counts[0], view.counts[1])


def test_frames_sum_to_a_poisson_image_of_the_same_mean() -> None:
    """20 frames of 30 s; each follows the decay, and their sum the static law."""
    protocol, rate = Protocol(frame_s=30.0), build_rate(60.0)
    views = [take(seed, rate, protocol) for seed in range(200)]
    assert all(view.frame_s == (30.0,) * 20 for view in views)
    counts = np.stack([view.counts for view in views]).astype(float)
    mean = expected(rate, protocol, ViewName.LCC)
    assert counts.mean() == pytest.approx(mean.mean(), rel=0.004)
    assert (counts.var(axis=0, ddof=1) / mean).mean() == pytest.approx(1, abs=0.05)
    frames = np.stack([view.frames for view in views]).astype(float)
    per_frame = frames.mean(axis=(0, 2, 3, 4))
    decay = [TC99M.mean_decay_factor(600.0 + 30.0 * k, 30.0) for k in range(20)]
    assert per_frame == pytest.approx(np.array(decay) * rate.mean() * 15_000, rel=0.02)
    # Frames are drawn apart: neighbours in time share nothing but their mean.
    off = frames - frames.mean(axis=0)
    assert abs(np.corrcoef(off[:, 0].ravel(), off[:, 1].ravel())[0, 1]) < 0.03


def test_a_last_frame_may_be_shorter() -> None:
    view = take(0, build_rate(60.0), Protocol(frame_s=250.0))
    assert view.frame_s == (250.0, 250.0, 100.0)
    assert view.duration_s == 600.0
    assert len(view.frames) == 3
    exact = take(0, build_rate(60.0), Protocol(frame_s=0.6))
    assert exact.frame_s == (0.6,) * 1000


@pytest.mark.parametrize("frame_s", [None, 30.0])
def test_counts_end_a_view_exactly_in_the_time_that_they_take(
    frame_s: float | None,
) -> None:
    rate = build_rate(100.0)
    protocol = Protocol(view_counts=4000.0, frame_s=frame_s)
    views = [take(seed, rate, protocol) for seed in range(400)]
    assert all(view.stopped_by_counts for view in views)
    assert {int(view.counts.sum()) for view in views} == {4000}
    times = np.array([view.duration_s for view in views])
    assert times == pytest.approx([sum(view.frame_s) for view in views])
    assert (np.round(times, 3) == times).all()
    # The exposure at the 4000th event is gamma distributed: Kolmogorov-Smirnov.
    at_start = DOSE_MBQ * float(rate.sum(dtype=float))
    exposures = [TC99M.mean_decay_factor(600.0, t) * t * at_start for t in times]
    assert stats.kstest(exposures, stats.gamma(4000).cdf).pvalue > 0.01
    counts = np.stack([view.counts for view in views]).astype(float)
    assert counts.mean(axis=(0, 1, 2)) == pytest.approx(
        4000 * rate[0, 0] / rate.sum(), rel=0.02
    )


def test_time_ends_a_view_whose_counts_do_not_come() -> None:
    rate = build_rate(100.0)
    protocol = Protocol(view_counts=1e6)
    views = [take(seed, rate, protocol) for seed in range(300)]
    assert not any(view.stopped_by_counts for view in views)
    assert {view.duration_s for view in views} == {600.0}
    totals = np.array([view.counts.sum() for view in views], float)
    mean = float(expected(rate, protocol, ViewName.LCC).sum())
    assert totals.mean() == pytest.approx(mean, rel=0.002)
    assert totals.var(ddof=1) / mean == pytest.approx(1.0, abs=0.3)


def test_events_within_the_time_have_the_law_of_a_poisson_process() -> None:
    """Wanted near the mean: the smaller of a Poisson number and what is wanted."""
    rate = build_rate(1.0, (1, 4, 5))
    mean = float(expected(rate, Protocol(), ViewName.LCC).sum())
    wanted = round(mean)
    totals = np.array(
        [
            take(seed, rate, Protocol(view_counts=float(wanted))).counts.sum()
            for seed in range(4000)
        ]
    )
    assert totals.max() == wanted
    law = stats.poisson(mean)
    for fewer in range(wanted - 6, wanted):
        share = float(np.mean(totals <= fewer))
        assert share == pytest.approx(law.cdf(fewer), abs=0.03)


def test_a_dark_view_ends_by_time_and_is_empty() -> None:
    dark = np.zeros((1, 4, 4), np.float32)
    view = take(0, dark, Protocol(view_counts=100.0))
    assert view.counts.sum() == 0
    assert not view.stopped_by_counts
    assert take(0, dark, Protocol()).counts.sum() == 0


def test_motion_smears_a_spot_and_leaves_the_gains_in_place() -> None:
    rate = np.zeros((2, 40, 40), np.float32)
    rate[:, 20, 20] = 0.1
    gains = np.ones_like(rate)
    gains[:, 20, 20] = 0.0
    moving = Protocol(motion_share=1.0, motion_mm=20.0)
    bare, dead = take(4, rate, moving), take(4, rate, moving, gains=gains)
    still = take(4, rate, Protocol())
    assert (still.counts > 0).sum() == 2
    assert (bare.counts > 0).sum() > 2
    assert bare.counts.sum() == pytest.approx(still.counts.sum(), rel=0.05)
    # The spot has left its dead pixel; what it was before the motion is lost.
    assert (dead.counts[:, 20, 20] == 0).all()
    assert 0 < dead.counts.sum() < bare.counts.sum()


def test_motion_comes_between_frames() -> None:
    rate = np.zeros((1, 40, 40), np.float32)
    rate[0, 20, 20] = 0.1
    moving = Protocol(motion_share=1.0, motion_mm=30.0, frame_s=30.0)
    frames = take(5, rate, moving).frames[:, 0]
    at_home = frames[:, 20, 20] > 0.9 * frames.sum(axis=(1, 2))
    assert at_home[0]
    assert not at_home[-1]
    assert np.abs(np.diff(at_home.astype(int))).sum() == 1


def test_gains_multiply_the_mean() -> None:
    rate, gains = build_rate(2000.0), np.full((1, 12, 10), 0.5, np.float32)
    half = take(6, rate, Protocol(), gains=gains).counts.sum()
    assert half / take(6, rate, Protocol()).counts.sum() == pytest.approx(0.5, rel=0.01)


@pytest.mark.parametrize("frame_s", [None, 10.0])
def test_counts_beyond_16_bits_are_refused(frame_s: float | None) -> None:
    with pytest.raises(ConfigError, match="at most 60000 counts, got"):
        take(0, build_rate(5e4), Protocol(frame_s=frame_s))


@pytest.mark.parametrize(
    "protocol",
    [
        Protocol(),
        Protocol(frame_s=30.0, view_counts=3000.0, motion_share=0.5, motion_mm=5.0),
    ],
)
def test_the_same_rng_gives_the_same_counts(protocol: Protocol) -> None:
    rate = build_rate(30.0)
    first, again = take(7, rate, protocol), take(7, rate, protocol)
    assert np.array_equal(first.frames, again.frames)
    assert first.frame_s == again.frame_s
    assert not np.array_equal(
        first.counts, take(8, rate, replace(protocol, uptake_s=0.0)).counts
    )
