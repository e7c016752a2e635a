import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import dblquad

from bsgi.exam.record import Focus, Lesion, LesionShape, Projection, Side
from bsgi.physics.breast.anatomy import (
    DEPTH_MM,
    RADIUS_MM,
    Place,
    Position,
    Slab,
    clearance_mm,
    place_focus,
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


def _build(
    shape: LesionShape, position: Position, *foci: Position
) -> tuple[Lesion, tuple[Focus, ...]]:
    balls = tuple(Focus(each, 6.0) for each in foci)
    lesion = Lesion(Side.LEFT, True, "IDC", 12.0, 8.0, position, shape, balls)
    return lesion, lesion.balls


def _place(slab: Slab, lesion: Lesion, focus: Focus) -> Place:
    place = place_focus(slab, lesion, focus)
    assert place is not None
    return place


@pytest.mark.parametrize("shape", [LesionShape.MASS, LesionShape.SEGMENTAL])
def test_a_lesion_that_moves_moves_rightly_in_both_views(shape: LesionShape) -> None:
    """Each anatomical direction, for a lesion of one ball, in the order of the views.

    Signs follow from the definitions alone: CC looks from above, its top is lateral;
    MLO is turned by 45 degrees, its detector is below and lateral.
    """
    steps = ((0.1, 0.0, 0.0), (0.0, 0.2, 0.0), (0.0, 0.0, 0.2))
    for slab, signs in (
        (CC, ((1, 0, 0), (0, 1, 0), (0, 0, 1))),
        (MLO, ((1, 0, 0), (0, 1, -1), (0, 1, 1))),
    ):
        lesion, (ball,) = _build(shape, MIDDLE)
        before = _place(slab, lesion, ball)
        for step, sign in zip(steps, signs, strict=True):
            there = (MIDDLE[0] + step[0], MIDDLE[1] + step[1], MIDDLE[2] + step[2])
            moved, (ball_there,) = _build(shape, there)
            after = _place(slab, moved, ball_there)
            change = (
                after.upward_mm - before.upward_mm,
                after.height_mm - before.height_mm,
            )
            assert np.sign(after.outward_mm - before.outward_mm) == sign[0]
            for found, wanted in zip(change, sign[1:], strict=True):
                # Rounding at the free edge moves heights a little along with depth.
                assert abs(found) < 2.0 if wanted == 0 else found * wanted > 2.0


@SLABS
def test_the_balls_of_a_mass_keep_their_distances(slab: Slab) -> None:
    other = (MIDDLE[0] + 8.0 / DEPTH_MM, MIDDLE[1] + 5.0 / RADIUS_MM, MIDDLE[2])
    lesion, balls = _build(LesionShape.MASS, MIDDLE, MIDDLE, other)
    one, two = (_place(slab, lesion, ball) for ball in balls)
    apart = (
        two.outward_mm - one.outward_mm,
        two.upward_mm - one.upward_mm,
        two.height_mm - one.height_mm,
    )
    assert math.hypot(*apart) == pytest.approx(math.hypot(8.0, 5.0))
    assert apart[0] == pytest.approx(8.0)


@SLABS
def test_foci_of_a_segment_move_with_the_tissue(slab: Slab) -> None:
    other = (0.6, 0.3, 0.2)
    lesion, balls = _build(LesionShape.SEGMENTAL, MIDDLE, MIDDLE, other)
    assert _place(slab, lesion, balls[1]) == place_in_slab(slab, other)


def test_a_node_is_seen_in_mlo_only_up_and_near_the_chest_wall() -> None:
    lesion, (ball,) = _build(LesionShape.NODE, (0.2, 0.55, 0.55))
    assert place_focus(CC, lesion, ball) is None
    place = _place(MLO, lesion, ball)
    assert place.outward_mm < 0.3 * MLO.length_mm
    assert place.upward_mm - MLO.offset_mm > 0.6 * MLO.upper_mm


def test_impossible_slabs_and_places_are_refused() -> None:
    with pytest.raises(ValueError, match="sizes of a slab must be positive"):
        replace(CC, thickness_mm=0.0)
    with pytest.raises(ValueError, match=r"exponent must be at least 1, got 0\.5"):
        replace(CC, exponent=0.5)
    with pytest.raises(ValueError, match="pectoral muscle must not have"):
        replace(CC, pectoral_mm=-1.0)
    with pytest.raises(ValueError, match="position must lie inside the breast"):
        place_in_slab(CC, (0.5, 0.9, 0.9))
