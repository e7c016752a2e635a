"""DeLong's test of two models on a million exams, beside R's pROC; and the bootstrap.

Both programs read the same scores from a binary file and take turns, run by run, so
that a busy machine treats both alike. Reading is not counted. Ours is everything from
labels and scores to the p value; pROC's is `roc`, `roc` and `roc.test`.

    python benchmarks/statistics.py            medians and ranges, ratio, verdicts
    python benchmarks/statistics.py --exams 100000 --runs 3

Exit status 1 if a bound is missed: DeLong in under 1 s and no slower than pROC, 10,000
draws of 231 patients in under 1 s. Without R and pROC only the times are judged.
"""

import argparse
import importlib.util
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np

from bsgi.evaluation.areas.bootstrap import REPLICATES, bootstrap_auc
from bsgi.evaluation.comparisons.areas import (
    AreaComparison,
    AreaTest,
    compare_paired_areas,
)
from bsgi.evaluation.scored import Scored

if __name__ != "__main__":
    # Scripts beside this one, and what they import, look here first for the standard
    # library's module of this name: they get that one.
    _PATH = Path(sysconfig.get_path("stdlib"), "statistics.py")
    _SPEC = importlib.util.spec_from_file_location("statistics", _PATH)
    assert _SPEC is not None  # noqa: S101
    assert _SPEC.loader is not None  # noqa: S101
    sys.modules[__name__] = importlib.util.module_from_spec(_SPEC)
    _SPEC.loader.exec_module(sys.modules[__name__])

IN_R = """
    suppressPackageStartupMessages(library(pROC))
    path <- commandArgs(TRUE)[1]
    n <- as.integer(commandArgs(TRUE)[2])
    values <- matrix(readBin(path, "double", 3 * n, endian = "little"), n)
    invisible(gc())
    taken <- system.time({
        one <- roc(values[, 1], values[, 2], levels = c(0, 1), direction = "<",
                   quiet = TRUE)
        two <- roc(values[, 1], values[, 3], levels = c(0, 1), direction = "<",
                   quiet = TRUE)
        found <- roc.test(one, two, method = "delong", paired = TRUE)
    })
    cat(as.character(packageVersion("pROC")), taken[["elapsed"]],
        taken[["user.self"]] + taken[["sys.self"]],
        formatC(found$statistic, digits = 17, format = "g"), "\\n")
"""

T = TypeVar("T")

PATIENTS = (87, 144)
"""Malignant and benign patients of the paper."""


def main() -> None:
    """Print what was measured; leave with status 1 where a bound is missed."""
    parser = argparse.ArgumentParser(description="Speed of DeLong and bootstrap.")
    parser.add_argument("--exams", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=7)
    chosen = parser.parse_args()
    missed = race_proc(chosen.exams, chosen.runs)
    missed += time_bootstrap(chosen.runs)
    for line in missed:
        print("missed:", line)
    sys.exit(1 if missed else 0)


def race_proc(exams: int, runs: int) -> list[str]:
    """DeLong of two models, ours and pROC's in turns.

    Args:
        exams: Number of exams.
        runs: Runs of each.

    Returns:
        The bounds that were missed.
    """
    rng = np.random.default_rng(1)
    labels = (rng.random(exams) < 87 / 231).astype(np.int64)
    common = rng.normal(size=exams) + 1.2 * labels
    first, second = (common + scale * rng.normal(size=exams) for scale in (0.5, 0.8))
    program = shutil.which("Rscript")
    ours: list[tuple[float, float]] = []
    theirs: list[tuple[float, float]] = []
    version = ""
    with tempfile.TemporaryDirectory() as folder:
        path, script = Path(folder, "scores.bin"), Path(folder, "time.R")
        np.stack([labels, first, second]).astype("<f8").tofile(path)
        script.write_text(IN_R, encoding="utf-8")
        for _ in range(runs):
            taken, found = _time(lambda: _compare(labels, first, second))
            ours.append(taken)
            if program is None:
                continue
            done = subprocess.run(
                [program, str(script), str(path), str(exams)],
                capture_output=True, text=True, check=True,
            )  # fmt: skip
            version, elapsed, worked, statistic = done.stdout.split()
            theirs.append((float(elapsed), float(worked)))
            _check_same(found, float(statistic))
    print(f"DeLong's test of two models on {exams:,} exams, {runs} runs in turns")
    _show("ours", ours)
    limit = 1.0 * exams / 1_000_000
    missed = []
    if _median(ours, 0) >= limit:
        missed.append(f"DeLong took {_median(ours, 0):.2f} s, not under {limit:.2f} s")
    if not theirs:
        print("  Rscript with pROC is not installed: nothing to compare with")
        return missed
    _show(f"pROC {version}", theirs)
    ratios = [_median(ours, kind) / _median(theirs, kind) for kind in (0, 1)]
    print(f"  ratio ours / pROC: {ratios[0]:.2f} elapsed, {ratios[1]:.2f} processor")
    if ratios[0] > 1:
        missed.append(f"DeLong took {ratios[0]:.2f} times as long as pROC")
    return missed


def time_bootstrap(runs: int) -> list[str]:
    """The patient-clustered bootstrap of the paper's 231 patients, one exam each.

    Args:
        runs: Number of runs.

    Returns:
        The bounds that were missed.
    """
    rng = np.random.default_rng(2)
    labels = np.repeat([1, 0], PATIENTS)
    scores = rng.normal(size=labels.size) + 1.5 * labels
    patients = [f"p{number}" for number in range(labels.size)]
    taken = [
        _time(lambda: bootstrap_auc(labels, scores, patients, seed=1))[0]
        for _ in range(runs)
    ]
    print(f"{REPLICATES:,} draws of {labels.size} patients, {runs} runs")
    _show("ours", taken)
    middle = _median(taken, 0)
    return [] if middle < 1 else [f"the bootstrap took {middle:.2f} s, not under 1 s"]


def _compare(
    labels: np.ndarray, first: np.ndarray, second: np.ndarray
) -> AreaComparison:
    return compare_paired_areas(
        Scored(labels, first), Scored(labels, second), test=AreaTest.DELONG
    )


def _check_same(found: AreaComparison, statistic: float) -> None:
    """Refuse to time two programs that find different things."""
    if found.statistic is None or abs(found.statistic / statistic - 1) > 1e-8:
        raise SystemExit(f"Z must be pROC's {statistic}, got {found.statistic}.")


def _time(work: Callable[[], T]) -> tuple[tuple[float, float], T]:
    """Seconds elapsed and of the processor, and what came out."""
    begun, worked = time.perf_counter(), time.process_time()
    found = work()
    return (time.perf_counter() - begun, time.process_time() - worked), found


def _median(taken: list[tuple[float, float]], kind: int) -> float:
    return float(np.median([each[kind] for each in taken]))


def _show(name: str, taken: list[tuple[float, float]]) -> None:
    parts = []
    for kind, word in enumerate(("elapsed", "processor")):
        values = sorted(each[kind] for each in taken)
        middle = _median(taken, kind)
        parts.append(f"{middle:.3f} s ({values[0]:.3f} to {values[-1]:.3f}) {word}")
    print(f"  {name}: {', '.join(parts)}")


if __name__ == "__main__":
    main()
