"""Whether a simulated cohort is the same however it is made.

    .venv/bin/python runs/reproduce.py
    .venv/bin/python runs/reproduce.py --exams 40 --alone 21 --preset lumagem-300

Makes a cohort with one and with two processes, and one of its exams alone, in temporary
folders; compares the SHA-256 of every file (counts in DICOM, truth and tables; the line
of the exam in tables) and ends with status 1 if one differs. The provenance, which
holds the time of making, is left out. 2,000 exams take some minutes and 0.5 GB of disk.
"""

import argparse
import hashlib
import sys
import tempfile
import time
from pathlib import Path

from bsgi.intake.simulated import simulate_to_folder
from bsgi.physics.population.population import Population, fill_population

TIMED = "provenance.json"
"""The one file that holds the time of its making."""

TABLES = ("labels.csv", "exams.jsonl")
"""Files with a line per exam."""


def main() -> None:
    """Make, compare, print; the exit status says whether all is equal."""
    parser = argparse.ArgumentParser(description="Make a cohort twice and compare.")
    parser.add_argument("--preset", default="paper")
    parser.add_argument("--exams", type=int, default=2000)
    parser.add_argument("--alone", type=int, default=1321, help="exam to make alone")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where to work; else temporary")
    chosen = parser.parse_args()
    population = fill_population(chosen.preset, exams=chosen.exams, seed=chosen.seed)
    if not 0 <= chosen.alone < chosen.exams:
        parser.error(f"--alone must be 0 to {chosen.exams - 1}, got {chosen.alone}")
    print(f"preset {population.preset}, {population.exams} exams, {population.camera}")
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        equal = compare_all(population, chosen.alone, Path(folder))
    sys.exit(0 if equal else 1)


def compare_all(population: Population, index: int, folder: Path) -> bool:
    """Make the three folders and print a line for each comparison.

    Args:
        population: What to simulate.
        index: The exam to make alone.
        folder: Where to make them.
    """
    one = make(population, folder / "one", processes=1)
    two = make(population, folder / "two", processes=2)
    alone = make(population, folder / "alone", only=index)
    print(f"{'kind':24}{'files':>8}{'equal':>8}")
    equal = True
    for kind in sorted({Path(name).suffix for name in {*one, *two}}):
        names = {name for name in {*one, *two} if Path(name).suffix == kind}
        same = sum(one.get(name) == two.get(name) for name in names)
        equal &= same == len(names)
        print(f"{'1 and 2 processes ' + kind:24}{len(names):8}{same:8}")
    # What a cohort says of all its exams differs from what it says of one.
    names = {name for name in alone if Path(name).suffix in {".dcm", ".npz"}}
    same = sum(alone[name] == one.get(name) for name in names)
    equal &= same == len(names) > 0
    print(f"{f'exam {index} alone':24}{len(names):8}{same:8}")
    for table in TABLES:
        lines = (folder / "alone" / table).read_text().splitlines()
        known = (folder / "one" / table).read_text().splitlines()
        found = [line for line in lines if line in known]
        equal &= len(found) == len(lines)
        print(f"{'its lines of ' + table:24}{len(lines):8}{len(found):8}")
    print("all equal" if equal else "NOT equal")
    return equal


def make(
    population: Population, out: Path, *, processes: int = 1, only: int | None = None
) -> dict[str, str]:
    """Simulate into a folder and hash what is in it.

    Args:
        population: What to simulate.
        out: The folder to make.
        processes: How many exams at the same time.
        only: Number of the one exam to make; None for all.

    Returns:
        The SHA-256 of each file under its path in the folder.
    """
    begun = time.perf_counter()
    simulate_to_folder(population, out, processes=processes, only=only)
    seconds = time.perf_counter() - begun
    what = f"{processes} process(es)" if only is None else f"exam {only} alone"
    print(f"made with {what} in {seconds:.1f} s", flush=True)
    return {
        str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.name != TIMED
    }


if __name__ == "__main__":
    main()
