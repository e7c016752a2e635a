"""Make the scatter tables of the simulator again, and hold them against a second run.

    runs/scatter_tables.sh                 make the tables in place, then check them
    runs/scatter_tables.sh --check         check the tables as they are, half a minute
    runs/scatter_tables.sh --options       what Rayleigh scatter and binding change

The check prints scattered over unscattered counts of a breast of 9 x 16 cm three ways:
by an independent Monte Carlo, by this one with that very breast, and by the shipped
tables applied to it as the simulator applies them to any. Exit status 1 if one is off
by more than 15 % or 0.015, whichever is larger.
"""

import argparse
import math
import sys
import time
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Literal

import numpy as np
from jaxtyping import Float

from bsgi.physics.camera.catalogue import (
    DILON_6800_GP,
    LUMAGEM_3200S,
    LUMAGEM_3200S_STANDARD,
)
from bsgi.physics.camera.record import Camera
from bsgi.physics.transport.montecarlo import Setup, Source
from bsgi.physics.transport.montecarlo_tables import (
    SHIPPED,
    make_tables,
    scatter_of_box,
)
from bsgi.physics.transport.projector import Projector
from bsgi.physics.transport.scatter import (
    ScatteringBreast,
    add_scatter,
    weigh_energies,
)
from bsgi.physics.transport.tables import TABLES_PATH, find_tables, save_tables

NARROW = replace(LUMAGEM_3200S, name="czt-narrow", window_kev=(130.0, 151.0))
CAMERAS = {
    "NaI 13 %, 126-154": DILON_6800_GP,
    "CZT, 126-154": LUMAGEM_3200S_STANDARD,
    "CZT, 110-154": LUMAGEM_3200S,
    "CZT, 130-151": NARROW,
}
RELATIVE, ABSOLUTE = 0.15, 0.015
BATCHES = 10


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the reference table.

    Args:
        thickness_cm: Thickness of the breast.
        heads: Heads of the camera.
        torso: Whether there is a torso.
        expected: Scattered over unscattered counts, in the order of `CAMERAS`.
    """

    thickness_cm: float
    heads: Literal[1, 2]
    torso: bool
    expected: tuple[float, float, float, float]


# C: an independent forced-detection Monte Carlo of the same breast and torso, without
# Rayleigh scatter and binding.
ROWS = (
    Row(4.0, 2, torso=False, expected=(0.11, 0.09, 0.21, 0.07)),
    Row(6.0, 2, torso=False, expected=(0.15, 0.13, 0.27, 0.10)),
    Row(8.0, 2, torso=False, expected=(0.18, 0.15, 0.31, 0.12)),
    Row(4.0, 2, torso=True, expected=(0.18, 0.13, 0.39, 0.10)),
    Row(6.0, 2, torso=True, expected=(0.24, 0.19, 0.50, 0.14)),
    Row(6.0, 1, torso=True, expected=(0.36, 0.29, 0.70, 0.21)),
    Row(8.0, 2, torso=True, expected=(0.29, 0.23, 0.58, 0.17)),
)
BAND_CM = 1.0
BANDS = 9
# C: the same; 0 to 1, 1 to 2, 2 to 4, 4 to 8 cm from the chest wall, 6 cm, two heads.
GRADIENT = {
    "NaI 13 %, 126-154": (0.48, 0.31, 0.23, 0.17),
    "CZT, 110-154": (0.93, 0.67, 0.49, 0.36),
    "CZT, 126-154": (0.38, 0.24, 0.18, 0.14),
}


def main() -> int:
    """Read the command line, run, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="keep the tables")
    parser.add_argument("--options", action="store_true", help="Rayleigh and binding")
    parser.add_argument("--effort", type=float, default=1.0, help="share of photons")
    parser.add_argument(
        "--out", type=Path, default=TABLES_PATH, help="the check takes those in place"
    )
    parser.add_argument("--photons", type=int, default=1_000_000, help="of a check")
    chosen = parser.parse_args()
    if chosen.options:
        print_options(chosen.photons)
        return 0
    if not chosen.check:
        make(chosen.effort, chosen.out)
    return 0 if check(chosen.photons) else 1


def make(effort: float, out: Path) -> None:
    """Make the tables and say how long it took.

    Args:
        effort: Share of the photons of the tables that come with the package.
        out: Where to write them.
    """
    begun = time.perf_counter()
    wanted = replace(
        SHIPPED,
        own_photons=round(SHIPPED.own_photons * effort),
        torso_photons=round(SHIPPED.torso_photons * effort),
    )
    tables = make_tables(
        wanted, lambda done: say(f"{done}, {time.perf_counter() - begun:.0f} s")
    )
    save_tables(out, tables)
    print(
        f"{out.name}: {time.perf_counter() - begun:.0f} s, {out.stat().st_size} bytes"
    )
    error = tables.meta["relative_standard_error"]
    print(f"largest standard error of the photons above 110 keV: {100 * error:.2f} %")


def check(photons: int) -> bool:
    """Print the table three ways; whether everything is within its tolerance.

    Args:
        photons: Started in the breast for every row.
    """
    print("scattered over unscattered counts: reference / this Monte Carlo / tables")
    print("| T cm | torso | heads |", " | ".join(CAMERAS), "|")
    holds, wide_gain = True, 0.0
    for number, row in enumerate(ROWS):
        runs = measure_box(row, photons, number)
        cells = []
        for expected, (name, camera) in zip(row.expected, CAMERAS.items(), strict=True):
            ours = float(runs[name].mean())
            applied = float(apply_tables(row, camera).mean())
            limit = max(RELATIVE * expected, ABSOLUTE)
            fits = max(abs(ours - expected), abs(applied - expected)) <= limit
            holds = holds and fits
            cells.append(
                f"{expected:.2f} / {ours:.3f} / {applied:.3f}{'' if fits else ' OFF'}"
            )
        torso = "yes" if row.torso else "no"
        print(
            f"| {row.thickness_cm:g} | {torso} | {row.heads} |", " | ".join(cells), "|"
        )
        if row.torso and row.heads == 2 and row.thickness_cm == 6.0:
            print_gradient(row, runs)
            wide_gain = find_gain(row)
    print(f"gain of the wide window at 6 cm, torso, two heads: {wide_gain:.2f}")
    return holds


def measure_box(
    row: Row, photons: int, seed: int
) -> dict[str, Float[np.ndarray, "batch band"]]:
    """Scattered over unscattered counts by the Monte Carlo, in bands, per camera."""
    box = box_of(row)
    spectra = scatter_of_box(np.random.default_rng(seed), box, photons, BATCHES)
    tables = find_tables()
    return {
        name: (spectra * weigh_energies(tables, camera)).sum(axis=2)
        for name, camera in CAMERAS.items()
    }


def box_of(row: Row, *, rayleigh: bool = False, binding: bool = False) -> Setup:
    """The arrangement of a row."""
    return Setup(
        row.thickness_cm,
        Source.BREAST,
        tuple(BAND_CM * band for band in range(BANDS + 1)),
        heads=row.heads,
        torso=row.torso,
        rayleigh=rayleigh,
        binding=binding,
    )


def apply_tables(row: Row, camera: Camera) -> Float[np.ndarray, " band"]:
    """The same as the simulator has it, for a slab on a camera's voxels."""
    projector = Projector(replace(camera, heads=row.heads))
    grid = projector.grid
    inside = (np.abs(grid.upward_mm) < 80.0)[:, None] & (
        (grid.outward_mm > 0.0) & (grid.outward_mm < 90.0)
    )
    slab = inside.astype(np.float32)
    breast = ScatteringBreast(10.0 * row.thickness_cm, slab, 1.0 if row.torso else 0.0)
    sharp = np.fft.rfft2(slab).astype(np.complex64)
    scattered = projector.invert(add_scatter(projector, sharp, breast))
    unscattered = projector.invert(sharp * projector.blur(5.0 * row.thickness_cm))
    band = np.floor(grid.outward_mm / 10.0 / BAND_CM).astype(int)
    columns = [band == k for k in range(BANDS)]
    return np.array([scattered[:, c].sum() / unscattered[:, c].sum() for c in columns])


def split_bands(bands: Float[np.ndarray, " band"]) -> list[float]:
    """Means over 0 to 1, 1 to 2, 2 to 4 and 4 to 8 cm."""
    parts = (bands[0:1], bands[1:2], bands[2:4], bands[4:8])
    return [float(part.mean()) for part in parts]


def print_gradient(row: Row, runs: dict[str, Float[np.ndarray, "batch band"]]) -> None:
    """Print scatter by distance from the chest wall, three ways."""
    for name, expected in GRADIENT.items():
        ways = (
            expected,
            split_bands(runs[name].mean(axis=0)),
            split_bands(apply_tables(row, CAMERAS[name])),
        )
        texts = (" ".join(f"{value:.2f}" for value in way) for way in ways)
        print(f"  0-1, 1-2, 2-4, 4-8 cm, {name}: {' / '.join(texts)}")


def find_gain(row: Row) -> float:
    """Counts in the wide window over those in the standard one."""
    counts = [
        camera.window_acceptance * (1.0 + float(apply_tables(row, camera).mean()))
        for camera in (LUMAGEM_3200S, LUMAGEM_3200S_STANDARD)
    ]
    return counts[0] / counts[1]


def print_options(photons: int) -> None:
    """Print what Rayleigh scatter and binding change at 6 cm, two heads.

    Args:
        photons: Started in the breast for every line.
    """
    tables = find_tables()
    print("scattered over unscattered counts at 6 cm, two heads (standard error)")
    print("| torso | Rayleigh | binding |", " | ".join(CAMERAS), "|")
    for row in (ROWS[1], ROWS[4]):
        for rayleigh, binding in product((False, True), repeat=2):
            box = box_of(row, rayleigh=rayleigh, binding=binding)
            spectra = scatter_of_box(np.random.default_rng(1), box, photons, BATCHES)
            cells = []
            for camera in CAMERAS.values():
                weights = weigh_energies(tables, camera)
                each = (spectra * weights).sum(axis=2).mean(axis=1)
                error = each.std(ddof=1) / math.sqrt(BATCHES)
                cells.append(f"{each.mean():.4f} ({error:.4f})")
            options = (row.torso, rayleigh, binding)
            words = ["yes" if option else "no" for option in options]
            print("|", " | ".join([*words, *cells]), "|", flush=True)


def say(text: str) -> None:
    """A line for whoever waits."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
