"""When views are taken, for how long, and what ends them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from bsgi.errors import ConfigError
from bsgi.exam.record import ViewName

# What 16 bits hold, with room for noise.
LARGEST_MEAN_COUNTS = 60_000.0

# D: more frames than any dynamic breast study has; a bound on memory.
MOST_FRAMES = 1000

# D: bounds beyond which nothing is a breast exam: a day, a third of the field, and ten
# times the largest dose in use. A day in milliseconds fits its DICOM field.
LONGEST_S = 86_400.0
FARTHEST_MM = 50.0
LARGEST_DOSE_MBQ = 10_000.0

# Cameras and files tell time in whole milliseconds.
SHORTEST_S = 0.001


@dataclass(frozen=True, slots=True)
class Protocol:
    """How the four views are taken after the injection.

    Args:
        uptake_s: From injection to the first view.
        view_s: Time per view; with `view_counts`, the longest time.
        pause_s: Between two views, for positioning.
        order: Order of the views.
        view_counts: Events of all heads together that end a view; None if time does.
        frame_s: Time per frame of a dynamic view; None for one static image.
        motion_share: Share of views in which the patient moves once.
        motion_mm: Standard deviation of the way she moves.

    Raises:
        ValueError: If a time, count or share is impossible, or views are missing or
            doubled.
    """

    uptake_s: float = 600.0  # F: the paper's 10 min after injection
    view_s: float = 600.0  # F: 10 min per view, as guidelines and studies have it
    pause_s: float = 60.0  # D
    order: tuple[ViewName, ...] = tuple(ViewName)  # D
    view_counts: float | None = None
    frame_s: float | None = None  # F: EJNMMI Res 3:21 took 30 s frames
    motion_share: float = 0.0
    motion_mm: float = 0.0

    def __post_init__(self) -> None:
        for name in ("uptake_s", "pause_s"):
            if not 0 <= getattr(self, name) <= LONGEST_S:
                raise ValueError(
                    f"{name} must be 0 to {LONGEST_S:.0f} s (a day), got "
                    f"{getattr(self, name)}."
                )
        _check_duration("view_s", self.view_s)
        if self.frame_s is not None:
            _check_duration("frame_s", self.frame_s)
        read_order(self.order)
        if self.view_counts is not None and not 1 <= self.view_counts < 2**31:
            raise ValueError(
                f"view_counts must be 1 to 2^31 events, got {self.view_counts}."
            )
        if self.frame_s is not None and not (
            self.frame_s >= max(SHORTEST_S, self.view_s / MOST_FRAMES)
        ):
            raise ValueError(
                f"frame_s must give 1 to {MOST_FRAMES} frames in {self.view_s:g} s, "
                f"got {self.frame_s}."
            )
        if not 0 <= self.motion_share <= 1:
            raise ValueError(f"motion_share must be 0 to 1, got {self.motion_share}.")
        if not 0 <= self.motion_mm <= FARTHEST_MM:
            raise ValueError(
                f"motion_mm must be 0 to {FARTHEST_MM:g}, got {self.motion_mm}."
            )

    def start_s(self, name: ViewName) -> float:
        """Start of a view after the injection.

        Views that end by counts keep the places of the longest ones: later views do not
        move up, so that each view can be drawn without the others.
        """
        return self.uptake_s + self.order.index(name) * (self.view_s + self.pause_s)


def _check_duration(name: str, value_s: float) -> None:
    """Refuse a duration that is none, or longer than a day."""
    if not value_s > 0:
        raise ValueError(f"{name} must be positive, got {value_s}.")
    if not SHORTEST_S <= value_s <= LONGEST_S:
        raise ValueError(
            f"{name} must be {SHORTEST_S:g} to {LONGEST_S:.0f} s (a day), got "
            f"{value_s}."
        )


def read_order(names: Sequence[str]) -> tuple[ViewName, ...]:
    """An order of views, in which each stands once.

    Args:
        names: Names of the views, such as ``"LCC"``.

    Raises:
        ValueError: If a view is unknown, missing or doubled.
    """
    if sorted(names) != sorted(ViewName):
        raise ValueError(
            f"order must name each of {', '.join(ViewName)} once, got "
            f"{', '.join(names) or 'none'}."
        )
    return tuple(ViewName(name) for name in names)


def check_brightest(mean_counts: Float32[np.ndarray, "*any"]) -> None:
    """Refuse expected counts that 16 bits do not hold.

    Args:
        mean_counts: Expected counts per pixel of a whole view.

    Raises:
        ConfigError: If a pixel expects too many.
    """
    brightest = float(mean_counts.max())
    if not brightest <= LARGEST_MEAN_COUNTS:
        raise ConfigError(
            f"a pixel must expect at most {LARGEST_MEAN_COUNTS:.0f} counts, got "
            f"{brightest:.0f}; lower the dose or the time per view."
        )
