"""A uniform slab with a sphere in it, for observers whose answer is known."""

import numpy as np
from jaxtyping import Float32

from bsgi.exam.record import Projection
from bsgi.physics.breast.anatomy import Place, Slab
from bsgi.physics.breast.uptake import CELLS
from bsgi.physics.camera.materials import mix_breast
from bsgi.physics.camera.record import Camera
from bsgi.physics.simulate import project_view
from bsgi.physics.transport.emission import Ball, build_emission
from bsgi.physics.transport.projector import find_projector

# D: a wide slab that fills the field, so that nothing but the sphere varies.
HALF_WIDTH_MM = 400.0
MU_PER_CM = mix_breast(0.2).mu_per_cm


def middle_place(camera: Camera, height_mm: float) -> Place:
    """The middle of the field, a little off the corner of four pixels.

    The small shift makes all distances from pixels to the place differ, so that they
    sample a round image densely.
    """
    rows, cols = find_projector(camera).grid.pixel_centres_mm()
    step_mm = camera.pitch_mm
    return Place(
        outward_mm=float(cols[len(cols) // 2]) + 0.15 * step_mm,
        upward_mm=float(rows[len(rows) // 2]) + 0.30 * step_mm,
        height_mm=height_mm,
    )


def project_slab(
    camera: Camera,
    thickness_mm: float,
    concentration: float,
    ball: Ball | None = None,
) -> Float32[np.ndarray, "head row col"]:
    """Counts per second and pixel of a uniform slab, for one MBq injected.

    Args:
        camera: The camera.
        thickness_mm: Thickness of the slab, which fills the field.
        concentration: Of the slab in Bq per mL and MBq; 0 leaves the sphere alone.
        ball: A sphere in the slab, if any.
    """
    slab = Slab(
        Projection.CC, thickness_mm, HALF_WIDTH_MM, HALF_WIDTH_MM, HALF_WIDTH_MM
    )
    projector = find_projector(camera)
    emission = build_emission(
        projector.grid,
        slab,
        np.full(CELLS, concentration, np.float32),
        muscle=0.0,
        balls=[] if ball is None else [ball],
    )
    return project_view(
        projector, emission, slab, torso_concentration=0.0, mu_per_cm=MU_PER_CM
    )


def project_ball(
    camera: Camera, thickness_mm: float, diameter_mm: float, height_mm: float
) -> Float32[np.ndarray, "head row col"]:
    """Image of a sphere of 1 Bq/mL in a slab without activity, as `project_slab`.

    Args:
        camera: The camera.
        thickness_mm: Thickness of the slab.
        diameter_mm: Diameter of the sphere, in the middle of the field.
        height_mm: Height of its centre above the first head.
    """
    ball = Ball(middle_place(camera, height_mm), diameter_mm, 1.0)
    return project_slab(camera, thickness_mm, 0.0, ball)
