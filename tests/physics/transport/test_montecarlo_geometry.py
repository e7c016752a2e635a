"""The geometry of the Monte Carlo, against lengths worked out by hand."""

import math

import numpy as np
import pytest
from jaxtyping import Float

from bsgi.physics.transport.montecarlo_geometry import (
    Scene,
    cross_box,
    fly,
    meet_head,
    start,
)


def _scene(*, opposite: bool = True) -> Scene:
    return Scene(
        breast_cm=np.array([0.0, 9.0, -8.0, 8.0, 0.0, 6.0]),
        torso_cm=np.array([-18.0, 0.0, -15.0, 15.0, -12.0, 20.0]),
        source_cm=np.array([0.0, 9.0, -8.0, 8.0, 0.0, 6.0]),
        opposite=opposite,
        edges_cm=np.array([0.0, 9.0]),
        radial=False,
    )


@pytest.mark.parametrize(
    ("place", "ahead", "expected"),
    [
        ((-1.0, 0.0, 3.0), (1.0, 0.0, 0.0), (1.0, 10.0)),  # straight through
        ((4.0, 0.0, 3.0), (0.0, 0.0, 1.0), (0.0, 3.0)),  # from inside
        ((-1.0, 0.0, 8.0), (1.0, 0.0, 0.0), (math.inf, 0.0)),  # above it
        ((10.0, 0.0, 3.0), (1.0, 0.0, 0.0), (math.inf, 0.0)),  # behind
        ((-1.0, 0.0, 7.0), (0.8, 0.0, -0.6), (1.0 / 0.6, 7.0 / 0.6)),  # by the top
    ],
)
def test_rays_cross_boxes_where_geometry_says(
    place: tuple[float, ...], ahead: tuple[float, ...], expected: tuple[float, float]
) -> None:
    found = cross_box(_scene().breast_cm, np.array(place), np.array(ahead))
    assert found == pytest.approx(expected)


@pytest.mark.parametrize(
    ("place", "ahead", "expected"),
    [
        # (outward, behind the face), both directions, distance to the opaque quadrant
        ((5.0, -2.0), (0.0, 1.0), 2.0),  # from the breast straight into the head
        ((-3.0, 4.0), (1.0, 0.0), 3.0),  # from the torso below the face, at its side
        ((-3.0, -4.0), (0.6, 0.8), 5.0),  # meets both at once
        ((-3.0, -4.0), (0.8, 0.6), 20.0 / 3.0),  # over the edge, then the face
        ((-3.0, 4.0), (0.6, -0.8), math.inf),  # rises over the edge just in time
        ((5.0, -2.0), (0.0, -1.0), math.inf),  # away
        ((5.0, -2.0), (-1.0, 0.0), math.inf),  # along the face
        ((-3.0, 4.0), (-1.0, 0.0), math.inf),
    ],
)
def test_heads_stop_rays_where_geometry_says(
    place: tuple[float, float], ahead: tuple[float, float], expected: float
) -> None:
    assert meet_head(*place, *ahead) == pytest.approx(expected)


def _fly(
    place: tuple[float, ...], ahead: tuple[float, ...], scene: Scene, flights: int
) -> tuple[list[int], Float[np.ndarray, "flight three"]]:
    rng = np.random.default_rng(5)
    found, ends = [], []
    for _ in range(flights):
        where, towards = np.array(place), np.array(ahead)
        found.append(fly(rng, scene, 0.15, 0.30, where, towards))
        ends.append(where)
    return found, np.array(ends)


def test_free_paths_cross_from_torso_to_breast() -> None:
    """2 cm of torso, 9 cm of breast: shares of interactions and what gets through."""
    flights = 20_000
    found, ends = _fly((-2.0, 0.0, 3.0), (1.0, 0.0, 0.0), _scene(), flights)
    in_torso, in_breast = 1 - math.exp(-0.6), math.exp(-0.6) * (1 - math.exp(-1.35))
    error = 4 * 0.5 / math.sqrt(flights)
    assert found.count(1) / flights == pytest.approx(in_torso, abs=error)
    assert found.count(0) / flights == pytest.approx(in_breast, abs=error)
    outward = ends[np.array(found) == 0, 0]
    assert outward.min() > 0
    assert outward.max() < 9
    mean = 1 / 0.15 - 9 * math.exp(-1.35) / (1 - math.exp(-1.35))
    assert outward.mean() == pytest.approx(mean, abs=4 * 2.6 / math.sqrt(len(outward)))


def test_torso_photons_reach_the_breast_through_open_air_only() -> None:
    """Out of the torso at z = 10 and down onto the top of the breast, at z = 6."""
    ray = ((-0.5, 0.0, 10.0), (0.8, 0.0, -0.6))
    found, ends = _fly(*ray, _scene(opposite=False), 4000)
    hits = np.array(found) == 0
    assert hits.any()
    # It comes in by the top: at z = 6, x = -0.5 + 0.8 * 4 / 0.6.
    assert ends[hits, 0].min() == pytest.approx(-0.5 + 3.2 / 0.6, abs=0.05)
    assert 0 not in _fly(*ray, _scene(opposite=True), 4000)[0]


def test_photons_below_the_detector_never_reach_the_breast() -> None:
    found, _ = _fly((-0.5, 0.0, -1.0), (0.8, 0.0, 0.6), _scene(opposite=False), 2000)
    assert 0 not in found


def test_photons_start_all_over_the_source_in_all_directions() -> None:
    rng, scene = np.random.default_rng(8), _scene()
    places, directions = np.empty((4000, 3)), np.empty((4000, 3))
    for place, direction in zip(places, directions, strict=True):
        start(rng, scene, place, direction)
    assert places.mean(axis=0) == pytest.approx([4.5, 0.0, 3.0], abs=0.3)
    assert (places.min(axis=0) >= [0.0, -8.0, 0.0]).all()
    assert (places.max(axis=0) <= [9.0, 8.0, 6.0]).all()
    assert directions.mean(axis=0) == pytest.approx([0.0, 0.0, 0.0], abs=0.04)
    assert (directions**2).mean(axis=0) == pytest.approx([1 / 3] * 3, abs=0.02)
