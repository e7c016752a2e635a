"""A finished RUN or STUDY as a stress test needs it: networks and their test exams."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bsgi.cohort.store import Cohort
from bsgi.errors import ConfigError, RunError
from bsgi.evaluation.design import Design
from bsgi.evaluation.metrics_json import load_metrics
from bsgi.evaluation.predictions import PredictionRow, load_predictions
from bsgi.evaluation.summary import Metrics
from bsgi.training.run_folder import is_finished, load_run_record
from bsgi.training.study.folder import METRICS, PREDICTIONS, STUDY, load_study_record

RunKey = tuple[str, int, int]
"""Method, repeat and fold."""


@dataclass(frozen=True, slots=True)
class StressSource:
    """What is put under stress.

    Args:
        folder: The RUN or STUDY.
        runs: Folder of the RUN of each method, repeat and fold.
        tests: Predictions of the test exams of each, in the order of exam_id.
        metrics: Results of the exams as they were, with the thresholds.
    """

    folder: Path
    runs: Mapping[RunKey, Path]
    tests: Mapping[RunKey, tuple[PredictionRow, ...]]
    metrics: Metrics

    def thresholds(self) -> dict[str, dict[tuple[int, int], float]]:
        """By method the threshold of each repeat and fold."""
        return {
            method.method: {
                (one.repeat, one.fold): one.threshold for one in method.repeats
            }
            for method in self.metrics.methods
        }


def load_source(folder: Path, cohort: Cohort) -> StressSource:
    """Read a finished RUN or STUDY.

    Args:
        folder: What `bsgi train` or `bsgi study` wrote.
        cohort: The cohort it must be of.

    Raises:
        ConfigError: If the study is a learning curve: it tests each exam once for every
            size.
        RunError: If it is neither, is not finished, or is of another cohort.
    """
    of_study = (folder / STUDY).is_file()
    sha256 = (
        load_study_record(folder).cohort_sha256
        if of_study
        else load_run_record(folder).cohort_sha256
    )
    if not is_finished(folder):
        raise RunError(
            f"{folder} must be finished before it is put under stress; give the same "
            "bsgi command again, and it goes on."
        )
    if sha256 != cohort.hash_labelled():
        raise RunError(
            f"{cohort.folder} must be the cohort of {folder}, but its exams are others."
        )
    metrics = load_metrics(folder / METRICS)
    if metrics.design is Design.SIZES:
        raise ConfigError(
            "a stress test must be of a study that tests an exam once per repeat, but "
            f"{folder} is a learning curve; name one RUN of it, such as "
            f"{folder / 'runs'}/METHOD/r0-f0."
        )
    tests: dict[RunKey, list[PredictionRow]] = {}
    for row in load_predictions(folder / PREDICTIONS):
        if row.part == "test":
            tests.setdefault((row.method, row.repeat, row.fold), []).append(row)
    order = [method.method for method in metrics.methods]
    keys = sorted(tests, key=lambda key: (order.index(key[0]), *key[1:]))
    runs = {
        key: folder / "runs" / key[0] / f"r{key[1]}-f{key[2]}" if of_study else folder
        for key in keys
    }
    in_order = {key: tuple(sorted(tests[key], key=_name)) for key in keys}
    return StressSource(folder, runs, in_order, metrics)


def _name(row: PredictionRow) -> str:
    return row.exam_id
