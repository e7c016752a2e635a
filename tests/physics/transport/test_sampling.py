"""Sampling of cells, against SciPy's interpolation in three directions."""

import numpy as np
import pytest
from scipy.ndimage import map_coordinates

from bsgi.exam.record import Projection
from bsgi.physics.breast.anatomy import Slab, trace_slab, untwist
from bsgi.physics.breast.uptake import CELLS
from bsgi.physics.transport.sampling import build_planes, sample_planes


@pytest.mark.parametrize("projection", Projection)
def test_voxels_are_those_of_interpolation_between_eight_cells(
    projection: Projection,
) -> None:
    cells = np.random.default_rng(5).random(CELLS, np.float32)
    slab = Slab(projection, 50.0, 90.0, 70.0, 60.0)
    outward_mm = np.arange(-2.0, 100.0, 3.0, dtype=np.float32)
    upward_mm = np.arange(80.0, -80.0, -3.0, dtype=np.float32)
    traced = trace_slab(slab, outward_mm, upward_mm)
    along = np.broadcast_to(
        np.linspace(-1.0, 1.0, 9, dtype=np.float32)[:, None], (9, len(traced.depth))
    )
    lateral, superior = untwist(traced, along.copy(), slab)
    where = np.stack(
        [
            np.broadcast_to(traced.depth, lateral.shape) * (CELLS[0] - 1),
            (lateral + 1.0) * 0.5 * (CELLS[1] - 1),
            (superior + 1.0) * 0.5 * (CELLS[2] - 1),
        ]
    )
    expected = map_coordinates(cells, where, order=1, mode="nearest")
    measured = sample_planes(build_planes(cells, traced, slab), along.copy())
    assert measured == pytest.approx(expected, abs=3e-4)


@pytest.mark.parametrize("projection", Projection)
def test_no_place_lies_beyond_the_cells(projection: Projection) -> None:
    """The rim of the disc, where rounding could step over the last cell."""
    cells = np.ones(CELLS, np.float32)
    cells[:, -1, :] = cells[:, :, -1] = 2.0
    slab = Slab(projection, 50.0, 90.0, 60.0, 60.0)
    upward_mm = np.linspace(59.99999, -59.99999, 401).astype(np.float32)
    traced = trace_slab(slab, np.array([0.0, 30.0], np.float32), upward_mm)
    planes = build_planes(cells, traced, slab)
    ends = np.repeat(np.array([[-1.0], [1.0]], np.float32), len(traced.depth), axis=1)
    for axis in (0, 1):
        place = planes.middle[axis] + ends * planes.slope[axis]
        assert place.min() >= 0.0
        assert place.max() < CELLS[1] - 1
    assert 1.0 <= sample_planes(planes, ends).max() <= 2.0
