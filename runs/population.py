"""A simulated population in numbers, as docs/concepts/simulator.md has them.

    .venv/bin/python runs/population.py

Counts and noise of the views, background uptake as measured on noise-free images,
contrast of the lesions without noise, what lesions there are, and how well the label
could be told from the lesions' true ratio, which no camera shows. A minute.
"""

import argparse
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bsgi.evaluation.areas.auc import compute_auc
from bsgi.evaluation.scored import Scored
from bsgi.exam.orientation import view_image
from bsgi.exam.quality.counts import MINIMUM_COUNTS
from bsgi.exam.record import Label, Lesion, LesionShape
from bsgi.exam.uptake import find_breast
from bsgi.physics.breast.background import LEVELS, SHARES, classify, classify_density
from bsgi.physics.breast.lesions import INVISIBLE_RATIOS
from bsgi.physics.camera.catalogue import find_camera
from bsgi.physics.measure import measure_background
from bsgi.physics.population.population import Population, fill_population
from bsgi.physics.population.woman import Woman, draw_woman
from bsgi.physics.simulate import expect_views, simulate_exam


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description="A simulated population in numbers.")
    parser.add_argument("--preset", default="paper")
    parser.add_argument("--camera", default=None)
    parser.add_argument("--exams", type=int, default=160, help="exams with images")
    parser.add_argument("--women", type=int, default=8000, help="women without images")
    parser.add_argument(
        "--per-density", type=int, default=100, help="women per density with background"
    )
    parser.add_argument("--seed", type=int, default=5)
    chosen = parser.parse_args()
    population = fill_population(
        chosen.preset, camera=chosen.camera, exams=chosen.women, seed=chosen.seed
    )
    women = [draw_woman(population, index) for index in range(population.exams)]
    print_counts(population, chosen.exams)
    print_backgrounds(population, women, chosen.per_density)
    print_phases(women)
    print_contrasts(population, women[: chosen.exams])
    print_lesions(women)
    print_ceiling(women)


def print_counts(population: Population, exams: int) -> None:
    """Counts per view and noise per pixel of the breast."""
    totals, noises = [], []
    for index in range(exams):
        exam, _ = simulate_exam(population, index)
        for view in exam.views.values():
            totals.append(view.total_counts)
            inside = view_image(view)[find_breast(view)]
            noises.append(1 / np.sqrt(np.median(inside)))
    low = np.mean(np.array(totals) < MINIMUM_COUNTS)
    print(f"counts per view: median {np.median(totals):,.0f}")
    print(f"views with fewer than {MINIMUM_COUNTS:,}: {low:.0%}")
    print(f"noise per pixel of the breast: median {np.median(noises):.1%}")


def print_backgrounds(
    population: Population, women: Sequence[Woman], per_density: int
) -> None:
    """Background uptake on noise-free images, by density, against what was drawn.

    Args:
        population: Where the women come from.
        women: Women of whom the first of each density are taken.
        per_density: How many of each.
    """
    camera = find_camera(population.camera)
    print("density of the breast, women: share of levels drawn / on images")
    for density in SHARES:
        chosen = [
            woman
            for woman in women
            if classify_density(woman.left.uptake.gland_share) == density
        ]
        common = len(chosen) / len(women)
        chosen = chosen[:per_density]
        ratios = np.array([measure_background(woman, camera) for woman in chosen])
        drawn = [woman.background for woman in chosen]
        seen = [classify(float(ratio)) for ratio in ratios]
        levels = ", ".join(
            f"{level} {drawn.count(level) / len(drawn):.0%} / "
            f"{seen.count(level) / len(seen):.0%}"
            for level in LEVELS
        )
        same = np.mean([one == other for one, other in zip(drawn, seen, strict=True)])
        error = np.log(ratios / [woman.background_ratio for woman in chosen])
        print(f"  {density} ({common:.0%} of women), n = {len(chosen)}: {levels}")
        print(
            f"    ratio on images {ratios.min():.2f} to {ratios.max():.2f}, mean "
            f"{ratios.mean():.2f}; same level {same:.0%}; log error {error.mean():+.3f}"
            f" +- {error.std():.3f}"
        )


def print_phases(women: Sequence[Woman]) -> None:
    """Share of moderate or marked uptake by phase of the cycle, as drawn."""
    print("moderate or marked uptake by phase of the cycle:")
    for dense in (True, False):
        for phase in ("luteal", "follicular"):
            high = [
                woman.background in LEVELS[2:]
                for woman in women
                if woman.phase == phase
                and (classify_density(woman.left.uptake.gland_share) != "not dense")
                is dense
            ]
            name = "dense" if dense else "not dense"
            print(f"  {name}, {phase}: {np.mean(high):.0%} of {len(high)}")


def print_contrasts(population: Population, women: Sequence[Woman]) -> None:
    """Highest ratio of a pixel with the lesions to the same pixel without them."""
    contrasts: dict[str, list[float]] = {"malignant": [], "benign, visible": []}
    for woman in women:
        if not woman.lesions:
            continue
        hottest = max(lesion.concentration_ratio for lesion in woman.lesions)
        if woman.label is Label.MALIGNANT:
            contrasts["malignant"].append(measure_contrast(woman, population.camera))
        elif hottest > INVISIBLE_RATIOS[1]:
            contrasts["benign, visible"].append(
                measure_contrast(woman, population.camera)
            )
    for name, values in contrasts.items():
        print(
            f"lesion over background, {name}: median {np.median(values):.2f}, mean "
            f"{np.mean(values):.2f}, n = {len(values)}"
        )


def measure_contrast(woman: Woman, camera: str) -> float:
    """Peak ratio without noise, averaged over the views that have a lesion.

    Args:
        woman: Everything that was drawn for her.
        camera: Name of the camera.
    """
    record = find_camera(camera)
    with_lesions = expect_views(woman, record)
    without = expect_views(replace(woman, lesions=()), record)
    peaks = [
        float((view.rate[:, view.mask] / bare.rate[:, view.mask]).max())
        for view, bare in zip(with_lesions, without, strict=True)
        if view.mask.any()
    ]
    return float(np.mean(peaks)) if peaks else float("nan")


def print_lesions(women: Sequence[Woman]) -> None:
    """What the main lesions are, how large, and how many cannot be seen.

    Args:
        women: Women with lesions or without.
    """
    for malignant in (True, False):
        main = [
            woman.lesions[0]
            for woman in women
            if woman.lesions and woman.lesions[0].malignant is malignant
        ]
        if not main:
            continue
        masses = [each for each in main if each.shape is LesionShape.MASS]
        small = np.mean([each.diameter_mm <= 10 for each in masses])
        print(
            f"{'malignant' if malignant else 'benign'}, n = {len(main):,}: "
            f"{len(masses) / len(main):.0%} masses, {small:.0%} of these up to 10 mm; "
            f"{find_invisible(main):.0%} invisible"
        )
        for name, count in Counter(each.histology for each in main).most_common():
            own = [each for each in main if each.histology == name]
            shapes = Counter(each.shape.value for each in own)
            parts = ", ".join(f"{k} {v / count:.0%}" for k, v in shapes.most_common())
            unseen = find_invisible(own)
            print(f"  {name}: {count / len(main):.1%}, invisible {unseen:.0%}, {parts}")
    ill = [woman for woman in women if woman.label is Label.MALIGNANT]
    nodes = [any(each.shape is LesionShape.NODE for each in w.lesions) for w in ill]
    second = [
        sum(each.shape is not LesionShape.NODE for each in w.lesions) > 1 for w in ill
    ]
    print(
        f"malignant with a node: {np.mean(nodes):.0%}; a second {np.mean(second):.0%}"
    )


def find_invisible(lesions: Sequence[Lesion]) -> float:
    """Share of lesions that take up no more than their surroundings.

    Args:
        lesions: At least one.
    """
    highest = INVISIBLE_RATIOS[1]
    return float(np.mean([each.concentration_ratio <= highest for each in lesions]))


def print_ceiling(women: Sequence[Woman]) -> None:
    """Area under the curve of an observer that knows the lesions' true ratio.

    Args:
        women: Those with a lesion count.
    """
    shown = [woman for woman in women if woman.lesions]
    labels = np.array([int(woman.label is Label.MALIGNANT) for woman in shown])
    ratios = [max(each.concentration_ratio for each in w.lesions) for w in shown]
    auc = compute_auc(Scored(labels, np.array(ratios)))
    print(f"AUC of the highest true ratio, {len(shown):,} women: {auc:.3f}")


if __name__ == "__main__":
    main()
