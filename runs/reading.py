"""Where a simulated population lies against human readers: the reading model's tables.

    .venv/bin/python runs/reading.py --exams 4200 --out out/reading

Images every woman of the paper-like population on two cameras: the Dilon-like one at
740 and 300 MBq, the LumaGEM-like one at 300 MBq, and at 300 MBq for half the time on
both. Prints areas under the curve, the ceilings, sensitivities by size and histology
beside human readers, and what half the time costs; writes the same as `reading.json`
and draws the ROC curves. `--reuse` reads the images' channel outputs from OUT instead
of making them again. Exit status 1: a bound is missed.
"""

import argparse
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from jaxtyping import Bool

from bsgi.evaluation.areas.auc import estimate_auc
from bsgi.evaluation.areas.roc import build_roc
from bsgi.evaluation.estimate import Estimate
from bsgi.evaluation.rates.proportions import estimate_proportion
from bsgi.evaluation.readers.mrmc import AreaInterval, compare_areas
from bsgi.evaluation.scored import Scored
from bsgi.files import save_json
from bsgi.physics.observers.ceiling import build_ceiling
from bsgi.physics.observers.human import HUMAN_SERIES
from bsgi.physics.observers.lesion_prior import Drawn, build_prior, draw_lesions_of
from bsgi.physics.observers.normal import learn_normal, observe_normal
from bsgi.physics.observers.reading import Reader
from bsgi.physics.observers.trial import Condition, observe_trial
from bsgi.physics.observers.trial_table import (
    TrialTable,
    load_table,
    save_table,
    stack_trials,
)
from bsgi.physics.population.population import Population, fill_population
from bsgi.reports.style import INK, LINES, QUIET, new_figure, save_svg, style_axes

CONDITIONS = {
    "dilon-6800-gp": (Condition(740.0), Condition(300.0), Condition(300.0, 0.5)),
    "lumagem-3200s-wide": (Condition(300.0), Condition(300.0, 0.5)),
}
# The reader learns from women of other seeds: shapes of normal breasts, and lesions.
NORMAL_SEED, LESION_SEED = 100_001, 100_002
SPECIFICITY = 0.78  # F: registry .77, second meta-analysis .78

# D: bounds of the paper-like population. Human readers reach areas of .85 to .96, and
# find lesions up to 10 mm less often than larger ones (F).
JUDGED, JUDGED_CAMERA = "paper", "dilon-6800-gp"
AREA_BOUNDS = (0.90, 0.95)
SMALL, LARGE = "up to 10 mm", "above 10 mm"
# C: with fewer exams the interval of half the time's cost is too wide to tell.
ENOUGH_EXAMS = 4000
KEPT, MISSED = "kept", "missed"

Figures = dict[str, Any]
Result = TypeVar("Result")


def main() -> None:
    """Make or load the images, read them, print and write the tables, and judge."""
    parser = argparse.ArgumentParser(description="Read a simulated population.")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--preset", default=JUDGED)
    parser.add_argument(
        "--cameras", nargs="+", default=list(CONDITIONS), choices=list(CONDITIONS)
    )
    parser.add_argument("--exams", type=int, default=4200)
    parser.add_argument("--normal", type=int, default=1000, help="women to learn from")
    parser.add_argument("--lesions", type=int, default=20_000, help="to learn from")
    # The reader's own settings were chosen on seed 5: judge it on other women.
    parser.add_argument("--seed", type=int, default=21)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--reuse", action="store_true")
    chosen = parser.parse_args()
    curves: dict[str, Scored] = {}
    found: dict[str, Figures] = {}
    for camera in chosen.cameras:
        population = fill_population(
            chosen.preset,
            camera=camera,
            exams=chosen.exams,
            dose_mbq=740.0,
            seed=chosen.seed,
        )
        name = f"{Path(chosen.preset).stem}-{camera}-{chosen.seed}.npz"
        path = chosen.out / name
        if not (chosen.reuse and path.exists()):
            save_table(path, make_table(population, chosen.normal, chosen.processes))
        drawn = draw_lesions_of(population, chosen.lesions, LESION_SEED)
        found[camera] = read_table(camera, load_table(path), drawn, curves)
        print_figures(camera, found[camera])
    draw_roc(chosen.out / "roc.svg", curves)
    verdicts = judge(found) if chosen.preset == JUDGED else {}
    print("\nbounds" if verdicts else "\nno bounds for this preset")
    for rule, verdict in verdicts.items():
        print(f"  {rule}: {verdict}")
    content = {
        "preset": chosen.preset,
        "seed": chosen.seed,
        "cameras": found,
        "bounds": verdicts,
    }
    save_json(chosen.out / "reading.json", content)
    sys.exit(1 if MISSED in verdicts.values() else 0)


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


def read_table(
    camera: str, table: TrialTable, drawn: Drawn, curves: dict[str, Scored]
) -> Figures:
    """All figures of one camera, as JSON can hold them; adds the curves to draw."""
    reader = Reader(build_prior(drawn), learn_normal(table.normal))
    ceiling, labels = build_ceiling(drawn), table.malignant.astype(int)
    lesions = table.diameter_mm, table.ratio, table.lesions, table.node
    known = {
        "ceiling, main lesion": Scored(labels, ceiling.score_main(*lesions[:2])),
        "ceiling, every lesion": Scored(labels, ceiling.score(*lesions)),
    }
    curves["ceiling"] = known["ceiling, every lesion"]
    areas = {name: write(estimate_auc(scored)) for name, scored in known.items()}
    read = {}
    for number, condition in enumerate(CONDITIONS[camera]):
        name = f"{condition.dose_mbq:.0f} MBq, {10.0 * condition.time_share:.0f} min"
        scored = read[condition] = table.score(reader, number)
        curves[f"{camera}, {name}"] = scored
        areas[f"reading model, {name}"] = write(estimate_auc(scored))
        areas[f"hottest spot, {name}"] = write(estimate_auc(table.search(number)))
    cost = compare_areas(read[Condition(300.0)], read[Condition(300.0, 0.5)])
    return {
        "exams": len(labels),
        "malignant": int(labels.sum()),
        "areas": areas,
        "specificity": SPECIFICITY,
        "groups": find_sensitivities(table, next(iter(read.values()))),
        "half_time_cost": write(cost),
    }


def find_sensitivities(table: TrialTable, scored: Scored) -> Figures:
    """Sensitivity by size, histology, shape and background at one threshold."""
    threshold = float(np.quantile(scored.scores[~table.malignant], SPECIFICITY))
    right = (scored.scores > threshold) == table.malignant
    size = table.diameter_mm
    groups = {
        "all": np.ones(len(size), bool),
        SMALL: (size > 0) & (size <= 10),
        LARGE: size > 10,
    }
    for field in (table.histology, table.shape, table.background):
        groups |= {str(value): field == value for value in np.unique(field) if value}
    return {
        name: {
            "sensitivity": find_share(right, group & table.malignant),
            "specificity": find_share(right, group & ~table.malignant),
        }
        for name, group in groups.items()
    }


def find_share(
    right: Bool[np.ndarray, " exam"], group: Bool[np.ndarray, " exam"]
) -> Figures | None:
    """The share of a group that was called rightly, with its Wilson interval."""
    total = int(group.sum())
    found = write(estimate_proportion(int((right & group).sum()), total))
    return None if found is None else found | {"exams": total}


def write(found: Estimate | AreaInterval | None) -> Figures | None:
    """A value with its interval, as JSON can hold it."""
    if found is None:
        return None
    return {"value": found.value, "lower": found.lower, "upper": found.upper}


def print_figures(camera: str, figures: Figures) -> None:
    """The tables of one camera."""
    print(f"\n{camera}: {figures['exams']} exams, {figures['malignant']} malignant")
    for name, area in figures["areas"].items():
        print(f"  {name:30}  {show(area)}")
    print(f"  called malignant at specificity {figures['specificity']:.0%}:")
    for name, shares in figures["groups"].items():
        line = f"    {name:22}"
        for label, share in shares.items():
            shown = f"{label[:4]} {show(share, 2)} n={share['exams']}" if share else ""
            line += f"  {shown:30}"
        print(line.rstrip())
    cost = figures["half_time_cost"]
    print(
        f"  half the time at 300 MBq costs {cost['value']:+.4f} "
        f"({cost['lower']:+.4f} to {cost['upper']:+.4f})"
    )


def show(found: Figures | None, digits: int = 3) -> str:
    """A value with its interval."""
    if found is None:
        return "none"
    value, lower, upper = (
        f"{found[key]:.{digits}f}" for key in ("value", "lower", "upper")
    )
    return f"{value} ({lower}-{upper})"


def judge(found: dict[str, Figures]) -> dict[str, str]:
    """What the bounds of the paper-like population say, rule by rule."""
    verdicts = {}
    for camera, figures in found.items():
        small, large = (
            figures["groups"][size]["sensitivity"] for size in (SMALL, LARGE)
        )
        held = bool(small and large) and small["value"] < large["value"]
        verdicts[f"{camera}: {SMALL} found less often"] = KEPT if held else MISSED
    if JUDGED_CAMERA not in found:
        return verdicts
    figures = found[JUDGED_CAMERA]
    low, high = AREA_BOUNDS
    area = figures["areas"]["reading model, 740 MBq, 10 min"]
    held = bool(area) and low <= area["value"] <= high
    rule = f"{JUDGED_CAMERA}: area {low:.2f} to {high:.2f} at 740 MBq"
    verdicts[rule] = KEPT if held else MISSED
    verdict = KEPT if figures["half_time_cost"]["lower"] > 0 else MISSED
    if figures["exams"] < ENOUGH_EXAMS:
        verdict = f"too few exams to tell, {ENOUGH_EXAMS:,} are needed"
    verdicts[f"{JUDGED_CAMERA}: half the time at 300 MBq costs area"] = verdict
    return verdicts


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
