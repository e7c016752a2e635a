"""`run_study`: methods x repeats x folds, from a cohort to the results."""

import os
import platform
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bsgi.cohort.check.permuted_cohort import check_labels
from bsgi.cohort.store import Cohort, load_cohort
from bsgi.evaluation.design import Design
from bsgi.evaluation.summary import Metrics
from bsgi.provenance import describe, save_provenance
from bsgi.training.folder_lock import lock_folder
from bsgi.training.loop import Progress
from bsgi.training.precision import Decision
from bsgi.training.run_folder import check_free, is_finished, measured_times
from bsgi.training.study.begin import begin_study
from bsgi.training.study.cluster import check_cluster
from bsgi.training.study.collect import collect_results
from bsgi.training.study.cost import time_method
from bsgi.training.study.execute import Workers, run_all
from bsgi.training.study.folder import SPLITS, STUDY, StudyRecord
from bsgi.training.study.plan import Task, list_tasks
from bsgi.training.study.recipe import Study
from bsgi.training.study.results import find_results, methods_with_maps
from bsgi.training.study.sweep import sweep_study
from bsgi.training.study.watch import RUNS_END, Watched, take_share, watch_runs
from bsgi.training.study.work import SESSION, Assignment, save_session


@dataclass(frozen=True, slots=True)
class StudySummary:
    """What `run_study` did.

    Args:
        study: Folder of the study.
        methods: Names of its methods, in order.
        design: How patients are parted.
        runs: Runs in all.
        done_before: Runs that were finished before this call.
        resumed: Whether the study had been begun before.
        decisions: How the steps of each method computed.
        metrics: Results on the test exams.
    """

    study: Path
    methods: tuple[str, ...]
    design: Design
    runs: int
    done_before: int
    resumed: bool
    decisions: dict[str, Decision]
    metrics: Metrics


def run_study(
    cohort_folder: Path,
    study: Study,
    out: Path,
    *,
    workers: Workers | None = None,
    progress: Progress | None = None,
) -> StudySummary:
    """Train all methods on all splits of a cohort, and compare them.

    All runs are fixed and written down before the first begins. A study that was
    stopped, however that was, goes on where it was and ends with the same bits; a run
    that is finished is not done twice, unless it has lost a file since.

    Args:
        cohort_folder: A cohort on disk.
        study: What to do.
        out: Folder STUDY to make, or to go on with.
        workers: Who does the runs; None takes all cores of this computer.
        progress: Called now and then with the share done in per cent, and a text.

    Raises:
        CohortError: If the cohort does not suffice for the design.
        ConfigError: If settings contradict each other, or the cluster cannot be used.
        OutputError: If `out` holds other things.
        RunError: If `out` is another study or in use, or a run fails.
    """
    begun_s = time.monotonic()
    workers = workers or Workers()
    if workers.cluster is not None:
        check_cluster(workers.cluster)
    settled = study.settle()
    cohort = load_cohort(cohort_folder.resolve())
    check_labels(cohort.folder, permuted=settled.recipe.canary)
    place = out.resolve()
    before = (place / STUDY).exists()
    if not before:
        check_free(place)
    with lock_folder(place, "study"):
        record, folds = begin_study(cohort, settled, place)
        tasks = list_tasks(record.study, folds)
        metrics = find_results(record.study, tasks, place)
        done = sum(is_finished(place / task.place) for task in tasks)
        if metrics is None:
            metrics = _run_and_collect(cohort, record, tasks, place, workers, progress)
            sweep_study(place, tasks)
            _save_provenance(place, cohort, record, time.monotonic() - begun_s)
    return StudySummary(
        study=out,
        methods=tuple(method.name for method in settled.methods),
        design=settled.design,
        runs=len(tasks),
        done_before=done,
        resumed=before,
        decisions=dict(record.decisions),
        metrics=metrics,
    )


def _run_and_collect(
    cohort: Cohort,
    record: StudyRecord,
    tasks: Sequence[Task],
    out: Path,
    workers: Workers,
    progress: Progress | None,
) -> Metrics:
    """Do what is left of the runs, then what all of them give; both share one bar."""
    end = RUNS_END if methods_with_maps(record.study) else 100
    _run_tasks(cohort, record, tasks, out, workers, take_share(progress, 0, end))
    of_maps = take_share(progress, end, 100, "exams")
    return collect_results(cohort, record.study, tasks, out, of_maps)


def _run_tasks(
    cohort: Cohort,
    record: StudyRecord,
    tasks: Sequence[Task],
    out: Path,
    workers: Workers,
    progress: Progress | None,
) -> None:
    """Do the runs that are not finished, the longest first, and watch all of them."""
    left = [task for task in tasks if not is_finished(out / task.place)]
    if not left:
        return
    costs = {method.name: time_method(method) for method in record.study.methods}
    expected_s = {task.place: costs[task.recipe.name].of(task) for task in tasks}
    left.sort(key=lambda task: -expected_s[task.place])
    mapped = methods_with_maps(record.study)
    session = f"{platform.node()} {os.getpid()} {time.time_ns()}"
    assignments = [
        Assignment(
            cohort=cohort.folder,
            study=out,
            task=task,
            decision=record.decisions[task.recipe.name],
            maps=task.recipe.name in mapped,
            session=session,
        )
        for task in left
    ]
    watched = [Watched(out / task.place, expected_s[task.place]) for task in tasks]
    save_session(out, session)
    try:
        with watch_runs(watched, progress):
            run_all(assignments, workers)
    finally:
        # Without it, workers that this process cannot reach stop by themselves.
        (out / SESSION).unlink(missing_ok=True)


def _save_provenance(
    out: Path, cohort: Cohort, record: StudyRecord, seconds: float
) -> None:
    """The last file of a study, and the only one of its own with times."""
    inputs = {name: out / name for name in (STUDY, SPLITS)}
    inputs["exams.csv"] = cohort.folder / "exams.csv"
    measured_s = {
        f"{method}, {name}": value
        for method, decision in record.decisions.items()
        for name, value in measured_times(decision).items()
    }
    made = describe(
        "bsgi study",
        seed=record.study.recipe.seed,
        inputs=inputs,
        seconds=seconds,
        measured_s=measured_s,
    )
    save_provenance(out, made)
