"""The detector itself: how even its field is, and where it begins."""

import numpy as np

from bsgi.physics.acceptance.check import Check, Subject, check_near, check_range
from bsgi.physics.camera.catalogue import CAMERAS, find_camera
from bsgi.physics.camera.detector import find_gains, measure_uniformity
from bsgi.physics.camera.record import Camera
from bsgi.physics.transport.projector import find_projector

GROUP = "Detector"

# Detectors of one make whose uniformity is looked at: the middle one must be typical.
_DETECTORS = 40

# D, M for the scintillator: integral 5 to 8 %, differential 3 to 5 %. D: a CZT detector
# is no worse than that, and not perfect either.
_NAI_LIMITS = ((5.0, 8.0), (3.0, 5.0))
_CZT_LIMITS = ((2.0, 8.0), (1.0, 5.0))


def find_first_sensitive_mm(camera: Camera) -> float:
    """Distance from the chest wall beyond which the detector counts.

    A thin source at the collimator is moved outwards. Where it begins to count half of
    what it counts in the middle of the field, it has crossed the edge.

    Args:
        camera: The camera.
    """
    projector = find_projector(camera)
    places_mm, counted = projector.scan_edge()
    half = 0.5 * float(counted.max())
    return float(np.interp(half, counted, places_mm))


def check_uniformity(seed: int) -> tuple[Check, ...]:
    """Uniformity of the field of each make of detector, over many of its detectors.

    Args:
        seed: Seed of the detectors.
    """
    checks = []
    makes = {(c.crystal.name, c.rows, c.pitch_mm): c for c in CAMERAS.values()}
    for camera in makes.values():
        measured = [
            measure_uniformity(find_gains(camera, f"detector-{number}", seed)[0])
            for number in range(_DETECTORS)
        ]
        scintillator = camera.crystal.name != "CZT"
        limits = _NAI_LIMITS if scintillator else _CZT_LIMITS
        for index, kind in enumerate(("integral", "differential")):
            values = [100.0 * pair[index] for pair in measured]
            lowest, highest = limits[index]
            subject = Subject(
                GROUP,
                f"{camera.crystal.name}, {camera.pitch_mm:g} mm pixels: {kind} "
                f"uniformity, median of {_DETECTORS} detectors",
                "D: after the camera's own correction; NEMA NU 1's nine-point filter",
                unit="%",
                note=f"from {min(values):.1f} to {max(values):.1f} %",
            )
            checks.append(
                check_range(subject, float(np.median(values)), lowest, highest)
            )
    return tuple(checks)


def check_dead_edge(name: str) -> tuple[Check, ...]:
    """Where the live field of one camera begins.

    Args:
        name: The camera's name.
    """
    camera = find_camera(name)
    certainty = "F: maker's announcement, 0.4 in" if camera.heads == 1 else "M: about"
    subject = Subject(
        GROUP,
        f"{name}: dead edge at the chest wall",
        f"{certainty} {camera.dead_edge_mm:g} mm",
        unit="mm",
    )
    measured = find_first_sensitive_mm(camera)
    return (check_near(subject, measured, camera.dead_edge_mm, margin=0.2),)
