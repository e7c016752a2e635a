"""Compiled geometry of the Monte Carlo: where photons start, and where they fly to."""

import inspect
import math
from collections.abc import Callable
from typing import NamedTuple, ParamSpec, TypeVar

import numpy as np
from jaxtyping import Float
from numba import njit

P = ParamSpec("P")
R = TypeVar("R")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function for one thread; nothing is written to disk.

    Args:
        function: A function of numbers and arrays, its wrappers are taken off.
    """
    return njit(inspect.unwrap(function), error_model="numpy")  # type: ignore[no-any-return]


class Scene(NamedTuple):
    """Two boxes in air and what is opaque around them.

    Args:
        breast_cm: Its limits: x low, x high, y low, y high, z low, z high.
        torso_cm: The torso's; of no volume if there is none.
        source_cm: Limits of the place where photons start.
        opposite: Whether a second head lies on the breast.
        edges_cm: Limits of the bins of place.
        radial: Whether bins count distance from the axis x = y = 0 instead of x.
    """

    breast_cm: Float[np.ndarray, " six"]
    torso_cm: Float[np.ndarray, " six"]
    source_cm: Float[np.ndarray, " six"]
    opposite: bool
    edges_cm: Float[np.ndarray, " edge"]
    radial: bool


@compiled
def cross_box(
    box_cm: Float[np.ndarray, " six"],
    place_cm: Float[np.ndarray, " three"],
    ahead: Float[np.ndarray, " three"],
) -> tuple[float, float]:
    """Distances at which a ray enters and leaves a box; inf and 0 if it misses."""
    enter, leave = 0.0, np.inf
    for axis in range(3):
        first = (box_cm[2 * axis] - place_cm[axis]) / ahead[axis]
        second = (box_cm[2 * axis + 1] - place_cm[axis]) / ahead[axis]
        enter = max(enter, min(first, second))
        leave = min(leave, max(first, second))
    if leave <= enter:
        return np.inf, 0.0
    return enter, leave


@compiled
def meet_head(
    outward_cm: float, depth_cm: float, outward: float, deeper: float
) -> float:
    """Distance at which a ray enters an opaque quadrant; infinite if it never does.

    The quadrant is where both coordinates are above 0: in front of the chest wall, and
    behind the face of the detector.
    """
    enter, leave = 0.0, np.inf
    for place, ahead in ((outward_cm, outward), (depth_cm, deeper)):
        if ahead > 0:
            enter = max(enter, -place / ahead)
        elif place <= 0:
            return np.inf
        elif ahead < 0:
            leave = min(leave, -place / ahead)
    return enter if enter < leave else np.inf


@compiled
def fly(
    rng: np.random.Generator,
    scene: Scene,
    breast_per_cm: float,
    torso_per_cm: float,
    place_cm: Float[np.ndarray, " three"],
    ahead: Float[np.ndarray, " three"],
) -> int:
    """Move a photon to its next interaction, in place.

    Args:
        rng: Where the free path comes from.
        scene: The boxes.
        breast_per_cm: Attenuation in the breast at the photon's energy.
        torso_per_cm: Attenuation in the torso.
        place_cm: Where it is.
        ahead: Its direction.

    Returns:
        0 in the breast, 1 in the torso, -1 if it was lost.
    """
    left = -math.log(1.0 - rng.random())
    breast = cross_box(scene.breast_cm, place_cm, ahead)
    torso = cross_box(scene.torso_cm, place_cm, ahead)
    first = (
        0 if breast[0] < torso[0] or (breast[0] == torso[0] and breast[1] > 0) else 1
    )
    found, distance = -1, 0.0
    for order in range(2):
        box = first if order == 0 else 1 - first
        enter, leave = breast if box == 0 else torso
        if leave <= enter:
            continue
        mu = breast_per_cm if box == 0 else torso_per_cm
        depth = mu * (leave - enter)
        if left < depth:
            found, distance = box, enter + left / mu
            break
        left -= depth
    if found < 0:
        return -1
    below = meet_head(place_cm[0], -place_cm[2], ahead[0], -ahead[2])
    above = np.inf
    if scene.opposite:
        height_cm = place_cm[2] - scene.breast_cm[5]
        above = meet_head(place_cm[0], height_cm, ahead[0], ahead[2])
    if distance > min(below, above):
        return -1
    place_cm += distance * ahead
    return found


@compiled
def start(
    rng: np.random.Generator,
    scene: Scene,
    place_cm: Float[np.ndarray, " three"],
    ahead: Float[np.ndarray, " three"],
) -> None:
    """Put a photon anywhere in the source, into any direction."""
    for axis in range(3):
        low, high = scene.source_cm[2 * axis], scene.source_cm[2 * axis + 1]
        place_cm[axis] = low + (high - low) * rng.random()
    ahead[2] = 2.0 * rng.random() - 1.0
    flat = math.sqrt(1.0 - ahead[2] ** 2)
    angle = 2.0 * math.pi * rng.random()
    ahead[0], ahead[1] = flat * math.cos(angle), flat * math.sin(angle)
