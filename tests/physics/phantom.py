"""A uniform breast, for numbers that can be worked out by hand."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float32

from bsgi.exam.record import Projection
from bsgi.physics.breast.anatomy import Slab
from bsgi.physics.breast.uptake import CELLS
from bsgi.physics.camera.record import Camera
from bsgi.physics.simulate import Parts, project_parts
from bsgi.physics.transport.emission import Ball, Emission, build_emission
from bsgi.physics.transport.projector import find_projector

CONCENTRATION = 3.7  # Bq per mL and MBq injected
MU_PER_CM = 0.147


def build_slab(thickness_mm: float, area_cm2: float = 120.0) -> Slab:
    """A half-round breast of a thickness and footprint."""
    unit = Slab(Projection.CC, thickness_mm, 10.0, 10.0, 10.0).area_cm2
    size_mm = 10.0 * float(np.sqrt(area_cm2 / unit))
    return Slab(Projection.CC, thickness_mm, size_mm, size_mm, size_mm)


def build_uniform(camera: Camera, slab: Slab, balls: Sequence[Ball] = ()) -> Emission:
    """A uniform breast, with spheres in it if there are any."""
    return build_emission(
        find_projector(camera).grid,
        slab,
        np.full(CELLS, CONCENTRATION, np.float32),
        muscle=0.0,
        balls=balls,
    )


def project_uniform_parts(
    camera: Camera, slab: Slab, balls: Sequence[Ball] = (), torso_ratio: float = 3.0
) -> Parts:
    """Counts per second and pixel of a uniform breast by origin, for one MBq."""
    return project_parts(
        find_projector(camera),
        build_uniform(camera, slab, balls),
        slab,
        torso_concentration=torso_ratio * CONCENTRATION,
        mu_per_cm=MU_PER_CM,
    )


def project_uniform(
    camera: Camera, slab: Slab, balls: Sequence[Ball] = (), torso_ratio: float = 3.0
) -> Float32[np.ndarray, "head row col"]:
    """Counts per second and pixel of a uniform breast, for one MBq injected."""
    return project_uniform_parts(camera, slab, balls, torso_ratio).total
