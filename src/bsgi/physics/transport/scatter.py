"""What scattered photons add to an image: from the breast itself, and from the torso.

A parallel-hole collimator accepts photons that leave the breast straight down, so a
scattered count is seen where its last scatter happened, within the breast's outline.

- *Own breast*: unscattered counts spread by an exponential kernel; its amplitude and
  length grow with thickness.
- *Torso*: activity behind the chest wall sends photons into the breast; their share
  falls with the distance from the chest wall. It makes the bright band along the chest
  wall. On a camera with one head the breast is open above, and more of them come in.

Both were fitted to a Monte Carlo of a box-shaped breast (9 x 16 cm, before a torso of
three times its concentration); what it leaves out is in `docs/concepts/simulator.md`.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from jaxtyping import Complex64, Float, Float32
from scipy import fft

from bsgi.errors import ConfigError
from bsgi.physics.camera.record import Camera
from bsgi.physics.transport.projector import Projector

# The torso's concentration over the breast's in the Monte Carlo.
REFERENCE_TORSO_RATIO = 3.0


@dataclass(frozen=True, slots=True)
class ScatterModel:
    """Scattered over unscattered counts for one crystal and energy window.

    Thickness T is in cm. Valid for 2.5 to 10 cm; fitted at 4, 6 and 8.

    Args:
        amplitude: Coefficients of T and T^2 of the own breast's scattered counts per
            unscattered count, before what is lost at the edges.
        length_cm: Coefficients of 1, T and T^2 of the kernel's exponential length.
        torso: Amplitude at the chest wall, T = 6 cm, two heads.
        torso_cm: Length over which it falls.
        torso_growth: Coefficients of 1 and T of its growth with thickness, 1 at 6 cm.
        open_torso: Further amplitude where there is no second head above the breast.
        open_torso_cm: Length over which that falls.
    """

    amplitude: tuple[float, float]
    length_cm: tuple[float, float, float]
    torso: float
    torso_cm: float
    torso_growth: tuple[float, float]
    open_torso: float
    open_torso_cm: float

    def own_amplitude(self, thickness_cm: float) -> float:
        """Scattered counts per unscattered count of a wide breast."""
        linear, square = self.amplitude
        return linear * thickness_cm + square * thickness_cm**2

    def own_length_cm(self, thickness_cm: float) -> float:
        """Exponential length of the kernel; its mean radius is twice that."""
        constant, linear, square = self.length_cm
        return constant + linear * thickness_cm + square * thickness_cm**2

    def torso_profile(
        self, outward_cm: Float[np.ndarray, " col"], thickness_cm: float, heads: int
    ) -> Float[np.ndarray, " col"]:
        """Scatter from the torso over unscattered counts of a slab, by distance.

        Args:
            outward_cm: Distances from the chest wall.
            thickness_cm: Thickness of the breast.
            heads: Heads of the camera.
        """
        outward_cm = np.clip(outward_cm, 0.0, None)
        profile = self.torso * np.exp(-outward_cm / self.torso_cm)
        if heads == 1:
            profile = profile + self.open_torso * np.exp(
                -outward_cm / self.open_torso_cm
            )
        constant, linear = self.torso_growth
        return profile * (constant + linear * thickness_cm)


# C: forced-detection Monte Carlo: breast only .11 / .15 / .18 at 4 / 6 / 8 cm, with
# torso and two heads .18 / .24 / .29, by distance .48 / .31 / .23 / .17 (0-1 / 1-2 /
# 2-4 / 4-8 cm, at 6 cm), one head .36 at 6 cm; kernel lengths .54 / .68 / .79 cm.
# D: how the addition of the open side falls with distance, and its growth with
# thickness (that of two heads), for which there is one value only.
_NAI_13_126_154 = ScatterModel(
    amplitude=(0.0352, -0.0010275),
    length_cm=(0.17, 0.1075, -0.00375),
    torso=0.508,
    torso_cm=1.375,
    torso_growth=(1 / 3, 1 / 9),
    open_torso=0.302,
    open_torso_cm=4.0,
)

SCATTER_MODELS: Mapping[tuple[str, tuple[float, float]], ScatterModel] = (
    MappingProxyType({("NaI(Tl)", (126.0, 154.0)): _NAI_13_126_154})
)


def find_scatter_model(camera: Camera) -> ScatterModel:
    """The scatter model for a camera's crystal and energy window.

    Raises:
        ConfigError: If none was fitted for them.
    """
    key = (camera.crystal.name, camera.window_kev)
    try:
        return SCATTER_MODELS[key]
    except KeyError:
        raise ConfigError(
            f"camera {camera.name} must have a scatter model for {key[0]} and window "
            f"{key[1]} keV; add one to SCATTER_MODELS."
        ) from None


@dataclass(frozen=True, slots=True)
class ScatteringBreast:
    """What the scatter model must know of the breast that was projected.

    Args:
        thickness_mm: Distance between paddle and detector.
        filling: Local thickness over that, 0 where there is no tissue.
        torso_density: Unscattered activity per voxel column, in Bq, of a slab of this
            thickness filled with a third of the torso's concentration.
    """

    thickness_mm: float
    filling: Float32[np.ndarray, "row col"]
    torso_density: float


def add_scatter(
    projector: Projector,
    sharp: Complex64[np.ndarray, "row frequency"],
    breast: ScatteringBreast,
) -> Complex64[np.ndarray, "row frequency"]:
    """Spectrum of the scattered counts, blurred as if they came from mid-height.

    Args:
        projector: The camera's projector.
        sharp: Spectrum of the attenuated emission without the collimator's blur.
        breast: The breast it came from.

    Raises:
        ConfigError: If the camera has no scatter model.
    """
    camera, grid = projector.camera, projector.grid
    model = find_scatter_model(camera)
    thickness_cm = breast.thickness_mm / 10.0
    length_mm = 10.0 * model.own_length_cm(thickness_cm)
    radians = 2.0 * np.pi * length_mm * projector.frequency_per_mm()
    kernel = model.own_amplitude(thickness_cm) / (1.0 + radians**2) ** 1.5
    scattered = projector.invert(sharp * kernel.astype(np.float32))
    torso = model.torso_profile(
        grid.outward_mm.astype(float) / 10.0, thickness_cm, camera.heads
    )
    scattered += (breast.torso_density * torso).astype(np.float32)
    scattered *= breast.filling
    spectrum: Complex64[np.ndarray, "row frequency"] = fft.rfft2(scattered)
    # Rounded to whole centimetres, so that few transfer functions are kept.
    height_mm = 10.0 * max(1.0, math.floor(0.5 * thickness_cm + 0.5))
    spectrum *= projector.blur(height_mm)
    return spectrum
