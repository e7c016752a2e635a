"""One simulated exam: from a woman's number to counts in four views and their truth."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32

from bsgi.exam.orientation import STANDARD_ORIENTATION
from bsgi.exam.record import (
    Exam,
    Label,
    Lesion,
    Projection,
    Side,
    Truth,
    View,
    ViewName,
)
from bsgi.physics.acquisition.protocol import Protocol, draw_counts, pose_as_saved
from bsgi.physics.breast.anatomy import Slab
from bsgi.physics.breast.uptake import build_concentration, draw_textures
from bsgi.physics.camera.catalogue import find_camera
from bsgi.physics.camera.materials import mix_breast
from bsgi.physics.camera.record import Camera
from bsgi.physics.population.population import Population
from bsgi.physics.population.woman import Breast, Woman, draw_woman
from bsgi.physics.transport.emission import (
    Ball,
    Emission,
    build_emission,
    find_local_concentration,
    place_ball,
    place_nipple,
)
from bsgi.physics.transport.projector import Projector, find_projector
from bsgi.physics.transport.scatter import (
    REFERENCE_TORSO_RATIO,
    ScatteringBreast,
    add_scatter,
)

DEFAULT_PROTOCOL = Protocol()


@dataclass(frozen=True, slots=True)
class ExpectedView:
    """What a camera would count on average, in canonical pose.

    Args:
        name: The view.
        rate: Counts per second and pixel, for one MBq injected and without decay.
        mask: Pixels onto which a lesion projects.
    """

    name: ViewName
    rate: Float32[np.ndarray, "row col"]
    mask: Bool[np.ndarray, "row col"]


def project_view(
    projector: Projector,
    emission: Emission,
    slab: Slab,
    *,
    torso_concentration: float,
    mu_per_cm: float,
) -> Float32[np.ndarray, "row col"]:
    """Counts per second and pixel, scattered ones included, for one MBq injected.

    Args:
        projector: The camera's projector.
        emission: Photon sources in the breast.
        slab: The compressed breast.
        torso_concentration: In Bq per mL and MBq; 0 leaves the torso out.
        mu_per_cm: Attenuation coefficient of the breast.
    """
    sharp, spectrum = projector.transform(emission.activity_bq)
    seen_cm = -np.expm1(-mu_per_cm * slab.thickness_mm / 10.0) / mu_per_cm
    column_cm3 = seen_cm * projector.grid.voxel_mm**2 / 100.0
    breast = ScatteringBreast(
        thickness_mm=slab.thickness_mm,
        filling=emission.filling,
        torso_density=torso_concentration / REFERENCE_TORSO_RATIO * column_cm3,
    )
    spectrum += add_scatter(projector, sharp, breast)
    cps_per_bq = np.float32(projector.camera.sensitivity_cps_per_mbq * 1e-6)
    return projector.bin_to_pixels(projector.invert(spectrum)) * cps_per_bq


def expect_views(woman: Woman, camera: Camera) -> tuple[ExpectedView, ...]:
    """The noise-free views of one woman, in canonical order.

    Args:
        woman: Everything that was drawn for her.
        camera: What she is imaged with.

    Raises:
        ConfigError: If the camera has no scatter model.
    """
    projector = find_projector(camera)
    rng = np.random.default_rng(woman.texture_seed)
    textures = draw_textures(rng, woman.symmetry)
    both = [woman.breast(side).uptake.concentration for side in Side]
    torso = woman.torso_ratio * sum(both) / len(both)
    views: dict[ViewName, ExpectedView] = {}
    for side in Side:
        breast = woman.breast(side)
        cells = build_concentration(breast.uptake, textures[side])
        lesions = [lesion for lesion in woman.lesions if lesion.side is side]
        for projection in Projection:
            name = ViewName(f"{side}{projection}")
            views[name] = _expect_view(projector, name, breast, cells, lesions, torso)
    return tuple(views[name] for name in ViewName)


def _expect_view(
    projector: Projector,
    name: ViewName,
    breast: Breast,
    cells: Float32[np.ndarray, "depth lateral superior"],
    lesions: Sequence[Lesion],
    torso_concentration: float,
) -> ExpectedView:
    """One noise-free view of one breast, with the lesions that lie in it."""
    uptake, slab = breast.uptake, breast.slab(name.projection)
    mu_per_cm = mix_breast(uptake.gland_share).mu_per_cm
    balls = [
        place_ball(
            slab,
            lesion.position,
            lesion.diameter_mm,
            lesion.concentration_ratio
            * find_local_concentration(cells, lesion.position, lesion.diameter_mm),
        )
        for lesion in lesions
    ]
    nipple = place_nipple(slab, uptake.nipple_ratio * uptake.concentration)
    emission = build_emission(
        projector.grid,
        slab,
        cells,
        muscle=uptake.muscle_ratio * uptake.concentration,
        balls=[nipple, *balls],
        mu_per_cm=mu_per_cm,
    )
    rate = project_view(
        projector,
        emission,
        slab,
        torso_concentration=torso_concentration,
        mu_per_cm=mu_per_cm,
    )
    return ExpectedView(name, rate, outline_balls(projector, balls))


def outline_balls(
    projector: Projector, balls: Sequence[Ball]
) -> Bool[np.ndarray, "row col"]:
    """Pixels that the shadow of any of the spheres touches, straight down.

    Args:
        projector: The camera's projector.
        balls: Lesions under compression.
    """
    upward_mm, outward_mm = projector.grid.pixel_centres_mm()
    half_mm = 0.5 * projector.camera.pitch_mm
    mask = np.zeros((len(upward_mm), len(outward_mm)), bool)
    for ball in balls:
        # Distance from the centre to the nearest point of each pixel.
        down = np.maximum(np.abs(upward_mm - ball.place.upward_mm) - half_mm, 0.0)
        across = np.maximum(np.abs(outward_mm - ball.place.outward_mm) - half_mm, 0.0)
        mask |= np.hypot(down[:, None], across) < 0.5 * ball.diameter_mm
    return mask


def simulate_exam(
    population: Population, index: int, protocol: Protocol = DEFAULT_PROTOCOL
) -> tuple[Exam, Truth]:
    """One exam of a population and what is true of it.

    It depends on the population's seed, preset, camera and dose, on the number and on
    the label of that number, and not on how many exams are drawn.

    Args:
        population: What to draw from.
        index: Number of the exam, from 0.
        protocol: Times of the acquisition.

    Raises:
        ConfigError: If the population has no such number, the camera no scatter model,
            or a pixel would overflow.
    """
    woman = draw_woman(population, index)
    camera = find_camera(population.camera)
    rng = np.random.default_rng(woman.noise_seed)
    views, masks = {}, {}
    for expected in expect_views(woman, camera):
        name = expected.name
        exposure = protocol.exposure_mbq_s(name, population.dose_mbq, camera.isotope)
        counts = draw_counts(rng, expected.rate * np.float32(exposure))
        views[name] = View(
            name=name,
            counts=pose_as_saved(counts, name)[None],
            spacing_mm=(camera.pitch_mm, camera.pitch_mm),
            duration_s=protocol.view_s,
            start_s=protocol.start_s(name),
            energy_window_kev=camera.window_kev,
            orientation=STANDARD_ORIENTATION[name],
        )
        if expected.mask.any():
            masks[name] = pose_as_saved(expected.mask, name)
    # the same woman under another camera or dose keeps her id; other women have others
    patient_id = f"{population.preset}{population.seed}-{index:05d}"
    exam = Exam(
        exam_id=f"{patient_id}-1",
        patient_id=patient_id,
        views=views,
        site=woman.site,
        camera=camera.name,
        dose_mbq=population.dose_mbq,
        age_years=woman.age_years,
        label=woman.label,
        label_left=_label_side(woman.lesions, Side.LEFT),
        label_right=_label_side(woman.lesions, Side.RIGHT),
        simulated=True,
    )
    return exam, Truth(woman.lesions, masks, woman.background)


def _label_side(lesions: tuple[Lesion, ...], side: Side) -> Label:
    """Label of one breast."""
    ill = any(lesion.malignant and lesion.side is side for lesion in lesions)
    return Label.MALIGNANT if ill else Label.BENIGN
