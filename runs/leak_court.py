"""The leak court at full size: clean cohorts, planted copies, and its thresholds.

Prints the tables of docs/how-to/check.md: how alike copies are and two acquisitions,
what `bsgi check` says of clean cohorts, and how many planted copies it finds.

    python runs/leak_court.py                       # 8 cohorts of 231 exams
    python runs/leak_court.py --cohorts 20          # all; half an hour or more
    python runs/leak_court.py --cohorts 20 --exams 60
"""

import argparse
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy import ndimage

from bsgi.cohort.check.court import check_cohort
from bsgi.cohort.check.duplicates import (
    COPY,
    COPY_IN_TWO,
    ViewPrint,
    compare_likely,
)
from bsgi.cohort.check.fingerprint import TURNS, Fingerprint, take_fingerprint
from bsgi.cohort.check.resemblance import compare_views
from bsgi.cohort.check.wording import list_faults
from bsgi.cohort.store import Cohort
from bsgi.cohort.writer import CohortWriter
from bsgi.exam.record import Exam, View, ViewName
from bsgi.physics.acquisition.thinning import thin_exam
from bsgi.physics.population.population import Population, fill_population
from bsgi.physics.simulate import simulate_exam

PRESETS = ("paper", "screening", "lumagem-300", "nm750b-300")
Change = Callable[[View], View]


def _thin(share: float) -> Change:
    def change(view: View) -> View:
        rng = np.random.default_rng(int(view.counts.sum()))
        exam = Exam("x-1", "x", {view.name: view})
        return thin_exam(exam, share, rng, of="time").views[view.name]

    return change


def _shift(rows: float, cols: float) -> Change:
    """Moves a view; a mirrored head goes the other way, as the breast does."""

    def change(view: View) -> View:
        heads = [
            ndimage.shift(
                head.astype(float), (rows, -cols if mirrored else cols), order=1
            )
            for head, mirrored in zip(view.counts, view.heads_mirrored, strict=True)
        ]
        return replace(view, counts=np.rint(np.stack(heads)).astype(np.uint16))

    return change


def _zoom(factor: float, *, stated: bool) -> Change:
    def change(view: View) -> View:
        heads = [
            ndimage.zoom(each.astype(float), factor, order=1) for each in view.counts
        ]
        counts = np.rint(np.maximum(np.stack(heads), 0)).astype(np.uint16)
        down, along = view.spacing_mm
        spacing = (down / factor, along / factor) if stated else view.spacing_mm
        return replace(view, counts=counts, spacing_mm=spacing)

    return change


def _flip(view: View) -> View:
    name = ViewName(("R" if view.name.side == "L" else "L") + view.name.projection)
    counts = view.counts[:, :, ::-1].copy()
    mirrored = replace(view, name=name, counts=counts, orientation=None)
    return replace(mirrored, heads_mirrored=view.heads_mirrored)


COPIES: dict[str, Change] = {
    "the same files": lambda view: view,
    "mirrored, saved as the other side": _flip,
    "upside down": lambda view: replace(view, counts=view.counts[:, ::-1, ::-1].copy()),
    "half the counts in every pixel": lambda view: replace(
        view, counts=view.counts // 2
    ),
    "half of the counts drawn": _thin(0.5),
    "a quarter of the counts drawn": _thin(0.25),
    "a tenth of the counts drawn": _thin(0.1),
    "shifted by 2 pixels": _shift(2, 0),
    "shifted by 2 and 2 pixels": _shift(2, 2),
    "1.5 times as many pixels": _zoom(1.5, stated=True),
    "1.5 times as large, not stated": _zoom(1.5, stated=False),
    "0.8 times as many pixels": _zoom(0.8, stated=True),
    "interpolated half a pixel off": _shift(0.5, 0.5),
}


def _compare_best(first: Fingerprint, second: Fingerprint) -> float:
    """The judge's number for the turn that the hash takes for the best."""
    likeness = [float(first.hashes[0] @ second.hashes[turn]) for turn in range(TURNS)]
    return compare_views(first, second, int(np.argmax(likeness)))


def measure_copies(populations: Sequence[Population], exams: int) -> None:
    """How alike copies are, the same women imaged again, and other women."""
    found: dict[str, list[float]] = {name: [] for name in COPIES}
    again: list[float] = []
    others: list[float] = []
    for population in populations:
        views, second = [], []
        twice = replace(population, dose_mbq=population.dose_mbq * 1.0001)
        for number in range(exams):
            exam = simulate_exam(population, number)[0]
            other = simulate_exam(twice, number)[0]
            for name, view in exam.views.items():
                made = take_fingerprint(view)
                repeat = take_fingerprint(other.views[name])
                if made is None or repeat is None:
                    continue
                views.append((number, name, made))
                second.append(repeat)
                for kind, change in COPIES.items():
                    copy = take_fingerprint(change(view))
                    if copy is not None:
                        found[kind].append(_compare_best(made, copy))
        again += [
            _compare_best(one[2], two) for one, two in zip(views, second, strict=True)
        ]
        prints = [ViewPrint(f"{n:04d}", f"{n:04d}", name, made)
                  for n, name, made in views]  # fmt: skip
        others += [view.correlation for _, _, view in compare_likely(prints)]
    print("| fine structure, correlation | views | least | 1 % | median | greatest |")
    print("|---|---|---|---|---|---|")
    found |= {
        "the same woman imaged again": again,
        "the most alike of other women": others,
    }
    for kind, values in found.items():
        low, first, middle, high = np.quantile(values, [0.0, 0.01, 0.5, 1.0])
        print(f"| {kind} | {len(values)} | {low:.2f} | {first:.2f} | {middle:.2f} | "
              f"{high:.2f} |")  # fmt: skip


def check_clean(
    populations: Sequence[Population], permutations: int, plants: int
) -> None:
    """What `bsgi check` says of clean cohorts, and of the same with planted copies."""
    faults, least_p, areas = 0, 1.0, []
    caught = dict.fromkeys(COPIES, 0)
    planted = 0
    for population in populations:
        exams = [simulate_exam(population, n)[0] for n in range(population.exams)]
        rng = np.random.default_rng(population.seed)
        order = rng.integers(1, 200, size=len(exams))
        with tempfile.TemporaryDirectory() as folder:
            clean = _write(Path(folder, "clean"), exams, order.tolist())
            result = check_cohort(clean, permutations=permutations)
            for fault in list_faults(result):
                faults += 1
                print(f"clean cohort of {population.preset}, seed {population.seed}: "
                      f"{fault}", flush=True)  # fmt: skip
            least_p = min([least_p, *(one.p_adjusted for one in result.confounders)])
            if result.permutation is not None:
                areas.append(result.permutation.permuted_mean)
            chosen = rng.choice(len(exams), size=plants * len(COPIES), replace=False)
            planned = [
                (exams[place], list(COPIES)[rank % len(COPIES)], rank)
                for rank, place in enumerate(chosen)
            ]
            copies = [_plant(*each) for each in planned]
            ranks = [*order.tolist(), *([1] * len(copies))]
            dirty = _write(Path(folder, "dirty"), [*exams, *copies], ranks)
            pairs = {(one.first, one.second)
                     for one in check_cohort(dirty, permutations=2).copied}  # fmt: skip
        planted += plants
        for exam, kind, rank in planned:
            pair = tuple(sorted((exam.exam_id, f"copy-{rank}")))
            caught[kind] += pair in pairs
        print(
            f"{population.preset}, seed {population.seed}: {faults} faults so far, "
            f"least p {least_p:.3g}, {sum(caught.values())} of "
            f"{planted * len(COPIES)} planted copies found", flush=True,
        )  # fmt: skip
    print(f"clean cohorts: {len(populations)}; faults: {faults}; least p after Holm "
          f"{least_p:.3g}; mean area of dealt labels {np.mean(areas):.3f}")  # fmt: skip
    print("| planted copy | found |\n|---|---|")
    for kind, number in caught.items():
        print(f"| {kind} | {number} of {planted} |")


def _plant(exam: Exam, kind: str, number: int) -> Exam:
    views = [COPIES[kind](view) for view in exam.views.values()]
    name = f"copy-{number}"
    return replace(
        exam, exam_id=name, patient_id=name, views={view.name: view for view in views}
    )


def _write(folder: Path, exams: Sequence[Exam], ranks: Sequence[int]) -> Cohort:
    with CohortWriter(folder) as writer:
        for exam, rank in zip(exams, ranks, strict=True):
            writer.add(exam, time_order=int(rank))
        return writer.finish()


def main() -> None:
    """Read the command line and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cohorts", type=int, default=8)
    parser.add_argument("--exams", type=int, default=231)
    parser.add_argument("--women", type=int, default=40)
    parser.add_argument("--plants", type=int, default=2)
    parser.add_argument("--permutations", type=int, default=200)
    given = parser.parse_args()
    print(f"thresholds: one view {COPY}, two views {COPY_IN_TWO}")
    measure_copies(
        [fill_population(name, exams=given.women, seed=900) for name in PRESETS],
        given.women,
    )
    check_clean(
        [
            fill_population(
                PRESETS[number % len(PRESETS)], exams=given.exams, seed=number + 1,
                malignant=given.exams * 3 // 8,
            )
            for number in range(given.cohorts)
        ],
        given.permutations,
        given.plants,
    )  # fmt: skip


if __name__ == "__main__":
    main()
