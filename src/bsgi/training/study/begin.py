"""The first moments of a study: what is planned and decided once, and written down."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bsgi.cohort.folds import Fold, load_folds, save_folds
from bsgi.cohort.split import Part, Split
from bsgi.cohort.store import Cohort, ExamRow
from bsgi.errors import CohortError
from bsgi.models.imagenet import hash_weights
from bsgi.training.loop import decide
from bsgi.training.precision import Decision
from bsgi.training.recipe import Recipe
from bsgi.training.run_exams import choose_rows, labelled_rows, read_exams
from bsgi.training.study.folder import (
    SPLITS,
    StudyRecord,
    find_begun_study,
    save_study_record,
)
from bsgi.training.study.plan import hash_folds, plan_study
from bsgi.training.study.recipe import Study


def begin_study(
    cohort: Cohort, study: Study, out: Path
) -> tuple[StudyRecord, tuple[Fold, ...]]:
    """Plan a study and write the plan down, or find that of a study that was begun.

    Args:
        cohort: The cohort.
        study: Settings, settled.
        out: Folder of the study.

    Returns:
        What the study depends on, and its splits.

    Raises:
        CohortError: If the cohort does not suffice for the design.
        ConfigError: If weights to start from cannot be used.
        OutputError: If `out` holds other things.
        RunError: If `out` is another study.
    """
    rows = labelled_rows(cohort)
    cohort_sha256 = cohort.hash_labelled()
    folds = plan_study(study, rows)
    splits_sha256 = hash_folds(folds)
    weights = {each.name: hash_weights(each.model) for each in study.methods}
    record = find_begun_study(
        out,
        study,
        cohort_sha256=cohort_sha256,
        splits_sha256=splits_sha256,
        weights_sha256=weights,
    )
    if record is None:
        decisions = {
            method.name: _decide_precision(cohort, method, rows, folds[0].split)
            for method in study.methods
        }
        settled = tuple(
            method.settle(decisions[method.name].precision, 1)
            for method in study.methods
        )
        record = StudyRecord(
            study=replace(study, methods=settled),
            cohort_sha256=cohort_sha256,
            splits_sha256=splits_sha256,
            weights_sha256=weights,
            decisions=decisions,
        )
        save_study_record(out, record)
    if not _has_splits(out, splits_sha256):
        save_folds(out / SPLITS, folds)
    return record, folds


def _has_splits(out: Path, splits_sha256: str) -> bool:
    """Whether the table in a study is that of its plan; nobody may report another."""
    try:
        return hash_folds(load_folds(out / SPLITS)) == splits_sha256
    except CohortError:
        return False


def _decide_precision(
    cohort: Cohort, recipe: Recipe, rows: Sequence[ExamRow], split: Split
) -> Decision:
    """How all runs of a method compute, on one thread, measured on a batch of exams."""
    train = [row for row in split.rows if row.part is Part.TRAIN]
    few = Split(tuple(train[: recipe.training.batch_size]))
    chosen = choose_rows(rows, few)
    exams = read_exams(cohort, chosen, few, recipe.preprocess.settings(), None)
    return decide(recipe, exams.images)
