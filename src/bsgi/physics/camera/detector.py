"""One detector as it was built: the gain of every pixel, and which are dead.

Two detectors of the same make differ; one detector is the same for every woman who
comes to its site. The gains are what remains after the camera's own correction, so
their mean over the live pixels is one and sensitivity stays what the record says.
"""

import hashlib
from functools import lru_cache

import numpy as np
from jaxtyping import Bool, Float, Float32, Shaped
from scipy import ndimage

from bsgi.physics.camera.flaws import DetectorFlaws
from bsgi.physics.camera.record import Camera

# D: the slow part of the gain changes over about a phototube, or a tile of CZT.
SMOOTH_LENGTH_MM = 20.0

# NEMA NU 1: what is dimmer than this share of the mean is not part of the field.
FIELD_SHARE = 0.75
# NEMA NU 1: the nine-point filter, and the pixels of a differential comparison.
_NINE_POINTS = np.array([[1.0, 2.0, 1.0], [2.0, 4.0, 2.0], [1.0, 2.0, 1.0]])
_RUN = 5


def draw_gains(
    rng: np.random.Generator, camera: Camera
) -> Float32[np.ndarray, "head row col"]:
    """Relative gain of every pixel of every head, 0 where it is dead.

    Args:
        rng: Source of randomness.
        camera: The make of camera.

    Returns:
        Gains whose mean over the live pixels of a head is 1, in canonical pose.
    """
    shape = (camera.rows, camera.cols)
    heads = []
    for _ in range(camera.heads):
        gains = 1.0 + _draw_residual(rng, shape, camera.flaws, camera.pitch_mm)
        live = _draw_live(rng, shape, camera.flaws, camera.module)
        # A detector without any live pixel has no mean; it is left as it is.
        gains /= gains[live].mean() if live.any() else 1.0
        heads.append(np.where(live, np.maximum(gains, 0.0), 0.0))
    return np.stack(heads).astype(np.float32)


def _draw_residual(
    rng: np.random.Generator,
    shape: tuple[int, int],
    flaws: DetectorFlaws,
    pitch_mm: float,
) -> Float[np.ndarray, "row col"]:
    """Deviation of the gain: one part from pixel to pixel, one slow."""
    fine, coarse = rng.standard_normal((2, *shape))
    sigma = SMOOTH_LENGTH_MM / pitch_mm
    slow = ndimage.gaussian_filter(coarse, sigma, mode="wrap")
    # Smoothing white noise leaves a spread that is known only for a field without end.
    slow *= flaws.gain_sd_smooth / slow.std()
    return np.asarray(flaws.gain_sd_pixel * fine + slow)


def _draw_live(
    rng: np.random.Generator,
    shape: tuple[int, int],
    flaws: DetectorFlaws,
    module: tuple[int, int],
) -> Bool[np.ndarray, "row col"]:
    """Which pixels give counts."""
    pixels = rng.random(shape) >= flaws.dead_pixel_share
    modules = rng.random((shape[0] // module[0], shape[1] // module[1]))
    alive = modules >= flaws.dead_module_share
    return np.asarray(pixels & np.kron(alive, np.ones(module, bool)))


@lru_cache(maxsize=64)
def find_gains(
    camera: Camera, site: str, seed: int
) -> Float32[np.ndarray, "head row col"]:
    """The gains of the detector that stands at a site: always the same, read-only.

    Cameras that differ in collimator or energy window only are taken for one detector.

    Args:
        camera: The camera.
        site: The hospital.
        seed: Seed of the population.
    """
    make = (camera.crystal.name, camera.rows, camera.cols, camera.pitch_mm)
    text = "\x1f".join(str(part) for part in ("detector", site, *make))
    # Python's own hash of a text differs from run to run.
    words = np.frombuffer(hashlib.sha256(text.encode()).digest(), "<u4")
    rng = np.random.default_rng([seed, *(int(word) for word in words)])
    gains = draw_gains(rng, camera)
    gains.setflags(write=False)
    return gains


def measure_uniformity(image: Shaped[np.ndarray, "row col"]) -> tuple[float, float]:
    """Integral and differential uniformity of a flood image, as shares of one.

    Pixels with less than 75 % of the mean, such as dead ones, are left out, and so are
    their four neighbours. The image is smoothed by nine points whose weights leave out
    the same pixels. The pixels are taken as they are; the standard joins those of large
    cameras to about 6.4 mm first.

    Args:
        image: Counts of a uniform source, of one head; at least 5 x 5 pixels.

    Returns:
        (max - min) / (max + min) over the field; and the largest such value of any five
        neighbouring pixels of a row or a column.

    Raises:
        ValueError: If the image has no counts or is smaller than 5 x 5 pixels.

    References:
        NEMA NU 1-2018, 2.4, intrinsic flood field uniformity.
    """
    counts = np.asarray(image, float)
    if min(counts.shape) < _RUN or not counts.sum() > 0:
        raise ValueError(
            f"a flood must have counts in at least {_RUN} x {_RUN} pixels, got "
            f"{counts.shape[0]} x {counts.shape[1]} with {counts.sum():g}."
        )
    bright = counts >= FIELD_SHARE * counts[counts > 0].mean()
    field = ndimage.binary_erosion(bright, border_value=1)
    total = ndimage.correlate(
        np.where(field, counts, 0.0), _NINE_POINTS, mode="constant"
    )
    weight = ndimage.correlate(field.astype(float), _NINE_POINTS, mode="constant")
    smooth = total / np.where(field, weight, 1.0)
    differential = 0.0
    for lines, used in ((smooth, field), (smooth.T, field.T)):
        runs = np.lib.stride_tricks.sliding_window_view(lines, _RUN, axis=1)
        whole = np.lib.stride_tricks.sliding_window_view(used, _RUN, axis=1).all(-1)
        if whole.any():
            spread = _contrast(runs[whole].max(-1), runs[whole].min(-1))
            differential = max(differential, float(spread.max()))
    inside = smooth[field]
    integral = _contrast(inside.max(keepdims=True), inside.min(keepdims=True))
    return float(integral[0]), differential


def _contrast(
    highest: Float[np.ndarray, " n"], lowest: Float[np.ndarray, " n"]
) -> Float[np.ndarray, " n"]:
    """Difference over sum."""
    return np.asarray((highest - lowest) / (highest + lowest))
