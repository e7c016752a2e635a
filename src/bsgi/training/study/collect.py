"""All runs of a study together: scores, statistics, and where heat maps look."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bsgi.cohort.split import Part
from bsgi.cohort.store import Cohort
from bsgi.cohort.subgroups import collect_groups
from bsgi.errors import BsgiError, RunError
from bsgi.evaluation.design import Design
from bsgi.evaluation.details import add_details
from bsgi.evaluation.localisation.metrics import summarize_repeated
from bsgi.evaluation.localisation.searches import save_searches
from bsgi.evaluation.maps.mass import summarize_map_mass
from bsgi.evaluation.maps.rows import save_map_rows
from bsgi.evaluation.metrics_json import save_metrics
from bsgi.evaluation.predictions import (
    PredictionRow,
    load_predictions,
    save_predictions,
)
from bsgi.evaluation.summary import Metrics, summarize_predictions
from bsgi.training.calibration import find_out_of_fold
from bsgi.training.loop import Progress
from bsgi.training.study.folder import MAPS, METRICS, PREDICTIONS, SEARCHES
from bsgi.training.study.measure_maps import Key, measure_maps
from bsgi.training.study.plan import Task
from bsgi.training.study.recipe import Study
from bsgi.training.study.results import methods_with_maps


def collect_results(
    cohort: Cohort,
    study: Study,
    tasks: Sequence[Task],
    out: Path,
    progress: Progress | None = None,
) -> Metrics:
    """Write the scores of all runs, their statistics, and what their maps show.

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
    found = measure_maps(
        cohort,
        [task for task in tasks if task.recipe.name in mapped],
        out,
        {(row.method, row.repeat, row.fold, row.exam_id): row.score for row in rows},
        _thresholds(metrics),
        progress,
    )
    save_map_rows(out / MAPS, found.rows)
    if found.searches:
        save_searches(out / SEARCHES, found.searches)
    else:
        (out / SEARCHES).unlink(missing_ok=True)
    metrics = replace(
        metrics,
        map_mass=summarize_map_mass(found.rows),
        localisation={
            method: summarize_repeated(repeats, level=metrics.level)
            for method, repeats in found.searches.items()
        },
    )
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
