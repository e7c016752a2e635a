"""From counts per second to counts: dose, times, decay and Poisson noise."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Shaped, UInt16

from bsgi.errors import ConfigError
from bsgi.exam.orientation import STANDARD_ORIENTATION
from bsgi.exam.record import ViewName
from bsgi.physics.camera.isotope import Isotope

# What 16 bits hold, with room for noise.
LARGEST_MEAN_COUNTS = 60_000.0


@dataclass(frozen=True, slots=True)
class Protocol:
    """How the four views are taken after the injection.

    Args:
        uptake_s: From injection to the first view.
        view_s: Time per view.
        pause_s: Between two views, for positioning.
        order: Order of the views.

    Raises:
        ValueError: If a time is negative, or views are missing or doubled.
    """

    uptake_s: float = 600.0  # F: the paper's 10 min after injection
    view_s: float = 600.0  # F: 10 min per view, as guidelines and studies have it
    pause_s: float = 60.0  # D
    order: tuple[ViewName, ...] = tuple(ViewName)  # D

    def __post_init__(self) -> None:
        if min(self.uptake_s, self.pause_s) < 0 or not self.view_s > 0:
            raise ValueError(f"times must be positive, got {self}.")
        if sorted(self.order) != sorted(ViewName):
            raise ValueError(f"order must name each view once, got {self.order}.")

    def start_s(self, name: ViewName) -> float:
        """Start of a view after the injection."""
        return self.uptake_s + self.order.index(name) * (self.view_s + self.pause_s)

    def exposure_mbq_s(
        self, name: ViewName, dose_mbq: float, isotope: Isotope
    ) -> float:
        """Injected activity times duration, less what decayed before and during."""
        left = isotope.mean_decay_factor(self.start_s(name), self.view_s)
        return dose_mbq * self.view_s * left


def draw_counts(
    rng: np.random.Generator, mean_counts: Float32[np.ndarray, "row col"]
) -> UInt16[np.ndarray, "row col"]:
    """Counts of one acquisition: Poisson, the last step of image formation.

    Args:
        rng: Source of randomness.
        mean_counts: Expected counts per pixel.

    Raises:
        ConfigError: If a pixel expects more than a 16-bit image can hold.
    """
    brightest = float(mean_counts.max())
    if not brightest <= LARGEST_MEAN_COUNTS:
        raise ConfigError(
            f"a pixel must expect at most {LARGEST_MEAN_COUNTS:.0f} counts, got "
            f"{brightest:.0f}; lower the dose or the time per view."
        )
    return rng.poisson(mean_counts).astype(np.uint16)


def pose_as_saved(
    image: Shaped[np.ndarray, "row col"], name: ViewName
) -> Shaped[np.ndarray, "row col"]:
    """Turn an image from canonical pose (chest wall left) into that of its view.

    Args:
        image: Chest wall at column 0; lateral (CC) or the head (MLO) at row 0.
        name: The view.
    """
    chest_wall_right = STANDARD_ORIENTATION[name][0] == "P"
    return np.ascontiguousarray(image[:, ::-1] if chest_wall_right else image)
