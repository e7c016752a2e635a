"""Do our intervals hold what they promise, and do our tests reject in 5 % at most?

    runs/coverage.sh                        all tables, 10,000 data sets per cell
    runs/coverage.sh --sets 500             a first look
    runs/coverage.sh --tables areas rates   some of them
    runs/coverage.sh --docs                 also puts them into the page on statistics

About an hour on one core; `--jobs 2` makes two tables at a time. `coverage.json`
is written to `--out`, tables are printed as Markdown. Exit status 1 if a bound breaks:
the default interval of an AUC covers at least 92 % everywhere and 94 % from 100
patients and up to an AUC of 0.95, that of a proportion 94 to 96 % on average over true
values of .70 to .99, that of a difference of two AUCs at least 93 %, and every primary
test rejects in at most 5.6 %.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from runs.coverage_areas import measure_areas, measure_bootstrap, measure_differences
from runs.coverage_rates import measure_rates
from runs.coverage_repeats import measure_averages, measure_bands
from runs.coverage_sizes import (
    measure_families,
    measure_mcnemar,
    measure_resampled,
    measure_unpaired,
)
from runs.coverage_tables import FULL, Found, write_into_page

from bsgi.files import save_json, save_text

TABLES: dict[str, Callable[[int, int], Found]] = {
    "areas": measure_areas,
    "differences": measure_differences,
    "unpaired": measure_unpaired,
    "families": measure_families,
    "resampled": measure_resampled,
    "bootstrap": measure_bootstrap,
    "averages": measure_averages,
    "bands": measure_bands,
    "rates": measure_rates,
    "mcnemar": measure_mcnemar,
}

PAGE = Path(__file__).resolve().parents[1] / "docs" / "concepts" / "statistics.md"


def main(words: list[str] | None = None) -> int:
    """Measure, print, write, and judge.

    Args:
        words: The command line; None takes that of the process.

    Returns:
        The exit status: 1 if a bound breaks.
    """
    chosen = _read_command(words)
    tables = []
    begun = time.perf_counter()
    for table in _measure(chosen):
        seconds = time.perf_counter() - begun
        print(f"\n{table.name} ({seconds:.0f} s)\n\n{table.to_markdown()}", flush=True)
        tables.append(table)
    bounds = [bound for table in tables for bound in table.bounds]
    broken = [bound for bound in bounds if not bound.holds]
    if chosen.out is not None:
        chosen.out.mkdir(parents=True, exist_ok=True)
        content = {
            "format_version": 1,
            "seed": chosen.seed,
            "tables": [table.to_json() for table in tables],
            "broken": [str(bound) for bound in broken],
        }
        save_json(chosen.out / "coverage.json", content)
    if chosen.docs:
        page = PAGE.read_text(encoding="utf-8")
        save_text(PAGE, write_into_page(page, tables))
    print(f"\n{len(bounds) - len(broken)} of {len(bounds)} bounds hold.")
    for bound in bounds:
        if bound.is_forgiven:
            print(f"Within three standard errors of {bound.sets:,} data sets: {bound}")
    for bound in broken:
        print(f"BROKEN: {bound}")
    return 1 if broken else 0


def _measure(chosen: argparse.Namespace) -> Iterator[Found]:
    """The tables in the order of their names, several at a time if so chosen."""
    if chosen.jobs == 1:
        for name in chosen.tables:
            yield TABLES[name](chosen.sets, chosen.seed)
        return
    with ProcessPoolExecutor(chosen.jobs) as pool:
        waiting = [
            pool.submit(TABLES[name], chosen.sets, chosen.seed)
            for name in chosen.tables
        ]
        for each in waiting:
            yield each.result()


def _read_command(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="runs/coverage.sh", description="Coverage of intervals, size of tests."
    )
    parser.add_argument("--sets", type=int, default=FULL, help="data sets per cell")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1, help="tables at a time")
    parser.add_argument("--out", type=Path, help="folder for coverage.json")
    parser.add_argument("--docs", action="store_true", help="write the page's tables")
    parser.add_argument(
        "--tables", nargs="+", choices=list(TABLES), default=list(TABLES)
    )
    chosen = parser.parse_args(words)
    if chosen.sets < 1 or chosen.jobs < 1:
        parser.error("--sets and --jobs must be at least 1")
    return chosen


if __name__ == "__main__":
    sys.exit(main())
