"""What ImageNet weights bring: trainings with and without them on growing cohorts.

    .venv/bin/python runs/transfer.py --weights resnet18.pth --work out/transfer

Trains the paper's network on 50, 186 and 500 simulated exams, with ImageNet weights at
the start and without, with three seeds each, and tests every training on the same 400
fresh exams. A seed has women, first weights and order of its own; the trainings with
and without ImageNet share all three, so they differ in the start of the trunk alone.

Prints one row per size: mean AUC over the seeds with and without, and the difference,
with 95 % intervals after Obuchowski, Rockette and Hillis (see
`bsgi.evaluation.readers.mrmc`): trainings in the place of readers, DeLong's
covariances for the test exams. So an interval holds for a new training and new
patients; with one seed, for new patients.

Each training takes one thread, so the number of processes changes no figure. WORK keeps
the exams (1 MB each) and a line per training in ``trainings.jsonl``; after a stop the
same command goes on and loses the training that was under way. All 18 trainings of
30 epochs take about 80 minutes of one core in bfloat16.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float64

from bsgi.errors import BsgiError, OutputError, RunError
from bsgi.evaluation.areas.auc import compute_placements
from bsgi.evaluation.readers.mrmc import (
    delong_covariance,
    estimate_area_difference,
    estimate_mean_area,
)
from bsgi.evaluation.scored import Scored
from bsgi.files import load_json, new_folder, save_json
from bsgi.models.imagenet import (
    NONE,
    check_weights,
    choose_weights,
    hash_weights,
)
from bsgi.physics.population.population import fill_population
from bsgi.training.batches import LabelledImages
from bsgi.training.loop import decide, fit, predict
from bsgi.training.precision import Decision
from bsgi.training.recipe import Recipe, load_recipe, parse_recipe
from bsgi.training.simulated import simulate_images

# Women of the test, whom no training sees; of the first training, the others follow.
TEST_SEED, FIRST_TRAIN_SEED = 2, 101
PLAN = "plan.json"
ARMS = {"without": False, "with": True}


@dataclass(frozen=True, slots=True)
class Job:
    """One training: from ImageNet or not, on so many exams, with a seed from 0."""

    pretrained: bool
    size: int
    seed: int


def main() -> int:
    """Simulate, train, print; what was done already is not done again."""
    chosen = read_options()
    try:
        recipe = make_recipe(chosen.recipe, chosen.epochs, chosen.precision)
        pretrained = recipe.model_copy(
            update={"model": choose_weights(recipe.model, chosen.weights)}
        )
        # Sizes and seeds are no part of it: a training does not depend on the others,
        # so more can be added later.
        plan = {
            "preset": chosen.preset,
            "test_exams": chosen.test,
            "recipe_sha256": recipe.fingerprint(),
            "epochs": recipe.training.epochs,
            "weights_sha256": hash_weights(pretrained.model),
        }
        check_weights(pretrained.model)
        decision = find_decision(chosen.work, plan)
        say(f"simulating {chosen.test} exams, and {max(chosen.sizes)} per seed")
        folders = make_exams(chosen, recipe)
        if decision is None:
            decision = decide(recipe, load_exams(folders[0]).take(range(8)))
            content = {"plan": plan, "decision": asdict(decision)}
            save_json(chosen.work / PLAN, content)
        done = train_all(chosen, (recipe, pretrained), decision, folders)
    except BsgiError as reason:
        say(f"transfer.py: {reason}")
        return reason.exit_status
    except KeyboardInterrupt:
        say("transfer.py: stopped; the same command goes on.")
        return 130
    labels = np.asarray(load_exams(folders[0]).labels, np.int64)
    rows = [compare(size, chosen.seeds, done, labels) for size in chosen.sizes]
    print(describe(plan, decision, chosen.seeds, rows))
    if chosen.json:
        begun = {"plan": plan, "decision": asdict(decision)}
        found = {"simulated": True, "seeds": chosen.seeds, "rows": rows}
        save_json(chosen.json, begun | found)
    return 0


def read_options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weights", required=True, help="file or name of weights")
    parser.add_argument("--work", type=Path, required=True, help="folder to work in")
    parser.add_argument("--sizes", type=int, nargs="+", default=[50, 186, 500])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, help="else the recipe's")
    parser.add_argument("--test", type=int, default=400, help="exams of the test")
    parser.add_argument("--preset", default="paper", help="population")
    parser.add_argument("--recipe", default="paper")
    parser.add_argument("--precision", help="float32 or bfloat16; else the recipe's")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--json", type=Path, help="write the figures there as well")
    chosen = parser.parse_args()
    chosen.sizes = sorted(set(chosen.sizes))
    if min(chosen.sizes) < 8 or chosen.test < 20:
        parser.error("--sizes must be 8 or more and --test 20 or more")
    if min(chosen.seeds, chosen.processes) < 1:
        parser.error("--seeds and --processes must be 1 or more")
    if chosen.weights == NONE:
        parser.error("--weights must be a file or a name, there is nothing to compare")
    return chosen


def make_recipe(name: str, epochs: int | None, precision: str | None) -> Recipe:
    """A recipe on one thread and without weights, as all trainings share it."""
    tables = load_recipe(name).tables()
    asked = {"threads": 1, "epochs": epochs, "precision": precision}
    tables["training"] |= {key: each for key, each in asked.items() if each is not None}
    recipe = parse_recipe(tables, "the command line")
    model = choose_weights(recipe.model, NONE)
    return recipe.model_copy(update={"model": model})


def make_exams(chosen: argparse.Namespace, recipe: Recipe) -> list[Path]:
    """Folders of the exams: those of the test, then those of each seed."""
    wanted = [(chosen.test, TEST_SEED)] + [
        (max(chosen.sizes), FIRST_TRAIN_SEED + seed) for seed in range(chosen.seeds)
    ]
    own = recipe.preprocess
    kind = f"{Path(chosen.preset).stem}-{own.size}-{own.intensity}"
    folders = [chosen.work / f"exams-{kind}-{seed}-{n}" for n, seed in wanted]
    with make_pool(chosen.processes) as pool:
        tasks = [
            pool.submit(simulate_to, folder, chosen.preset, exams, seed, recipe)
            for folder, (exams, seed) in zip(folders, wanted, strict=True)
            if not folder.exists()
        ]
        for task in as_completed(tasks):
            say(f"simulated {task.result().name}")
    return folders


def simulate_to(
    folder: Path, preset: str, exams: int, seed: int, recipe: Recipe
) -> Path:
    """Simulate a population into a folder that appears once it is complete."""
    population = fill_population(preset, exams=exams, seed=seed)
    images = simulate_images(population, recipe.preprocess.settings())
    with new_folder(folder) as partial:
        np.save(partial / "pixels.npy", images.pixels.numpy())
        np.save(partial / "labels.npy", images.labels.numpy())
        np.save(partial / "patients.npy", np.array(images.patients))
    return folder


def load_exams(folder: Path) -> LabelledImages:
    """Exams of a folder; their pixels stay on the disk until they are needed."""
    return LabelledImages(
        torch.from_numpy(np.load(folder / "pixels.npy", mmap_mode="c")),
        torch.from_numpy(np.load(folder / "labels.npy")),
        tuple(str(name) for name in np.load(folder / "patients.npy")),
    )


def find_decision(work: Path, plan: dict[str, Any]) -> Decision | None:
    """What was decided at the first start, which holds to the end; None before it."""
    path = work / PLAN
    if not path.exists():
        return None
    stored = load_json(path, RunError)
    wrong = [key for key in plan if stored["plan"].get(key) != plan[key]]
    if wrong:
        raise OutputError(
            f"{work} must be of the same plan, but it has another {', '.join(wrong)}; "
            "choose another --work."
        )
    return Decision(**stored["decision"])


def train_all(
    chosen: argparse.Namespace,
    recipes: tuple[Recipe, Recipe],
    decision: Decision,
    folders: list[Path],
) -> dict[Job, Float64[np.ndarray, " exam"]]:
    """The scores of every training on the test exams."""
    path = chosen.work / "trainings.jsonl"
    done = load_lines(path)
    # Small ones first, so that a stop leaves whole rows.
    jobs = [
        Job(pretrained, size, seed)
        for size in chosen.sizes
        for seed in range(chosen.seeds)
        for pretrained in ARMS.values()
    ]
    begun = time.perf_counter()
    with make_pool(chosen.processes) as pool, path.open("a", encoding="utf-8") as lines:
        tasks = {
            pool.submit(train_one, job, recipes[job.pretrained], decision, folders): job
            for job in jobs
            if job not in done
        }
        for number, task in enumerate(as_completed(tasks), start=1):
            job, found = tasks[task], task.result()
            done[job] = np.array(found["scores"])
            lines.write(json.dumps(asdict(job) | found) + "\n")
            lines.flush()
            os.fsync(lines.fileno())
            minutes = (time.perf_counter() - begun) / 60
            say(f"{number} of {len(tasks)}: {job}, {minutes:.1f} min in all")
    return done


def train_one(
    job: Job, recipe: Recipe, decision: Decision, folders: list[Path]
) -> dict[str, Any]:
    """Train once and test once."""
    begun = time.perf_counter()
    exams = load_exams(folders[1 + job.seed]).take(range(job.size))
    test = load_exams(folders[0])
    fitted = fit(recipe, exams, decision, seed=job.seed + 1)
    fitted.check_unseen(test.patients)
    scores = predict(fitted.network, test, threads=decision.threads)
    last = fitted.history[-1]
    return {
        "loss": last.loss,
        "accuracy": last.accuracy,
        "seconds": round(time.perf_counter() - begun, 1),
        "scores": [float(score) for score in scores],
    }


def load_lines(path: Path) -> dict[Job, Float64[np.ndarray, " exam"]]:
    """Trainings that were done; a line half written at a stop is cut off."""
    if not path.exists():
        return {}
    whole = path.read_bytes()
    kept = whole[: whole.rfind(b"\n") + 1]
    if kept != whole:
        path.write_bytes(kept)
    lines = [json.loads(line) for line in kept.decode().splitlines()]
    return {
        Job(each["pretrained"], each["size"], each["seed"]): np.array(each["scores"])
        for each in lines
    }


def compare(
    size: int,
    seeds: int,
    done: dict[Job, Float64[np.ndarray, " exam"]],
    labels: Any,  # noqa: ANN401 - an array of whole numbers
) -> dict[str, Any]:
    """The row of one size: both arms and their difference."""
    areas, placements = {}, []
    for arm, pretrained in reversed(ARMS.items()):
        own = [
            compute_placements(Scored(labels, done[Job(pretrained, size, seed)]))
            for seed in range(seeds)
        ]
        placements += own
        areas[arm] = np.array([each.auc for each in own])
    shared = delong_covariance(placements)
    found = {
        "with": estimate_mean_area(areas["with"], shared[:seeds, :seeds]),
        "without": estimate_mean_area(areas["without"], shared[seeds:, seeds:]),
        "difference": estimate_area_difference(areas["with"], areas["without"], shared),
    }
    aucs = {arm: [float(auc) for auc in own] for arm, own in areas.items()}
    limits = {
        key: {"value": each.value, "lower": each.lower, "upper": each.upper}
        for key, each in found.items()
    }
    return {"size": size, "aucs": aucs} | limits


def describe(
    plan: dict[str, Any], decision: Decision, seeds: int, rows: list[dict[str, Any]]
) -> str:
    """The table, in Markdown."""
    ways = "new trainings and new patients" if seeds > 1 else "new patients alone"
    lines = [
        f"Simulated exams, preset {plan['preset']}; {plan['test_exams']} fresh test "
        f"exams; {plan['epochs']} epochs, seeds: {seeds}, {decision.precision}; "
        f"weights {plan['weights_sha256'][:12]}. AUC with 95 % intervals for {ways}.",
        "",
        "| exams | without ImageNet | with ImageNet | difference | each, without | "
        "each, with |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        cells = [
            str(row["size"]),
            show(row["without"]),
            show(row["with"]),
            show(row["difference"], "+"),
            *(" ".join(f"{auc:.3f}" for auc in row["aucs"][arm]) for arm in ARMS),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def show(found: dict[str, float], sign: str = "") -> str:
    """A value with its interval; limits of an AUC end at 0 and 1."""
    low, high = (-1.0, 1.0) if sign else (0.0, 1.0)
    lower, upper = max(found["lower"], low), min(found["upper"], high)
    return f"{found['value']:{sign}.3f} ({lower:{sign}.3f} to {upper:{sign}.3f})"


@contextmanager
def make_pool(processes: int) -> Iterator[ProcessPoolExecutor]:
    """Processes that share nothing with this one; at a stop none begins anything."""
    pool = ProcessPoolExecutor(processes, mp_context=get_context("spawn"))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def say(text: str) -> None:
    """A line for whoever waits."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
