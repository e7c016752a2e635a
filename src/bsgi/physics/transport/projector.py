"""From activity in a compressed breast to unscattered counts per second and pixel.

Photons are attenuated by the tissue below them and blurred by the collimator, more so
the higher they start; both are applied layer by layer. The detector's pixel is a box.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from jaxtyping import Complex64, Float, Float32
from scipy import fft

from bsgi.physics.camera.energy import FWHM_PER_SIGMA
from bsgi.physics.camera.record import Camera

# D: about half the sharpest resolution of the cameras.
LARGEST_VOXEL_MM = 2.0
LAYER_MM = 2.0
# C: two layers share one blur; its width changes by 0.16 mm between them.
LAYERS_PER_BLUR = 2
# Room around the field of view, so that activity just outside blurs into it.
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
    def voxel_ml(self) -> float:
        """Volume of one voxel."""
        return self.voxel_mm**2 * LAYER_MM / 1000.0

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
    per_pixel = math.ceil(camera.pitch_mm / LARGEST_VOXEL_MM)
    voxel_mm = camera.pitch_mm / per_pixel
    margin = math.ceil(MARGIN_MM / voxel_mm)
    live_rows, live_cols = camera.rows * per_pixel, camera.cols * per_pixel
    first_row = math.ceil(0.5 * margin)  # the other half of the gap is at the far end
    first_col = math.ceil(camera.dead_edge_mm / voxel_mm)
    rows = int(fft.next_fast_len(live_rows + 2 * first_row, real=True))
    cols = int(fft.next_fast_len(first_col + live_cols + margin, real=True))
    row = np.arange(rows) - first_row + 0.5
    col = np.arange(cols) - first_col + 0.5
    return Grid(
        per_pixel=per_pixel,
        voxel_mm=voxel_mm,
        rows=rows,
        cols=cols,
        first_row=first_row,
        first_col=first_col,
        live=(camera.rows, camera.cols),
        outward_mm=(col * voxel_mm + camera.dead_edge_mm).astype(np.float32),
        upward_mm=((0.5 * live_rows - row) * voxel_mm).astype(np.float32),
    )


class Projector:
    """The unscattered part of image formation for one camera; built once, used often.

    Args:
        camera: The camera.
    """

    def __init__(self, camera: Camera) -> None:
        self.camera = camera
        self.grid = build_grid(camera)
        self._fy = fft.fftfreq(self.grid.rows, self.grid.voxel_mm)
        self._fx = fft.rfftfreq(self.grid.cols, self.grid.voxel_mm)
        self._blurs: dict[float, Float32[np.ndarray, "row frequency"]] = {}

    def frequency_per_mm(self) -> Float[np.ndarray, "row frequency"]:
        """Radial spatial frequency of each element of a spectrum of this grid."""
        radius: Float[np.ndarray, "row frequency"] = np.hypot(
            self._fy[:, None], self._fx[None, :]
        )
        return radius

    def blur(self, height_mm: float) -> Float32[np.ndarray, "row frequency"]:
        """Transfer function from a plane to sampled pixels, per voxel.

        The collimator's shadow is a Gaussian of its width. The pixel's box is the sum
        of its voxels times the box of one voxel; `bin_to_pixels` takes the sum.

        Args:
            height_mm: Height of the plane above the collimator.
        """
        if height_mm not in self._blurs:
            sigma_mm = self.camera.collimator_fwhm_mm(height_mm) / FWHM_PER_SIGMA
            box_mm = self.grid.voxel_mm
            down, across = (
                np.exp(-2.0 * (np.pi * sigma_mm * f) ** 2) * np.sinc(f * box_mm)
                for f in (self._fy, self._fx)
            )
            self._blurs[height_mm] = np.outer(down, across).astype(np.float32)
        return self._blurs[height_mm]

    def transform(
        self, emission: Float32[np.ndarray, "layer row col"]
    ) -> tuple[
        Complex64[np.ndarray, "row frequency"], Complex64[np.ndarray, "row frequency"]
    ]:
        """Spectra of the emission as seen without and with the collimator's blur.

        Args:
            emission: Photon sources weighted by attenuation, per voxel, lowest layer
                (next to the detector) first.
        """
        step = LAYERS_PER_BLUR
        bands = np.add.reduceat(emission, np.arange(0, len(emission), step), axis=0)
        spectra = fft.rfft2(bands)
        sharp = spectra.sum(axis=0)
        blurred = np.zeros_like(sharp)
        for band in range(len(spectra)):
            layers = min(step, len(emission) - band * step)
            spectra[band] *= self.blur((band * step + 0.5 * layers) * LAYER_MM)
            blurred += spectra[band]
        return sharp, blurred

    def invert(
        self, spectrum: Complex64[np.ndarray, "row frequency"]
    ) -> Float32[np.ndarray, "row col"]:
        """The image of a spectrum, on the voxel grid."""
        image: Float32[np.ndarray, "row col"] = fft.irfft2(
            spectrum, s=(self.grid.rows, self.grid.cols)
        )
        return image

    def bin_to_pixels(
        self, image: Float32[np.ndarray, "row col"]
    ) -> Float32[np.ndarray, "pixelrow pixelcol"]:
        """Sum the voxels of each live pixel; what lies outside is not seen."""
        grid = self.grid
        rows, cols = grid.live
        step = grid.per_pixel
        live = image[
            grid.first_row : grid.first_row + rows * step,
            grid.first_col : grid.first_col + cols * step,
        ]
        binned: Float32[np.ndarray, "pixelrow pixelcol"] = live.reshape(
            rows, step, cols, step
        ).sum(axis=(1, 3))
        # The transform leaves rounding of both signs where there is no activity.
        np.maximum(binned, 0.0, out=binned)
        return binned

    def project(
        self, emission: Float32[np.ndarray, "layer row col"]
    ) -> Float32[np.ndarray, "pixelrow pixelcol"]:
        """Unscattered counts per second and pixel.

        Args:
            emission: Activity per voxel in Bq times its share that is not attenuated.
        """
        _, blurred = self.transform(emission)
        cps_per_bq = np.float32(self.camera.sensitivity_cps_per_mbq * 1e-6)
        return self.bin_to_pixels(self.invert(blurred)) * cps_per_bq


@lru_cache(maxsize=8)
def find_projector(camera: Camera) -> Projector:
    """The projector of a camera, built at the first call."""
    return Projector(camera)
