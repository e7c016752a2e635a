"""Every run of a study, fixed before the first one begins."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bsgi.cohort.folds import (
    Fold,
    plan_folds,
    plan_periods,
    plan_single,
    plan_sites,
    plan_sizes,
)
from bsgi.cohort.split import Split
from bsgi.cohort.store import ExamRow
from bsgi.evaluation.design import Design
from bsgi.training.recipe import Recipe
from bsgi.training.study.recipe import Study


@dataclass(frozen=True, slots=True)
class Task:
    """One run of a study: a method on one of its splits.

    Args:
        recipe: Settings of the method.
        repeat: Number of the repeat, from 0.
        fold: Number of the fold within it, from 0.
        title: What a reader calls the fold.
        split: Which exams train and which test.
        seed: Seed of first weights and order: that of the study plus the repeat.
    """

    recipe: Recipe
    repeat: int
    fold: int
    title: str
    split: Split
    seed: int

    @property
    def place(self) -> Path:
        """Where its RUN lies within the STUDY."""
        return Path("runs", self.recipe.name, f"r{self.repeat}-f{self.fold}")

    @property
    def name(self) -> str:
        """What a reader calls the run, counted from 0 as its folder is."""
        return f"{self.recipe.name}, repeat {self.repeat}, fold {self.fold}"


def plan_study(study: Study, rows: Sequence[ExamRow]) -> tuple[Fold, ...]:
    """The splits of a study, which all its methods share.

    Args:
        study: Settings of the study.
        rows: Exams of the cohort.

    Raises:
        CohortError: If the cohort has too few patients, or does not know sites or
            dates.
        ConfigError: If the methods leave the share of the test open.
    """
    seed, repeats = study.recipe.seed, study.recipe.repeats
    match study.design:
        case Design.SINGLE:
            return plan_single(rows, seed, repeats, study.test_fraction)
        case Design.FOLDS:
            return plan_folds(rows, seed, repeats, study.folds)
        case Design.SITES:
            return plan_sites(rows, repeats)
        case Design.PERIODS:
            return plan_periods(rows, repeats, study.folds)
        case Design.SIZES:
            return plan_sizes(rows, seed, repeats, study.recipe.sizes)


def list_tasks(study: Study, folds: Sequence[Fold]) -> tuple[Task, ...]:
    """The runs of a study, in the order of its methods, repeats and folds.

    Args:
        study: Settings of the study.
        folds: Its splits.
    """
    return tuple(
        Task(
            recipe=recipe,
            repeat=fold.repeat,
            fold=fold.fold,
            title=fold.title,
            split=fold.split,
            seed=study.recipe.seed + fold.repeat,
        )
        for recipe in study.methods
        for fold in folds
    )


def hash_folds(folds: Sequence[Fold]) -> str:
    """SHA-256 of the splits of a study: their numbers, titles and parts.

    Args:
        folds: The splits, in order.
    """
    content = [
        [fold.repeat, fold.fold, fold.title]
        + [[row.exam_id, row.patient_id, str(row.part)] for row in fold.split.rows]
        for fold in folds
    ]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()
