"""Resolution against distance: what the projector makes of a line source.

Twice: a thin line anywhere between voxels, finely sampled; and a line of voxels in a
layer of activity, projected as the activity of a breast is.
"""

import math

import numpy as np
from jaxtyping import Float

from bsgi.physics.acceptance.check import Check, Subject, check_near
from bsgi.physics.acceptance.line_spread import (
    Profile,
    blur_by_box,
    convolve_line,
    find_width_mm,
)
from bsgi.physics.camera.catalogue import find_camera
from bsgi.physics.camera.record import Camera
from bsgi.physics.transport.projector import LARGEST_LAYER_MM, find_projector

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


def trace_voxels(camera: Camera, distance_mm: float) -> Profile:
    """Response of the simulated camera to a line of voxels, projected as breasts are.

    The line takes every place that voxels have within one pixel, so that samples lie a
    voxel apart.

    Args:
        camera: The camera.
        distance_mm: From the middle of the line's pair of layers to the collimator.
    """
    projector = find_projector(camera)
    grid = projector.grid
    # Two layers share one blur, that of their middle; this pair has its middle there.
    pair = math.ceil(max(0.5 * distance_mm / LARGEST_LAYER_MM - 0.5, 0.0))
    layer_mm = distance_mm / (2 * pair + 1)
    middle = camera.cols // 2
    places, counted = [], []
    for voxel in grid.first_col + middle * grid.per_pixel + np.arange(grid.per_pixel):
        layers = np.zeros((2 * pair + 2, grid.rows, grid.cols), np.float32)
        layers[2 * pair, :, voxel] = 1.0
        image = projector.project(layers, layer_mm)
        counted.append(image[camera.rows // 2])
        places.append(grid.pixel_centres_mm()[1] - float(grid.outward_mm[voxel]))
    place, count = np.concatenate(places), np.concatenate(counted)
    order = np.argsort(place)
    return Profile(place[order].astype(float), count[order].astype(float))


def _sample(line: Profile, offset_mm: Float[np.ndarray, " sample"]) -> Profile:
    """A response at other offsets; nothing lies beyond its ends."""
    response = np.interp(offset_mm, line.offset_mm, line.response, left=0.0, right=0.0)
    return Profile(offset_mm, response)


def check_voxels(name: str) -> tuple[Check, ...]:
    """System resolution of one camera by the way that exams take.

    What is expected is sampled a voxel apart and interpolated as what is measured. The
    projector takes a voxel's activity to lie on its middle line; the width of a strip
    that fills the voxel is in the note.

    Args:
        name: The camera's name.
    """
    camera = find_camera(name)
    voxel_mm = find_projector(camera).grid.voxel_mm
    checks = []
    for distance_mm in DISTANCES_MM:
        seen = trace_voxels(camera, distance_mm)
        line = convolve_line(camera, distance_mm)
        thin, strip = (
            find_width_mm(_sample(each, seen.offset_mm))
            for each in (line, blur_by_box(line, voxel_mm))
        )
        subject = Subject(
            GROUP,
            f"{name}: FWHM of a line of voxels at {distance_mm / 10.0:g} cm, projected "
            f"as a breast, samples {voxel_mm:g} mm apart",
            "C: the same, sampled and interpolated as the image is",
            unit="mm",
            note=f"a strip that fills the voxel: {strip:.2f} mm",
        )
        checks.append(check_near(subject, find_width_mm(seen), thin, share=0.03))
    return tuple(checks)


def check_resolution(name: str) -> tuple[Check, ...]:
    """System resolution of one camera at each distance, both ways.

    Args:
        name: The camera's name.
    """
    camera = find_camera(name)
    finely = tuple(
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
    return finely + check_voxels(name)
