"""Scores of training exams by networks that had not seen them, and their calibration.

The training patients are dealt into folds. Each fold is scored by a network that is
trained on the others alone, with the same recipe and seed, and what turns scores into
probabilities is fitted on these scores. So neither the network under test nor its
calibration has seen a test patient, and none of the scores is of a patient whom its
network had learned from. A cohort that sets patients aside for calibration has no need
of that: the network itself scores them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from bsgi.cohort.groups import deal_folds
from bsgi.cohort.patients import group_patients
from bsgi.cohort.split import Part, Split
from bsgi.cohort.store import ExamRow
from bsgi.errors import CohortError
from bsgi.evaluation.calibration.calibrator import (
    Calibration,
    fit_calibrator,
    save_calibration,
)
from bsgi.evaluation.calibration_scores import CalibrationRows, find_calibration_rows
from bsgi.evaluation.predictions import PredictionRow
from bsgi.exam.record import Label
from bsgi.files import load_json, save_json
from bsgi.training.checkpoint import CheckpointFile
from bsgi.training.damage import DamageError
from bsgi.training.loop import Progress, fit, predict
from bsgi.training.recipe import CalibrationTable, Recipe
from bsgi.training.run_exams import RunExams
from bsgi.training.run_folder import RunRecord

CALIBRATION: Final = "calibration.json"

# Keeps the draw of these folds apart from the others of one seed; see cohort/folds.py.
_STREAM: Final = 4


@dataclass(frozen=True, slots=True)
class _Share:
    """Progress of one of several fits as that of all of them."""

    progress: Progress
    number: int
    fits: int
    name: str

    def __call__(self, done: int, total: int, text: str) -> None:
        before = self.number * total
        self.progress(before + done, self.fits * total, self.name + text)


def share_progress(
    progress: Progress | None, number: int, fits: int, name: str = ""
) -> Progress | None:
    """The progress of one of several fits, each taken to last as long as another.

    Args:
        progress: Progress of all; None if nobody asks.
        number: Which fit, from 0.
        fits: How many there are.
        name: What stands before the text of this one.
    """
    if progress is None or fits == 1:
        return progress
    return _Share(progress, number, fits, name)


def count_fits(recipe: Recipe, parts: Sequence[Part]) -> int:
    """How many networks a run trains: its own, and one for each fold to be scored.

    Args:
        recipe: Settings of the run.
        parts: The part of each of its exams.
    """
    if recipe.calibration is None or Part.CALIBRATE in parts:
        return 1
    return 1 + recipe.calibration.folds


def find_out_of_fold(recipe: Recipe, split: Split) -> tuple[str, ...]:
    """The exams that a run scores by networks that had not seen them.

    Args:
        recipe: Settings of the run.
        split: The part of each of its exams.

    Returns:
        All its training exams; none if nothing is calibrated, or exams are set aside.
    """
    if count_fits(recipe, tuple(split.parts.values())) == 1:
        return ()
    return split.exam_ids(Part.TRAIN)


def check_calibration(rows: Sequence[ExamRow], split: Split, recipe: Recipe) -> None:
    """Refuse a calibration that the exams do not suffice for, before any training.

    Args:
        rows: The exams of the run.
        split: The part of each.
        recipe: Settings of the run.

    Raises:
        CohortError: If a class has fewer patients in the training part than there are
            folds, or exams that are set aside are of one label only.
    """
    table, parts = recipe.calibration, split.parts
    if table is None:
        return
    aside = [row.label for row in rows if parts[row.exam_id] is Part.CALIBRATE]
    if not aside:
        train = [row for row in rows if parts[row.exam_id] is Part.TRAIN]
        _deal(train, table, recipe.seed)
    elif len(set(aside)) < 2:
        raise CohortError(
            "the part calibrate must have benign and malignant exams, got "
            f"{aside.count(Label.BENIGN)} and {aside.count(Label.MALIGNANT)}; change "
            "the column split, or leave that part out."
        )


def calibrate_run(
    rows: Sequence[PredictionRow],
    exams: RunExams,
    record: RunRecord,
    out: Path,
    progress: Progress | None = None,
) -> list[PredictionRow]:
    """Fit what turns scores into probabilities, and write `calibration.json`.

    What was interrupted goes on: each network from its last checkpoint, and a fold that
    was scored is not scored again.

    Args:
        rows: Scores of all exams of the run by its network.
        exams: The exams.
        record: What the run depends on.
        out: Folder of the run.
        progress: Called after each training step.

    Returns:
        The rows, those of the test with a probability; and after them, in the part
        calibrate, those of training exams scored by networks that had not seen them.

    Raises:
        DamageError: If files of an interrupted calibration are another's.
        RunError: If a training fails.
        ValueError: If the recipe has no calibration.
    """
    table = record.recipe.calibration
    if table is None:
        raise ValueError("a recipe must have a calibration for that.")
    fits = count_fits(record.recipe, exams.parts)
    besides: list[PredictionRow] = []
    if fits > 1:
        scores = _score_out_of_fold(exams, record, table, out, progress)
        besides = [
            replace(row, part=Part.CALIBRATE.value, score=scores[row.exam_id])
            for row in rows
            if row.part == Part.TRAIN
        ]
    given = find_calibration_rows([*rows, *besides], 0, 0, None)
    if given is None:
        raise ValueError("a calibration must have scores.")
    simulated = any(fact.simulated for fact in exams.facts)
    fitted = _fit(given, table, folds=fits - 1, simulated=simulated)
    save_calibration(out / CALIBRATION, fitted)
    values = fitted.calibrator.apply(np.array([row.score for row in rows])).value
    filled = [
        replace(row, probability=float(value)) if row.part == Part.TEST else row
        for row, value in zip(rows, values, strict=True)
    ]
    return filled + besides


def _fit(
    given: CalibrationRows, table: CalibrationTable, *, folds: int, simulated: bool
) -> Calibration:
    scored = given.scored
    return Calibration(
        method=given.rows[0].method,
        calibrator=fit_calibrator(table.method, scored.scores, scored.labels),
        malignant=scored.malignant,
        benign=scored.benign,
        patients=len({row.patient_id for row in given.rows}),
        folds=folds,
        simulated=simulated,
    )


def _deal(
    rows: Sequence[ExamRow], table: CalibrationTable, seed: int
) -> tuple[frozenset[str], ...]:
    """The exams of each fold of the training part, patients stratified by label."""
    rng = np.random.default_rng((seed, _STREAM))
    try:
        groups = deal_folds(group_patients(rows), table.folds, rng)
    except CohortError as reason:
        raise CohortError(f"calibration of the training part: {reason}") from None
    return tuple(
        frozenset(row.exam_id for patient in group for row in patient.exams)
        for group in groups
    )


def _score_out_of_fold(
    exams: RunExams,
    record: RunRecord,
    table: CalibrationTable,
    out: Path,
    progress: Progress | None,
) -> dict[str, float]:
    """The score of each training exam by a network that had not seen its patient."""
    places = exams.places(Part.TRAIN)
    folds = _deal([exams.rows[place] for place in places], table, record.seed)
    scores: dict[str, float] = {}
    for number, held in enumerate(folds, start=1):
        path = out / "checkpoints" / f"calibration-{number}.json"
        identity = f"{record.identity}-calibration-{number}-of-{len(folds)}"
        checkpoint = CheckpointFile(path.with_suffix(".safetensors"), identity)
        if path.exists():
            scores |= _load_scores(path, identity, held)
            checkpoint.path.unlink(missing_ok=True)
            continue
        train = [place for place in places if exams.rows[place].exam_id not in held]
        test = [place for place in places if exams.rows[place].exam_id in held]
        name = f"calibration {number} of {len(folds)}, "
        fitted = fit(
            record.recipe,
            exams.images.take(train),
            record.decision,
            seed=record.seed,
            checkpoint=checkpoint,
            progress=share_progress(progress, number, 1 + len(folds), name),
        )
        fitted.check_unseen(exams.rows[place].patient_id for place in test)
        found = predict(
            fitted.network, exams.images.take(test), threads=record.decision.threads
        )
        names = [exams.rows[place].exam_id for place in test]
        own = dict(zip(names, map(float, found), strict=True))
        save_json(path, {"identity": identity, "scores": own})
        scores |= own
        checkpoint.path.unlink(missing_ok=True)
    return scores


def _load_scores(path: Path, identity: str, held: frozenset[str]) -> dict[str, float]:
    """The scores of a fold that was finished before an interruption."""
    content = load_json(path, DamageError)
    scores = content.get("scores")
    if not isinstance(scores, dict) or (
        content.get("identity") != identity
        or set(scores) != held
        or not all(map(_is_score, scores.values()))
    ):
        raise DamageError(
            f"{path} must hold the scores of this recipe, cohort and seed, but it does "
            "not; train into another folder."
        )
    return dict(scores)


def _is_score(value: object) -> bool:
    return isinstance(value, float) and math.isfinite(value)
