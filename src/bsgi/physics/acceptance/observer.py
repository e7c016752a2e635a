"""The model observer beside the ideal one, where the ideal one is known."""

import numpy as np
from jaxtyping import Float

from bsgi.physics.acceptance.check import Check, Subject, check_near
from bsgi.physics.camera.catalogue import find_camera
from bsgi.physics.observers.channels import laguerre_gauss
from bsgi.physics.observers.hotelling import measure_hotelling
from bsgi.physics.observers.ideal import measure_ideal
from bsgi.physics.observers.phantom import (
    middle_place,
    pixel_centres_mm,
    project_slab,
)
from bsgi.physics.transport.emission import Ball

GROUP = "Observer"

_THICKNESS_MM, _DIAMETER_MM = 50.0, 10.0
_CONCENTRATION, _RATIO = 3.7, 4.0
_VIEW_S = 600.0
# D: activities at which the lesion is neither certain nor hopeless for any camera.
_DOSE_MBQ = {1: 740.0, 2: 300.0}
_DETECTABILITY = 2.0
# C: a standard error of d' of about 1 %.
_IMAGES = 8000
_CHANNELS, _REACH_MM = 8, 30.0
# D: the channels' width in units of the lesion's own size on the image.
_WIDTHS = 2.5


def check_observer(name: str, seed: int) -> tuple[Check, ...]:
    """Channelized Hotelling observer against the ideal one, on a uniform slab.

    The lesion lies at mid-depth; its contrast is set so that the ideal observer has a
    detectability of about 2. The first head's image is read.

    Args:
        name: The camera's name.
        seed: Seed of the images.
    """
    camera = find_camera(name)
    place = middle_place(camera, 0.5 * _THICKNESS_MM)
    rows, cols = pixel_centres_mm(camera)
    distance_mm = np.hypot(
        (rows - place.upward_mm)[:, None], (cols - place.outward_mm)[None, :]
    )
    near = distance_mm < _REACH_MM
    exposure = _DOSE_MBQ[camera.heads] * _VIEW_S
    absent = exposure * _project(name, None)[near]
    ball = Ball(place, _DIAMETER_MM, _RATIO * _CONCENTRATION)
    signal = exposure * _project(name, ball)[near] - absent
    signal *= _DETECTABILITY / measure_ideal(signal, absent).d_prime
    ideal = measure_ideal(signal, absent)
    size_mm = float((signal * distance_mm[near]).sum() / signal.sum())
    channels = laguerre_gauss(distance_mm[near], _WIDTHS * size_mm, _CHANNELS)
    rng = np.random.default_rng(seed)
    outputs = [
        rng.poisson(mean, (_IMAGES, absent.size)) @ channels.T
        for mean in (absent + signal, absent)
    ]
    found = measure_hotelling(*outputs)
    subject = Subject(
        GROUP,
        f"{name}: detectability d' of a {_DIAMETER_MM:g} mm lesion, uniform background",
        "C: ideal observer, moments of the Poisson likelihood ratio",
        digits=3,
        note=f"standard error {found.standard_error:.3f}; {_CHANNELS} channels",
    )
    return (check_near(subject, found.d_prime, ideal.d_prime, share=0.05),)


def _project(name: str, ball: Ball | None) -> Float[np.ndarray, "row col"]:
    """Counts per second and pixel of the first head, for one MBq injected."""
    image = project_slab(find_camera(name), _THICKNESS_MM, _CONCENTRATION, ball)[0]
    return np.asarray(image, float)
