"""Whether a study and its runs have all that they wrote; what lost some is reopened.

A RUN or STUDY is finished once it has its last file. If another file of it has gone
since, or cannot be read, the mark is taken away, and the same command makes the rest
again: from the last checkpoint of a run, from the runs of a study.
"""

from collections.abc import Sequence
from pathlib import Path

from bsgi.cohort.split import Part
from bsgi.errors import BsgiError
from bsgi.evaluation.design import Design
from bsgi.evaluation.fixed import OPERATING_POINTS
from bsgi.evaluation.localisation.searches import load_searches
from bsgi.evaluation.maps.rows import load_map_rows
from bsgi.evaluation.metrics_json import load_metrics
from bsgi.evaluation.predictions import load_predictions
from bsgi.evaluation.summary import Metrics
from bsgi.provenance import load_provenance
from bsgi.training.calibration import CALIBRATION
from bsgi.training.run_folder import PROVENANCE, RESULTS, is_finished
from bsgi.training.study.folder import MAPS, METRICS, PREDICTIONS, SEARCHES
from bsgi.training.study.plan import Task
from bsgi.training.study.recipe import Study


def find_results(study: Study, tasks: Sequence[Task], out: Path) -> Metrics | None:
    """The results of a study that has all of them; else None, and the rest is reopened.

    Args:
        study: Settings of the study.
        tasks: All its runs.
        out: The STUDY; nobody else may work in it.
    """
    mapped = methods_with_maps(study)
    for task in tasks:
        if is_finished(out / task.place) and _lacks_file(task, out, mapped):
            (out / task.place / PROVENANCE).unlink()
    if not is_finished(out):
        return None
    if all(is_finished(out / task.place) for task in tasks):
        metrics = _load(out)
        if metrics is not None:
            return metrics
    (out / PROVENANCE).unlink()
    return None


def methods_with_maps(study: Study) -> frozenset[str]:
    """Names of the methods whose runs have heat maps of all test exams.

    A learning curve has no use for the maps of its many networks.

    Args:
        study: Settings of the study.
    """
    if study.design is Design.SIZES:
        return frozenset()
    return frozenset(method.name for method in study.methods if method.model.has_maps)


def _lacks_file(task: Task, out: Path, mapped: frozenset[str]) -> bool:
    run = out / task.place
    names = [*RESULTS, OPERATING_POINTS]
    if task.recipe.calibration is not None:
        names.append(CALIBRATION)
    if task.recipe.name in mapped:
        names += [f"maps/{exam_id}.npz" for exam_id in task.split.exam_ids(Part.TEST)]
    return not all((run / name).is_file() for name in names)


def _load(out: Path) -> Metrics | None:
    """What `metrics.json` holds; None if a file of the results cannot be read."""
    try:
        load_predictions(out / PREDICTIONS)
        load_map_rows(out / MAPS)
        load_provenance(out)
        metrics = load_metrics(out / METRICS)
        if metrics.localisation:
            load_searches(out / SEARCHES)
    except BsgiError:
        return None
    return metrics
