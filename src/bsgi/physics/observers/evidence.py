"""The evidence of one exam about one place, in a form that a reader can weigh.

What depends on the camera and on the breast's shape is described once, without noise;
several acquisitions of the same woman share it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32

from bsgi.exam.record import ViewName
from bsgi.physics.observers.looks import CHANNELS, Look, Rates


@dataclass(frozen=True, slots=True)
class Setting:
    """What the reader knows of an exam before it looks at the counts.

    Args:
        shifts: What a sphere of the tissue's own concentration adds to each channel, by
            diameter.
        noise: Covariance of each look's channels by the Poisson counts of the uniform
            image, for one count per unit of it.
        more_noise: The same for the counts that such a sphere adds.
    """

    shifts: Float32[np.ndarray, "diameter look channel"]
    noise: Float32[np.ndarray, "look channel channel"]
    more_noise: Float32[np.ndarray, "diameter look channel channel"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the counts of one exam say.

    Args:
        outputs: Channel outputs of each look.
        counts: Mean counts per unit of the uniform image in each look: concentration in
            normal tissue times dose and time.
    """

    outputs: Float[np.ndarray, "look channel"]
    counts: Float[np.ndarray, " look"]


def describe_setting(looks: Sequence[Look]) -> Setting:
    """What follows from the looks alone.

    Args:
        looks: All looks at the place.
    """
    shifts, noise, more = [], [], []
    for look in looks:
        channels = look.channels.reshape(CHANNELS, -1).astype(np.float32)
        spheres = look.templates.reshape(len(look.templates), -1)
        shifts.append(spheres @ channels.T)
        pairs = (channels[:, None] * channels[None]).reshape(CHANNELS**2, -1)
        noise.append((pairs @ look.flat.ravel()).reshape(CHANNELS, CHANNELS))
        more.append((spheres @ pairs.T).reshape(-1, CHANNELS, CHANNELS))
    return Setting(np.stack(shifts, axis=1), np.stack(noise), np.stack(more, axis=1))


def read_evidence(
    looks: Sequence[Look],
    flats: Rates,
    counts: Rates,
    exposures_mbq_s: Mapping[ViewName, float],
) -> Evidence:
    """Read the counts of an exam, or its expected counts, at one place.

    Args:
        looks: All looks at the place.
        flats: Uniform images in counts per second and MBq.
        counts: Counts of each view and head.
        exposures_mbq_s: Injected activity times time, less decay, of each view.

    Raises:
        ValueError: If no pixel of the breast shows normal tissue.
    """
    seen, expected = 0.0, 0.0
    for look in looks:
        name, head = look.name, look.head
        seen += float(counts[name][head][look.normal].sum(dtype=float))
        uniform = float(flats[name][head][look.normal].sum(dtype=float))
        expected += uniform * exposures_mbq_s[name]
    if not (seen > 0 and expected > 0):
        raise ValueError("the breast must show normal tissue with counts.")
    concentration = seen / expected
    scale = np.array([concentration * exposures_mbq_s[look.name] for look in looks])
    outputs = [
        look.read(counts[look.name][look.head] / np.float32(each))
        for look, each in zip(looks, scale, strict=True)
    ]
    return Evidence(np.stack(outputs), scale)
