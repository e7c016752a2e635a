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
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
from jaxtyping import Float

from bsgi.physics.acceptance.energy_windows import DETECTORS
from bsgi.physics.acceptance.phantom import measure_box
from bsgi.physics.acceptance.scatter_rows import (
    GRADIENTS,
    MARGIN,
    ROWS,
    SHARE,
    Row,
    average_bands,
)
from bsgi.physics.camera.catalogue import LUMAGEM_3200S, LUMAGEM_3200S_STANDARD
from bsgi.physics.camera.record import Camera
from bsgi.physics.transport.montecarlo import Setup, Source
from bsgi.physics.transport.montecarlo_tables import (
    SHIPPED,
    make_tables,
    scatter_of_box,
)
from bsgi.physics.transport.scatter import weigh_energies
from bsgi.physics.transport.tables import TABLES_PATH, find_tables, save_tables

BATCHES = 10
BAND_CM = 1.0
BANDS = 9


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
    print("| T cm | torso | heads |", " | ".join(DETECTORS), "|")
    holds, wide_gain = True, 0.0
    for number, row in enumerate(ROWS):
        runs = simulate_box(row, photons, number)
        cells = []
        for expected, (name, camera) in zip(
            row.printed, DETECTORS.items(), strict=True
        ):
            ours = float(runs[name].mean())
            applied = float(apply_tables(row, camera).mean())
            limit = max(SHARE * expected, MARGIN)
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


def simulate_box(
    row: Row, photons: int, seed: int
) -> dict[str, Float[np.ndarray, "batch band"]]:
    """Scattered over unscattered counts by the Monte Carlo, in bands, per camera."""
    box = box_of(row)
    spectra = scatter_of_box(np.random.default_rng(seed), box, photons, BATCHES)
    tables = find_tables()
    return {
        name: (spectra * weigh_energies(tables, camera)).sum(axis=2)
        for name, camera in DETECTORS.items()
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
    """The same as the simulator has it, on its own images of that breast."""
    one_or_two = replace(camera, heads=row.heads)
    return measure_box(one_or_two, row.thickness_cm, torso=row.torso)


def print_gradient(row: Row, runs: dict[str, Float[np.ndarray, "batch band"]]) -> None:
    """Print scatter by distance from the chest wall, three ways."""
    for name, expected in GRADIENTS.items():
        ways = (
            expected,
            average_bands(runs[name].mean(axis=0)),
            average_bands(apply_tables(row, DETECTORS[name])),
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
    print("| torso | Rayleigh | binding |", " | ".join(DETECTORS), "|")
    for row in (ROWS[1], ROWS[4]):
        for rayleigh, binding in product((False, True), repeat=2):
            box = box_of(row, rayleigh=rayleigh, binding=binding)
            spectra = scatter_of_box(np.random.default_rng(1), box, photons, BATCHES)
            cells = []
            for camera in DETECTORS.values():
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
