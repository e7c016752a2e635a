"""The ideal observer of a known lesion on a known background: nothing does better.

With independent Poisson counts of mean b without and b + s with the lesion, the best
decision is by the log likelihood ratio ``sum(n log(1 + s / b) - s)``. Its moments are
sums over pixels, so its detectability needs no images.

References:
    Barrett and Myers, *Foundations of Image Science* (Wiley 2004), ch. 13; Wagner and
    Brown, Phys Med Biol 1985;30:489, for the limit of small signals.
"""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.special import ndtr


@dataclass(frozen=True, slots=True)
class Ideal:
    """How well a known lesion on a known background can be detected at best.

    Args:
        small_signal: Detectability d' by ``sum(s^2 / b)``, for a weak lesion.
        d_prime: Detectability d' by the moments of the log likelihood ratio.
        auc: Area under its ROC curve, taking the ratio's logarithm as normal.
    """

    small_signal: float
    d_prime: float
    auc: float


def measure_ideal(
    signal_counts: Float[np.ndarray, "*pixel"],
    background_counts: Float[np.ndarray, "*pixel"],
) -> Ideal:
    """The ideal observer's performance for Poisson counts.

    Args:
        signal_counts: Mean counts that the lesion adds to each pixel.
        background_counts: Mean counts of each pixel without it.

    Raises:
        ValueError: If a pixel expects no counts without the lesion.
    """
    if not (background_counts > 0).all():
        raise ValueError("every pixel must expect counts without the lesion.")
    weight = np.log1p(signal_counts / background_counts)
    shift = float(np.sum(signal_counts * weight))
    absent = float(np.sum(background_counts * weight**2))
    present = float(np.sum((background_counts + signal_counts) * weight**2))
    return Ideal(
        small_signal=math.sqrt(float(np.sum(signal_counts**2 / background_counts))),
        d_prime=shift / math.sqrt(0.5 * (absent + present)),
        auc=float(ndtr(shift / math.sqrt(absent + present))),
    )
