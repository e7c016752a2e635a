"""Two controls of the whole chain: it finds what is there, and nothing that is not.

1. Trained on 186 exams of the *easy* population (large, hot malignant lesions, none in
   the others), a method must reach the AUC of `BOUNDS` on 400 fresh exams.
2. With the labels shuffled over all 586 exams, test included, the mean AUC of several
   shuffles must lie within 3 standard errors of 0.5. A leak would lift it.

An autoencoder's reconstruction of the fresh exams is measured too: its mean squared
error must lie below that of the mean training image and be at most 1.25 times that of
principal components of the same code length.

    python runs/controls.py                    the paper's network, a quarter of an hour
    python runs/controls.py --shuffles 0       the first control alone
    python runs/controls.py --recipe autoencoder    a minute or two

Exit status 1 if a bound fails.
"""

import argparse
import json
import math
import statistics
import sys
import time
from dataclasses import asdict, dataclass, replace

import numpy as np
import torch
from jaxtyping import Int64

from bsgi.evaluation.areas.auc import compute_auc
from bsgi.evaluation.scored import Scored
from bsgi.models.network import Pretrained
from bsgi.physics.population.population import Population
from bsgi.training.batches import LabelledImages
from bsgi.training.loop import Fitted, decide, fit, predict
from bsgi.training.precision import Decision
from bsgi.training.recipe import Recipe, load_recipe
from bsgi.training.reconstruction import reconstruct
from bsgi.training.simulated import simulate_images

BOUNDS = {
    "paper": 0.98,
    "paper-whole-trunk": 0.98,
    "autoencoder": 0.90,
    "neural-network": 0.80,
}
"""Least AUC on easy exams, by recipe; other recipes have that of the paper."""

PCA_BOUND = 1.25
STANDARD_ERRORS = 3.0
CAMERA = "dilon-6800-gp"
DOSE_MBQ = 740.0
TRAINED = Population("easy", CAMERA, 186, 70, DOSE_MBQ, seed=1)
FRESH = Population("easy", CAMERA, 400, 151, DOSE_MBQ, seed=2)


@dataclass(frozen=True, slots=True)
class Controls:
    """The figures of both controls.

    Args:
        recipe: Name of the recipe.
        epochs: Epochs of every training.
        easy_auc: AUC on fresh easy exams.
        easy_bound: What it must be at least.
        easy_holds: Whether it is high enough.
        errors: Mean squared errors of the fresh exams as the autoencoder, principal
            components and the mean image give them back; empty for other methods.
        errors_hold: Whether the first is small enough beside the others.
        seconds: Time of the training on the easy exams.
        shuffled_aucs: AUC of each shuffle.
        shuffled_mean: Their mean; None without any.
        standard_error: Standard error of that mean if nothing is learned.
        shuffled_holds: Whether the mean is near enough to 0.5.
    """

    recipe: str
    epochs: int
    easy_auc: float
    easy_bound: float
    easy_holds: bool
    errors: tuple[float, ...]
    errors_hold: bool
    seconds: float
    shuffled_aucs: tuple[float, ...]
    shuffled_mean: float | None
    standard_error: float | None
    shuffled_holds: bool


@dataclass(frozen=True, slots=True)
class Bench:
    """The exams and what every training of them shares."""

    recipe: Recipe
    decision: Decision
    train: LabelledImages
    test: LabelledImages


def main() -> int:
    """Read the command line, train, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--recipe", default="paper", help="recipe to train with")
    parser.add_argument("--shuffles", type=int, default=5, help="trainings on chance")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    controls = run_controls(load_recipe(options.recipe), options.shuffles)
    if options.json:
        print(json.dumps(asdict(controls), indent=2))
    else:
        print(describe(controls))
    held = (controls.easy_holds, controls.errors_hold, controls.shuffled_holds)
    return 0 if all(held) else 1


def run_controls(recipe: Recipe, shuffles: int) -> Controls:
    """Both controls.

    Args:
        recipe: Settings of preprocessing, network and training.
        shuffles: Trainings with shuffled labels.
    """
    say(f"simulating {TRAINED.exams + FRESH.exams} exams")
    settings = recipe.preprocess.settings()
    train, test = (simulate_images(each, settings) for each in (TRAINED, FRESH))
    bench = Bench(recipe, decide(recipe, train), train, test)
    say("control 1: the easy population")
    begun = time.perf_counter()
    fitted = train_on(bench, train, seed=recipe.seed)
    seconds = time.perf_counter() - begun
    epochs = len(fitted.history)
    easy_auc = measure_auc(bench, fitted, test)
    errors = measure_errors(fitted, train, test)
    bound = BOUNDS.get(recipe.name, BOUNDS["paper"])
    aucs, variances = [], []
    for shuffle in range(shuffles):
        say(f"control 2: shuffle {shuffle + 1} of {shuffles}")
        chance_train, chance_test = shuffle_labels(bench, shuffle)
        fitted = train_on(bench, chance_train, seed=shuffle)
        aucs.append(measure_auc(bench, fitted, chance_test))
        variances.append(chance_variance(chance_test))
    mean = statistics.mean(aucs) if aucs else None
    error = math.sqrt(sum(variances)) / len(variances) if variances else None
    near = mean is None or error is None or abs(mean - 0.5) <= STANDARD_ERRORS * error
    return Controls(
        recipe=recipe.name,
        epochs=epochs,
        easy_auc=easy_auc,
        easy_bound=bound,
        easy_holds=easy_auc >= bound,
        errors=errors,
        errors_hold=not errors or errors[0] < min(PCA_BOUND * errors[1], errors[2]),
        seconds=seconds,
        shuffled_aucs=tuple(aucs),
        shuffled_mean=mean,
        standard_error=error,
        shuffled_holds=near,
    )


def train_on(bench: Bench, train: LabelledImages, *, seed: int) -> Fitted:
    """The method of the recipe, trained on some exams."""
    return fit(bench.recipe, train, bench.decision, seed=seed)


def measure_auc(bench: Bench, fitted: Fitted, test: LabelledImages) -> float:
    """AUC of a trained method on exams of other patients."""
    fitted.check_unseen(test.patients)
    scores = predict(fitted.network, test, threads=bench.decision.threads)
    return compute_auc(Scored(labels_of(test), scores))


def measure_errors(
    fitted: Fitted, train: LabelledImages, test: LabelledImages
) -> tuple[float, ...]:
    """Errors of autoencoder, principal components and mean image, if it is one."""
    if not isinstance(fitted.network, Pretrained):
        return ()
    found = reconstruct(fitted.network, train, test)
    return found.error_autoencoder, found.error_pca, found.error_mean_image


def shuffle_labels(bench: Bench, shuffle: int) -> tuple[LabelledImages, LabelledImages]:
    """Training and test exams whose labels were shuffled over both together."""
    rng = np.random.default_rng((bench.recipe.seed, shuffle))
    labels = torch.cat([bench.train.labels, bench.test.labels])
    shuffled = labels[torch.from_numpy(rng.permutation(len(labels)))]
    trained = len(bench.train)
    return (
        replace(bench.train, labels=shuffled[:trained]),
        replace(bench.test, labels=shuffled[trained:]),
    )


def chance_variance(test: LabelledImages) -> float:
    """Variance of the AUC of scores that know nothing of the labels.

    References:
        Mann, Whitney: "On a test of whether one of two random variables is
        stochastically larger than the other", Annals of Mathematical Statistics 1947.
        https://doi.org/10.1214/aoms/1177730491
    """
    malignant = int(test.labels.sum())
    benign = len(test) - malignant
    return (len(test) + 1) / (12 * malignant * benign)


def labels_of(images: LabelledImages) -> Int64[np.ndarray, " exam"]:
    """Labels as the statistics take them."""
    return np.asarray(images.labels, np.int64)


def describe(controls: Controls) -> str:
    """The figures and whether the bounds hold."""
    verdict = {True: "holds", False: "FAILS"}
    lines = [
        f"recipe {controls.recipe}, {controls.epochs} epochs in "
        f"{controls.seconds:.0f} s",
        f"1. easy population: AUC {controls.easy_auc:.4f}, at least "
        f"{controls.easy_bound}: {verdict[controls.easy_holds]}",
    ]
    if controls.errors:
        own, components, mean_image = controls.errors
        lines.append(
            f"   reconstruction: mean squared error {own:.5f}; principal components "
            f"{components:.5f} (ratio {own / components:.2f}, at most {PCA_BOUND}); "
            f"mean image {mean_image:.5f}: {verdict[controls.errors_hold]}"
        )
    if controls.shuffled_mean is not None and controls.standard_error is not None:
        each = ", ".join(f"{auc:.3f}" for auc in controls.shuffled_aucs)
        lines.append(
            f"2. shuffled labels: mean AUC {controls.shuffled_mean:.4f} ({each}), "
            f"within {STANDARD_ERRORS:g} x {controls.standard_error:.4f} of 0.5: "
            f"{verdict[controls.shuffled_holds]}"
        )
    return "\n".join(lines)


def say(text: str) -> None:
    """A line for whoever waits."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
