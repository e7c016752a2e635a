"""From attenuated activity in a compressed breast to unscattered counts per second.

The collimator blurs each layer more the higher it lies; the detector's pixel is a box.
Heads of a camera are alike, so one projector serves them all: it takes the layers in
the order in which a head sees them.
"""

from functools import lru_cache

import numpy as np
from jaxtyping import Complex64, Float, Float32
from scipy import fft

from bsgi.physics.camera.record import Camera
from bsgi.physics.transport.grid import build_grid
from bsgi.physics.transport.response import share_per_voxel

LARGEST_LAYER_MM = 2.0  # D: as the voxels
# C: two layers share one blur; its width changes by 0.3 mm or less between them.
LAYERS_PER_BLUR = 2
# C: blurs are kept by height in these steps; 0.125 mm off changes a width by 0.02 mm.
HEIGHT_STEP_MM = 0.25


class Projector:
    """The unscattered part of image formation for one camera; built once, used often.

    Args:
        camera: The camera.
    """

    def __init__(self, camera: Camera) -> None:
        self.camera = camera
        self.grid = build_grid(camera)
        self._transfers: dict[
            int, tuple[Float32[np.ndarray, " row"], Float32[np.ndarray, " frequency"]]
        ] = {}

    @property
    def cps_per_bq(self) -> float:
        """Counts per second of an unattenuated source of one Bq, unscattered."""
        return self.camera.sensitivity_cps_per_mbq * 1e-6

    def frequency_per_mm(self) -> Float[np.ndarray, "row frequency"]:
        """Radial spatial frequency of each element of a spectrum of this grid."""
        down = fft.fftfreq(self.grid.rows, self.grid.voxel_mm)
        across = fft.rfftfreq(self.grid.cols, self.grid.voxel_mm)
        radius: Float[np.ndarray, "row frequency"] = np.hypot(
            down[:, None], across[None, :]
        )
        return radius

    def blur(self, height_mm: float) -> Float32[np.ndarray, "row frequency"]:
        """Transfer function from a plane to voxels at the detector.

        The shadow's exact share in each voxel, transformed; a pixel sums its voxels. So
        nothing rings, and the counts of a source at any height add up to all of them.

        Args:
            height_mm: Height of the plane above the collimator.
        """
        down, across = self._transfer(height_mm)
        both: Float32[np.ndarray, "row frequency"] = np.multiply.outer(down, across)
        return both

    def _transfer(
        self, height_mm: float
    ) -> tuple[Float32[np.ndarray, " row"], Float32[np.ndarray, " frequency"]]:
        """The transfer function's factors down and across; they are real and even."""
        key = round(height_mm / HEIGHT_STEP_MM)
        if key not in self._transfers:
            grid = self.grid
            down, across = (
                share_per_voxel(
                    self.camera, key * HEIGHT_STEP_MM, grid.voxel_mm, voxels
                )
                for voxels in (grid.rows, grid.cols)
            )
            self._transfers[key] = (
                fft.fft(down).real.astype(np.float32),
                fft.rfft(across).real.astype(np.float32),
            )
        return self._transfers[key]

    def transform(
        self, layers: Float32[np.ndarray, "layer row col"], layer_mm: float
    ) -> tuple[
        Complex64[np.ndarray, "row frequency"], Complex64[np.ndarray, "row frequency"]
    ]:
        """Spectra of what a head sees, without and with the collimator's blur.

        Args:
            layers: Activity per voxel weighted by attenuation, the layer next to the
                head first; see `Emission.seen_by`.
            layer_mm: Thickness of a layer.
        """
        step = LAYERS_PER_BLUR
        pairs = layers[0 : len(layers) - 1 : step] + layers[1::step]
        if len(layers) % step:
            pairs = np.concatenate((pairs, layers[-1:]))
        spectra = fft.rfft2(pairs, overwrite_x=True)
        sharp = spectra.sum(axis=0)
        blurred = np.zeros_like(sharp)
        for band in range(len(spectra)):
            held = min(step, len(layers) - band * step)
            down, across = self._transfer((band * step + 0.5 * held) * layer_mm)
            spectra[band] *= across
            spectra[band] *= down[:, None]
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
        # Strided sums: as quick as the reduction of a reshaped image is slow.
        tall = sum((live[k::step] for k in range(1, step)), live[0::step].copy())
        binned: Float32[np.ndarray, "pixelrow pixelcol"] = sum(
            (tall[:, k::step] for k in range(1, step)), tall[:, 0::step].copy()
        )
        # The transform leaves rounding of both signs where there is no activity.
        np.maximum(binned, 0.0, out=binned)
        return binned

    def project(
        self, layers: Float32[np.ndarray, "layer row col"], layer_mm: float
    ) -> Float32[np.ndarray, "pixelrow pixelcol"]:
        """Unscattered counts per second and pixel of one head.

        Args:
            layers: Activity per voxel in Bq times its share that is not attenuated, the
                layer next to the head first.
            layer_mm: Thickness of a layer.
        """
        _, blurred = self.transform(layers, layer_mm)
        return self.bin_to_pixels(self.invert(blurred)) * np.float32(self.cps_per_bq)

    def line_response(
        self, height_mm: float, offset_mm: float = 0.0
    ) -> tuple[Float[np.ndarray, " pixelcol"], Float32[np.ndarray, " pixelcol"]]:
        """What the columns of pixels count of a line along the image's vertical.

        Args:
            height_mm: The line's height above the collimator, taken in steps of
                `HEIGHT_STEP_MM`.
            offset_mm: How far outwards it lies from the centre of the middle column
                of pixels (number `cols // 2`); any value, not only voxels' centres.

        Returns:
            Where each column lies from the line in mm, and its share of the counts.
        """
        outward_mm = self.grid.pixel_centres_mm()[1]
        line_mm = float(outward_mm[self.grid.live[1] // 2]) + offset_mm
        return outward_mm - line_mm, self._image_line(height_mm, line_mm)

    def scan_edge(
        self, height_mm: float = 0.0, step_mm: float = 0.1
    ) -> tuple[Float[np.ndarray, " place"], Float[np.ndarray, " place"]]:
        """Counts of a line that is moved outwards over the edge of the live field.

        Args:
            height_mm: Its height above the collimator.
            step_mm: Distance between the places of the line.

        Returns:
            Its distances from the chest wall in mm, and the shares that are counted.
        """
        places_mm = np.arange(0.0, 2.0 * self.camera.dead_edge_mm + 1e-9, step_mm)
        counted = [
            float(self._image_line(height_mm, float(place_mm)).sum(dtype=float))
            for place_mm in places_mm
        ]
        return places_mm, np.array(counted)

    def _image_line(
        self, height_mm: float, outward_mm: float
    ) -> Float32[np.ndarray, " pixelcol"]:
        """A line's image, by the same shares, transforms and sums as a breast's."""
        grid = self.grid
        voxel = int(np.abs(grid.outward_mm - outward_mm).argmin())
        plane = np.zeros((1, grid.rows, grid.cols), np.float32)
        plane[0, :, voxel] = 1.0
        shares = share_per_voxel(
            self.camera,
            round(height_mm / HEIGHT_STEP_MM) * HEIGHT_STEP_MM,
            grid.voxel_mm,
            grid.cols,
            shift_mm=outward_mm - float(grid.outward_mm[voxel]),
        )
        spectrum = fft.rfft2(plane)[0] * fft.rfft(shares).astype(np.complex64)
        pixels = self.bin_to_pixels(self.invert(spectrum))
        profile: Float32[np.ndarray, " pixelcol"] = pixels[len(pixels) // 2]
        return profile / np.float32(grid.per_pixel)


@lru_cache(maxsize=8)
def find_projector(camera: Camera) -> Projector:
    """The projector of a camera, built at the first call."""
    return Projector(camera)
