"""Our training step against a plain float32 PyTorch script, side by side.

Each runs in a process of its own and they take turns, step by step, so that a busy
machine treats both alike. The plain step is what a newcomer writes: the network as a
plain module, contiguous float32 tensors, cross-entropy, SGD.

    python benchmarks/train_step.py            time per step, ratio, share of the peak
    python benchmarks/train_step.py --auc      also the AUC that both end with, on the
                                               paper's population; --preset easy for one
                                               that both learn to the full

The bound of 3.0 is meant for processors with AMX; on others the ratio is only printed.
Exit status 1 if a bound that applies is missed.
"""

import argparse
import json
import multiprocessing
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from multiprocessing.connection import Connection

import numpy as np
import torch
from plain_script import (  # type: ignore[import-not-found]  # beside this script
    PlainNetwork,
    train_plainly,
)
from torch import nn
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode

from bsgi.evaluation.areas.auc import compute_auc
from bsgi.evaluation.scored import Scored
from bsgi.models.catalogue import build_network
from bsgi.physics.population.population import Population
from bsgi.training.batches import LabelledImages
from bsgi.training.loop import decide, fit, predict, train_step
from bsgi.training.machine import (
    count_threads,
    keep_memory_between_steps,
    lay_out_channels_last,
    repeatable_arithmetic,
)
from bsgi.training.phases import build_optimizer
from bsgi.training.precision import processor_has_amx, processor_has_bfloat16
from bsgi.training.recipe import Recipe, load_recipe
from bsgi.training.simulated import simulate_images

RATIO_BOUND = 3.0
AUC_BOUND = 0.02
SETTLE_S = 0.02
CAMERA = "dilon-6800-gp"
TRAINED = (186, 70)
FRESH = (400, 151)
"""Exams and malignant ones among them, to train on and to test with."""


@dataclass(frozen=True, slots=True)
class StepTimes:
    """Times of the steps of one side.

    Args:
        median_s: Median.
        lower_s: Lower quartile.
        upper_s: Upper quartile.
    """

    median_s: float
    lower_s: float
    upper_s: float


@dataclass(frozen=True, slots=True)
class Result:
    """What the benchmark prints; rates in 10^9 operations per second.

    Args:
        amx: Whether the processor has AMX; the bound on the ratio is meant for it.
        bfloat16: Whether the processor multiplies bfloat16 in hardware.
        threads: Threads of both sides.
        precision: Arithmetic that our side decided on.
        plain: Times of the plain script.
        ours: Times of our step.
        ratio: Plain over ours.
        step_gflop: Operations of one step.
        peak_float32_gflops: Best rate of a float32 matrix product.
        peak_bfloat16_gflops: Best rate of a bfloat16 matrix product.
        plain_peak_share: Share of the float32 peak that the plain step reaches.
        our_peak_share: Share of the peak of its arithmetic that our step reaches.
        plain_aucs: AUC of the plain script, one per seed; empty without ``--auc``.
        our_aucs: AUC of ours.
    """

    amx: bool
    bfloat16: bool
    threads: int
    precision: str
    plain: StepTimes
    ours: StepTimes
    ratio: float
    step_gflop: float
    peak_float32_gflops: float
    peak_bfloat16_gflops: float
    plain_peak_share: float
    our_peak_share: float
    plain_aucs: tuple[float, ...] = ()
    our_aucs: tuple[float, ...] = ()

    @property
    def auc_difference(self) -> float | None:
        """Mean AUC of ours over that of the plain script; None if not measured."""
        if not self.plain_aucs:
            return None
        return statistics.mean(self.our_aucs) - statistics.mean(self.plain_aucs)


def main() -> int:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--recipe", default="paper", help="recipe to take steps of")
    parser.add_argument("--warm-up", type=int, default=10, help="steps not timed")
    parser.add_argument("--steps", type=int, default=30, help="steps timed")
    parser.add_argument("--auc", action="store_true", help="train both, compare AUC")
    parser.add_argument("--seeds", type=int, default=3, help="trainings with --auc")
    parser.add_argument("--preset", default="paper", help="population with --auc")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    recipe = load_recipe(options.recipe)
    result = measure(recipe, options.warm_up, options.steps)
    if options.auc:
        plain, ours = compare_auc(recipe, result.threads, options.seeds, options.preset)
        result = replace(result, plain_aucs=plain, our_aucs=ours)
    print(json.dumps(asdict(result), indent=2) if options.json else describe(result))
    return 0 if meets_bounds(result) else 1


def measure(recipe: Recipe, warm_up: int, steps: int) -> Result:
    """Time both sides and the machine's peak.

    Args:
        recipe: Settings of network and training.
        warm_up: Steps of each side that are not timed.
        steps: Steps of each side that are timed.
    """
    threads = count_threads(recipe.training.threads)
    precision, plain, ours = time_in_turn(recipe, threads, warm_up, steps)
    peaks = measure_peaks(threads)
    step_gflop = count_gflop(recipe)
    return Result(
        amx=processor_has_amx(),
        bfloat16=processor_has_bfloat16(),
        threads=threads,
        precision=precision,
        plain=plain,
        ours=ours,
        ratio=plain.median_s / ours.median_s,
        step_gflop=step_gflop,
        peak_float32_gflops=peaks["float32"],
        peak_bfloat16_gflops=peaks["bfloat16"],
        plain_peak_share=step_gflop / plain.median_s / peaks["float32"],
        our_peak_share=step_gflop / ours.median_s / peaks[precision],
    )


def time_in_turn(
    recipe: Recipe, threads: int, warm_up: int, steps: int
) -> tuple[str, StepTimes, StepTimes]:
    """Our precision, and the times of the plain script and of ours, step by step."""
    spawn = multiprocessing.get_context("spawn")
    sides = []
    for work in (serve_plain_steps, serve_our_steps):
        here, there = spawn.Pipe()
        process = spawn.Process(target=work, args=(there, recipe, threads), daemon=True)
        process.start()
        sides.append((here, process))
    precision = [str(here.recv()) for here, _ in sides][1]
    times: list[list[float]] = [[], []]
    for _ in range(warm_up + steps):
        for side, (here, _) in enumerate(sides):
            # The other side's threads wait actively for a moment after its step.
            time.sleep(SETTLE_S)
            here.send(True)
            times[side].append(here.recv())
    for here, process in sides:
        here.send(False)
        process.join()
    plain, ours = (summarize(each[warm_up:]) for each in times)
    return precision, plain, ours


def serve_plain_steps(pipe: Connection, recipe: Recipe, threads: int) -> None:
    """The plain script's side: one step whenever it is asked for."""
    torch.set_num_threads(threads)
    network = PlainNetwork()
    training = recipe.training
    optimizer = torch.optim.SGD(
        network.parameters(), lr=training.learning_rate, momentum=training.momentum,
        weight_decay=training.weight_decay,
    )  # fmt: skip
    criterion = nn.CrossEntropyLoss()
    batch = draw_batch(recipe)
    images, labels = batch.images().contiguous(), batch.labels

    def step() -> None:
        loss = criterion(network(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    serve_steps(pipe, "float32", step)


def serve_our_steps(pipe: Connection, recipe: Recipe, threads: int) -> None:
    """Our side: one step whenever it is asked for."""
    batch = draw_batch(recipe)
    decision = decide(recipe, batch)
    keep_memory_between_steps()
    network = build_network(recipe.model, seed=1).train()
    lay_out_channels_last(network)
    optimizer = build_optimizer(recipe.training, network.supervised_parameters())
    everyone = range(len(batch))

    def step() -> None:
        # With the copy out of the cohort that every step of ours makes.
        train_step(network, optimizer, batch.take(everyone), decision)

    with repeatable_arithmetic(threads):
        serve_steps(pipe, decision.precision, step)


def serve_steps(pipe: Connection, precision: str, step: Callable[[], None]) -> None:
    """Answer each request with the time of one step."""
    pipe.send(precision)
    while pipe.recv():
        begun = time.perf_counter()
        step()
        pipe.send(time.perf_counter() - begun)


def draw_batch(recipe: Recipe) -> LabelledImages:
    """The same noise for both sides."""
    size = recipe.preprocess.size
    generator = torch.Generator().manual_seed(0)
    shape = (recipe.training.batch_size, size, size, 4)
    labels = torch.arange(shape[0]) % 2
    patients = tuple(f"p{exam}" for exam in range(shape[0]))
    return LabelledImages(torch.rand(shape, generator=generator), labels, patients)


def summarize(times_s: list[float]) -> StepTimes:
    """Median and quartiles."""
    lower, median, upper = statistics.quantiles(times_s, n=4)
    return StepTimes(median, lower, upper)


def measure_peaks(threads: int) -> dict[str, float]:
    """Best rate of large square matrix products, in 10^9 operations per second.

    As a product and as a 1 x 1 convolution, since PyTorch gives the two to different
    libraries and either may be the faster one.
    """
    side = 3072
    peaks = {}
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    for dtype in (torch.float32, torch.bfloat16):
        left, right = torch.rand(2, side, side).to(dtype)
        pixels = left.t()[None, :, :, None].contiguous(
            memory_format=torch.channels_last
        )
        kernels = right.t()[:, :, None, None].contiguous()
        products: tuple[Callable[[], object], ...] = (
            lambda a=left, b=right: torch.matmul(a, b),  # type: ignore[misc]
            lambda a=pixels, b=kernels: functional.conv2d(a, b),  # type: ignore[misc]
        )
        best_s = min(time_best(product) for product in products)
        peaks[str(dtype).removeprefix("torch.")] = 2 * side**3 / best_s / 1e9
    torch.set_num_threads(before)
    return peaks


def time_best(action: Callable[[], object], repeats: int = 5) -> float:
    """The shortest time of several, in seconds."""
    times = []
    for _ in range(repeats):
        begun = time.perf_counter()
        action()
        times.append(time.perf_counter() - begun)
    return min(times)


def count_gflop(recipe: Recipe) -> float:
    """Operations of one step, forward and backward, in 10^9."""
    network, batch = build_network(recipe.model).train(), draw_batch(recipe)
    with FlopCounterMode(display=False) as counter:
        loss = nn.functional.cross_entropy(network(batch.images()), batch.labels)
        torch.autograd.backward(loss)
    return float(counter.get_total_flops()) / 1e9


def compare_auc(
    recipe: Recipe, threads: int, seeds: int, preset: str
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Final AUC on fresh exams of the plain script and of ours, one per seed."""
    settings = recipe.preprocess.settings()
    train, test = (
        simulate_images(Population(preset, CAMERA, *sizes, 740.0, seed), settings)
        for seed, sizes in enumerate((TRAINED, FRESH), start=1)
    )
    decision = decide(recipe, train)
    torch.set_num_threads(threads)
    labels = test.labels.numpy().astype(np.int64)
    plain_aucs, our_aucs = [], []
    for seed in range(1, seeds + 1):
        scores = train_plainly(recipe.training, train, test, seed)
        plain_aucs.append(compute_auc(Scored(labels, scores)))
        network = fit(recipe, train, decision, seed=seed).network
        scores = predict(network, test, threads=threads)
        our_aucs.append(compute_auc(Scored(labels, scores)))
    return tuple(plain_aucs), tuple(our_aucs)


def meets_bounds(result: Result) -> bool:
    """Whether the bounds that apply to this machine hold."""
    fast = result.ratio >= RATIO_BOUND or not result.amx
    difference = result.auc_difference
    return fast and (difference is None or abs(difference) <= AUC_BOUND)


def describe(result: Result) -> str:
    """The table."""
    unit = "AMX" if result.amx else "AVX512-BF16" if result.bfloat16 else "neither"
    applies = "applies" if result.amx else "is meant for AMX and does not apply here"
    lines = [
        f"processor: {unit} of AMX and AVX512-BF16; {result.threads} threads",
        f"matrix product peak: {result.peak_float32_gflops:.0f} GFLOP/s float32, "
        f"{result.peak_bfloat16_gflops:.0f} bfloat16; "
        f"one step: {result.step_gflop:.1f} GFLOP",
        "",
        "step          median   quartiles (ms)   share of peak",
    ]
    for name, times, share in (
        ("plain float32", result.plain, result.plain_peak_share),
        (f"ours {result.precision}", result.ours, result.our_peak_share),
    ):
        lines.append(
            f"{name:14}{1e3 * times.median_s:6.0f}   {1e3 * times.lower_s:6.0f} to "
            f"{1e3 * times.upper_s:.0f}   {share:10.0%}"
        )
    lines.append(f"ratio: {result.ratio:.2f}; the bound {RATIO_BOUND} {applies}")
    if result.auc_difference is not None:
        for name, aucs in (("plain", result.plain_aucs), ("ours", result.our_aucs)):
            each = ", ".join(f"{auc:.4f}" for auc in aucs)
            lines.append(
                f"AUC on {FRESH[0]} fresh exams, {name}: mean "
                f"{statistics.mean(aucs):.4f} ({each})"
            )
        lines.append(
            f"difference of the means {result.auc_difference:+.4f}; bound {AUC_BOUND}"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
