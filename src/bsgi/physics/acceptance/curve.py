"""What a figure shows: named rows of numbers."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float


@dataclass(frozen=True, slots=True)
class Curve:
    """One line of a figure.

    Args:
        name: What it is.
        across: Places along the horizontal axis.
        up: Values there.
    """

    name: str
    across: Float[np.ndarray, " point"]
    up: Float[np.ndarray, " point"]
