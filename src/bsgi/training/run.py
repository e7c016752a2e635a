"""`train_run`: one network, one split, one seed, from a cohort to its metrics."""

import time
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from bsgi.cohort.folds import plan_single
from bsgi.cohort.split import Part, Split, save_split
from bsgi.cohort.store import Cohort, ExamRow, load_cohort
from bsgi.evaluation.details import add_details
from bsgi.evaluation.fixed import (
    OPERATING_POINTS,
    fix_thresholds,
    save_operating_points,
)
from bsgi.evaluation.metrics_json import load_metrics, save_metrics
from bsgi.evaluation.predictions import PredictionRow, save_predictions
from bsgi.evaluation.summary import Metrics, summarize_predictions
from bsgi.models.imagenet import find_weights, hash_weights
from bsgi.models.network import Pretrained
from bsgi.provenance import describe, save_provenance
from bsgi.training.calibration import (
    calibrate_run,
    check_calibration,
    count_fits,
    share_progress,
)
from bsgi.training.checkpoint import CheckpointFile, save_weights
from bsgi.training.folder_lock import lock_folder
from bsgi.training.history import save_history
from bsgi.training.loop import Fitted, Progress, decide, fit, predict
from bsgi.training.machine import repeatable_arithmetic
from bsgi.training.maps import write_test_maps
from bsgi.training.precision import Decision
from bsgi.training.recipe import Recipe
from bsgi.training.reconstruction import save_reconstruction
from bsgi.training.reference import save_reference
from bsgi.training.run_exams import (
    RunExams,
    check_parts,
    choose_rows,
    hash_split,
    labelled_rows,
    read_exams,
)
from bsgi.training.run_folder import (
    FINAL_WEIGHTS,
    LAST_CHECKPOINT,
    RECIPE,
    RunRecord,
    find_begun_run,
    is_finished,
    measured_times,
    save_run_record,
)

_UNDECIDED = Decision("float32", 1, "recipe")
"""Stands in a wanted record where the run itself decides."""


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What `train_run` did.

    Args:
        run: Folder of the run.
        method: Name of the recipe, as predictions have it.
        train_exams: Exams that the network learned from.
        test_exams: Exams that it was tested on.
        epochs: Epochs trained in all.
        resumed: Whether the run had been begun before.
        decision: How the steps computed.
        metrics: Results on the test exams.
        notes: What a reader should know besides.
    """

    run: Path
    method: str
    train_exams: int
    test_exams: int
    epochs: int
    resumed: bool
    decision: Decision
    metrics: Metrics
    notes: tuple[str, ...] = ()


def train_run(  # noqa: PLR0913 - each is a choice that a study makes
    cohort_folder: Path,
    recipe: Recipe,
    out: Path,
    *,
    seed: int | None = None,
    split: Split | None = None,
    decision: Decision | None = None,
    maps: bool = False,
    wait: bool = False,
    progress: Progress | None = None,
) -> RunSummary:
    """Train a network on one part of a cohort and test it on the other.

    A run that was interrupted goes on from its last checkpoint and ends with the same
    bits; one that is finished is not done twice.

    Args:
        cohort_folder: A cohort on disk.
        recipe: Settings of the training.
        out: Folder RUN to make, or to go on with.
        seed: Seed of split, first weights and order; the recipe's own if None.
        split: The parts of some exams, whose others are then not even read; None draws
            one of all labelled exams by seed and recipe.
        decision: How the steps compute, if a study has decided it; None decides.
        maps: Whether to write heat maps of all test exams too, if the method has any.
        wait: Whether to wait for another process that trains in `out`.
        progress: Called after each exam that is read, each training step and each map.

    Raises:
        CohortError: If labels are missing, exams are too few to train and test, an
            exam holds no breast, or a patient is in two parts.
        ConfigError: If weights to start from cannot be used.
        OutputError: If `out` holds other things.
        RunError: If `out` is another run, or the training fails.
    """
    begun_s = time.monotonic()
    cohort = load_cohort(cohort_folder)
    chosen = recipe.model_copy(update={} if seed is None else {"seed": seed})
    wanted, parts, rows = _plan(cohort, chosen, split, decision)
    begun = find_begun_run(out, wanted)
    if begun and is_finished(out):
        return _summarize(out, begun, parts, resumed=True)
    exams = read_exams(cohort, rows, parts, recipe.preprocess.settings(), progress)
    with lock_folder(out, "training", wait=wait):
        # asked again: another process may have begun it, or ended it, in the meantime
        begun = find_begun_run(out, wanted)
        if begun and is_finished(out):
            return _summarize(out, begun, parts, resumed=True)
        record = begun or _begin(wanted, exams, out)
        save_split(out / "split.csv", parts)
        fitted = _train_and_test(exams, record, out, progress)
        if maps:
            write_test_maps(out, fitted.network, exams, record, progress)
        _save_provenance(out, cohort, record, time.monotonic() - begun_s)
    return _summarize(out, record, parts, resumed=begun is not None)


def _save_provenance(
    out: Path, cohort: Cohort, record: RunRecord, seconds: float
) -> None:
    """The last file of a run, and the only one with times."""
    inputs = {"exams.csv": cohort.folder / "exams.csv", RECIPE: out / RECIPE}
    if weights := find_weights(record.recipe.model):
        inputs["weights"] = weights
    made = describe(
        "bsgi study" if record.of_study else "bsgi train",
        seed=record.seed,
        inputs=inputs,
        seconds=seconds,
        measured_s={} if record.of_study else measured_times(record.decision),
    )
    save_provenance(out, made)


def _plan(
    cohort: Cohort, recipe: Recipe, split: Split | None, decision: Decision | None
) -> tuple[RunRecord, Split, tuple[ExamRow, ...]]:
    """What a run depends on, the parts of its exams, and what is known of them."""
    labelled = labelled_rows(cohort)
    if split is None:
        share = recipe.split.test_fraction
        split = plan_single(labelled, recipe.seed, 1, share)[0].split
    rows = choose_rows(labelled, split)
    check_parts(rows, split)
    check_calibration(rows, split, recipe)
    wanted = RunRecord(
        recipe=recipe,
        seed=recipe.seed,
        cohort_sha256=cohort.hash_labelled(),
        decision=decision or _UNDECIDED,
        split_sha256=hash_split(split),
        weights_sha256=hash_weights(recipe.model),
        of_study=decision is not None,
    )
    return wanted, split, rows


def _begin(wanted: RunRecord, exams: RunExams, out: Path) -> RunRecord:
    """Settle what is left open, and write it down before anything else."""
    decision = wanted.decision
    if not wanted.of_study:
        some = exams.places(Part.TRAIN)[: wanted.recipe.training.batch_size]
        decision = decide(wanted.recipe, exams.images.take(some))
    settled = wanted.recipe.settle(decision.precision, decision.threads)
    record = replace(wanted, recipe=settled, decision=decision)
    save_run_record(out, record)
    return record


def _train_and_test(
    exams: RunExams, record: RunRecord, out: Path, progress: Progress | None
) -> Fitted:
    """Train, and write everything that a RUN holds but maps and provenance."""
    places = exams.places(Part.TRAIN)
    train = exams.images.take(places)
    fitted = fit(
        record.recipe,
        train,
        record.decision,
        seed=record.seed,
        checkpoint=CheckpointFile(out / LAST_CHECKPOINT, record.identity),
        progress=share_progress(progress, 0, count_fits(record.recipe, exams.parts)),
    )
    fitted.check_unseen(exams.patients(Part.TEST))
    facts = {"recipe": record.recipe.name, "seed": str(record.seed)}
    save_weights(out / FINAL_WEIGHTS, fitted.network, facts)
    save_history(out / "history.csv", fitted.history)
    save_reference(out / "reference.json", [exams.facts[place] for place in places])
    predictions = _predict_all(exams, record, fitted)
    if record.recipe.calibration is not None:
        predictions = calibrate_run(predictions, exams, record, out, progress)
    save_predictions(out / "predictions.csv", predictions)
    simulated = any(fact.simulated for fact in exams.facts)
    metrics = summarize_predictions(predictions, simulated=simulated)
    detailed = add_details(metrics, predictions)
    fixed = fix_thresholds(detailed)
    if fixed is not None:
        save_operating_points(out / OPERATING_POINTS, fixed)
    # A study looks at all its runs together.
    save_metrics(out / "metrics.json", metrics if record.of_study else detailed)
    if isinstance(fitted.network, Pretrained):
        tested = exams.places(Part.TEST)
        names = [exams.rows[place].exam_id for place in tested]
        with repeatable_arithmetic(record.decision.threads):
            save_reconstruction(
                out, fitted.network, train, exams.images.take(tested), names
            )
    return fitted


def _predict_all(
    exams: RunExams, record: RunRecord, fitted: Fitted
) -> list[PredictionRow]:
    """Scores of all exams of the run, without a probability."""
    scores = predict(fitted.network, exams.images, threads=record.decision.threads)
    return [
        PredictionRow(
            exam_id=row.exam_id,
            patient_id=row.patient_id,
            method=record.recipe.name,
            repeat=0,
            fold=0,
            part=part.value,
            label=int(row.label),
            score=float(score),
        )
        for row, part, score in zip(exams.rows, exams.parts, scores, strict=True)
    ]


def _summarize(
    out: Path, record: RunRecord, split: Split, *, resumed: bool
) -> RunSummary:
    parts = list(split.parts.values())
    notes = []
    if resumed and record.decision.torch_version != torch.__version__:
        notes.append(
            f"begun with PyTorch {record.decision.torch_version}, resumed with "
            f"{torch.__version__}: last digits may differ from an uninterrupted run."
        )
    return RunSummary(
        run=out,
        method=record.recipe.name,
        train_exams=parts.count(Part.TRAIN),
        test_exams=parts.count(Part.TEST),
        epochs=record.recipe.training.epochs,
        resumed=resumed,
        decision=record.decision,
        metrics=load_metrics(out / "metrics.json"),
        notes=tuple(notes),
    )
