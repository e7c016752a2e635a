"""Resolution against distance: what the projector makes of a thin line source."""

import numpy as np

from bsgi.physics.acceptance.check import Check, Subject, check_near
from bsgi.physics.acceptance.line_spread import Profile, convolve_line, find_width_mm
from bsgi.physics.camera.catalogue import find_camera
from bsgi.physics.camera.record import Camera
from bsgi.physics.transport.projector import find_projector

GROUP = "Resolution"
DISTANCES_MM = (0.0, 20.0, 30.0, 50.0, 100.0)

# Positions of the line between two pixel centres: a width needs a finely sampled peak.
_POSITIONS = 24


def trace_line(camera: Camera, distance_mm: float) -> Profile:
    """Response of the simulated camera to a line that is moved across one pixel.

    Args:
        camera: The camera.
        distance_mm: From the line to the collimator's face.
    """
    projector = find_projector(camera)
    shifts = (np.arange(_POSITIONS) + 0.5) / _POSITIONS * camera.pitch_mm
    places, counted = [], []
    for shift_mm in shifts:
        offset_mm, response = projector.line_response(distance_mm, float(shift_mm))
        places.append(offset_mm)
        counted.append(response)
    place, count = np.concatenate(places), np.concatenate(counted)
    order = np.argsort(place)
    return Profile(place[order].astype(float), count[order].astype(float))


def measure_width_mm(camera: Camera, distance_mm: float) -> float:
    """System resolution of the simulated camera: full width at half maximum.

    Args:
        camera: The camera.
        distance_mm: From the line to the collimator's face.
    """
    return find_width_mm(trace_line(camera, distance_mm))


def check_resolution(name: str) -> tuple[Check, ...]:
    """System resolution of one camera at each distance.

    Args:
        name: The camera's name.
    """
    camera = find_camera(name)
    return tuple(
        check_near(
            Subject(
                GROUP,
                f"{name}: system FWHM at {distance_mm / 10.0:g} cm",
                "C: collimator's shadow of a line, convolved with the pixel's box",
                unit="mm",
                note=f"in quadrature {camera.system_fwhm_mm(distance_mm):.2f} mm",
            ),
            measure_width_mm(camera, distance_mm),
            find_width_mm(convolve_line(camera, distance_mm)),
            share=0.03,
        )
        for distance_mm in DISTANCES_MM
    )
