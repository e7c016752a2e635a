"""`train_run`: one network, one split, one seed, from a cohort to its metrics."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch

from bsgi.cohort.split import Part, Split, save_split, split_stratified
from bsgi.cohort.store import Cohort, ExamRow, load_cohort
from bsgi.errors import CohortError, ExamError
from bsgi.evaluation.predictions import PredictionRow, save_predictions
from bsgi.evaluation.summary import (
    Metrics,
    load_metrics,
    save_metrics,
    summarize_predictions,
)
from bsgi.exam.preprocess import preprocess
from bsgi.exam.record import Label
from bsgi.provenance import describe, save_provenance
from bsgi.training.batches import LabelledImages, place_exam, reserve_images
from bsgi.training.checkpoint import CheckpointFile, save_weights
from bsgi.training.history import save_history
from bsgi.training.loop import Fitted, Progress, decide, fit, predict
from bsgi.training.precision import Decision
from bsgi.training.recipe import Recipe
from bsgi.training.reference import ExamFacts, collect_facts, save_reference
from bsgi.training.run_folder import (
    FINAL_WEIGHTS,
    LAST_CHECKPOINT,
    RECIPE,
    RunRecord,
    find_begun_run,
    is_finished,
    lock_run,
    save_run_record,
)

_SPLIT_STREAM = 0
"""Keeps the split apart from other uses of the same seed."""


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


@dataclass(frozen=True, slots=True)
class _Study:
    """The labelled exams of a cohort, with their parts and images, in one order."""

    rows: tuple[ExamRow, ...]
    parts: tuple[Part, ...]
    images: LabelledImages
    facts: tuple[ExamFacts, ...]

    def places(self, part: Part) -> list[int]:
        """Numbers of the exams of a part."""
        return [place for place, own in enumerate(self.parts) if own is part]


def train_run(
    cohort_folder: Path,
    recipe: Recipe,
    out: Path,
    *,
    seed: int | None = None,
    progress: Progress | None = None,
) -> RunSummary:
    """Split a cohort, train a network on one part and test it on the other.

    A run that was interrupted goes on from its last checkpoint and ends with the same
    bits; one that is finished is not done twice.

    Args:
        cohort_folder: A cohort on disk.
        recipe: Settings of the training.
        out: Folder RUN to make, or to go on with.
        seed: Seed of split, first weights and order; the recipe's own if None.
        progress: Called after each exam that is read and after each training step.

    Raises:
        CohortError: If labels are missing, exams are too few to train and test, or an
            exam holds no breast.
        OutputError: If `out` holds other things.
        RunError: If `out` is another run, or the training fails.
    """
    chosen = recipe.seed if seed is None else seed
    cohort = load_cohort(cohort_folder)
    rows = _labelled_rows(cohort)
    cohort_sha256 = cohort.hash_labelled()
    find_begun = partial(
        find_begun_run, out, recipe=recipe, seed=chosen, cohort_sha256=cohort_sha256
    )
    begun = find_begun()
    rng = np.random.default_rng((chosen, _SPLIT_STREAM))
    split = split_stratified(rows, rng, recipe.split.test_fraction)
    _check_parts(rows, split)
    if begun and is_finished(out):
        return _summarize(out, begun, rows, split, resumed=True)
    study = _read_exams(cohort, rows, split, recipe, progress)
    with lock_run(out):
        # asked again: another process may have begun it while the exams were read
        begun = find_begun()
        record = begun or _begin(recipe, chosen, cohort_sha256, study, out)
        save_split(out / "split.csv", split)
        _train_and_test(study, record, out, progress)
        inputs = {"exams.csv": cohort_folder / "exams.csv", RECIPE: out / RECIPE}
        save_provenance(out, describe("bsgi train", seed=chosen, inputs=inputs))
    return _summarize(out, record, rows, split, resumed=begun is not None)


def _begin(
    recipe: Recipe, seed: int, cohort_sha256: str, study: _Study, out: Path
) -> RunRecord:
    """Settle what the recipe leaves open, and write it down before anything else."""
    decision = decide(recipe, study.images)
    settled = recipe.settle(decision.precision, decision.threads)
    record = RunRecord(settled, seed, cohort_sha256, decision)
    save_run_record(out, record)
    return record


def _train_and_test(
    study: _Study, record: RunRecord, out: Path, progress: Progress | None
) -> None:
    """Train, and write everything that a RUN holds but the provenance."""
    places = study.places(Part.TRAIN)
    fitted = fit(
        record.recipe,
        study.images.take(places),
        record.decision,
        seed=record.seed,
        checkpoint=CheckpointFile(out / LAST_CHECKPOINT, record.identity),
        progress=progress,
    )
    facts = {"recipe": record.recipe.name, "seed": str(record.seed)}
    save_weights(out / FINAL_WEIGHTS, fitted.network, facts)
    save_history(out / "history.csv", fitted.history)
    save_reference(out / "reference.json", [study.facts[place] for place in places])
    predictions = _predict_all(study, record, fitted)
    save_predictions(out / "predictions.csv", predictions)
    simulated = any(fact.simulated for fact in study.facts)
    metrics = summarize_predictions(predictions, simulated=simulated)
    save_metrics(out / "metrics.json", metrics)


def _predict_all(
    study: _Study, record: RunRecord, fitted: Fitted
) -> list[PredictionRow]:
    """Scores of all labelled exams; nothing is calibrated, so no probability."""
    scores = predict(fitted.network, study.images, threads=record.decision.threads)
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
        for row, part, score in zip(study.rows, study.parts, scores, strict=True)
    ]


def _labelled_rows(cohort: Cohort) -> tuple[ExamRow, ...]:
    """Exams with a label of both kinds, in the order of the cohort."""
    rows = tuple(row for row in cohort.rows if row.label is not Label.UNKNOWN)
    if not rows:
        raise CohortError(
            f"{cohort.folder} must have labelled exams, got {len(cohort.rows)} without "
            "a label; import it again with a label table."
        )
    counts = Counter(row.label for row in rows)
    for label in (Label.BENIGN, Label.MALIGNANT):
        if not counts[label]:
            raise CohortError(
                f"{cohort.folder} must have benign and malignant exams, got no "
                f"{label.name.lower()} one among {len(rows)} labelled."
            )
    return rows


def _check_parts(rows: Sequence[ExamRow], split: Split) -> None:
    """Training and test need two exams and one of each class at least."""
    parts = split.parts
    for part in (Part.TRAIN, Part.TEST):
        labels = [row.label for row in rows if parts[row.exam_id] is part]
        if len(set(labels)) < 2:
            raise CohortError(
                f"the part {part.value} must have benign and malignant exams, got "
                f"{labels.count(Label.BENIGN)} and {labels.count(Label.MALIGNANT)}; "
                "use more exams or another test_fraction."
            )


def _read_exams(
    cohort: Cohort,
    rows: tuple[ExamRow, ...],
    split: Split,
    recipe: Recipe,
    progress: Progress | None,
) -> _Study:
    """All labelled exams, preprocessed once and kept in memory."""
    settings = recipe.preprocess.settings()
    images = reserve_images(len(rows), settings.size)
    facts = []
    for place, row in enumerate(rows):
        exam = cohort.load_exam(row.exam_id)
        try:
            stack = preprocess(exam, settings)
        except ExamError as reason:
            raise CohortError(f"exam {row.exam_id} cannot be used: {reason}") from None
        place_exam(images, place, stack, int(row.label))
        facts.append(collect_facts(exam))
        if progress:
            progress(place + 1, len(rows), "reading exams")
    parts = split.parts
    in_order = tuple(parts[row.exam_id] for row in rows)
    return _Study(rows, in_order, images, tuple(facts))


def _summarize(
    out: Path,
    record: RunRecord,
    rows: Sequence[ExamRow],
    split: Split,
    *,
    resumed: bool,
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
