"""The voxels that image formation works on, laid out for one camera."""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32
from scipy import fft

from bsgi.physics.camera.record import Camera

# D: about half the resolution of the cameras at the depth of most lesions.
LARGEST_VOXEL_MM = 2.0
# D: the sharpest collimator's shadow at its face is narrower than the pixel.
FEWEST_PER_PIXEL = 2
# Room on each side of the field of view, so that activity just outside blurs into it.
# C: the widest shadow, a tent at 10 cm, ends after 15.3 mm.
MARGIN_MM = 20.0


@dataclass(frozen=True, slots=True)
class Grid:
    """Voxels over a camera's field of view and a margin, as seen in canonical pose.

    Args:
        per_pixel: Voxels along one pixel.
        voxel_mm: Their size in the plane of the detector.
        rows: Voxels along the image's vertical.
        cols: Voxels from the chest wall outwards.
        first_row: Where the field of view starts.
        first_col: Where it starts behind the dead edge.
        live: Live pixels, rows and columns.
        outward_mm: Distance of each column from the chest wall.
        upward_mm: Height of each row above the middle of the field.
    """

    per_pixel: int
    voxel_mm: float
    rows: int
    cols: int
    first_row: int
    first_col: int
    live: tuple[int, int]
    outward_mm: Float32[np.ndarray, " col"]
    upward_mm: Float32[np.ndarray, " row"]

    @property
    def voxel_cm2(self) -> float:
        """Area of one voxel in the plane of the detector."""
        return self.voxel_mm**2 / 100.0

    def pixel_centres_mm(
        self,
    ) -> tuple[Float[np.ndarray, " row"], Float[np.ndarray, " col"]]:
        """Height of pixel rows and distance of pixel columns from the chest wall."""
        step = self.per_pixel
        rows = self.upward_mm[self.first_row :][: self.live[0] * step]
        cols = self.outward_mm[self.first_col :][: self.live[1] * step]
        return (
            rows.reshape(-1, step).mean(axis=1, dtype=float),
            cols.reshape(-1, step).mean(axis=1, dtype=float),
        )


def build_grid(camera: Camera) -> Grid:
    """The voxel grid of a camera: whole voxels per pixel, sizes that transform fast."""
    per_pixel = max(FEWEST_PER_PIXEL, math.ceil(camera.pitch_mm / LARGEST_VOXEL_MM))
    voxel_mm = camera.pitch_mm / per_pixel
    margin = math.ceil(MARGIN_MM / voxel_mm)
    live_rows, live_cols = camera.rows * per_pixel, camera.cols * per_pixel
    # The first voxel lies at the chest wall or less than a voxel before it.
    first_col = math.ceil(camera.dead_edge_mm / voxel_mm)
    rows = int(fft.next_fast_len(live_rows + 2 * margin, real=True))
    cols = int(fft.next_fast_len(first_col + live_cols + margin, real=True))
    row = np.arange(rows) - margin + 0.5
    col = np.arange(cols) - first_col + 0.5
    return Grid(
        per_pixel=per_pixel,
        voxel_mm=voxel_mm,
        rows=rows,
        cols=cols,
        first_row=margin,
        first_col=first_col,
        live=(camera.rows, camera.cols),
        outward_mm=(col * voxel_mm + camera.dead_edge_mm).astype(np.float32),
        upward_mm=((0.5 * live_rows - row) * voxel_mm).astype(np.float32),
    )
