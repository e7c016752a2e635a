"""The observer's own test: a uniform slab, where the best possible reader is known.

Images of a slab with and without a sphere are drawn with Poisson noise; the channelized
Hotelling observer is trained and measured on them and laid beside the ideal observer of
the same mean images.
"""

from dataclasses import dataclass

import numpy as np

from bsgi.physics.camera.record import Camera
from bsgi.physics.observers.channels import laguerre_gauss
from bsgi.physics.observers.hotelling import Detectability, measure_hotelling
from bsgi.physics.observers.ideal import Ideal, measure_ideal
from bsgi.physics.observers.looks import CHANNEL_MM, CHANNELS, REACH_MM
from bsgi.physics.observers.phantom import (
    middle_place,
    project_ball,
    project_slab,
)
from bsgi.physics.transport.projector import find_projector

# D: the task: a lesion of 10 mm at mid-height of 6 cm, its ratio such that the ideal
# observer has a d' of about 2, where observers differ most.
DIAMETER_MM = 10.0
THICKNESS_MM = 60.0
D_PRIME = 2.0
# D: mean counts of the background: those of a 10 min view at 740 MBq on a Dilon-like
# camera, per area; the ratio of observers hardly depends on it.
COUNTS_PER_CM2 = 1200.0


@dataclass(frozen=True, slots=True)
class UniformTest:
    """How near the channelized observer comes to the ideal one.

    Args:
        observer: Measured on drawn images.
        ideal: From the mean images.
    """

    observer: Detectability
    ideal: Ideal

    @property
    def efficiency(self) -> float:
        """The observer's d' over the ideal one's; above 1 by chance only."""
        return self.observer.d_prime / self.ideal.d_prime


def measure_on_uniform(camera: Camera, seed: int, images: int = 20_000) -> UniformTest:
    """Compare the channelized observer with the ideal one on one head of a camera.

    Args:
        camera: The camera.
        seed: From which the noise follows.
        images: How many images with the lesion, and without; with 20,000 the standard
            error of the comparison is about 1 %.
    """
    place = middle_place(camera, 0.5 * THICKNESS_MM)
    rows_mm, cols_mm = find_projector(camera).grid.pixel_centres_mm()
    radius_mm = np.hypot(
        (rows_mm - place.upward_mm)[:, None], (cols_mm - place.outward_mm)[None, :]
    )
    near = radius_mm <= REACH_MM
    ball = project_ball(camera, THICKNESS_MM, DIAMETER_MM, place.height_mm)
    flat = project_slab(camera, THICKNESS_MM, 1.0)
    background = flat[0][near].astype(float)
    background *= COUNTS_PER_CM2 * camera.pitch_mm**2 / 100.0 / background.mean()
    signal = ball[0][near].astype(float)
    signal *= D_PRIME / np.sqrt(np.sum(signal**2 / background))
    weights = laguerre_gauss(radius_mm[near], CHANNEL_MM, CHANNELS)
    rng = np.random.default_rng(seed)
    outputs = [
        np.concatenate(
            [
                rng.poisson(mean, (min(1000, images - done), len(mean))) @ weights.T
                for done in range(0, images, 1000)
            ]
        )
        for mean in (background + signal, background)
    ]
    return UniformTest(measure_hotelling(*outputs), measure_ideal(signal, background))
