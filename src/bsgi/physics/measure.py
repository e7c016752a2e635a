"""Background uptake of one woman, measured on her images as a reader would."""

from dataclasses import replace

import numpy as np

from bsgi.exam.record import Side
from bsgi.physics.breast.contrast import map_gland
from bsgi.physics.breast.uptake import build_gland, find_textures
from bsgi.physics.camera.record import Camera
from bsgi.physics.population.woman import Woman
from bsgi.physics.simulate import expect_views
from bsgi.physics.transport.projector import find_projector


def measure_background(woman: Woman, camera: Camera) -> float:
    """Mean counts over gland over mean counts over fat, averaged over the views.

    The images have no noise and no lesion; two heads are added up. Where the gland lies
    is known from her anatomy, as a reader knows it from mammography. `classify` gives
    the level of background uptake of the ratio.

    Args:
        woman: Everything that was drawn for her.
        camera: What she is imaged with.

    Returns:
        The ratio; NaN if no view has pixels that can be compared.
    """
    textures = find_textures(woman.texture_seed, woman.symmetry)
    centres_mm = find_projector(camera).grid.pixel_centres_mm()
    upward_mm, outward_mm = (axis_mm.astype(np.float32) for axis_mm in centres_mm)
    gland = {
        side: build_gland(woman.breast(side).uptake, textures[side]) for side in Side
    }
    ratios = []
    for view in expect_views(replace(woman, lesions=()), camera):
        breast = woman.breast(view.name.side)
        slab = breast.slab(view.name.projection)
        regions = map_gland(
            slab, gland[breast.side], outward_mm, upward_mm, breast.implant
        )
        if regions.fat.any():
            image = view.rate.sum(axis=0)
            ratios.append(
                float(image[regions.gland].mean() / image[regions.fat].mean())
            )
    return float(np.mean(ratios)) if ratios else float("nan")
