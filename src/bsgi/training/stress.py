"""`stress_results`: the networks of a finished RUN or STUDY under every stress.

Nothing is trained: the test exams of each network are scored again, as they were and
under each stress, with its own preprocessing, weights and number of threads. A call
that was stopped goes on with the first network that it had not finished.
"""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bsgi.cohort.check.permuted_cohort import check_labels
from bsgi.cohort.store import Cohort, load_cohort
from bsgi.errors import BsgiError, CohortError, ExamError, RunError
from bsgi.evaluation.stress.rows import (
    NO_STRESS,
    RefusedRow,
    StressRow,
    load_refused,
    load_stress_rows,
    save_refused,
    save_stress_rows,
)
from bsgi.evaluation.stress.stored import load_stress, save_stress
from bsgi.evaluation.stress.summary import StressMetrics, summarize_stress
from bsgi.exam.stress import STRESSES
from bsgi.files import load_json, save_json
from bsgi.provenance import describe, hash_file, load_provenance, save_provenance
from bsgi.training.folder_lock import lock_folder
from bsgi.training.loop import Progress
from bsgi.training.maps import load_network
from bsgi.training.run_folder import (
    PROVENANCE,
    check_free,
    check_same,
    is_finished,
    load_run_record,
)
from bsgi.training.stress_scores import score_exam, stress_exam
from bsgi.training.stress_source import RunKey, StressSource, load_source
from bsgi.training.study.folder import PREDICTIONS

PLAN: Final = "plan.json"
"""The first file: what the stress test depends on."""
PARTS: Final = "parts"
"""Scores of the networks so far; gone at the end."""
SCORES: Final = "stress.csv"
REFUSED: Final = "refused.csv"
RESULTS: Final = "stress.json"

UNSTRESSED: Final = "as it was"
"""What a reader calls an exam without stress."""


@dataclass(frozen=True, slots=True)
class StressSummary:
    """What `stress_results` did.

    Args:
        folder: Where the results lie.
        networks: Networks that were put under stress.
        done_before: Those of them that an earlier call had finished.
        refused: How often a stress left a test exam of a method out.
        metrics: The results.
    """

    folder: Path
    networks: int
    done_before: int
    refused: int
    metrics: StressMetrics


def stress_results(
    folder: Path,
    cohort_folder: Path,
    out: Path,
    *,
    seed: int = 1,
    progress: Progress | None = None,
) -> StressSummary:
    """Score the test exams of all networks of a RUN or STUDY under every stress.

    Args:
        folder: A finished RUN or STUDY.
        cohort_folder: Its cohort.
        out: Folder to make, or to go on with.
        seed: Seed of what the stresses draw.
        progress: Called after each exam.

    Raises:
        CohortError: If the cohort or an exam cannot be read, or labels are permuted.
        ConfigError: If the study is a learning curve.
        OutputError: If `out` holds other things.
        RunError: If `folder` is not finished or of another cohort, its networks do not
            give its scores, or `out` is another stress test or in use.
    """
    check_labels(cohort_folder, permuted=False)
    cohort = load_cohort(cohort_folder)
    source = load_source(folder, cohort)
    plan = {
        "predictions_sha256": hash_file(folder / PREDICTIONS),
        "stresses": list(STRESSES),
        "seed": seed,
    }
    begun = (out / PLAN).is_file()
    if begun:
        _check_plan(out, plan)
    else:
        check_free(out)
    with lock_folder(out, "stress test"):
        before = _find_results(out) if begun else None
        if before is not None:
            metrics, refused = before
            return StressSummary(
                out, len(source.runs), len(source.runs), refused, metrics
            )
        save_json(out / PLAN, plan)
        done_before = sum(_place(out, key).is_file() for key in source.runs)
        _score_all(source, cohort, out, seed, progress)
        metrics, refused = _save_results(source, out, seed)
    return StressSummary(out, len(source.runs), done_before, refused, metrics)


def _check_plan(out: Path, plan: dict[str, Any]) -> None:
    begun = load_json(out / PLAN, RunError)
    check_same(
        out,
        "stress test",
        {
            "predictions": begun.get("predictions_sha256")
            == plan["predictions_sha256"],
            "stresses": begun.get("stresses") == plan["stresses"],
            "seed": begun.get("seed") == plan["seed"],
        },
    )


def _find_results(out: Path) -> tuple[StressMetrics, int] | None:
    """The results of a stress test that has all of them; else it is opened again."""
    if not is_finished(out):
        return None
    try:
        load_stress_rows(out / SCORES)
        load_provenance(out)
        return load_stress(out / RESULTS), len(load_refused(out / REFUSED))
    except BsgiError:
        (out / PROVENANCE).unlink()
        return None


def _place(out: Path, key: RunKey) -> Path:
    method, repeat, fold = key
    return out / PARTS / f"{method}-r{repeat}-f{fold}.json"


def _score_all(
    source: StressSource,
    cohort: Cohort,
    out: Path,
    seed: int,
    progress: Progress | None,
) -> None:
    """Score what no earlier call has scored, network by network."""
    total = sum(len(tests) for tests in source.tests.values())
    done = 0
    for key, run in source.runs.items():
        tests = source.tests[key]
        if _place(out, key).is_file():
            done += len(tests)
            continue
        record = load_run_record(run)
        network = load_network(run, record)
        settings = record.recipe.preprocess.settings()
        rows: list[StressRow] = []
        refused: list[RefusedRow] = []
        for tested in tests:
            try:
                exam = stress_exam(
                    cohort, tested.exam_id, tuple(STRESSES.values()), settings, seed
                )
            except ExamError as reason:
                raise CohortError(
                    f"exam {tested.exam_id} cannot be used: {reason}"
                ) from None
            scored, left_out = score_exam(
                network, tested, exam, threads=record.decision.threads
            )
            rows += scored
            refused += left_out
            done += 1
            if progress:
                progress(done, total, f"{key[0]}, repeat {key[1]}, fold {key[2]}")
        save_json(_place(out, key), _pack(rows, refused))


def _pack(rows: Sequence[StressRow], refused: Sequence[RefusedRow]) -> dict[str, Any]:
    return {
        "rows": [[row.exam_id, row.stress, row.score] for row in rows],
        "refused": [[row.exam_id, row.stress, row.reason] for row in refused],
    }


def _unpack(out: Path, key: RunKey) -> tuple[list[StressRow], list[RefusedRow]]:
    """What one network's file holds.

    Raises:
        RunError: If it is damaged.
    """
    path = _place(out, key)
    content = load_json(path, RunError)
    try:
        rows = [StressRow(*key, *entry) for entry in content["rows"]]
        refused = [RefusedRow(key[0], *entry) for entry in content["refused"]]
    except (KeyError, TypeError, ValueError) as reason:
        raise RunError(
            f"{path} must be as bsgi stress wrote it, but: {reason}; remove it and "
            "give the same command again."
        ) from None
    return rows, refused


def _save_results(
    source: StressSource, out: Path, seed: int
) -> tuple[StressMetrics, int]:
    """Write scores, refusals, statistics and provenance, and remove the parts."""
    rows: list[StressRow] = []
    refused: dict[RefusedRow, None] = {}
    for key in source.runs:
        scored, left_out = _unpack(out, key)
        rows += scored
        refused |= dict.fromkeys(left_out)  # every repeat of a method refuses alike
    metrics = summarize_stress(
        [row for tests in source.tests.values() for row in tests],
        rows,
        tuple(refused),
        thresholds=source.thresholds(),
        titles={NO_STRESS: UNSTRESSED}
        | {stress.name: stress.title for stress in STRESSES.values()},
        simulated=source.metrics.simulated,
        level=source.metrics.level,
    )
    save_stress_rows(out / SCORES, rows)
    save_refused(out / REFUSED, refused)
    save_stress(out / RESULTS, metrics)
    inputs = {PREDICTIONS: source.folder / PREDICTIONS}
    save_provenance(out, describe("bsgi stress", seed=seed, inputs=inputs))
    shutil.rmtree(out / PARTS, ignore_errors=True)
    return metrics, len(refused)
