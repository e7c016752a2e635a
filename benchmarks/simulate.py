"""How fast exams are simulated, how much memory that takes, and where the time goes.

    python benchmarks/simulate.py                  rates of every camera on 1 and 2
                                                   processes, DICOM, stages, memory
    python benchmarks/simulate.py --exams 20000    also the rate of every block of so
                                                   many exams in a row, to see whether
                                                   the last cost more than the first
    python benchmarks/simulate.py --camera NAME    one camera only; may be repeated

Processes are spawned, and warm before their exams are timed; each runs its arithmetic
on one thread. Exit status 1 if a bound is missed: exams per second of the first and of
the finest camera on two processes, memory of a process, and growth of the cost.
"""

import argparse
import json
import multiprocessing
import resource
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import wraps
from multiprocessing.connection import Connection
from pathlib import Path
from typing import ParamSpec, TypeVar

from bsgi.dicom.write import write_view
from bsgi.intake.simulated import build_header, simulate_to_folder
from bsgi.physics import simulate
from bsgi.physics.camera.catalogue import CAMERAS
from bsgi.physics.population.population import Population

P = ParamSpec("P")
R = TypeVar("R")

PROCESSES = (1, 2)
DOSE_MBQ = {1: 740.0, 2: 300.0}  # by heads, as they are used
FAST, FINE = "dilon-6800-gp", "lumagem-3200s-wide"
RATE_BOUNDS = {FAST: 20.0, FINE: 4.0}  # exams per second on two processes
MEMORY_BOUND_MB = 1500.0
# The last block of a long run may take this much longer than the first.
GROWTH_BOUND = 1.10
BLOCKS = 20
WARM_UP = 8
STAGES = {
    "draw": ("draw_woman",),
    "texture": ("settle_gland", "find_textures", "build_concentration"),
    "emission": ("place_lesion", "build_emission"),
    "projection": ("project_view",),
    "scatter": ("add_scatter",),
    "detector": ("find_gains",),
    "acquisition": ("acquire_view",),
}
"""Stages of an exam, by the functions that `bsgi.physics.simulate` calls."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Median and quartiles of repeated measurements."""

    median: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class CameraResult:
    """What was measured with one camera.

    Args:
        camera: Its name.
        rates: Exams per second in memory, by number of processes.
        dicom_rates: Exams per second written as DICOM files with their truth, start of
            the processes included, by number of processes.
        memory_mb: Peak resident memory of a process.
        stage_ms: Milliseconds per exam of each stage, on one process.
    """

    camera: str
    rates: dict[int, Spread]
    dicom_rates: dict[int, float]
    memory_mb: float
    stage_ms: dict[str, Spread]


@dataclass(frozen=True, slots=True)
class LongRun:
    """Many exams in a row.

    Args:
        camera: The camera.
        exams: Exams of all blocks together.
        rates: Exams per second of each block, in order, on two processes.
        memory_mb: Largest memory of a process after each block.
        growth: Median time of the last quarter of the blocks over that of the first.
    """

    camera: str
    exams: int
    rates: list[float]
    memory_mb: list[float]
    growth: float


def main() -> int:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--camera", action="append", choices=list(CAMERAS))
    parser.add_argument("--repeats", type=int, default=7, help="timed blocks")
    parser.add_argument("--block", type=int, default=24, help="exams in one of them")
    parser.add_argument("--exams", type=int, default=0, help="length of the long run")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    if min(options.repeats, options.block) < 2 or options.exams < 0:
        parser.error("--repeats and --block must be at least 2, --exams not negative.")
    names = options.camera or list(CAMERAS)
    results = [measure_camera(n, options.repeats, options.block) for n in names]
    long_run = measure_long_run(names[0], options.exams) if options.exams else None
    missed = find_missed(results, long_run)
    if options.json:
        long = None if long_run is None else asdict(long_run)
        cameras = [asdict(result) for result in results]
        whole = {"cameras": cameras, "long_run": long, "missed": missed}
        print(json.dumps(whole, indent=2))
    else:
        print(describe(results, long_run))
        print("\n".join(missed) or "all bounds are met")
    return 1 if missed else 0


def populate(camera: str, exams: int) -> Population:
    """The paper's women before a camera, at the dose that it is used with."""
    dose_mbq = DOSE_MBQ[CAMERAS[camera].heads]
    return Population("paper", camera, exams, exams * 87 // 231, dose_mbq, 1)


def measure_camera(camera: str, repeats: int, block: int) -> CameraResult:
    """Rates, memory and stages of one camera."""
    rates, memory_mb = {}, 0.0
    for processes in PROCESSES:
        seconds = []
        with serve(camera, processes) as ask:
            for repeat in range(repeats):
                begun = time.perf_counter()
                memory_mb = max(memory_mb, ask(repeat * block, block))
                seconds.append(time.perf_counter() - begun)
        rates[processes] = summarize([block / each for each in seconds])
    dicom_rates = {n: write_cohort(camera, 2 * block, n) for n in PROCESSES}
    return CameraResult(
        camera, rates, dicom_rates, memory_mb, time_stages(camera, block)
    )


@contextmanager
def serve(camera: str, processes: int) -> Iterator[Callable[[int, int], float]]:
    """Warm processes, and a function that has them share some exams between them.

    It takes the first exam and how many, waits until all are done, and returns the
    largest peak memory of a process in MB.
    """
    spawn = multiprocessing.get_context("spawn")
    pipes, workers = [], []
    for _ in range(processes):
        here, there = spawn.Pipe()
        worker = spawn.Process(target=simulate_on_request, args=(there, camera))
        worker.start()
        pipes.append(here)
        workers.append(worker)

    def ask(first: int, exams: int) -> float:
        for place, pipe in enumerate(pipes):
            pipe.send(range(first + place, first + exams, processes))
        return max(float(pipe.recv()) for pipe in pipes)

    try:
        for pipe in pipes:
            pipe.recv()
        yield ask
    finally:
        for pipe, worker in zip(pipes, workers, strict=True):
            pipe.send(None)
            worker.join()


def simulate_on_request(pipe: Connection, camera: str) -> None:
    """A process's side: simulate the exams that are asked for, keep none of them."""
    population = populate(camera, 1_000_000)
    for index in range(WARM_UP):
        simulate.simulate_exam(population, index)
    pipe.send(True)
    while (wanted := pipe.recv()) is not None:
        for index in wanted:
            simulate.simulate_exam(population, index)
        pipe.send(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0)


def write_cohort(camera: str, exams: int, processes: int) -> float:
    """Exams per second when everything is written to the disk."""
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        simulate_to_folder(
            populate(camera, exams), Path(folder) / "out", processes=processes
        )
        return exams / (time.perf_counter() - begun)


def time_stages(camera: str, exams: int) -> dict[str, Spread]:
    """Milliseconds per exam of each stage; what none of them holds is "other"."""
    population = populate(camera, exams + WARM_UP)
    clock = Clock()
    per_exam: dict[str, list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder, clock.watch():
        for index in range(exams + WARM_UP):
            clock.spent_s.clear()
            begun = time.perf_counter()
            study = simulate.simulate_study(population, index)
            whole_s = time.perf_counter() - begun
            spent = {
                stage: sum(clock.spent_s[name] for name in names)
                for stage, names in STAGES.items()
            }
            spent["projection"] -= spent["scatter"]  # it is called from there
            spent["other"] = whole_s - sum(spent.values())
            begun = time.perf_counter()
            header = build_header(population, index, study.exam)
            for name, view in study.exam.views.items():
                write_view(Path(folder) / f"{index}" / f"{name}.dcm", view, header)
            spent["DICOM"] = time.perf_counter() - begun
            if index >= WARM_UP:
                for stage, seconds in spent.items():
                    per_exam[stage].append(1e3 * seconds)
    return {stage: summarize(each) for stage, each in per_exam.items()}


class Clock:
    """Seconds spent in functions that `bsgi.physics.simulate` calls."""

    def __init__(self) -> None:
        self.spent_s: dict[str, float] = defaultdict(float)

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Time those functions while the context lasts."""
        names = [name for group in STAGES.values() for name in group]
        plain = {name: getattr(simulate, name) for name in names}
        for name, function in plain.items():
            setattr(simulate, name, self._timed(name, function))
        try:
            yield
        finally:
            for name, function in plain.items():
                setattr(simulate, name, function)

    def _timed(self, name: str, function: Callable[P, R]) -> Callable[P, R]:
        @wraps(function)
        def call(*args: P.args, **named: P.kwargs) -> R:
            begun = time.perf_counter()
            try:
                return function(*args, **named)
            finally:
                self.spent_s[name] += time.perf_counter() - begun

        return call


def measure_long_run(camera: str, exams: int) -> LongRun:
    """The rate of each of many blocks in a row, on two processes."""
    block = max(2, exams // BLOCKS)
    rates, memory_mb = [], []
    with serve(camera, 2) as ask:
        for number in range(BLOCKS):
            begun = time.perf_counter()
            memory_mb.append(ask(number * block, block))
            rates.append(block / (time.perf_counter() - begun))
    quarter = BLOCKS // 4
    first, last = (
        statistics.median(part) for part in (rates[:quarter], rates[-quarter:])
    )
    return LongRun(camera, BLOCKS * block, rates, memory_mb, first / last)


def summarize(values: list[float]) -> Spread:
    """Median and quartiles."""
    lower, median, upper = statistics.quantiles(values, n=4)
    return Spread(median, lower, upper)


def find_missed(results: list[CameraResult], long_run: LongRun | None) -> list[str]:
    """The bounds that are missed, in words."""
    missed = []
    for result in results:
        bound = RATE_BOUNDS.get(result.camera)
        rate = result.rates[2].median
        if bound is not None and rate < bound:
            missed.append(f"MISSED: {result.camera} {rate:.1f}/s, at least {bound:.0f}")
        if result.memory_mb > MEMORY_BOUND_MB:
            missed.append(f"MISSED: {result.camera} takes {result.memory_mb:.0f} MB")
    if long_run is not None and long_run.growth > GROWTH_BOUND:
        missed.append(f"MISSED: late exams take {long_run.growth:.2f} times as long")
    return missed


def describe(results: list[CameraResult], long_run: LongRun | None) -> str:
    """The tables."""
    lines = [
        "exams per second      in memory, median (quartiles)           with DICOM   MB",
        "                      1 process          2 processes              1      2",
    ]
    for result in results:
        rates = [
            f"{each.median:5.1f} ({each.lower:.1f}-{each.upper:.1f})"
            for each in result.rates.values()
        ]
        written = " ".join(f"{rate:6.1f}" for rate in result.dicom_rates.values())
        lines.append(
            f"{result.camera:22}{rates[0]:19}{rates[1]:19}{written} "
            f"{result.memory_mb:5.0f}"
        )
    lines += ["", "milliseconds per exam, one process, median (quartiles)"]
    for result in results:
        lines.append(result.camera)
        lines += [
            f"  {stage:12}{each.median:7.2f} ({each.lower:.2f}-{each.upper:.2f})"
            for stage, each in result.stage_ms.items()
        ]
    if long_run is not None:
        lines += ["", f"{long_run.exams} exams of {long_run.camera}, two processes:"]
        block = long_run.exams // len(long_run.rates)
        pairs = zip(long_run.rates, long_run.memory_mb, strict=True)
        for number, (rate, memory_mb) in enumerate(pairs):
            span = f"  {number * block:7} to {(number + 1) * block:7}"
            lines.append(f"{span}  {rate:6.1f}/s  {memory_mb:.0f} MB")
        lines.append(
            f"  time of the last quarter over the first: {long_run.growth:.3f}"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
