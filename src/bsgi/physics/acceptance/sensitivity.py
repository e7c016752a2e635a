"""Counts per activity of a small source in air, through the projector."""

import math

import numpy as np

from bsgi.physics.acceptance.check import Check, Subject, check_near
from bsgi.physics.camera.catalogue import (
    DILON_6800_GP,
    DILON_6800_HR,
    GE_NM750B,
    LUMAGEM_3200S,
    find_camera,
)
from bsgi.physics.camera.record import Camera
from bsgi.physics.transport.projector import find_projector

GROUP = "Sensitivity"

# C: by the geometry of parallel holes, in cps per MBq and head.
PRINTED = {
    DILON_6800_GP.name: 176.0,
    DILON_6800_HR.name: 77.0,
    LUMAGEM_3200S.name: 505.0,
    GE_NM750B.name: 320.0,
}

_HEIGHT_CM = 5.0
_LAYER_MM = 2.0


def derive_sensitivity(camera: Camera) -> float:
    """Counts per second and MBq of one head, from the record's bare numbers.

    Args:
        camera: The camera.

    References:
        Anger, J Nucl Med 1964;5:515: [K d^2 / (l (d + t))]^2 of the photons pass holes
        of width d and effective length l = length - 2 / mu between walls of width t.
    """
    holes = camera.collimator
    through_mm = holes.length_mm - 20.0 / holes.material.mu_per_cm
    across_mm = holes.hole_mm + holes.septum_mm
    passing = holes.shape.value * holes.hole_mm**2 / (through_mm * across_mm)
    stopped = 1.0 - math.exp(-camera.crystal.mu_per_cm * camera.crystal_mm / 10.0)
    photons = 1e6 * camera.isotope.abundance
    seen = stopped * camera.window_acceptance * camera.fill
    return photons * passing**2 * seen


def measure_sensitivity(camera: Camera) -> float:
    """Counts per second of a source of 1 MBq in air, summed over the image of one head.

    Args:
        camera: The camera.
    """
    projector = find_projector(camera)
    grid = projector.grid
    layers = np.zeros((40, grid.rows, grid.cols), np.float32)
    layer = round(10.0 * _HEIGHT_CM / _LAYER_MM)
    layers[layer, grid.rows // 2, grid.cols // 2] = 1e6
    return float(projector.project(layers, _LAYER_MM).sum(dtype=float))


def check_sensitivity(name: str) -> tuple[Check, ...]:
    """Sensitivity of one camera.

    Args:
        name: The camera's name.
    """
    camera = find_camera(name)
    derived = derive_sensitivity(camera)
    source = Subject(
        GROUP,
        f"{name}: source in air at {_HEIGHT_CM:g} cm, one head",
        "C: collimator's geometry, crystal, window and fill",
        unit="cps/MBq",
        digits=1,
    )
    checks = [check_near(source, measure_sensitivity(camera), derived, share=0.05)]
    if name in PRINTED:
        print_ = Subject(
            GROUP,
            f"{name}: derived sensitivity, one head",
            "C: printed for collimators of this design",
            unit="cps/MBq",
            digits=1,
        )
        checks.append(check_near(print_, derived, PRINTED[name], share=0.05))
    return tuple(checks)
