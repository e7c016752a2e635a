"""Where a simulated population lies against human readers: the reading model's tables.

    .venv/bin/python runs/reading.py --exams 4200 --out out/reading

Images every woman of the paper-like population on two cameras: the Dilon-like one at
740 and 300 MBq, the LumaGEM-like one at 300 MBq, and at 300 MBq for half the time on
both. Prints areas under the curve, the ceiling, sensitivities by size and histology
beside human readers, and what half the time costs; draws the ROC curves. `--reuse`
reads the images' channel outputs from OUT instead of making them again.
"""

import argparse
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

import numpy as np
from jaxtyping import Bool

from bsgi.evaluation.auc import estimate_auc
from bsgi.evaluation.estimate import Estimate
from bsgi.evaluation.proportions import estimate_proportion
from bsgi.evaluation.roc import build_roc
from bsgi.evaluation.scored import Scored
from bsgi.physics.observers.ceiling import build_ceiling
from bsgi.physics.observers.human import HUMAN_SERIES
from bsgi.physics.observers.lesion_prior import Drawn, build_prior, draw_lesions_of
from bsgi.physics.observers.normal import learn_normal, observe_normal
from bsgi.physics.observers.paired import compare_areas
from bsgi.physics.observers.reading import Reader
from bsgi.physics.observers.trial import Condition, observe_trial
from bsgi.physics.observers.trial_table import (
    TrialTable,
    load_table,
    save_table,
    stack_trials,
)
from bsgi.physics.population.population import Population
from bsgi.reports.style import INK, LINES, QUIET, new_figure, save_svg, style_axes

CONDITIONS = {
    "dilon-6800-gp": (Condition(740.0), Condition(300.0), Condition(300.0, 0.5)),
    "lumagem-3200s-wide": (Condition(300.0), Condition(300.0, 0.5)),
}
# The reader learns from women of other seeds: shapes of normal breasts, and lesions.
NORMAL_SEED, LESION_SEED = 100_001, 100_002
SPECIFICITY = 0.78  # F: registry .77, second meta-analysis .78

Result = TypeVar("Result")


def main() -> None:
    """Make or load the images, read them, and print the tables."""
    parser = argparse.ArgumentParser(description="Read a simulated population.")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--preset", default="paper")
    parser.add_argument("--cameras", nargs="+", default=list(CONDITIONS))
    parser.add_argument("--exams", type=int, default=4200)
    parser.add_argument("--normal", type=int, default=1000, help="women to learn from")
    parser.add_argument("--lesions", type=int, default=20_000, help="to learn from")
    # The reader's own settings were chosen on seed 5: judge it on other women.
    parser.add_argument("--seed", type=int, default=21)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--reuse", action="store_true")
    chosen = parser.parse_args()
    curves: dict[str, Scored] = {}
    for camera in chosen.cameras:
        malignant = round(chosen.exams * 87 / 231)
        population = Population(
            chosen.preset, camera, chosen.exams, malignant, 740.0, chosen.seed
        )
        path = chosen.out / f"{chosen.preset}-{camera}-{chosen.seed}.npz"
        if not (chosen.reuse and path.exists()):
            save_table(path, make_table(population, chosen.normal, chosen.processes))
        drawn = draw_lesions_of(population, chosen.lesions, LESION_SEED)
        curves |= print_tables(camera, load_table(path), drawn)
    draw_roc(chosen.out / "roc.svg", curves)


def make_table(population: Population, normal: int, processes: int) -> TrialTable:
    """Image all women, and others to learn from."""
    conditions = CONDITIONS[population.camera]
    others = Population(
        population.preset, population.camera, normal, normal // 2, 740.0, NORMAL_SEED
    )
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        learned = follow(pool, partial(observe_normal, others), normal, "normal")
        trial = partial(observe_trial, population, conditions=conditions)
        trials = follow(pool, trial, population.exams, population.camera)
    return stack_trials(trials, learned)


def follow(
    pool: ProcessPoolExecutor, work: Callable[[int], Result], count: int, name: str
) -> list[Result]:
    """Results by number, with a line of progress."""
    begun, found = time.perf_counter(), []
    for result in pool.map(work, range(count), chunksize=8):
        found.append(result)
        if len(found) % 100 == 0 or len(found) == count:
            rate = len(found) / (time.perf_counter() - begun)
            line = f"\r{name}: {len(found)} of {count}, {rate:.1f} per second"
            print(line, end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return found


def print_tables(camera: str, table: TrialTable, drawn: Drawn) -> dict[str, Scored]:
    """All figures of one camera; returns the curves to draw."""
    reader = Reader(build_prior(drawn), learn_normal(table.normal))
    known = build_ceiling(drawn).score(np.maximum(table.diameter_mm, 1.0), table.ratio)
    ceiling = Scored(table.malignant.astype(int), known)
    exams, malignant = len(table.malignant), int(table.malignant.sum())
    print(f"\n{camera}: {exams} exams, {malignant} malignant")
    print(f"  ceiling (ratio and size known)  {show(estimate_auc(ceiling))}")
    curves = {"ceiling": ceiling}
    read = {}
    for number, condition in enumerate(CONDITIONS[camera]):
        minutes = 10.0 * condition.time_share
        name = f"{condition.dose_mbq:.0f} MBq, {minutes:.0f} min"
        read[condition] = table.score(reader, number)
        print(f"  reading model, {name:15}  {show(estimate_auc(read[condition]))}")
        found = table.search(number)
        print(f"  hottest spot,  {name:15}  {show(estimate_auc(found))}")
        curves[f"{camera}, {name}"] = read[condition]
    first = next(iter(read.values()))
    print_sensitivities(table, first)
    full, half = read[Condition(300.0)], read[Condition(300.0, 0.5)]
    cost = compare_areas(full, half)
    print(
        f"  half the time at 300 MBq costs {cost.value:+.4f} "
        f"({cost.lower:+.4f} to {cost.upper:+.4f})"
    )
    return curves


def print_sensitivities(table: TrialTable, scored: Scored) -> None:
    """Sensitivity by size, histology, shape and background at one threshold."""
    threshold = float(np.quantile(scored.scores[~table.malignant], SPECIFICITY))
    called = scored.scores > threshold
    size = table.diameter_mm
    groups = {
        "all": size > 0,
        "up to 10 mm": (size > 0) & (size <= 10),
        "above 10 mm": size > 10,
    }
    for field in (table.histology, table.shape, table.background):
        groups |= {str(value): field == value for value in np.unique(field)}
    print(f"  called malignant at specificity {SPECIFICITY:.0%}:")
    for name, group in groups.items():
        line = f"    {name:22}"
        for label, chosen in (("sens", table.malignant), ("spec", ~table.malignant)):
            line += describe(label, called == table.malignant, group & chosen)
        print(line)


def describe(
    label: str, right: Bool[np.ndarray, " exam"], group: Bool[np.ndarray, " exam"]
) -> str:
    """The share that was called rightly, with its Wilson interval."""
    total = int(group.sum())
    found = estimate_proportion(int((right & group).sum()), total)
    return f"  {label} {show(found, 2)} n={total:<5d}" if found else " " * 32


def show(estimate: Estimate | None, digits: int = 3) -> str:
    """A value with its interval."""
    if estimate is None:
        return "none"
    value, lower, upper = (
        f"{x:.{digits}f}" for x in (estimate.value, estimate.lower, estimate.upper)
    )
    return f"{value} ({lower}-{upper})"


def draw_roc(path: Path, curves: dict[str, Scored]) -> None:
    """ROC curves with the operating points of human readers."""
    figure = new_figure(6.4, 6.0)
    axes = figure.add_subplot()
    style_axes(axes, "1 - specificity", "sensitivity")
    axes.plot([0, 1], [0, 1], color=QUIET, linewidth=0.8)
    colours = (INK, *LINES)
    for number, (name, scored) in enumerate(curves.items()):
        roc = build_roc(scored)
        axes.plot(
            roc.false_positive_rate,
            roc.true_positive_rate,
            color=colours[number % len(colours)],
            linestyle="--" if name == "ceiling" else "-",
            linewidth=1.5,
            label=name,
        )
    axes.scatter(
        [1 - series.specificity for series in HUMAN_SERIES],
        [series.sensitivity for series in HUMAN_SERIES],
        s=22,
        facecolor="white",
        edgecolor=INK,
        zorder=3,
        label="human readers, published series",
    )
    axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
    axes.legend(loc="lower right", fontsize=8, frameon=False)
    axes.set_title("Simulated exams; research use only", fontsize=10, color=INK)
    save_svg(path, figure)


if __name__ == "__main__":
    main()
