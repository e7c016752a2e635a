"""The shipped tables: what they hold, and what is refused."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bsgi.errors import ConfigError
from bsgi.physics.camera.catalogue import CAMERAS
from bsgi.physics.transport.tables import (
    TABLES_PATH,
    find_tables,
    load_tables,
    save_tables,
)


def test_the_shipped_tables_are_small() -> None:
    assert TABLES_PATH.stat().st_size < 300_000


def test_reading_them_needs_neither_numba_nor_xraylib() -> None:
    code = (
        "import json, sys\n"
        "import bsgi.physics.transport.scatter as scatter\n"
        "scatter.find_tables()\n"
        "heavy = ('numba', 'llvmlite', 'xraylib')\n"
        "print(json.dumps([m for m in heavy if m in sys.modules]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == []


def test_they_cover_the_breasts_of_the_simulator() -> None:
    tables = find_tables()
    assert tables.thickness_cm[0] <= 2.5
    assert tables.thickness_cm[-1] >= 10.0
    assert tables.outward_cm[0] == 0.0
    assert tables.outward_cm[-1] >= 14.0


def test_they_know_the_crystal_of_every_camera() -> None:
    assert {camera.crystal.name for camera in CAMERAS.values()} <= set(
        find_tables().crystals
    )


def test_low_energies_do_not_end_where_a_window_could_reach() -> None:
    """The lowest window starts at 110 keV; a NaI crystal blurs by 7 keV (1 sigma)."""
    assert find_tables().energy_kev.min() < 110.0 - 5 * 7.0


def test_scatter_grows_with_thickness_and_falls_with_distance() -> None:
    tables = find_tables()
    assert np.diff(tables.own.sum(axis=(1, 2))).min() > 0
    ring_cm2 = np.pi * np.diff(tables.radius_cm**2)
    density = tables.own.sum(axis=2) / ring_cm2
    assert (np.diff(density, axis=1) < 0).all()
    by_two_cm = tables.torso.sum(axis=3).reshape(2, len(tables.thickness_cm), -1, 4)
    assert (np.diff(by_two_cm.sum(axis=3), axis=2) < 0).all()
    open_over, between = tables.torso.sum(axis=(2, 3))
    assert (open_over > between).all()


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    tables, path = find_tables(), tmp_path / "tables.npz"
    save_tables(path, tables)
    loaded = load_tables(path)
    for name in ("own", "torso", "crystal_per_cm", "crystal_line_per_cm", "energy_kev"):
        assert (getattr(loaded, name) == getattr(tables, name)).all()
    assert loaded.crystals == tables.crystals
    assert loaded.meta == tables.meta


@pytest.mark.parametrize(
    "damage", ["missing", "empty", "text", "version", "array", "meta"]
)
def test_damaged_tables_are_refused_in_one_line(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "tables.npz"
    with np.load(TABLES_PATH) as archive:
        arrays = {name: archive[name] for name in archive.files}
    if damage == "empty":
        path.write_bytes(b"")
    elif damage == "text":
        path.write_text("not an archive")
    elif damage != "missing":
        meta = json.loads(str(arrays["meta"]))
        meta["tables_version"] = 0 if damage == "version" else meta["tables_version"]
        arrays["meta"] = np.array(json.dumps(meta if damage != "meta" else []))
        if damage == "array":
            del arrays["own"]
        np.savez(path, allow_pickle=False, **arrays)
    with pytest.raises(ConfigError, match=r"scatter tables .* must be whole") as caught:
        load_tables(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("own", lambda values: values[:, :-1]),
        ("own", lambda values: -values),
        ("torso", lambda values: values * np.float32(np.nan)),
        ("torso", lambda values: values[:1]),
        ("crystal_per_cm", lambda values: -values),
        ("crystal_line_per_cm", lambda values: -values),
        ("radius_cm", lambda values: values[::-1].copy()),
    ],
)
def test_tables_that_contradict_themselves_are_refused(name: str, change: Any) -> None:
    tables = find_tables()
    with pytest.raises(ValueError, match=name):
        replace(tables, **{name: change(getattr(tables, name))})
