"""What a sphere adds to an image: its round shape by diameter and height, per camera.

The sphere is projected through the camera's own response, attenuation and scatter
included, and its image is kept as a function of the distance from its centre. Square
holes make images that are not quite round; the mean over directions is kept.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from jaxtyping import Float, Float32
from scipy.interpolate import Akima1DInterpolator

from bsgi.physics.camera.record import Camera
from bsgi.physics.observers.phantom import (
    middle_place,
    project_ball,
)
from bsgi.physics.transport.projector import find_projector

# D: diameters a third apart, from the smallest lesion to the largest.
DIAMETERS_MM = tuple(float(x) for x in np.geomspace(4.0, 60.0, 11))
# D: heights above the detector; between them the image is interpolated.
HEIGHTS_MM = (5.0, 15.0, 25.0, 40.0, 60.0, 90.0)
# D: a typical breast; its thickness sets the scattered part only.
THICKNESS_MM = 60.0
RADII_MM = np.concatenate([np.arange(0.0, 40.0, 0.5), np.arange(40.0, 81.0, 2.5)])


@dataclass(frozen=True, slots=True)
class Templates:
    """Images of spheres of 1 Bq/mL for one MBq injected, by one head.

    Args:
        profile: Counts per second and pixel by diameter (`DIAMETERS_MM`), height
            (`HEIGHTS_MM`) and distance from the centre (`RADII_MM`).
    """

    profile: Float32[np.ndarray, "diameter height radius"]

    def image(
        self,
        thickness_mm: float,
        height_mm: float,
        radius_mm: Float[np.ndarray, " pixel"],
    ) -> Float32[np.ndarray, "diameter pixel"]:
        """Images of spheres of every diameter around one place.

        A sphere too large for its height is moved up, and one too large for the breast
        to its middle, as the simulator does.

        Args:
            thickness_mm: Thickness of the breast.
            height_mm: Height of the place above this head.
            radius_mm: Distance of each pixel from the place.
        """
        images = np.empty((len(DIAMETERS_MM), len(radius_mm)), np.float32)
        for number, diameter_mm in enumerate(DIAMETERS_MM):
            half_mm = 0.5 * min(diameter_mm, thickness_mm)
            centre_mm = min(max(height_mm, half_mm), thickness_mm - half_mm)
            where = float(np.interp(centre_mm, HEIGHTS_MM, range(len(HEIGHTS_MM))))
            lower = min(int(where), len(HEIGHTS_MM) - 2)
            share = where - lower
            below, above = self.profile[number, lower : lower + 2]
            between = (1.0 - share) * below + share * above
            images[number] = np.interp(radius_mm, RADII_MM, between, right=0.0)
        return images


def average_over_directions(
    image: Float32[np.ndarray, "row col"],
    radius_mm: Float[np.ndarray, "row col"],
    pitch_mm: float,
) -> Float32[np.ndarray, " radius"]:
    """A round image as a smooth function of the distance from its centre.

    Pixels at nearly the same distance are averaged and a smooth, even curve is drawn
    through the means.

    Args:
        image: The image.
        radius_mm: Distance of each pixel from the centre.
        pitch_mm: Size of its pixels.

    Returns:
        Its values at `RADII_MM`.
    """
    ring = np.rint(radius_mm.ravel() / (0.2 * pitch_mm)).astype(int)
    number = np.bincount(ring)
    held = number > 0
    mean_mm = np.bincount(ring, radius_mm.ravel())[held] / number[held]
    mean = np.bincount(ring, image.ravel())[held] / number[held]
    curve = Akima1DInterpolator(
        np.r_[-mean_mm[::-1], mean_mm], np.r_[mean[::-1], mean], extrapolate=True
    )
    return np.asarray(np.maximum(curve(RADII_MM), 0.0), np.float32)


@lru_cache(maxsize=8)
def find_templates(camera: Camera) -> Templates:
    """The templates of a camera, made at the first call; takes some seconds.

    Both heads of a camera are alike: the other one sees a sphere at the thickness of
    the breast less its height.

    Args:
        camera: The camera.
    """
    camera = replace(camera, heads=1)
    place = middle_place(camera, 0.0)
    rows, cols = find_projector(camera).grid.pixel_centres_mm()
    radius_mm = np.hypot(
        (rows - place.upward_mm)[:, None], (cols - place.outward_mm)[None, :]
    )
    profile = np.empty((len(DIAMETERS_MM), len(HEIGHTS_MM), len(RADII_MM)), np.float32)
    for i, diameter_mm in enumerate(DIAMETERS_MM):
        for j, height_mm in enumerate(HEIGHTS_MM):
            lowest_mm = max(height_mm, 0.5 * diameter_mm)
            thickness_mm = max(THICKNESS_MM, lowest_mm + 0.5 * diameter_mm)
            image = project_ball(camera, thickness_mm, diameter_mm, lowest_mm)[0]
            profile[i, j] = average_over_directions(image, radius_mm, camera.pitch_mm)
    return Templates(profile)
