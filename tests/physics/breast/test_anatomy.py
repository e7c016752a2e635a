import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import dblquad

from bsgi.exam.record import Projection
from bsgi.physics.breast.anatomy import (
    Position,
    Slab,
    clearance_mm,
    place_in_slab,
    trace_slab,
    turn_into_view,
    untwist,
)

CC = Slab(Projection.CC, 56.0, 90.0, 80.0, 84.0, 2.2, offset_mm=3.0)
MLO = Slab(
    Projection.MLO, 62.0, 92.0, 100.0, 70.0, 2.4, -12.0, 38.0, pectoral_height_mm=90.0
)
SLABS = pytest.mark.parametrize("slab", [CC, MLO], ids=["CC", "MLO"])
MIDDLE = (0.4, 0.1, -0.1)


def _moved(slab: Slab, step: Position) -> tuple[float, float, float]:
    there = (MIDDLE[0] + step[0], MIDDLE[1] + step[1], MIDDLE[2] + step[2])
    before, after = place_in_slab(slab, MIDDLE), place_in_slab(slab, there)
    return (
        after.outward_mm - before.outward_mm,
        after.upward_mm - before.upward_mm,
        after.height_mm - before.height_mm,
    )


def test_more_superior_is_higher_in_cc_and_only_that() -> None:
    outward_mm, upward_mm, height_mm = _moved(CC, (0.0, 0.0, 0.3))
    assert (outward_mm, upward_mm) == (0.0, 0.0)
    assert height_mm > 5.0


def test_more_superior_is_up_in_mlo() -> None:
    outward_mm, upward_mm, height_mm = _moved(MLO, (0.0, 0.0, 0.3))
    assert outward_mm == 0.0
    assert upward_mm > 10.0
    assert height_mm > 5.0  # the detector is inferolateral


def test_more_lateral_is_up_in_both_and_nearer_the_oblique_detector() -> None:
    assert _moved(CC, (0.0, 0.3, 0.0))[1] > 10.0
    _, upward_mm, height_mm = _moved(MLO, (0.0, 0.3, 0.0))
    assert upward_mm > 10.0
    assert height_mm < -5.0


@SLABS
def test_deeper_is_nearer_the_chest_wall(slab: Slab) -> None:
    assert _moved(slab, (-0.1, 0.0, 0.0))[0] == pytest.approx(-0.1 * slab.length_mm)


def test_turning_by_45_degrees_keeps_distances() -> None:
    _, across, along = turn_into_view((0.5, 0.6, -0.3), Projection.MLO)
    assert math.hypot(across, along) == pytest.approx(math.hypot(0.6, 0.3))
    assert across == pytest.approx((0.6 - 0.3) / math.sqrt(2))


@SLABS
def test_tracing_back_undoes_placing(slab: Slab) -> None:
    """A law over random places: from anatomy to the slab and back."""
    rng = np.random.default_rng(3)
    for _ in range(50):
        radius, angle = 0.9 * math.sqrt(rng.random()), 2 * math.pi * rng.random()
        position = (
            float(rng.uniform(0.05, 0.9)),
            radius * math.cos(angle),
            radius * math.sin(angle),
        )
        place = place_in_slab(slab, position)
        traced = trace_slab(
            slab,
            np.array([place.outward_mm], np.float32),
            np.array([place.upward_mm], np.float32),
        )
        assert traced.inside.all()
        above_mm = place.height_mm - 0.5 * slab.thickness_mm
        along = np.array([[above_mm]], np.float32) / traced.half_mm
        lateral, superior = untwist(traced, along, slab)
        found = (traced.depth[0], lateral[0, 0], superior[0, 0])
        assert found == pytest.approx(position, abs=2e-3)


@SLABS
def test_flattening_keeps_the_share_of_tissue_on_each_side(slab: Slab) -> None:
    """Tissue left of a place in the disc, by scipy's quadrature, against the slab."""
    flat = replace(slab, offset_mm=0.0, upper_mm=80.0, lower_mm=80.0)
    angle = math.radians(45.0 if slab.projection is Projection.MLO else 0.0)
    for across in (-0.7, 0.0, 0.4):
        position = (0.3, across * math.cos(angle), across * math.sin(angle))
        share, _ = dblquad(
            lambda _along, _across: 1.0,
            -1.0,
            across,
            lambda x: -math.sqrt(1 - x * x),
            lambda x: math.sqrt(1 - x * x),
        )
        width_mm = flat.half_width_mm(0.3, upper=True)
        upward_mm = place_in_slab(flat, position).upward_mm
        assert 0.5 + 0.5 * upward_mm / width_mm == pytest.approx(
            share / math.pi, abs=1e-3
        )


@SLABS
def test_area_is_that_of_the_traced_footprint(slab: Slab) -> None:
    step_mm = 0.5
    grid = np.arange(-150.0, 150.0, step_mm, dtype=np.float32) + step_mm / 2
    traced = trace_slab(slab, grid, grid)
    area_cm2 = traced.inside.sum() * step_mm**2 / 100.0
    assert slab.area_cm2 == pytest.approx(area_cm2, rel=0.01)
    assert traced.half_mm.max() == pytest.approx(slab.thickness_mm / 2)
    assert (traced.half_mm[~traced.inside] == 0).all()


def test_muscle_lies_in_the_upper_corner_at_the_chest_wall_of_mlo_only() -> None:
    grid = np.arange(-120.0, 120.0, 2.0, dtype=np.float32)
    assert not trace_slab(CC, grid, grid).pectoral.any()
    traced = trace_slab(MLO, grid, grid)
    muscle = np.zeros(traced.inside.shape)
    muscle[traced.inside] = traced.pectoral
    row, col = np.nonzero(muscle > 0.5)
    assert grid[row].min() > MLO.offset_mm
    assert grid[col].max() < MLO.pectoral_mm


def test_clearance_is_least_at_the_edge_the_wall_and_the_muscle() -> None:
    middle = clearance_mm(CC, place_in_slab(CC, MIDDLE))
    for position in ((0.95, 0.0, 0.0), (0.02, 0.0, 0.0), (0.4, 0.97, 0.0)):
        assert clearance_mm(CC, place_in_slab(CC, position)) < 0.3 * middle
    behind = place_in_slab(MLO, (0.1, 0.6, 0.6))
    assert clearance_mm(MLO, behind) < 0 < clearance_mm(CC, behind)


def test_impossible_slabs_and_places_are_refused() -> None:
    with pytest.raises(ValueError, match="sizes of a slab must be positive"):
        replace(CC, thickness_mm=0.0)
    with pytest.raises(ValueError, match=r"exponent must be at least 1, got 0\.5"):
        replace(CC, exponent=0.5)
    with pytest.raises(ValueError, match="pectoral muscle must not have"):
        replace(CC, pectoral_mm=-1.0)
    with pytest.raises(ValueError, match="position must lie inside the breast"):
        place_in_slab(CC, (0.5, 0.9, 0.9))
