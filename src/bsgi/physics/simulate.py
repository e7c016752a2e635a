"""One simulated exam: from a woman's number to counts in four views and their truth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32, UInt16

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
from bsgi.physics.acquisition.acquire import acquire_view
from bsgi.physics.acquisition.protocol import Protocol
from bsgi.physics.breast.anatomy import Slab
from bsgi.physics.breast.implant import place_implant
from bsgi.physics.breast.uptake import build_concentration, find_textures
from bsgi.physics.camera.catalogue import find_camera
from bsgi.physics.camera.detector import find_gains
from bsgi.physics.camera.materials import mix_breast
from bsgi.physics.camera.record import Camera
from bsgi.physics.heads import (
    HEADS_MIRRORED,
    pose_as_saved,
    save_heads,
    turn_detector,
)
from bsgi.physics.population.population import Population
from bsgi.physics.population.settle import settle_gland
from bsgi.physics.population.woman import Breast, Woman, draw_woman
from bsgi.physics.transport.emission import (
    Emission,
    Void,
    build_emission,
    place_nipple,
)
from bsgi.physics.transport.lesion_balls import outline_balls, place_lesion
from bsgi.physics.transport.projector import Projector, find_projector
from bsgi.physics.transport.scatter import (
    REFERENCE_TORSO_RATIO,
    ScatteringBreast,
    add_scatter,
)
from bsgi.physics.transport.torso import find_torso_cm


@dataclass(frozen=True, slots=True)
class ExpectedView:
    """What a camera would count on average, in canonical pose.

    Args:
        name: The view.
        rate: Counts per second and pixel, for one MBq injected and without decay, of
            every head; that of an opposite head as if it were seen from the first.
        mask: Pixels onto which a lesion projects.
    """

    name: ViewName
    rate: Float32[np.ndarray, "head row col"]
    mask: Bool[np.ndarray, "row col"]


@dataclass(frozen=True, slots=True)
class Parts:
    """Expected counts per second and pixel by where they come from.

    Args:
        primary: Unscattered, from the breast.
        scatter: Scattered in the breast, from the breast and the torso.
        torso: Unscattered, from behind the chest wall.
    """

    primary: Float32[np.ndarray, "head row col"]
    scatter: Float32[np.ndarray, "head row col"]
    torso: Float32[np.ndarray, "head row col"]

    @property
    def total(self) -> Float32[np.ndarray, "head row col"]:
        """All counts."""
        total: Float32[np.ndarray, "head row col"] = self.primary + self.scatter
        total += self.torso
        return total


@dataclass(frozen=True, slots=True)
class Study:
    """One simulated exam, with more than the exam itself keeps.

    Args:
        exam: The exam; the counts of its views are those of all frames together.
        truth: What is true of it.
        frames: Counts of each view by frame, in the pose of the saved view.
        frame_s: Duration of the frames of each view.
    """

    exam: Exam
    truth: Truth
    frames: Mapping[ViewName, UInt16[np.ndarray, "frame head row col"]]
    frame_s: Mapping[ViewName, tuple[float, ...]]


def project_parts(
    projector: Projector,
    emission: Emission,
    slab: Slab,
    *,
    torso_concentration: float,
    mu_per_cm: float,
) -> Parts:
    """Counts per second and pixel of every head by origin, for one MBq injected.

    Args:
        projector: The camera's projector.
        emission: Photon sources in the breast.
        slab: The compressed breast.
        torso_concentration: In Bq per mL and MBq; 0 leaves the torso out.
        mu_per_cm: Attenuation coefficient of the breast.
    """
    camera = projector.camera
    cps_per_bq = np.float32(projector.cps_per_bq)
    seen_cm = -np.expm1(-mu_per_cm * slab.thickness_mm / 10.0) / mu_per_cm
    column_cm3 = seen_cm * projector.grid.voxel_cm2
    breast = ScatteringBreast(
        thickness_mm=slab.thickness_mm,
        filling=emission.filling,
        torso_density=torso_concentration / REFERENCE_TORSO_RATIO * float(column_cm3),
    )
    shape = (camera.heads, camera.rows, camera.cols)
    primary, scatter = np.empty(shape, np.float32), np.empty(shape, np.float32)
    for head in range(camera.heads):
        layers = emission.seen_by(head, mu_per_cm)
        sharp, blurred = projector.transform(layers, emission.layer_mm)
        scattered = add_scatter(projector, sharp, breast)
        for part, spectrum in ((primary, blurred), (scatter, scattered)):
            part[head] = projector.bin_to_pixels(projector.invert(spectrum))
    primary *= cps_per_bq
    scatter *= cps_per_bq
    pixel_ml = find_torso_cm(camera, slab.thickness_mm) * camera.pitch_mm**2 / 100.0
    behind = (pixel_ml * torso_concentration).astype(np.float32) * cps_per_bq
    return Parts(primary, scatter, np.broadcast_to(behind, shape))


def project_view(
    projector: Projector,
    emission: Emission,
    slab: Slab,
    *,
    torso_concentration: float,
    mu_per_cm: float,
) -> Float32[np.ndarray, "head row col"]:
    """Counts per second and pixel of every head, for one MBq injected.

    Args:
        projector: The camera's projector.
        emission: Photon sources in the breast.
        slab: The compressed breast.
        torso_concentration: In Bq per mL and MBq; 0 leaves the torso out.
        mu_per_cm: Attenuation coefficient of the breast.
    """
    parts = project_parts(
        projector,
        emission,
        slab,
        torso_concentration=torso_concentration,
        mu_per_cm=mu_per_cm,
    )
    return parts.total


def expect_views(woman: Woman, camera: Camera) -> tuple[ExpectedView, ...]:
    """The noise-free views of one woman, in canonical order.

    A breast that is absent has no views.

    Args:
        woman: Everything that was drawn for her.
        camera: What she is imaged with.

    Raises:
        ConfigError: If there is no scatter model for the camera's crystal.
    """
    projector = find_projector(camera)
    woman = settle_gland(woman)
    textures = find_textures(woman.texture_seed, woman.symmetry)
    present = [side for side in Side if side not in woman.absent]
    both = [woman.breast(side).uptake.concentration for side in Side]
    torso = woman.torso_ratio * sum(both) / len(both)
    views: dict[ViewName, ExpectedView] = {}
    for side in present:
        breast = woman.breast(side)
        cells = build_concentration(breast.uptake, textures[side])
        lesions = [lesion for lesion in woman.lesions if lesion.side is side]
        for projection in Projection:
            name = ViewName(f"{side}{projection}")
            views[name] = _expect_view(projector, name, breast, cells, lesions, torso)
    return tuple(views[name] for name in ViewName if name in views)


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
        ball for lesion in lesions for ball in place_lesion(slab, lesion, cells, uptake)
    ]
    nipple = place_nipple(slab, uptake.nipple_ratio * uptake.concentration)
    implant = breast.implant
    emission = build_emission(
        projector.grid,
        slab,
        cells,
        muscle=uptake.muscle_ratio * uptake.concentration,
        skin=uptake.skin_ratio * uptake.concentration,
        axilla=uptake.axilla_ratio * uptake.concentration,
        balls=[nipple, *balls],
        voids=[] if implant is None else [Void(*place_implant(slab, implant))],
    )
    rate = project_view(
        projector,
        emission,
        slab,
        torso_concentration=torso_concentration,
        mu_per_cm=mu_per_cm,
    )
    return ExpectedView(name, rate, outline_balls(projector, balls))


def simulate_exam(
    population: Population, index: int, protocol: Protocol | None = None
) -> tuple[Exam, Truth]:
    """One exam of a population and what is true of it.

    It depends on the population's seed, preset, camera and dose, on the number and on
    the label of that number, and not on how many exams are drawn.

    Args:
        population: What to draw from.
        index: Number of the exam, from 0.
        protocol: Times of the acquisition; None for those of the population.

    Raises:
        ConfigError: If the population has no such number, there is no scatter model for
            the camera, or a pixel would overflow.
    """
    study = simulate_study(population, index, protocol)
    return study.exam, study.truth


def simulate_study(
    population: Population, index: int, protocol: Protocol | None = None
) -> Study:
    """One exam of a population with the frames of its views.

    Args:
        population: What to draw from.
        index: Number of the exam, from 0.
        protocol: Times of the acquisition; None for those of the population.

    Raises:
        ConfigError: As `simulate_exam`.
    """
    protocol = protocol or population.protocol
    woman = draw_woman(population, index)
    camera = find_camera(population.camera)
    gains = find_gains(camera, woman.site, population.seed)
    rng = np.random.default_rng(woman.noise_seed)
    views, masks, frames, frame_s = {}, {}, {}, {}
    for expected in expect_views(woman, camera):
        name = expected.name
        taken = acquire_view(
            rng,
            expected.rate,
            name,
            protocol,
            dose_mbq=population.dose_mbq,
            isotope=camera.isotope,
            pitch_mm=camera.pitch_mm,
            gains=turn_detector(gains, name),
        )
        frames[name] = save_heads(taken.frames, name)
        frame_s[name] = taken.frame_s
        views[name] = View(
            name=name,
            counts=save_heads(taken.counts, name),
            spacing_mm=(camera.pitch_mm, camera.pitch_mm),
            duration_s=taken.duration_s,
            start_s=taken.start_s,
            energy_window_kev=camera.window_kev,
            orientation=STANDARD_ORIENTATION[name],
            heads_mirrored=HEADS_MIRRORED[: camera.heads],
            stopped_by_counts=taken.stopped_by_counts,
        )
        if expected.mask.any():
            masks[name] = pose_as_saved(expected.mask, name)
    truth = Truth(woman.lesions, masks, woman.background)
    return Study(_record_exam(population, woman, views), truth, frames, frame_s)


def _record_exam(
    population: Population, woman: Woman, views: Mapping[ViewName, View]
) -> Exam:
    """The record that a hospital would have."""
    # the same woman under another camera or dose keeps her id; other women have others
    patient_id = f"{population.women_of}{population.seed}-{woman.index:05d}"
    return Exam(
        exam_id=f"{patient_id}-1",
        patient_id=patient_id,
        views=views,
        site=woman.site,
        camera=population.camera,
        dose_mbq=population.dose_mbq,
        age_years=woman.age_years,
        label=woman.label,
        label_left=_label_side(woman, Side.LEFT),
        label_right=_label_side(woman, Side.RIGHT),
        simulated=True,
    )


def _label_side(woman: Woman, side: Side) -> Label:
    """Label of one breast; unknown if it is absent."""
    if side in woman.absent:
        return Label.UNKNOWN
    ill = any(lesion.malignant and lesion.side is side for lesion in woman.lesions)
    return Label.MALIGNANT if ill else Label.BENIGN
