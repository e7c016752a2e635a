"""The scatter tables that come with the package: spectra of scattered photons.

They hold true energies, so that any crystal and window can be applied to them. A Monte
Carlo made them (`montecarlo_tables.py`); reading them needs NumPy only.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float, Float32

from bsgi.errors import ConfigError
from bsgi.files import NPZ_DAMAGE, new_file

TABLES_VERSION = 1
TABLES_PATH = Path(__file__).with_name("data") / "scatter.npz"


@dataclass(frozen=True, slots=True, eq=False)
class ScatterTables:
    """Scattered photons per unscattered one, before crystal and window.

    Args:
        thickness_cm: Thicknesses of the breast, ascending.
        radius_cm: Limits of the rings about the column where photons started.
        outward_cm: Limits of the bands from the chest wall outwards.
        energy_kev: Middle of each bin of energy, 1 keV wide.
        own: Photons that the breast scatters, per unscattered photon of their column,
            by thickness, ring of the last scatter and energy.
        torso: Photons from the torso that the breast scatters, per unscattered photon
            of a breast of the torso's concentration, by heads (1, 2), thickness, band
            of the last scatter and energy.
        crystals: Names of crystals.
        crystal_per_cm: Their attenuation coefficients at each energy.
        crystal_line_per_cm: The same at the line.
        meta: How they were made: seed, photons, options, geometry, versions.

    Raises:
        ValueError: If shapes do not fit each other, a value is negative or not finite,
            or limits do not ascend.
    """

    thickness_cm: Float[np.ndarray, " thickness"]
    radius_cm: Float[np.ndarray, " radius"]
    outward_cm: Float[np.ndarray, " outward"]
    energy_kev: Float[np.ndarray, " energy"]
    own: Float32[np.ndarray, "thickness ring energy"]
    torso: Float32[np.ndarray, "heads thickness band energy"]
    crystals: tuple[str, ...]
    crystal_per_cm: Float[np.ndarray, "crystal energy"]
    crystal_line_per_cm: Float[np.ndarray, " crystal"]
    meta: dict[str, Any]

    def __post_init__(self) -> None:
        counts = [len(self.thickness_cm), len(self.energy_kev), len(self.crystals)]
        thicknesses, energies, crystals = counts
        wanted = {
            "own": (thicknesses, len(self.radius_cm) - 1, energies),
            "torso": (2, thicknesses, len(self.outward_cm) - 1, energies),
            "crystal_per_cm": (crystals, energies),
            "crystal_line_per_cm": (crystals,),
        }
        for name, shape in wanted.items():
            values = getattr(self, name)
            if values.shape != shape:
                raise ValueError(f"{name} must be {shape}, got {values.shape}.")
            if not (np.isfinite(values).all() and values.min() >= 0):
                raise ValueError(f"{name} must hold finite values from 0.")
        for name in ("thickness_cm", "radius_cm", "outward_cm"):
            if not np.all(np.diff(getattr(self, name)) > 0):
                raise ValueError(f"{name} must ascend.")


def save_tables(path: Path, tables: ScatterTables) -> None:
    """Write tables.

    Args:
        path: The npz file to make or replace.
        tables: What to write.
    """
    meta = {
        **tables.meta,
        "tables_version": TABLES_VERSION,
        "crystals": list(tables.crystals),
    }
    with new_file(path) as partial, partial.open("wb") as stream:
        np.savez_compressed(
            stream,
            allow_pickle=False,
            meta=np.array(json.dumps(meta)),
            thickness_cm=tables.thickness_cm,
            radius_cm=tables.radius_cm,
            outward_cm=tables.outward_cm,
            energy_kev=tables.energy_kev,
            own=tables.own,
            torso=tables.torso,
            crystal_per_cm=tables.crystal_per_cm,
            crystal_line_per_cm=tables.crystal_line_per_cm,
        )


def load_tables(path: Path = TABLES_PATH) -> ScatterTables:
    """Read tables.

    Args:
        path: A file that `save_tables` wrote.

    Raises:
        ConfigError: If it is missing, damaged or of another version.
    """
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        meta = json.loads(str(arrays.pop("meta")))
        if meta["tables_version"] != TABLES_VERSION:
            raise ValueError(f"version {meta['tables_version']}")
        crystals = tuple(meta.pop("crystals"))
        return ScatterTables(crystals=crystals, meta=meta, **arrays)
    except NPZ_DAMAGE as reason:
        raise ConfigError(
            f"scatter tables {path} must be whole and of version {TABLES_VERSION}, got "
            f"{type(reason).__name__}: {reason}; make them again or install again."
        ) from None


@lru_cache(maxsize=1)
def find_tables() -> ScatterTables:
    """The tables that come with the package, read at the first call."""
    return load_tables()
