"""The canary of a study: the same methods and splits on labels that mean nothing.

Labels are dealt anew among the patients before anything is parted or trained. If a
network still tells them, the program gives test labels away.
"""

import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from bsgi.cohort.check.permuted_cohort import make_permuted_cohort
from bsgi.cohort.store import load_cohort
from bsgi.evaluation.canary import CANARY, Canary, judge_canary, save_canary
from bsgi.evaluation.design import Design
from bsgi.evaluation.predictions import load_predictions
from bsgi.training.loop import Progress
from bsgi.training.run_folder import check_free
from bsgi.training.study.execute import Workers
from bsgi.training.study.folder import PREDICTIONS, STUDY
from bsgi.training.study.recipe import Study
from bsgi.training.study.study import StudySummary, run_study

MARK: Final = "-labels-permuted"
"""Ends the name of a canary and of its methods, in every table and figure."""

_LONGEST: Final = 64


@dataclass(frozen=True, slots=True)
class CanarySummary:
    """What a canary found.

    Args:
        cohort: The cohort with permuted labels, beside the STUDY.
        study: What the study did.
        canary: Whether its methods are at chance.
        file: Where that is written.
    """

    cohort: Path
    study: StudySummary
    canary: Canary
    file: Path


def make_canary(study: Study) -> Study:
    """The same study as a canary: marked in its settings and in every name.

    Args:
        study: A study, or a canary, which stays as it is.
    """
    methods = tuple(
        each.model_copy(
            update={
                "name": _mark(each.name),
                "title": _mark_title(each.title or each.name),
            }
        )
        for each in study.methods
    )
    recipe = study.recipe.model_copy(
        update={
            "name": _mark(study.recipe.name),
            "methods": tuple(each.name for each in methods),
            "canary": True,
        }
    )
    return replace(study, recipe=recipe, methods=methods)


def _mark_title(title: str) -> str:
    """A reader's name of a method with the mark; one that has it stays."""
    mark = ", labels permuted"
    return title if title.endswith(mark) else title + mark


def find_canary_cohort(out: Path) -> Path:
    """Where the cohort with permuted labels lies: beside the STUDY."""
    place = out.resolve()
    return place.with_name(f"{place.name}.cohort")


def run_canary(
    cohort_folder: Path,
    study: Study,
    out: Path,
    *,
    workers: Workers | None = None,
    progress: Progress | None = None,
) -> CanarySummary:
    """Deal the labels anew, run the study on them, and say whether it is at chance.

    Like a study it goes on where it was stopped. The labels follow from the seed of the
    study.

    Args:
        cohort_folder: A cohort with its true labels.
        study: What to do; `make_canary` marks it here if it is not marked.
        out: Folder STUDY to make, or to go on with.
        workers: Who does the runs; None takes all cores of this computer.
        progress: Called now and then with the share done in per cent, and a text.

    Raises:
        BsgiError: As `run_study`; an OutputError too if the place of the cohort with
            permuted labels is taken.
    """
    marked = make_canary(study)
    place = find_canary_cohort(out)
    before = place.exists()
    if not (out / STUDY).exists():
        check_free(out)
    permuted = make_permuted_cohort(
        load_cohort(cohort_folder.resolve()), place, marked.recipe.seed
    )
    try:
        summary = run_study(
            permuted.folder, marked, out, workers=workers, progress=progress
        )
    finally:
        # What was never begun leaves nothing behind.
        if not before and not (out / STUDY).exists():
            shutil.rmtree(place, ignore_errors=True)
    canary = judge_canary(
        load_predictions(out / PREDICTIONS),
        simulated=summary.metrics.simulated,
        by_size=summary.design is Design.SIZES,
        seed=marked.recipe.seed,
    )
    save_canary(out / CANARY, canary)
    return CanarySummary(permuted.folder, summary, canary, out / CANARY)


def _mark(name: str) -> str:
    if name.endswith(MARK):
        return name
    return f"{name[: _LONGEST - len(MARK)]}{MARK}"
