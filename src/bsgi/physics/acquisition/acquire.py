"""Counts of one view: dose, decay, motion, gains, frames, and chance as the last step.

A view ends after its time or after its counts, whichever the protocol says. Counts that
end a view are met exactly; the time that this takes is then the random part.
"""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from jaxtyping import Float32, UInt16

from bsgi.exam.record import ViewName
from bsgi.physics.acquisition.motion import draw_motion, shift_rate
from bsgi.physics.acquisition.protocol import Protocol, check_brightest
from bsgi.physics.camera.isotope import Isotope


@dataclass(frozen=True, slots=True)
class Acquisition:
    """What a camera recorded in one view, in the pose of the rates.

    Args:
        frames: Events per frame, head and pixel; a static view has one frame.
        frame_s: Duration of each frame; the last may be shorter.
        start_s: Start after the injection.
        duration_s: From the start to the end of the last frame.
        stopped_by_counts: Whether the counts ended the view, and not the time.
    """

    frames: UInt16[np.ndarray, "frame head row col"]
    frame_s: tuple[float, ...]
    start_s: float
    duration_s: float
    stopped_by_counts: bool

    @property
    def counts(self) -> UInt16[np.ndarray, "head row col"]:
        """The static image: all frames together."""
        total: UInt16[np.ndarray, "head row col"] = self.frames.sum(
            axis=0, dtype=np.uint16
        )
        return total


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a view during which nothing moves.

    Args:
        rate: Counts per second, pixel and MBq injected, before decay.
        begin_s: When it begins after the view has begun.
        end_s: When it ends.
    """

    rate: Float32[np.ndarray, "head row col"]
    begin_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class _Source:
    """Injected activity that is left, from the start of a view on."""

    dose_mbq: float
    isotope: Isotope
    start_s: float

    def exposure_mbq_s(self, begin_s: float, end_s: float) -> float:
        """Activity times time between two moments of the view; 0 if none is between."""
        length_s = end_s - begin_s
        if length_s <= 0:
            return 0.0
        return self.isotope.exposure_mbq_s(
            self.dose_mbq, self.start_s + begin_s, length_s
        )

    def wait_s(self, begin_s: float, exposure_mbq_s: float) -> float:
        """How long after a moment an exposure is reached."""
        decay = math.log(2.0) / self.isotope.half_life_s
        left_mbq = self.dose_mbq * self.isotope.decay_factor(self.start_s + begin_s)
        return -math.log1p(-decay * exposure_mbq_s / left_mbq) / decay


def acquire_view(
    rng: np.random.Generator,
    rate: Float32[np.ndarray, "head row col"],
    name: ViewName,
    protocol: Protocol,
    *,
    dose_mbq: float,
    isotope: Isotope,
    pitch_mm: float,
    gains: Float32[np.ndarray, "head row col"] | None = None,
) -> Acquisition:
    """Take one view: from expected rates to counts.

    Args:
        rng: Source of randomness, for motion and counts.
        rate: Expected counts per second and pixel for one MBq injected, without decay,
            in canonical pose.
        name: The view, which decides when it is taken.
        protocol: Times, what ends a view, frames and motion.
        dose_mbq: Injected activity.
        isotope: What decays.
        pitch_mm: Distance between pixel centres, for motion.
        gains: Gain of every pixel. A patient moves before the detector, so that gains
            stay where they are; give them here and not as part of the rate.

    Raises:
        ConfigError: If a pixel expects more counts than 16 bits hold.
    """
    source = _Source(dose_mbq, isotope, protocol.start_s(name))
    pieces = _split(rng, rate, protocol, pitch_mm, gains)
    duration_s, events, stopped = protocol.view_s, None, False
    if protocol.view_counts is not None:
        wanted = round(protocol.view_counts)
        duration_s, events, stopped = _stop_by_counts(rng, pieces, source, wanted)
    edges_s = _divide(duration_s, protocol.frame_s)
    mean = _expect_frames(pieces, source, edges_s)
    check_brightest(mean.sum(axis=0))
    if events is None:
        frames = rng.poisson(mean).astype(np.uint16)
    else:
        frames = _share_out(rng, mean, events)
    return Acquisition(
        frames=frames,
        frame_s=tuple(np.round(np.diff(edges_s), 3).tolist()),
        start_s=source.start_s,
        duration_s=duration_s,
        stopped_by_counts=stopped,
    )


def _split(
    rng: np.random.Generator,
    rate: Float32[np.ndarray, "head row col"],
    protocol: Protocol,
    pitch_mm: float,
    gains: Float32[np.ndarray, "head row col"] | None,
) -> list[_Piece]:
    """The parts of a view before and after the patient moved, as the detector sees."""
    motion = draw_motion(rng, protocol)
    pieces = [_Piece(rate, 0.0, protocol.view_s)]
    if motion is not None:
        moved = shift_rate(rate, motion, pitch_mm)
        pieces = [
            _Piece(rate, 0.0, motion.moment_s),
            _Piece(moved, motion.moment_s, protocol.view_s),
        ]
    if gains is None:
        return pieces
    return [_Piece(each.rate * gains, each.begin_s, each.end_s) for each in pieces]


def _stop_by_counts(
    rng: np.random.Generator, pieces: list[_Piece], source: _Source, wanted: int
) -> tuple[float, int, bool]:
    """When the wanted count comes, how many counts there are, and if it came in time.

    The expected counts at the n-th event are gamma distributed. If that is beyond the
    longest time, the events before it lie evenly on the way there, and those within
    the time are a binomial share.
    """
    needed = float(rng.gamma(wanted))
    passed = 0.0
    for piece in pieces:
        total = float(piece.rate.sum(dtype=float))
        expected = total * source.exposure_mbq_s(piece.begin_s, piece.end_s)
        if total > 0 and passed + expected >= needed:
            wait_s = source.wait_s(piece.begin_s, (needed - passed) / total)
            end_s = min(piece.begin_s + wait_s, piece.end_s)
            # Cameras and files tell time in whole milliseconds.
            return max(0.001, round(end_s, 3)), wanted, True
        passed += expected
    return pieces[-1].end_s, int(rng.binomial(wanted - 1, passed / needed)), False


def _divide(duration_s: float, frame_s: float | None) -> list[float]:
    """Begin of every frame in seconds, and the end of the last."""
    if frame_s is None:
        return [0.0, duration_s]
    # In whole milliseconds, so that no frame of nothing is left over.
    total_ms, step_ms = round(duration_s * 1000.0), round(frame_s * 1000.0)
    return [begin_ms / 1000.0 for begin_ms in range(0, total_ms, step_ms)] + [
        duration_s
    ]


def _expect_frames(
    pieces: list[_Piece], source: _Source, edges_s: list[float]
) -> Float32[np.ndarray, "frame head row col"]:
    """Expected counts of every frame."""
    mean = np.zeros((len(edges_s) - 1, *pieces[0].rate.shape), np.float32)
    for frame, (begin_s, end_s) in enumerate(pairwise(edges_s)):
        for piece in pieces:
            exposure = source.exposure_mbq_s(
                max(begin_s, piece.begin_s), min(end_s, piece.end_s)
            )
            if exposure > 0:
                mean[frame] += piece.rate * np.float32(exposure)
    return mean


def _share_out(
    rng: np.random.Generator,
    mean: Float32[np.ndarray, "frame head row col"],
    events: int,
) -> UInt16[np.ndarray, "frame head row col"]:
    """A known number of events over frames and pixels: Poisson, given their sum."""
    weights = mean.ravel().astype(float)
    total = weights.sum()
    if total == 0:
        return np.zeros(mean.shape, np.uint16)
    shared = rng.multinomial(events, weights / total)
    return shared.astype(np.uint16).reshape(mean.shape)
