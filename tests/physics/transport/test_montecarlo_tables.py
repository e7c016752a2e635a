"""A small Monte Carlo run beside the tables that come with the package."""

import math
from functools import lru_cache

import numpy as np
import pytest
from jaxtyping import Float

from bsgi.physics.camera.catalogue import CAMERAS
from bsgi.physics.camera.record import Camera
from bsgi.physics.transport.montecarlo import Setup, Source
from bsgi.physics.transport.montecarlo_tables import (
    HEADS,
    SHIPPED,
    THICKNESS_CM,
    Effort,
    make_tables,
    scatter_of_box,
    tabulate_own,
    tabulate_torso,
)
from bsgi.physics.transport.scatter import weigh_energies
from bsgi.physics.transport.tables import find_tables

BATCHES = 20


@lru_cache
def _runs(kind: str, thickness_cm: float) -> Float[np.ndarray, "batch place energy"]:
    rng = np.random.default_rng(101)  # not the tables' own
    if kind == "own":
        return tabulate_own(rng, thickness_cm, 200_000, BATCHES)
    heads = HEADS[0] if kind == "torso, one head" else HEADS[1]
    return tabulate_torso(rng, thickness_cm, heads, 1_000_000, BATCHES)


@pytest.mark.parametrize("camera", CAMERAS.values(), ids=lambda camera: camera.name)
@pytest.mark.parametrize("thickness_cm", [3.0, 6.0])
@pytest.mark.parametrize("kind", ["own", "torso, one head", "torso, two heads"])
def test_a_small_run_agrees_within_its_statistical_error(
    kind: str, thickness_cm: float, camera: Camera
) -> None:
    """Chi-square of four groups of places, below its 99.99 % point; and the total."""
    tables = find_tables()
    index = THICKNESS_CM.index(thickness_cm)
    shipped = {
        "own": tables.own,
        "torso, one head": tables.torso[0],
        "torso, two heads": tables.torso[1],
    }[kind][index]
    weights = weigh_energies(tables, camera)
    runs = (_runs(kind, thickness_cm) * weights).sum(axis=2)
    expected = (shipped * weights).sum(axis=1)
    groups = (slice(0, 3), slice(3, 8), slice(8, 14), slice(14, None))
    chi_square = 0.0
    for group in (*groups, slice(None)):
        measured = runs[:, group].sum(axis=1)
        error = measured.std(ddof=1) / math.sqrt(BATCHES)
        deviation = (measured.mean() - expected[group].sum()) / error
        # Student's t with 19 degrees of freedom: beyond 5 once in 12,000.
        assert abs(deviation) < 5.0, f"{group}: {deviation:.1f} standard errors"
        chi_square += deviation**2 if group != slice(None) else 0.0
    assert chi_square < 32.0


def test_the_comparison_would_notice_three_per_cent() -> None:
    runs = _runs("own", 6.0).sum(axis=(1, 2))
    error = runs.std(ddof=1) / math.sqrt(BATCHES) / runs.mean()
    assert 5.0 * error < 0.03


def test_tables_are_made_by_the_same_path_as_the_shipped_ones() -> None:
    said: list[str] = []
    tables = make_tables(Effort(2_000, 4_000, batches=2, seed=9), said.append)
    shipped = find_tables()
    assert len(said) == len(THICKNESS_CM)
    for name in ("thickness_cm", "radius_cm", "outward_cm", "energy_kev"):
        assert (getattr(tables, name) == getattr(shipped, name)).all()
    assert tables.crystals == shipped.crystals
    assert tables.crystal_per_cm == pytest.approx(shipped.crystal_per_cm, rel=1e-6)
    assert tables.meta.keys() == shipped.meta.keys() - {"tables_version"}
    again = make_tables(Effort(2_000, 4_000, batches=2, seed=9), said.append)
    assert (tables.own == again.own).all()
    assert (tables.torso == again.torso).all()


def test_the_shipped_tables_say_how_they_were_made() -> None:
    meta = find_tables().meta
    assert meta["seed"] == SHIPPED.seed
    assert meta["own_photons_per_thickness"] == SHIPPED.own_photons
    assert meta["torso_photons_per_thickness_and_heads"] == SHIPPED.torso_photons
    assert meta["rayleigh"] is False
    assert meta["binding"] is False
    assert meta["relative_standard_error"] < 0.01


# The printed table has 0.24 and 0.50 at 6 cm, torso, two heads; bands of 3 cm here.
def test_a_box_has_the_scatter_of_its_bands() -> None:
    box = Setup(6.0, Source.BREAST, (0.0, 3.0, 6.0, 9.0), torso=True)
    runs = scatter_of_box(np.random.default_rng(3), box, 60_000, 10)
    tables = find_tables()
    for name, expected in (("dilon-6800-gp", 0.24), ("lumagem-3200s-wide", 0.50)):
        weights = weigh_energies(tables, CAMERAS[name])
        bands = (runs * weights).sum(axis=2).mean(axis=0)
        assert bands.mean() == pytest.approx(expected, rel=0.06)
        assert bands[0] > bands[1] > bands[2]
