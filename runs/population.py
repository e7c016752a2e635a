"""A simulated population in numbers, as docs/concepts/simulator.md has them.

    .venv/bin/python runs/population.py

Counts and noise of the views, contrast of the lesions without noise, and how well the
label could be told from the lesions' true ratio, which no camera shows. Half a minute.
"""

import argparse
from dataclasses import replace

import numpy as np

from bsgi.evaluation.auc import compute_auc
from bsgi.evaluation.scored import Scored
from bsgi.exam.orientation import view_image
from bsgi.exam.quality import MINIMUM_COUNTS
from bsgi.exam.record import Label
from bsgi.exam.uptake import find_breast
from bsgi.physics.camera.catalogue import find_camera
from bsgi.physics.population.population import Population
from bsgi.physics.population.woman import Woman, draw_woman
from bsgi.physics.simulate import expect_views, simulate_exam

VISIBLE_RATIO = 1.3
"""Lesions of a smaller concentration ratio count as invisible (D)."""


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description="A simulated population in numbers.")
    parser.add_argument("--camera", default="dilon-6800-gp")
    parser.add_argument("--exams", type=int, default=160, help="exams with images")
    parser.add_argument("--women", type=int, default=4000, help="women without images")
    parser.add_argument("--seed", type=int, default=5)
    chosen = parser.parse_args()
    malignant = round(chosen.women * 87 / 231)
    population = Population(
        "paper", chosen.camera, chosen.women, malignant, 740.0, chosen.seed
    )
    print_counts(population, chosen.exams)
    print_contrasts(population, chosen.exams)
    print_ceiling(population)


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


def print_contrasts(population: Population, exams: int) -> None:
    """Highest ratio of a pixel with the lesions to the same pixel without them."""
    contrasts: dict[str, list[float]] = {"malignant": [], "benign, visible": []}
    for index in range(exams):
        woman = draw_woman(population, index)
        hottest = max(lesion.concentration_ratio for lesion in woman.lesions)
        if woman.label is Label.MALIGNANT:
            contrasts["malignant"].append(measure_contrast(woman, population.camera))
        elif hottest > VISIBLE_RATIO:
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
        float((view.rate[view.mask] / bare.rate[view.mask]).max())
        for view, bare in zip(with_lesions, without, strict=True)
        if view.mask.any()
    ]
    return float(np.mean(peaks))


def print_ceiling(population: Population) -> None:
    """Area under the curve of an observer that knows the lesions' true ratio."""
    women = [draw_woman(population, index) for index in range(population.exams)]
    labels = np.array([int(woman.label is Label.MALIGNANT) for woman in women])
    ratios = [max(each.concentration_ratio for each in w.lesions) for w in women]
    auc = compute_auc(Scored(labels, np.array(ratios)))
    print(f"AUC of the true ratio, {len(women):,} women: {auc:.3f}")


if __name__ == "__main__":
    main()
