"""What a reader sees around one place: channel outputs of every view and head.

The reader knows the shape of each compressed breast, which pixels are dead, and how a
uniform breast of that shape looks on this camera, torso and nipple included. What it
looks at is the difference of an image from that, in units of the uniform image at the
place. It does not compare with the other breast; that gained .001 of the area under the
curve when it was tried on 600 exams.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float, Float32

from bsgi.exam.record import Projection, Side, ViewName
from bsgi.physics.breast.anatomy import Place, Position, place_in_slab
from bsgi.physics.camera.record import Camera
from bsgi.physics.heads import turn_detector
from bsgi.physics.observers.channels import laguerre_gauss
from bsgi.physics.observers.templates import DIAMETERS_MM, find_templates
from bsgi.physics.population.woman import Breast, Woman
from bsgi.physics.simulate import expect_views
from bsgi.physics.transport.projector import find_projector

# C: on a uniform background these see at least 99.5 % of the ideal observer's d' for
# lesions of 4 to 40 mm at mid-height of 6 cm; 1 cm above the sharpest camera's face
# 93 % at 4 mm and 98 % at 6 mm.
CHANNELS = 7
CHANNEL_MM = 15.0
REACH_MM = 36.0  # D: beyond it the channels are close to nothing

# D: what a reader takes for typical, apart from lesions: the middle of what is drawn.
TYPICAL_TORSO_RATIO = 3.0
TYPICAL_NIPPLE_RATIO = 2.2
TYPICAL_MUSCLE_RATIO = 1.25

# D: normal tissue is taken outside this distance from the place and from the torso.
AWAY_MM = 25.0
CHEST_WALL_MM = 20.0

Rates = Mapping[ViewName, Float32[np.ndarray, "head row col"]]
"""An image of every head by view, in canonical pose: counts, or counts per second."""


@dataclass(frozen=True, slots=True)
class Look:
    """One head's look at the place in one view.

    Args:
        name: The view.
        head: Which head.
        rows: Rows of the pixels around the place, and
        cols: their columns.
        channels: Weights of the channels over the uniform image at the place; zero on
            dead pixels.
        flat: Uniform image of 1 Bq/mL around it, in counts per second and MBq.
        templates: What spheres of 1 Bq/mL would add, by diameter.
        normal: Pixels of the whole view that show normal tissue.
    """

    name: ViewName
    head: int
    rows: slice
    cols: slice
    channels: Float[np.ndarray, "channel row col"]
    flat: Float32[np.ndarray, "row col"]
    templates: Float32[np.ndarray, "diameter row col"]
    normal: Bool[np.ndarray, "allrow allcol"]

    def read(
        self, relative: Float32[np.ndarray, "row col"]
    ) -> Float[np.ndarray, " channel"]:
        """Channel outputs of an image of this head in units of the uniform one's.

        Args:
            relative: The whole image, such that the uniform breast is `flat`.
        """
        excess = relative[self.rows, self.cols] - self.flat
        return np.asarray(np.einsum("kij,ij->k", self.channels, excess))


def show_only(woman: Woman, side: Side) -> Woman:
    """The same woman with one breast imaged; what the other adds to it stays."""
    other = Side.RIGHT if side is Side.LEFT else Side.LEFT
    return replace(woman, absent=woman.absent | {other})


def flatten(woman: Woman) -> Woman:
    """The same woman with uniform breasts of 1 Bq/mL and everything else typical."""

    def level(breast: Breast) -> Breast:
        uptake = replace(
            breast.uptake,
            concentration=1.0,
            gland_ratio=1.0,
            texture=0.0,
            nipple_ratio=TYPICAL_NIPPLE_RATIO,
            muscle_ratio=TYPICAL_MUSCLE_RATIO,
            skin_ratio=1.0,
            axilla_ratio=1.0,
        )
        return replace(breast, uptake=uptake)

    return replace(
        woman,
        torso_ratio=TYPICAL_TORSO_RATIO,
        left=level(woman.left),
        right=level(woman.right),
        lesions=(),
    )


def project_rates(
    woman: Woman, camera: Camera, gains: Float32[np.ndarray, "head row col"]
) -> dict[ViewName, Float32[np.ndarray, "head row col"]]:
    """Counts per second and pixel of each view and head, for one MBq injected.

    Args:
        woman: Whom to image.
        camera: The camera.
        gains: Gain of every pixel as the detector was built, or 1 and 0 if it is
            perfect but for its dead pixels.
    """
    return {
        view.name: view.rate * turn_detector(gains, view.name)
        for view in expect_views(woman, camera)
    }


def look_at(
    woman: Woman, side: Side, position: Position, camera: Camera, flats: Rates
) -> tuple[Look, ...]:
    """All looks at one place, by view and head.

    Args:
        woman: Whose breast it is.
        side: The breast with the place.
        position: The place in the uncompressed breast.
        camera: The camera.
        flats: Her uniform images, of `flatten`; zero where a pixel is dead.
    """
    looks = []
    for projection in Projection:
        name = ViewName(f"{side}{projection}")
        slab = woman.breast(side).slab(projection)
        place = place_in_slab(slab, position)
        looks += [
            _look_with(camera, name, head, place, slab.thickness_mm, flat)
            for head, flat in enumerate(flats[name])
        ]
    return tuple(looks)


def _look_with(
    camera: Camera,
    name: ViewName,
    head: int,
    place: Place,
    thickness_mm: float,
    flat: Float32[np.ndarray, "row col"],
) -> Look:
    """The look of one head."""
    upward_mm, outward_mm = find_projector(camera).grid.pixel_centres_mm()
    down_mm, across_mm = upward_mm - place.upward_mm, outward_mm - place.outward_mm
    rows, cols = _around(down_mm), _around(across_mm)
    radius_mm = np.hypot(down_mm[rows, None], across_mm[None, cols])
    around = flat[rows, cols]
    near = around[(radius_mm < 2.0 * camera.pitch_mm) & (around > 0)]
    # A place at the very rim, or on dead pixels, must not divide by next to nothing.
    unit = max(float(near.mean()) if len(near) else 0.0, 0.2 * float(flat.max()))
    channels = laguerre_gauss(radius_mm, CHANNEL_MM, CHANNELS) / unit
    channels *= around > 0
    height_mm = place.height_mm if head == 0 else thickness_mm - place.height_mm
    templates = find_templates(camera).image(thickness_mm, height_mm, radius_mm.ravel())
    far = np.hypot(down_mm[:, None], across_mm[None, :]) > AWAY_MM
    normal = (flat > 0.5 * flat.max()) & far & (outward_mm > CHEST_WALL_MM)[None, :]
    return Look(
        name=name,
        head=head,
        rows=rows,
        cols=cols,
        channels=channels,
        flat=around,
        templates=templates.reshape(len(DIAMETERS_MM), *radius_mm.shape),
        normal=normal,
    )


def _around(distance_mm: Float[np.ndarray, " pixel"]) -> slice:
    """The pixels within reach along one axis; at least one, however far it is."""
    near = np.flatnonzero(np.abs(distance_mm) <= REACH_MM)
    if not len(near):
        near = np.array([np.abs(distance_mm).argmin()])
    return slice(int(near[0]), int(near[-1]) + 1)
