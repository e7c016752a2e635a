"""Lesion contrast: what the simulator shows beside sums in real space and a print.

A sphere at a place of a slab 5 cm thick; peak pixel and mean within the isocontour at
half the net peak, both over the background at the same place.
"""

from dataclasses import dataclass

from bsgi.physics.acceptance.check import Check, Subject, check_near
from bsgi.physics.acceptance.lesion_sums import Sphere, read_contrast, sum_ratio_image
from bsgi.physics.acceptance.phantom import (
    MU_PER_CM,
    build_round_slab,
    find_middle,
    project_ratio,
    sum_scatter,
)
from bsgi.physics.camera.catalogue import DILON_6800_GP, LUMAGEM_3200S

GROUP = "Lesion contrast"

THICKNESS_MM = 50.0
LOWEST_RATIO = 1.2
"""Lesions that are printed as less bright than this are not compared."""

_SOURCES = (
    "C: real-space sums with the same response and scatter",
    "C: printed guide; the pixel blurred twice, scatter one quarter",
)


@dataclass(frozen=True, slots=True)
class Printed:
    """A lesion and its printed brightness.

    Args:
        diameter_mm: Its diameter.
        ratio: Its concentration over that of the slab.
        height_mm: Its centre above the detector.
        peak: Printed peak pixel over background.
        mean: Printed mean within the isocontour over background; None if there is none.
    """

    diameter_mm: float
    ratio: float
    height_mm: float
    peak: float
    mean: float | None

    @property
    def name(self) -> str:
        """The lesion in words."""
        return (
            f"{self.diameter_mm:g} mm, concentration ratio {self.ratio:g}, "
            f"{self.height_mm / 10.0:g} cm deep"
        )


# C: peak and mean by diameter, for ratios 3, 5, 8, 12 and 20, at mid-depth.
_RATIOS = (3.0, 5.0, 8.0, 12.0, 20.0)
_DILON = {
    5.0: ((1.04, 1.03), (1.09, 1.07), (1.15, 1.12), (1.23, 1.19), (1.41, 1.33)),
    8.0: ((1.14, 1.11), (1.27, 1.21), (1.48, 1.38), (1.75, 1.59), (2.30, 2.02)),
    10.0: ((1.22, 1.17), (1.43, 1.33), (1.76, 1.59), (2.19, 1.92), (3.05, 2.59)),
    15.0: ((1.41, 1.32), (1.83, 1.63), (2.44, 2.11), (3.27, 2.74), (4.92, 4.01)),
    20.0: ((1.59, 1.45), (2.18, 1.91), (3.06, 2.59), (4.24, 3.50), (6.59, 5.32)),
    30.0: ((1.92, 1.72), (2.85, 2.44), (4.23, 3.52), (6.07, 4.96), (9.77, 7.83)),
}
# C: the same for ratio 8.
_LUMAGEM = {
    5.0: (1.15, 1.11), 8.0: (1.45, 1.34), 10.0: (1.69, 1.50), 15.0: (2.24, 1.94),
    20.0: (2.74, 2.34), 30.0: (3.71, 3.11),
}  # fmt: skip
# C: peak by depth, 10 mm, ratio 8.
_DEPTHS_MM = (10.0, 20.0, 30.0, 40.0)
_DILON_DEEP, _LUMAGEM_DEEP = (2.06, 1.85, 1.67, 1.53), (2.04, 1.80, 1.58, 1.41)


def _list_lesions(
    camera: str,
) -> tuple[Printed, ...]:
    """The printed lesions of one camera that are bright enough to be compared."""
    middle_mm = 0.5 * THICKNESS_MM
    if camera == DILON_6800_GP.name:
        lesions = [
            Printed(diameter_mm, ratio, middle_mm, *pair)
            for diameter_mm, pairs in _DILON.items()
            for ratio, pair in zip(_RATIOS, pairs, strict=True)
        ]
        deep = _DILON_DEEP
    else:
        lesions = [
            Printed(diameter_mm, 8.0, middle_mm, *pair)
            for diameter_mm, pair in _LUMAGEM.items()
        ]
        deep = _LUMAGEM_DEEP
    lesions += [
        Printed(10.0, 8.0, height_mm, peak, None)
        for height_mm, peak in zip(_DEPTHS_MM, deep, strict=True)
    ]
    return tuple(lesion for lesion in lesions if lesion.peak >= LOWEST_RATIO)


TABLES = {
    camera.name: (camera, _list_lesions(camera.name))
    for camera in (DILON_6800_GP, LUMAGEM_3200S)
}
"""Cameras with printed lesions."""


def check_contrast(name: str) -> tuple[Check, ...]:
    """Brightness of every printed lesion of one camera.

    Args:
        name: Key of `TABLES`.
    """
    camera, lesions = TABLES[name]
    slab = build_round_slab(THICKNESS_MM)
    scatter = sum_scatter(camera, slab)
    checks = []
    for lesion in lesions:
        sphere = Sphere(lesion.diameter_mm, lesion.ratio, lesion.height_mm)
        image = project_ratio(camera, slab, sphere, find_middle(camera))
        measured = read_contrast(image)
        predicted = read_contrast(
            sum_ratio_image(
                camera, sphere, scatter, thickness_mm=THICKNESS_MM, mu_per_cm=MU_PER_CM
            )
        )
        kinds = ("peak pixel", "mean in the 50 % isocontour")
        printed = (lesion.peak, lesion.mean)
        for kind, value, sums, print_ in zip(
            kinds, measured, predicted, printed, strict=True
        ):
            quantity = f"{name}: {lesion.name}, {kind}"
            net = Subject(GROUP, f"{quantity}, L/N - 1", _SOURCES[0], digits=3)
            checks.append(check_near(net, value - 1.0, sums - 1.0, share=0.10))
            if print_ is not None:
                whole = Subject(GROUP, f"{quantity}, L/N", _SOURCES[1])
                checks.append(check_near(whole, value, print_, share=0.15))
    return tuple(checks)
