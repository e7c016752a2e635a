"""What a reader has learned of normal breasts: how they vary around a place.

It has seen many women without a lesion, at the places where lesions are looked for, on
real detectors but without noise; noise it knows from the counts. It has also learned
how hot the tissue at such a place is, since a lesion's ratio refers to that and not to
the breast's mean.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Float32

from bsgi.exam.record import Lesion, Side, ViewName
from bsgi.physics.breast.anatomy import Position
from bsgi.physics.camera.catalogue import find_camera
from bsgi.physics.camera.detector import find_gains
from bsgi.physics.camera.record import Camera
from bsgi.physics.observers.evidence import describe_setting, read_evidence
from bsgi.physics.observers.looks import (
    Look,
    Rates,
    flatten,
    look_at,
    project_rates,
    show_only,
)
from bsgi.physics.observers.templates import DIAMETERS_MM
from bsgi.physics.population.population import Population
from bsgi.physics.population.woman import Breast, Woman, draw_woman

# D: a test lesion that tells how hot the tissue around it is: one of the templates'
# diameters, and a ratio.
_TEST, _TEST_RATIO = 4, 5.0
_UNIT_MBQ_S = 1e6


@dataclass(frozen=True, slots=True)
class Normal:
    """Channel outputs of normal breasts, without noise, all looks in one row.

    Args:
        mean: Their mean.
        covariance: Their covariance.
        warmth: Mean concentration at the place over that in normal tissue.
        warmth_sd: Its standard deviation, and
        with_warmth: its covariance with the outputs.
    """

    mean: Float[np.ndarray, " output"]
    covariance: Float[np.ndarray, "output output"]
    warmth: float
    warmth_sd: float
    with_warmth: Float[np.ndarray, " output"]


def choose_place(woman: Woman) -> tuple[Side, Position]:
    """The place that other imaging pointed to: her main lesion, or any if she has none.

    Args:
        woman: The woman.
    """
    if woman.lesions:
        return woman.lesions[0].side, woman.lesions[0].position
    rng = np.random.default_rng([woman.texture_seed, 1])
    sides = [side for side in Side if side not in woman.absent]
    side = sides[int(rng.integers(len(sides)))]
    return side, _choose_within(rng, woman.breast(side))


def _choose_within(rng: np.random.Generator, breast: Breast) -> Position:
    """Any place in a breast where a lesion of 10 mm fits."""
    for _ in range(200):
        depth, lateral, superior = rng.uniform((0.12, -0.85, -0.85), 0.85)
        position = (float(depth), float(lateral), float(superior))
        if np.hypot(lateral, superior) < 0.85 and breast.fits(position, 10.0):
            return position
    return (0.5, 0.0, 0.0)


def observe_normal(population: Population, index: int) -> Float[np.ndarray, " output"]:
    """Noise-free outputs of one woman without lesion, and the warmth at the place last.

    Args:
        population: Where she comes from.
        index: Her number.
    """
    camera = find_camera(population.camera)
    woman = draw_woman(population, index)
    side, position = choose_place(woman)
    woman = show_only(woman, side)
    gains = find_gains(camera, woman.site, population.seed)
    live = (gains > 0).astype(np.float32)
    flats = project_rates(flatten(woman), camera, live)
    looks = look_at(woman, side, position, camera, flats)
    test = Lesion(side, False, "test", DIAMETERS_MM[_TEST], _TEST_RATIO, position)
    clean, tested = (
        _read(replace(woman, lesions=lesions), camera, gains, looks, flats)
        for lesions in ((), (test,))
    )
    shift = describe_setting(looks).shifts[_TEST].ravel().astype(float)
    found = float(np.sum((tested - clean) * shift) / np.sum(shift**2))
    return np.append(clean, found / (_TEST_RATIO - 1.0))


def _read(
    woman: Woman,
    camera: Camera,
    gains: Float32[np.ndarray, "head row col"],
    looks: Sequence[Look],
    flats: Rates,
) -> Float[np.ndarray, " output"]:
    """Outputs of expected counts."""
    rates = project_rates(woman, camera, gains)
    exposure = np.float32(_UNIT_MBQ_S)
    counts = {name: rate * exposure for name, rate in rates.items()}
    exposures = dict.fromkeys(ViewName, _UNIT_MBQ_S)
    return read_evidence(looks, flats, counts, exposures).outputs.ravel()


def learn_normal(observed: Iterable[Float[np.ndarray, " output"]]) -> Normal:
    """What is common to normal breasts.

    Args:
        observed: Rows of `observe_normal`, of other women than those that are read.

    Raises:
        ValueError: If there are fewer women than outputs.
    """
    table = np.stack(list(observed))
    women, columns = table.shape
    if women <= columns:
        raise ValueError(f"{columns} outputs must have more women, got {women}.")
    together = np.cov(table.T)
    return Normal(
        mean=table[:, :-1].mean(axis=0),
        covariance=together[:-1, :-1],
        warmth=float(table[:, -1].mean()),
        warmth_sd=float(np.sqrt(together[-1, -1])),
        with_warmth=together[:-1, -1],
    )
