"""What scattered photons add to an image: from the breast itself, and from the torso.

A parallel-hole collimator accepts photons that leave the breast straight down, so a
scattered count is seen where its last scatter happened, within the breast's outline.

- *Own breast*: the unscattered counts of every column, spread over the rings about it.
- *Torso*: activity behind the chest wall sends photons into the breast; their share
  falls with the distance from the chest wall. It makes the bright band along the chest
  wall. On a camera with one head the breast is open above, and more of them come in.

Both come from the tables of a Monte Carlo, which hold true energies: the camera's
crystal, energy response and window are applied to them here, so every camera has its
scatter. What the tables leave out is in `docs/concepts/simulator.md`.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from jaxtyping import Complex64, Float, Float32
from scipy import fft
from scipy.special import j1

from bsgi.errors import ConfigError
from bsgi.physics.camera.record import Camera
from bsgi.physics.transport.projector import Projector, find_projector
from bsgi.physics.transport.tables import ScatterTables, find_tables

# The torso's concentration over the breast's in profiles.
REFERENCE_TORSO_RATIO = 3.0
# C: rings beyond it are left out: on the projector's grid, which is not padded, they
# would come back at the other side. They hold up to 6 % of the own scatter of a
# breast without end; in one of 9 x 16 cm the sum is right to 0.2 %.
REACH_CM = 12.0
# C: kernels are kept for thicknesses in these steps and interpolated between them.
KERNEL_STEP_CM = 0.25
# C: kernels are worked out at these frequencies and interpolated.
FREQUENCY_STEP_PER_CM = 0.005


@dataclass(frozen=True, slots=True, eq=False)
class ScatterModel:
    """Scattered over unscattered counts for one camera's crystal, window and heads.

    Thicknesses outside the table take its nearest one.

    Args:
        thickness_cm: Thicknesses of the table, 2 to 10 cm.
        radius_cm: Limits of the rings about the column where photons started.
        own: Scattered counts per unscattered count of that column, by thickness and
            ring, in a wide breast.
        outward_cm: The chest wall, and the middle of each band from there outwards.
        torso: Scattered counts from a torso of the reference ratio over unscattered
            counts of a slab, by thickness and band.
    """

    thickness_cm: Float[np.ndarray, " thickness"]
    radius_cm: Float[np.ndarray, " radius"]
    own: Float[np.ndarray, "thickness ring"]
    outward_cm: Float[np.ndarray, " band"]
    torso: Float[np.ndarray, "thickness band"]

    def own_rings(self, thickness_cm: float) -> Float[np.ndarray, " ring"]:
        """Scattered counts in each ring per unscattered count of the column."""
        return self._at_thickness(self.own, thickness_cm)

    def own_amplitude(self, thickness_cm: float) -> float:
        """Scattered counts per unscattered count of a wide breast."""
        return float(self.own_rings(thickness_cm).sum())

    def own_transfer(
        self,
        frequency_per_cm: Float[np.ndarray, " frequency"],
        thickness_cm: float,
    ) -> Float[np.ndarray, " frequency"]:
        """The kernel's Fourier transform at radial frequencies.

        Args:
            frequency_per_cm: Radial frequencies.
            thickness_cm: Thickness of the breast.

        References:
            Bracewell, *The Fourier Transform and Its Applications*: the Hankel
            transform of a disc is a jinc function; a ring is the larger disc less the
            smaller one.
        """
        inner, outer = self.radius_cm[:-1], self.radius_cm[1:]
        shares = self.own_rings(thickness_cm) / (outer**2 - inner**2)
        turns = 2.0 * np.pi * frequency_per_cm[:, None]
        discs = [r**2 * _jinc(turns * r) for r in (outer, inner)]
        transfer: Float[np.ndarray, " frequency"] = (
            shares * (discs[0] - discs[1])
        ).sum(axis=1)
        return transfer

    def torso_profile(
        self, outward_cm: Float[np.ndarray, " col"], thickness_cm: float
    ) -> Float[np.ndarray, " col"]:
        """Scatter from the torso over unscattered counts of a slab, by distance.

        The torso has `REFERENCE_TORSO_RATIO` times the slab's concentration.

        Args:
            outward_cm: Distances from the chest wall.
            thickness_cm: Thickness of the breast.
        """
        profile: Float[np.ndarray, " col"] = np.interp(
            outward_cm, self.outward_cm, self._at_thickness(self.torso, thickness_cm)
        )
        return profile

    def _at_thickness(
        self, table: Float[np.ndarray, "thickness place"], thickness_cm: float
    ) -> Float[np.ndarray, " place"]:
        known = self.thickness_cm
        upper = int(np.clip(np.searchsorted(known, thickness_cm), 1, len(known) - 1))
        share = (thickness_cm - known[upper - 1]) / (known[upper] - known[upper - 1])
        share = min(1.0, max(0.0, float(share)))
        row: Float[np.ndarray, " place"] = (1.0 - share) * table[
            upper - 1
        ] + share * table[upper]
        return row


def _jinc(radians: Float[np.ndarray, "*any"]) -> Float[np.ndarray, "*any"]:
    """2 J1(x) / x, 1 at 0."""
    safe = np.maximum(radians, 1e-9)
    return np.asarray(2.0 * j1(safe) / safe)


def weigh_energies(
    tables: ScatterTables, camera: Camera
) -> Float[np.ndarray, " energy"]:
    """How well a camera counts photons of each energy, over those of the line.

    Photons of less energy are stopped more readily, but fewer of them are measured
    within the window.

    Args:
        tables: Energies, and what crystals attenuate.
        camera: The camera.

    Raises:
        ConfigError: If the tables do not know the camera's crystal.
    """
    name = camera.crystal.name
    if name not in tables.crystals:
        raise ConfigError(
            f"crystal of camera {camera.name} must be one of "
            f"{', '.join(tables.crystals)}, got {name!r}; add it to CRYSTALS and make "
            "the scatter tables again."
        )
    index = tables.crystals.index(name)
    relative = tables.crystal_per_cm[index] / tables.crystal_line_per_cm[index]
    depth = camera.crystal.mu_per_cm * camera.crystal_mm / 10.0 * relative
    stopping = -np.expm1(-depth) / camera.stopping
    accepted = camera.energy.acceptance(tables.energy_kev, camera.window_kev)
    weights: Float[np.ndarray, " energy"] = (
        stopping * accepted / camera.window_acceptance
    )
    return weights


def fold_tables(tables: ScatterTables, camera: Camera) -> ScatterModel:
    """Apply a camera's crystal, energy response, window and heads to the tables.

    Args:
        tables: Spectra of scattered photons.
        camera: The camera.

    Raises:
        ConfigError: If the tables do not know the camera's crystal.
    """
    weights = weigh_energies(tables, camera)
    torso = tables.torso[camera.heads - 1]
    rings = int(np.searchsorted(tables.radius_cm, REACH_CM))
    # Plain sums: their bits do not depend on the number of threads.
    bands = REFERENCE_TORSO_RATIO * (torso * weights).sum(axis=2)
    # A straight line through the first two bands, so that the first keeps its mean.
    wall = 1.5 * bands[:, :1] - 0.5 * bands[:, 1:2]
    middles = 0.5 * (tables.outward_cm[1:] + tables.outward_cm[:-1])
    return ScatterModel(
        thickness_cm=tables.thickness_cm,
        radius_cm=tables.radius_cm[: rings + 1],
        own=(tables.own[:, :rings] * weights).sum(axis=2),
        outward_cm=np.concatenate([[0.0], middles]),
        torso=np.concatenate([wall, bands], axis=1),
    )


@lru_cache(maxsize=16)
def find_scatter_model(camera: Camera) -> ScatterModel:
    """The scatter model of a camera, from the tables that come with the package.

    Args:
        camera: The camera.

    Raises:
        ConfigError: If the tables do not know its crystal, or cannot be read.
    """
    return fold_tables(find_tables(), camera)


@lru_cache(maxsize=128)
def _find_transfer(camera: Camera, step: int) -> Float32[np.ndarray, "row frequency"]:
    """The own kernel's transform on a camera's grid, by steps of thickness."""
    radius = 10.0 * find_projector(camera).frequency_per_mm()
    known = np.arange(0.0, radius.max() + FREQUENCY_STEP_PER_CM, FREQUENCY_STEP_PER_CM)
    model = find_scatter_model(camera)
    transfer = model.own_transfer(known, step * KERNEL_STEP_CM)
    kernel: Float32[np.ndarray, "row frequency"] = np.interp(
        radius, known, transfer
    ).astype(np.float32)
    return kernel


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
    """Spectrum of the scattered counts of one head, blurred as if from mid-height.

    Heads on either side of the breast see alike: the torso reaches beyond both.

    Args:
        projector: The camera's projector.
        sharp: Spectrum of the attenuated emission that this head sees, without the
            collimator's blur.
        breast: The breast it came from.

    Raises:
        ConfigError: If the tables do not know the camera's crystal.
    """
    camera, grid = projector.camera, projector.grid
    model = find_scatter_model(camera)
    thickness_cm = breast.thickness_mm / 10.0
    step, beyond = divmod(thickness_cm / KERNEL_STEP_CM, 1.0)
    kernel = _find_transfer(camera, int(step)) * np.float32(1.0 - beyond)
    kernel += _find_transfer(camera, int(step) + 1) * np.float32(beyond)
    scattered = projector.invert(sharp * kernel)
    torso = model.torso_profile(grid.outward_mm.astype(float) / 10.0, thickness_cm)
    scattered += (breast.torso_density * torso).astype(np.float32)
    scattered *= breast.filling
    spectrum: Complex64[np.ndarray, "row frequency"] = fft.rfft2(scattered)
    # Rounded to whole centimetres, so that few transfer functions are kept.
    height_mm = 10.0 * max(1.0, float(np.floor(0.5 * thickness_cm + 0.5)))
    spectrum *= projector.blur(height_mm)
    return spectrum
