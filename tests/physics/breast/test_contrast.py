import numpy as np
import pytest

from bsgi.exam.record import Projection
from bsgi.physics.breast.anatomy import Slab
from bsgi.physics.breast.contrast import (
    CHEST_WALL_MM,
    RATIO_LIMITS,
    REGION_SHARE,
    Response,
    find_response,
    map_gland,
    solve_gland_ratio,
)
from bsgi.physics.breast.implant import Implant, place_implant
from bsgi.physics.breast.uptake import CELLS

CC = Slab(Projection.CC, 50.0, 95.0, 90.0, 90.0, 2.2)
MLO = Slab(
    Projection.MLO, 56.0, 95.0, 100.0, 75.0, 2.3, -12.0, 38.0, pectoral_height_mm=90.0
)
SLABS = pytest.mark.parametrize("slab", [CC, MLO], ids=["CC", "MLO"])
OUTWARD_MM = np.arange(1.0, 110.0, 2.0, dtype=np.float32)
UPWARD_MM = np.arange(-120.0, 120.0, 2.0, dtype=np.float32)


def _build_gland(slab: Slab) -> np.ndarray:
    """Gland in the upper half of the view, at every depth, as seen from the camera."""
    lateral, superior = np.meshgrid(
        np.linspace(-1, 1, CELLS[1]), np.linspace(-1, 1, CELLS[2]), indexing="ij"
    )
    across = lateral
    if slab.projection is Projection.MLO:
        across = (lateral + superior) / np.sqrt(2)
    plane = (across > 0).astype(np.float32)
    return np.ascontiguousarray(np.broadcast_to(plane, CELLS))


@SLABS
def test_gland_and_fat_are_found_where_they_are(slab: Slab) -> None:
    regions = map_gland(slab, _build_gland(slab), OUTWARD_MM, UPWARD_MM)
    assert not (regions.gland & regions.fat).any()
    above_mm = UPWARD_MM - slab.offset_mm
    assert not regions.gland[above_mm < -6.0].any()
    assert not regions.fat[above_mm > 6.0].any()
    used = regions.gland | regions.fat
    assert used.sum() >= 2 * REGION_SHARE * 100
    _, col = np.nonzero(used)
    assert OUTWARD_MM[col].min() >= CHEST_WALL_MM
    # The rim, where the breast is thinner, is left out, and the nipple with it.
    assert OUTWARD_MM[col].max() < slab.length_mm * (slab.edge_share + 0.03)


def test_muscle_and_implant_are_left_out() -> None:
    gland = _build_gland(MLO)
    regions = map_gland(MLO, gland, OUTWARD_MM, UPWARD_MM)
    row, col = np.nonzero(regions.gland)
    below_mm = MLO.upper_mm - (UPWARD_MM[row] - MLO.offset_mm)
    muscle_mm = MLO.pectoral_mm * (1.0 - below_mm / MLO.pectoral_height_mm)
    assert (OUTWARD_MM[col] > muscle_mm).all()

    implant = Implant(200.0)
    centre, (outward_mm, upward_mm, _) = place_implant(CC, implant)
    regions = map_gland(CC, _build_gland(CC), OUTWARD_MM, UPWARD_MM, implant)
    row, col = np.nonzero(regions.gland | regions.fat)
    assert len(row) > 20
    inside = ((UPWARD_MM[row] - centre.upward_mm) / upward_mm) ** 2 + (
        (OUTWARD_MM[col] - centre.outward_mm) / outward_mm
    ) ** 2
    assert inside.min() > 1.0


@SLABS
def test_without_gland_or_scatter_the_ratio_is_that_of_the_content(
    slab: Slab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Columns of gland alone and of fat alone: the image's ratio is theirs."""
    module = "bsgi.physics.breast.contrast."
    for name in ("_OWN_SCATTER", "_TORSO_SCATTER", "SKIN_MM"):
        monkeypatch.setattr(module + name, 0.0)
    monkeypatch.setattr(module + "_BLUR_FWHM_MM", 0.1)
    response = find_response(
        slab,
        _build_gland(slab),
        np.ones(CELLS, np.float32),
        gland_share=0.5,
        skin_ratio=1.0,
        torso_ratio=3.0,
    )
    assert response is not None
    assert response.ratio(0.0) == pytest.approx(1.0, rel=1e-3)
    assert response.ratio(1.5) == pytest.approx(2.5, rel=0.01)
    assert response.ratio(-0.6) == pytest.approx(0.4, rel=0.01)


@SLABS
def test_blur_scatter_and_skin_lessen_the_contrast(slab: Slab) -> None:
    response = find_response(
        slab,
        _build_gland(slab),
        np.ones(CELLS, np.float32),
        gland_share=0.5,
        skin_ratio=1.0,
        torso_ratio=3.0,
    )
    assert response is not None
    assert 1.5 < response.ratio(1.5) < 2.3
    assert 0.5 < response.ratio(-0.6) < 0.8
    assert response.ratio(0.0) == pytest.approx(1.0, abs=0.05)


def test_the_solved_ratio_gives_the_wanted_one() -> None:
    rng = np.random.default_rng(1)
    for _ in range(20):
        responses = [
            Response(
                gland=(1.0, float(rng.uniform(0.5, 0.9))),
                fat=(1.0, float(rng.uniform(0.0, 0.2))),
            )
            for _ in range(4)
        ]
        wanted = float(rng.uniform(0.6, 2.2))
        ratio = solve_gland_ratio(responses, wanted)
        found = np.mean([each.ratio(ratio - 1.0) for each in responses])
        assert found == pytest.approx(wanted, rel=1e-6)


def test_ratios_out_of_reach_end_at_the_limits() -> None:
    responses = [Response(gland=(1.0, 0.5), fat=(1.0, 0.4))]
    assert solve_gland_ratio(responses, 3.0) == pytest.approx(RATIO_LIMITS[1])
    assert solve_gland_ratio(responses, 0.1) == pytest.approx(RATIO_LIMITS[0])
    assert solve_gland_ratio([], 1.3) == 1.3
