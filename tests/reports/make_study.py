"""A STUDY without a training: files as a study leaves them, with drawn scores."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import tomli_w

from bsgi.cohort.folds import (
    Fold,
    plan_folds,
    plan_periods,
    plan_single,
    plan_sites,
    plan_sizes,
    save_folds,
)
from bsgi.cohort.split import Part, save_split
from bsgi.cohort.store import load_cohort
from bsgi.cohort.writer import CohortWriter
from bsgi.evaluation.design import Design
from bsgi.evaluation.details import add_details
from bsgi.evaluation.localisation.metrics import summarize_repeated
from bsgi.evaluation.localisation.searches import Search, save_searches
from bsgi.evaluation.maps.mass import summarize_map_mass
from bsgi.evaluation.maps.rows import MapRow, save_map_rows
from bsgi.evaluation.metrics_json import save_metrics
from bsgi.evaluation.predictions import PredictionRow, save_predictions
from bsgi.evaluation.summary import summarize_predictions
from bsgi.exam.record import Label, Side
from bsgi.provenance import describe, save_provenance
from tests.conftest import make_exam
from tests.reports.make_run import (
    add_lesion,
    save_epochs,
    save_reconstruction,
    write_maps,
)


@dataclass(frozen=True, slots=True)
class Method:
    """One method of a made-up study.

    Args:
        name: Its name.
        title: A reader's name of it.
        skill: How far apart its scores of the two labels lie.
        maps: Whether it makes heat maps.
        autoencoder: Whether it rebuilds its images.
    """

    name: str
    title: str = ""
    skill: float = 2.5
    maps: bool = False
    autoencoder: bool = False


PAPERS = (
    Method("neural-network", "Neural network (multilayer perceptron)", 1.6),
    Method("autoencoder", "Stacked patched autoencoder", 2.2, autoencoder=True),
    Method("paper", "ResNet-18, three stages (paper)", 3.6, maps=True),
)
"""The three methods that the paper compares."""


def write_studied_cohort(
    folder: Path,
    *,
    exams: int = 60,
    simulated: bool = True,
    site_by_label: bool = False,
) -> None:
    """Three of eight malignant with a lesion; two sites, and an order in time."""
    rng = np.random.default_rng(17)
    with CohortWriter(folder) as writer:
        for number in range(exams):
            malignant = number % 8 in (0, 3, 6)
            exam = make_exam(
                f"SIM{number:05d}-1",
                rng=rng,
                label=Label.MALIGNANT if malignant else Label.BENIGN,
            )
            truth = None
            if malignant:
                exam, truth = add_lesion(exam, Side.LEFT if number % 2 else Side.RIGHT)
            elsewhere = malignant if site_by_label else number % 3 == 0
            site = "East" if elsewhere else "North & South"
            exam = replace(
                exam, simulated=simulated, age_years=30.0 + number % 40, site=site
            )
            writer.add(exam, truth if simulated else None, time_order=number + 1)
        writer.finish(describe("bsgi import"))


def plan(design: Design, cohort: Path, repeats: int, seed: int) -> tuple[Fold, ...]:
    """The splits of a design, as a study plans them."""
    rows = load_cohort(cohort).rows
    if design is Design.FOLDS:
        return plan_folds(rows, seed, repeats, 5)
    if design is Design.SITES:
        return plan_sites(rows, repeats)
    if design is Design.PERIODS:
        return plan_periods(rows, repeats, 4)
    if design is Design.SIZES:
        return plan_sizes(rows, seed, repeats, (16, 32, 64))
    return plan_single(rows, seed, repeats, 0.2)


def write_study(
    folder: Path,
    cohort: Path,
    *,
    design: Design = Design.SINGLE,
    methods: Sequence[Method] = PAPERS,
    repeats: int = 5,
    threshold: float | str = 0.5,
    simulated: bool = True,
    epochs: int = 10,
    details: bool = False,
) -> None:
    """A finished STUDY on a cohort of `write_studied_cohort`."""
    folder.mkdir()
    folds = plan(design, cohort, repeats, seed=3)
    inputs = {"exams.csv": cohort / "exams.csv"}
    write_plan(folder, cohort, folds, design, methods, threshold)
    labels = {row.exam_id: int(row.label) for row in load_cohort(cohort).rows}
    rng = np.random.default_rng(8)
    hard = {exam_id: float(rng.normal()) for exam_id in labels}
    rows: list[PredictionRow] = []
    masses: list[MapRow] = []
    for method in methods:
        for fold in folds:
            run = folder / "runs" / method.name / f"r{fold.repeat}-f{fold.fold}"
            run.mkdir(parents=True)
            own = draw_scores(method, fold, labels, hard, rng)
            rows += own
            mapped = method.maps and design is not Design.SIZES
            masses += write_made_run(run, method, fold, own, rng, mapped=mapped)
            save_provenance(run, describe("bsgi study", seed=3, inputs=inputs))
    save_predictions(folder / "predictions.csv", rows)
    metrics = summarize_predictions(
        rows,
        threshold=threshold if isinstance(threshold, float) else "youden",
        simulated=simulated,
        design=design,
        titles={fold.fold: fold.title for fold in folds},
    )
    save_map_rows(folder / "maps.csv", masses)
    if details:
        metrics = add_details(metrics, rows)
    searches = draw_searches(rows, {row.method for row in masses}) if simulated else {}
    if searches:
        save_searches(folder / "searches.csv", searches)
    metrics = replace(
        metrics,
        map_mass=summarize_map_mass(masses),
        localisation={name: summarize_repeated(own) for name, own in searches.items()},
    )
    save_metrics(folder / "metrics.json", metrics)
    save_provenance(folder, describe("bsgi study", seed=3, inputs=inputs))


def write_plan(
    folder: Path,
    cohort: Path,
    folds: Sequence[Fold],
    design: Design,
    methods: Sequence[Method],
    threshold: float | str,
) -> None:
    """The first files of a study: what it is going to do."""
    tables = {
        "name": "made-up", "seed": 3, "methods": [method.name for method in methods],
        "repeats": 1 + max(fold.repeat for fold in folds), "design": str(design),
        "threshold": threshold,
        "run": {
            "format_version": 1, "cohort_sha256": load_cohort(cohort).hash_labelled(),
        },
        "method": [
            {
                "name": method.name, "title": method.title,
                "preprocess": {
                    "size": 32, "intensity": "uptake", "field_mm": [240.0, 160.0],
                },
                "model": {"name": "paper-resnet", "weights": "none"},
            }
            for method in methods
        ],
        "decided": {
            method.name: {"precision": "float32", "threads": 1, "reason": "measured"}
            for method in methods
        },
    }  # fmt: skip
    (folder / "study.toml").write_text(tomli_w.dumps(tables))
    save_folds(folder / "splits.csv", folds)


def draw_scores(
    method: Method,
    fold: Fold,
    labels: Mapping[str, int],
    hard: Mapping[str, float],
    rng: np.random.Generator,
) -> list[PredictionRow]:
    """Scores of one run; an exam that is hard is hard for all methods and repeats."""
    rows = []
    for row in fold.split.rows:
        label = labels[row.exam_id]
        logit = method.skill * (label - 0.5) + hard[row.exam_id] + 0.4 * rng.normal()
        rows.append(
            PredictionRow(
                exam_id=row.exam_id, patient_id=row.patient_id, method=method.name,
                repeat=fold.repeat, fold=fold.fold, part=str(row.part), label=label,
                score=1 / (1 + math.exp(-2 * logit)),
            )
        )  # fmt: skip
    return rows


def draw_searches(
    rows: Sequence[PredictionRow], mapped: Collection[str]
) -> dict[str, list[list[Search]]]:
    """What maps of each method found, repeat by repeat: about half of the lesions."""
    rng = np.random.default_rng(9)
    found: dict[str, dict[int, list[Search]]] = {}
    for row in rows:
        if row.part != Part.TEST or row.method not in mapped:
            continue
        hit = rng.random() < 0.5
        targets = (row.score if hit else None,) if row.label else ()
        false_marks = () if row.label and hit else (row.score,)
        own = found.setdefault(row.method, {}).setdefault(row.repeat, [])
        own.append(Search(row.exam_id, row.patient_id, targets, false_marks))
    return {name: list(repeats.values()) for name, repeats in found.items()}


def write_made_run(
    run: Path,
    method: Method,
    fold: Fold,
    rows: Sequence[PredictionRow],
    rng: np.random.Generator,
    *,
    mapped: bool,
) -> list[MapRow]:
    """One RUN, and where its maps look if it has any."""
    save_split(run / "split.csv", fold.split)
    own = [replace(row, repeat=0, fold=0) for row in rows]
    save_predictions(run / "predictions.csv", own)
    (run / "recipe.toml").write_text(f'name = "{method.name}"\n')
    save_epochs(
        run / "history.csv",
        pretrained=5 if method.autoencoder else 0,
        rate=0.85 + 0.02 * fold.repeat,
    )
    tested = [row for row in own if row.part == Part.TEST]
    if method.autoencoder:
        save_reconstruction(run, [row.exam_id for row in tested[:2]])
    if not mapped:
        return []
    write_maps(run / "maps", tested)
    masses = []
    for row in tested:
        shares = rng.dirichlet((2.0, 3.0, 4.0, 3.0))
        known = row.label == 1
        lesion, vicinity = (float(share) * known for share in shares[:2])
        blank = float(shares[3])
        breast = 1.0 - blank - lesion - vicinity
        called = int(row.score >= 0.5)
        masses.append(
            MapRow(
                method.name, fold.repeat, fold.fold, row.exam_id, row.label, called,
                row.score - 0.5, ("benign", "malignant")[called],
                lesion=lesion, vicinity=vicinity, breast=breast, blank=blank,
                lesion_area=0.02 * known, vicinity_area=0.05 * known,
                breast_area=0.33, blank_area=0.67 - 0.07 * known,
            )
        )  # fmt: skip
    return masses
