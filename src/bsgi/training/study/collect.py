"""All runs of a study together: scores, statistics, and where heat maps look."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bsgi.cohort.split import Part
from bsgi.cohort.store import Cohort
from bsgi.cohort.subgroups import collect_groups
from bsgi.errors import BsgiError, RunError
from bsgi.evaluation.design import Design
from bsgi.evaluation.details import add_details
from bsgi.evaluation.maps.mass import summarize_map_mass
from bsgi.evaluation.maps.rows import MapRow, measure_exam, save_map_rows
from bsgi.evaluation.metrics_json import save_metrics
from bsgi.evaluation.predictions import (
    PredictionRow,
    load_predictions,
    save_predictions,
)
from bsgi.evaluation.summary import Metrics, summarize_predictions
from bsgi.training.calibration import find_out_of_fold
from bsgi.training.loop import Progress
from bsgi.training.maps import load_maps
from bsgi.training.study.folder import MAPS, METRICS, PREDICTIONS
from bsgi.training.study.plan import Task
from bsgi.training.study.recipe import Study
from bsgi.training.study.results import methods_with_maps

Key = tuple[str, int, int]
"""Method, repeat and fold."""


def collect_results(
    cohort: Cohort,
    study: Study,
    tasks: Sequence[Task],
    out: Path,
    progress: Progress | None = None,
) -> Metrics:
    """Write the scores of all runs, their statistics and the shares of their maps.

    Args:
        cohort: The cohort.
        study: Settings of the study.
        tasks: Its runs, all finished, in order.
        out: The STUDY.
        progress: Called after each exam whose maps were measured.

    Returns:
        What `metrics.json` holds.

    Raises:
        RunError: If scores or maps of a run are damaged, or of other exams.
    """
    rows = [row for task in tasks for row in _load_scores(task, out)]
    save_predictions(out / PREDICTIONS, rows)
    simulated = any(cohort.find_row(row.exam_id).simulated for row in rows)
    metrics = summarize_predictions(
        rows,
        threshold=study.recipe.threshold,
        simulated=simulated,
        design=study.design,
        titles={task.fold: task.title for task in tasks},
    )
    # Sizes of a training set are no repeats of each other and have no subgroups.
    groups = {} if study.design is Design.SIZES else collect_groups(cohort)
    metrics = add_details(metrics, rows, groups)
    mapped = methods_with_maps(study)
    maps = _measure_maps(
        cohort,
        [task for task in tasks if task.recipe.name in mapped],
        out,
        rows,
        _thresholds(metrics),
        progress,
    )
    save_map_rows(out / MAPS, maps)
    metrics = replace(metrics, map_mass=summarize_map_mass(maps))
    save_metrics(out / METRICS, metrics)
    return metrics


def _load_scores(task: Task, out: Path) -> list[PredictionRow]:
    """The scores of one run, in the order of exam_id, under its place in the study."""
    path = out / task.place / PREDICTIONS
    try:
        rows = load_predictions(path)
    except BsgiError as reason:
        raise RunError(
            f"{str(reason).rstrip('.')}; to do this run again, remove {path.parent} "
            "and give the same command."
        ) from None
    if not _has_parts(rows, task):
        raise RunError(
            f"{path} must have the exams and parts of splits.csv, but it has others; "
            f"remove {path.parent} and give the same command again."
        )
    placed = [replace(row, repeat=task.repeat, fold=task.fold) for row in rows]
    return sorted(placed, key=lambda row: row.exam_id)


def _has_parts(rows: Sequence[PredictionRow], task: Task) -> bool:
    """Whether the scores are those of the exams of a run, each in its part.

    Scores of training exams by networks that had not seen them come besides.
    """
    besides = set(find_out_of_fold(task.recipe, task.split))
    found = {(row.exam_id, row.part) for row in rows}
    wanted = {(exam_id, part.value) for exam_id, part in task.split.parts.items()}
    return found == wanted | {(exam_id, Part.CALIBRATE.value) for exam_id in besides}


def _thresholds(metrics: Metrics) -> dict[Key, float]:
    return {
        (method.method, each.repeat, each.fold): each.threshold
        for method in metrics.methods
        for each in method.repeats
    }


def _measure_maps(
    cohort: Cohort,
    tasks: Sequence[Task],
    out: Path,
    rows: Sequence[PredictionRow],
    thresholds: dict[Key, float],
    progress: Progress | None,
) -> list[MapRow]:
    """Where the maps of runs look, in the order of the runs and of exam_id.

    Exam by exam, so that each is read once.
    """
    scores = {(row.method, row.repeat, row.fold, row.exam_id): row for row in rows}
    wanted: dict[str, list[Task]] = defaultdict(list)
    for task in tasks:
        for exam_id in task.split.exam_ids(Part.TEST):
            wanted[exam_id].append(task)
    measured: dict[tuple[Key, str], MapRow] = {}
    for done, exam_id in enumerate(sorted(wanted), start=1):
        exam, truth = cohort.load_exam(exam_id), cohort.load_truth(exam_id)
        for task in wanted[exam_id]:
            key = (task.recipe.name, task.repeat, task.fold)
            malignant, benign = load_maps(out / task.place / "maps" / f"{exam_id}.npz")
            measured[key, exam_id] = measure_exam(
                exam,
                truth,
                malignant,
                benign,
                scores[(*key, exam_id)].score,
                thresholds[key],
                task.recipe.preprocess.settings(),
                run=key,
            )
        if progress:
            progress(done, len(wanted), "measuring heat maps")
    keys = [(task.recipe.name, task.repeat, task.fold) for task in tasks]
    order = {key: place for place, key in enumerate(keys)}
    return [
        measured[pair]
        for pair in sorted(measured, key=lambda pair: (order[pair[0]], pair[1]))
    ]
