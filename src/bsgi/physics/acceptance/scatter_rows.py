"""Scatter over primary: every row of the reference, on tables and on views."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from jaxtyping import Float

from bsgi.physics.acceptance.check import Check, Subject, check_near, check_range
from bsgi.physics.acceptance.energy_windows import DETECTORS
from bsgi.physics.acceptance.phantom import measure_box
from bsgi.physics.acceptance.scatter_sums import sum_box
from bsgi.physics.camera.record import Camera

ON_TABLES = "Scatter, on the shipped tables"
ON_VIEWS = "Scatter, on simulated views"

_SOURCE = "C: Monte Carlo of a 9 x 16 cm box, torso at 3 times its concentration"

SHARE, MARGIN = 0.15, 0.015
"""How far a ratio may be from the reference: a share of it or a number."""

# The reference's bands of distance to the chest wall, in whole centimetres.
BANDS_CM = ((0, 1), (1, 2), (2, 4), (4, 8))


@dataclass(frozen=True, slots=True)
class Row:
    """One geometry of the reference table.

    Args:
        thickness_cm: Thickness of the breast.
        torso: Whether there is a torso.
        heads: 2, or 1 with open air above the breast.
        printed: Scattered over unscattered counts, in the order of `DETECTORS`.
    """

    thickness_cm: float
    torso: bool
    heads: Literal[1, 2]
    printed: tuple[float, float, float, float]

    @property
    def name(self) -> str:
        """The geometry in words."""
        if not self.torso:
            return f"{self.thickness_cm:g} cm, breast only"
        heads = "two heads" if self.heads == 2 else "one head, open above"
        return f"{self.thickness_cm:g} cm, torso, {heads}"


# C: forced-detection Monte Carlo without Rayleigh scatter and binding.
ROWS = (
    Row(4.0, False, 2, (0.11, 0.09, 0.21, 0.07)),
    Row(6.0, False, 2, (0.15, 0.13, 0.27, 0.10)),
    Row(8.0, False, 2, (0.18, 0.15, 0.31, 0.12)),
    Row(4.0, True, 2, (0.18, 0.13, 0.39, 0.10)),
    Row(6.0, True, 2, (0.24, 0.19, 0.50, 0.14)),
    Row(6.0, True, 1, (0.36, 0.29, 0.70, 0.21)),
    Row(8.0, True, 2, (0.29, 0.23, 0.58, 0.17)),
)

# C: the same at 6 cm with torso and two heads, by distance; not given for 130-151 keV.
GRADIENTS = {
    "NaI 13 %, 126-154 keV": (0.48, 0.31, 0.23, 0.17),
    "CZT 5 % and tail, 110-154 keV": (0.93, 0.67, 0.49, 0.36),
    "CZT 5 % and tail, 126-154 keV": (0.38, 0.24, 0.18, 0.14),
}


def average_bands(
    bands: Float[np.ndarray, " centimetre"],
) -> tuple[float, ...]:
    """Means over the reference's bands.

    Args:
        bands: Scattered over unscattered counts per centimetre from the chest wall.
    """
    return tuple(float(bands[first:last].mean()) for first, last in BANDS_CM)


def check_scatter(name: str, group: str) -> tuple[Check, ...]:
    """Scatter in one detector: all rows, and its rise towards the chest wall.

    Args:
        name: Key of `DETECTORS`.
        group: `ON_TABLES` to sum the shipped tables, `ON_VIEWS` to measure simulated
            views.
    """
    column = list(DETECTORS).index(name)
    checks = []
    for row in ROWS:
        bands = _measure(DETECTORS[name], row, group)
        subject = Subject(group, f"{name}: {row.name}", _SOURCE, digits=3)
        checks.append(
            check_near(
                subject,
                float(bands.mean()),
                row.printed[column],
                share=SHARE,
                margin=MARGIN,
            )
        )
    bands = _measure(DETECTORS[name], ROWS[4], group)
    return (*checks, *_check_gradient(group, name, bands))


def _check_gradient(
    group: str, name: str, bands: Float[np.ndarray, " centimetre"]
) -> tuple[Check, ...]:
    """How scatter rises towards the chest wall at 6 cm with torso and two heads."""
    measured = average_bands(bands)
    checks = []
    for (first, last), value, printed in zip(
        BANDS_CM, measured, GRADIENTS.get(name, ()), strict=False
    ):
        quantity = f"{name}: 6 cm, torso, two heads, {first}-{last} cm from chest wall"
        subject = Subject(group, quantity, _SOURCE, digits=3)
        checks.append(check_near(subject, value, printed, share=SHARE, margin=MARGIN))
    rise = Subject(group, f"{name}: scatter at 0-1 cm over that at 4-8 cm", _SOURCE)
    checks.append(check_range(rise, measured[0] / measured[-1], 2.0))
    return tuple(checks)


def _measure(camera: Camera, row: Row, group: str) -> Float[np.ndarray, " centimetre"]:
    """Scattered over unscattered counts per centimetre from the chest wall."""
    camera = replace(camera, heads=row.heads)
    if group == ON_VIEWS:
        return measure_box(camera, row.thickness_cm, torso=row.torso)
    return sum_box(camera, row.thickness_cm, torso=row.torso)
