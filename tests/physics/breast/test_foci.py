import math

import numpy as np
import pytest

from bsgi.exam.record import Focus, LesionShape
from bsgi.physics.breast.anatomy import DEPTH_MM, RADIUS_MM
from bsgi.physics.breast.foci import FOCI, draw_lobes, draw_spread, measure_union

PLACE = (0.4, 0.2, 0.1)
UNIT_MM = np.array([DEPTH_MM, RADIUS_MM, RADIUS_MM])


def _in_mm(foci: tuple[Focus, ...]) -> tuple[np.ndarray, np.ndarray]:
    places = np.array([focus.position for focus in foci]) * UNIT_MM
    return places, np.array([focus.diameter_mm for focus in foci])


def test_a_union_of_two_balls_has_the_volume_of_the_formula() -> None:
    """Two unit balls at distance 1: both, less their lens of 5 pi / 12."""
    centres, radii = np.array([[0.0, 0, 0], [1.0, 0, 0]]), np.ones(2)
    volume, middle = measure_union(centres, radii)
    assert volume == pytest.approx(8 * math.pi / 3 - 5 * math.pi / 12, rel=0.01)
    assert middle == pytest.approx([0.5, 0.0, 0.0], abs=0.01)


def test_an_irregular_mass_is_as_large_as_its_sphere_and_holds_together() -> None:
    rng = np.random.default_rng(1)
    counts = set()
    for _ in range(60):
        foci = draw_lobes(rng, PLACE, 18.0)
        counts.add(len(foci))
        places, diameters = _in_mm(foci)
        inside, total = 0, 60_000
        box = (places - diameters[:, None] / 2).min(axis=0)
        size = (places + diameters[:, None] / 2).max(axis=0) - box
        points = box + size * np.random.default_rng(2).random((total, 3))
        apart = np.linalg.norm(points[:, None] - places, axis=2)
        inside = int((apart < diameters / 2).any(axis=1).sum())
        # An independent count, by points thrown at random.
        assert inside / total * size.prod() == pytest.approx(
            math.pi / 6 * 18.0**3, rel=0.04
        )
        for place, diameter in zip(places[1:], diameters[1:], strict=True):
            reach = (diameter + diameters[0]) / 2
            assert np.linalg.norm(place - places[0]) < reach
    assert counts == {2, 3, 4}


@pytest.mark.parametrize("shape", [LesionShape.SEGMENTAL, LesionShape.REGIONAL])
@pytest.mark.parametrize("extent_mm", [12.0, 28.0, 60.0])
def test_foci_lie_within_the_extent(shape: LesionShape, extent_mm: float) -> None:
    rng = np.random.default_rng(3)
    for _ in range(40):
        foci = draw_spread(rng, shape, PLACE, extent_mm)
        assert FOCI[0] <= len(foci) <= FOCI[1]
        places, diameters = _in_mm(foci)
        away = np.linalg.norm(places - np.array(PLACE) * UNIT_MM, axis=1)
        # A segment's base is a disc: its corner is a little farther than half its way.
        limit = 0.5 * extent_mm * (1.2 if shape is LesionShape.SEGMENTAL else 1.0)
        assert (away + diameters / 2 <= limit + 2.0).all()
        for focus in foci:
            assert 0.03 <= focus.position[0] <= 0.95
            assert math.hypot(*focus.position[1:]) <= 0.95 + 1e-9


def test_a_segment_points_to_the_nipple() -> None:
    rng = np.random.default_rng(4)
    nipple = np.array([1.0, 0.0, 0.0]) * UNIT_MM
    place = (0.35, 0.5, -0.4)
    axis = nipple - np.array(place) * UNIT_MM
    axis /= np.linalg.norm(axis)
    along, across = [], []
    width: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(80):
        places, _ = _in_mm(draw_spread(rng, LesionShape.SEGMENTAL, place, 40.0))
        away = places - np.array(place) * UNIT_MM
        part = away @ axis
        rest = np.linalg.norm(away - np.outer(part, axis), axis=1)
        along.append(part.std())
        across.append(rest.mean())
        for near in (True, False):
            width[near] += rest[(part > 0) == near].tolist()
    assert np.mean(along) > 1.5 * np.mean(across)
    assert np.mean(width[True]) < 0.75 * np.mean(width[False])


def test_what_would_leave_the_breast_is_drawn_in() -> None:
    rng = np.random.default_rng(5)
    foci = draw_spread(rng, LesionShape.REGIONAL, (0.05, 0.6, 0.7), 70.0)
    for focus in foci:
        assert focus.position[0] >= 0.03
        assert math.hypot(*focus.position[1:]) <= 0.95 + 1e-9
