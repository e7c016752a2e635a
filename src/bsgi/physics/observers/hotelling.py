"""The channelized Hotelling observer: the best linear reader of channel outputs.

It is trained on images with and without a lesion at a known place. Testing it on the
images it was trained on flatters it; for normal channel outputs the distribution of
that result is known, so the bias is taken out and the standard error follows.

References:
    Barrett and Myers, *Foundations of Image Science* (Wiley 2004), ch. 13; Wunderlich
    and Noo, IEEE Trans Med Imaging 2009;28:453, for estimates from few images.
"""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.special import ndtr


@dataclass(frozen=True, slots=True)
class Detectability:
    """How well an observer tells images with a lesion from images without.

    Args:
        d_prime: Distance of the two means in standard deviations.
        standard_error: Of d_prime, from the number of images.
        auc: Area under the ROC curve that belongs to d_prime.
    """

    d_prime: float
    standard_error: float
    auc: float


def measure_hotelling(
    present: Float[np.ndarray, "image channel"],
    absent: Float[np.ndarray, "image channel"],
) -> Detectability:
    """The observer's detectability, corrected for being tested on its own images.

    Args:
        present: Channel outputs of images with the lesion.
        absent: The same without it.

    Raises:
        ValueError: If there are too few images for so many channels.
    """
    difference, covariance = _compare(present, absent)
    seen = float(difference @ np.linalg.solve(covariance, difference))
    channels = len(difference)
    images = len(present) + len(absent)
    harmonic = len(present) * len(absent) / images
    # Hotelling's T^2 follows a non-central F law with `channels` and `free` degrees.
    free = images - channels - 1
    true = max((free - 2) / (images - 2) * seen - channels / harmonic, 0.0)
    shift = true * harmonic
    spread = 2.0 * ((channels + shift) ** 2 + (channels + 2.0 * shift) * (free - 2))
    variance = spread / (free - 4) / harmonic**2
    d_prime = math.sqrt(true)
    return Detectability(
        d_prime=d_prime,
        standard_error=math.sqrt(variance) / (2.0 * max(d_prime, 1e-12)),
        auc=float(ndtr(d_prime / math.sqrt(2.0))),
    )


def _compare(
    present: Float[np.ndarray, "image channel"],
    absent: Float[np.ndarray, "image channel"],
) -> tuple[Float[np.ndarray, " channel"], Float[np.ndarray, "channel channel"]]:
    """Mean difference and pooled covariance of two sets of channel outputs."""
    images, channels = len(present) + len(absent), present.shape[1]
    if min(len(present), len(absent)) < 2 or images <= channels + 5:
        raise ValueError(
            f"{channels} channels must have more than {channels + 5} images, got "
            f"{images}."
        )
    difference = present.mean(axis=0) - absent.mean(axis=0)
    scatter = [(x - x.mean(axis=0)) for x in (present, absent)]
    pooled = sum(part.T @ part for part in scatter) / (images - 2)
    return difference, np.atleast_2d(np.asarray(pooled))
