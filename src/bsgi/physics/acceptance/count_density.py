"""Counts of a typical view: three published figures that must come out together."""

import numpy as np
from jaxtyping import Float32

from bsgi.physics.acceptance.check import Check, Subject, check_range
from bsgi.physics.acceptance.phantom import build_round_slab, project_uniform
from bsgi.physics.camera.catalogue import (
    CAMERAS,
    DILON_6800_GP,
    GE_NM750B,
    GE_NM750B_STANDARD,
    LUMAGEM_3200S,
    LUMAGEM_3200S_STANDARD,
)
from bsgi.physics.camera.record import Camera
from bsgi.physics.transport.projector import find_projector

GROUP = "Counts"

THICKNESS_MM = 60.0
VIEW_S = 600.0
_DOSE_MBQ = 740.0
# Nearest and farthest from the chest wall, and half of the height.
_MIDDLE_MM = (20.0, 60.0, 40.0)

RANGES = {
    LUMAGEM_3200S.name: (5.9, 7.3),  # F: 6.6; D: 10 % of it
    DILON_6800_GP.name: (1.6, 2.2),  # C
}
"""Counts per cm2 and MBq that must come out."""


def measure_density(camera: Camera) -> float:
    """Counts per cm2 and MBq in 10 min of one head, without decay.

    The mean over the middle of a breast of 6 cm and 120 cm2: away from its edge and
    from the bright band along the chest wall.

    Args:
        camera: The camera.
    """
    upward_mm, outward_mm = find_projector(camera).grid.pixel_centres_mm()
    cols = (outward_mm > _MIDDLE_MM[0]) & (outward_mm < _MIDDLE_MM[1])
    rows = np.abs(upward_mm) < _MIDDLE_MM[2]
    rate = _project(camera)[rows][:, cols]
    return float(rate.mean(dtype=float) * VIEW_S / (camera.pitch_mm**2 / 100.0))


def check_densities() -> tuple[Check, ...]:
    """Count density, counts of a whole view, and what a wide window gains."""
    checks = []
    for name, (lowest, highest) in RANGES.items():
        wide = name == LUMAGEM_3200S.name
        subject = Subject(
            GROUP,
            f"{name}: counts per cm2 and MBq, 6 cm, 10 min, one head",
            "F: 6.6, O'Connor, J Nucl Med Technol 2015;43:13"
            if wide
            else "C: the same concentration with this camera's sensitivity",
        )
        measured = measure_density(CAMERAS[name])
        checks.append(check_range(subject, measured, lowest, highest))
    whole = Subject(
        GROUP,
        f"{DILON_6800_GP.name}: counts of a view of 120 cm2, 740 MBq, 10 min",
        "C: from the same; M: guidelines ask for 100,000",
        digits=0,
    )
    total = float(_project(DILON_6800_GP).sum(dtype=float)) * VIEW_S * _DOSE_MBQ
    checks.append(check_range(whole, total, 1.3e5, 2.0e5))
    for wide_camera, standard in (
        (LUMAGEM_3200S, LUMAGEM_3200S_STANDARD),
        (GE_NM750B, GE_NM750B_STANDARD),
    ):
        subject = Subject(
            GROUP,
            f"{wide_camera.name} over {standard.name}: counts, 6 cm with torso",
            "D and C: 1.43 by Monte Carlo; M: Hruska, Med Phys 2012;39:3466",
        )
        gain = float(_project(wide_camera).sum() / _project(standard).sum())
        checks.append(check_range(subject, gain, 1.3, 1.5))
    return tuple(checks)


def _project(camera: Camera) -> Float32[np.ndarray, "row col"]:
    """Counts per second and pixel of the first head, for one MBq injected."""
    rate: Float32[np.ndarray, "row col"] = project_uniform(
        camera, build_round_slab(THICKNESS_MM)
    )[0]
    return rate
