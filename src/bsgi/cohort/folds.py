"""The splits of a study: which patients each of its runs learns from and is tested on.

All are fixed before anything is trained, and all methods share them. Exams without a
label are in none. The order of the rows does not matter to any draw.

References:
    Yu et al., Technology and Health Care (2023), doi:10.3233/THC-236007: one split,
    each method run five times on it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from bsgi.cohort.fold_table import load_splits, save_splits
from bsgi.cohort.groups import (
    Group,
    deal_folds,
    draw_nested,
    draw_test,
    group_by_period,
    group_by_site,
)
from bsgi.cohort.patients import group_patients, part_by_label
from bsgi.cohort.split import Part, Split, SplitRow, split_stratified
from bsgi.cohort.store import ExamRow
from bsgi.errors import CohortError, ConfigError
from bsgi.exam.record import Label

# What keeps the draws of one seed apart: 0 is that of a single training, so that both
# draw the same split, and 1 the order of its exams.
_SINGLE_STREAM: Final = 0
_FOLD_STREAM: Final = 2
_SIZE_STREAM: Final = 3


@dataclass(frozen=True, slots=True)
class Fold:
    """One split of a study, for one run of each method.

    Args:
        repeat: Number of the repeat, from 0.
        fold: Number of the fold within it, from 0.
        title: What a reader calls the fold, such as ``site A``; the same in all
            repeats.
        split: The part of every exam; exams that the run does not use are left out.

    Raises:
        CohortError: If there is no exam for training, or none for the test.
        ValueError: If a number is negative.
    """

    repeat: int
    fold: int
    title: str
    split: Split

    def __post_init__(self) -> None:
        if self.repeat < 0 or self.fold < 0:
            raise ValueError(f"numbers count from 0, got {self.repeat}, {self.fold}.")
        for part in (Part.TRAIN, Part.TEST):
            if not self.split.exam_ids(part):
                raise CohortError(
                    f"repeat {self.repeat}, {self.title}: a split must have exams for "
                    f"{part}, got none."
                )


def plan_single(
    rows: Sequence[ExamRow], seed: int, repeats: int, test_fraction: float
) -> tuple[Fold, ...]:
    """The paper's mode: one split, the same in all repeats.

    It is the split that `bsgi train` draws with the same seed; a column `split` that
    the cohort gives is taken as there.

    Args:
        rows: Exams of a cohort.
        seed: Seed of the draw.
        repeats: How often each method is trained on the split.
        test_fraction: Share of the patients of each class for testing, above 0 and
            below 1.

    Raises:
        CohortError: If a class has too few patients, or the given parts are incomplete,
            unknown, of one label or divide a patient.
        ConfigError: If there are no repeats.
    """
    _check_least("repeats", repeats, 1)
    group_patients(rows)  # refuses a cohort of one class
    in_order = sorted(rows, key=lambda row: row.exam_id)
    rng = np.random.default_rng((seed, _SINGLE_STREAM))
    split = split_stratified(in_order, rng, test_fraction)
    fold = Fold(0, 0, "one split", split)
    for part in (Part.TRAIN, Part.TEST):
        _check_labels(rows, fold, part, "use more exams or another test_fraction")
    return _repeat([fold], repeats)


def plan_folds(
    rows: Sequence[ExamRow], seed: int, repeats: int, folds: int
) -> tuple[Fold, ...]:
    """Repeated stratified cross-validation by patient, the mode to trust.

    Every patient is tested exactly once per repeat. Folds differ by at most one patient
    in each class. Each repeat draws anew; a column `split` of the cohort is not used.

    Args:
        rows: Exams of a cohort.
        seed: Seed of the draws.
        repeats: Number of draws.
        folds: Number of folds of each, at least 2.

    Raises:
        CohortError: If a class has fewer patients than there are folds.
        ConfigError: If there are no repeats, or fewer than two folds.
    """
    _check_least("repeats", repeats, 1)
    _check_least("folds", folds, 2)
    patients = group_patients(rows)
    plan = []
    for repeat in range(repeats):
        rng = np.random.default_rng((seed, _FOLD_STREAM, repeat))
        groups = deal_folds(patients, folds, rng)
        for fold, test in enumerate(groups):
            title = f"fold {fold + 1} of {folds}"
            plan.append(_build(repeat, fold, title, _others(groups, fold), test))
    return tuple(plan)


def plan_sites(rows: Sequence[ExamRow], repeats: int) -> tuple[Fold, ...]:
    """Each hospital tested by a model that was trained on the others.

    Nothing is drawn: repeats differ by the seed of the training only. A hospital may
    have exams of one label only; its own AUC is then unknown.

    Args:
        rows: Exams of a cohort.
        repeats: How often each method is trained on each split.

    Raises:
        CohortError: If an exam has no site, there is only one, a patient was seen at
            two, or the others of a hospital have exams of one label only.
        ConfigError: If there are no repeats.
    """
    _check_least("repeats", repeats, 1)
    sites = group_by_site(group_patients(rows))
    groups = tuple(sites.values())
    plan = []
    for number, (site, test) in enumerate(sites.items()):
        fold = _build(0, number, f"site {site}", _others(groups, number), test)
        _check_labels(rows, fold, Part.TRAIN, "use folds by patient")
        plan.append(fold)
    return _repeat(plan, repeats)


def plan_periods(
    rows: Sequence[ExamRow], repeats: int, periods: int = 5
) -> tuple[Fold, ...]:
    """Temporal validation: each later period tested by a model of all earlier ones.

    Patients stand in the order of their first labelled exam and are cut into periods of
    equal number up to one; those of one date stay together. A patient's later exams
    stay in her period. Nothing is drawn.

    Args:
        rows: Exams of a cohort.
        repeats: How often each method is trained on each split.
        periods: Number of periods, at least 2; the first is never tested.

    Returns:
        Fold k trains on the first k + 1 periods and tests on the next.

    Raises:
        CohortError: If the order of an exam is unknown, dates are too few, or the first
            period has exams of one label only.
        ConfigError: If there are no repeats, or fewer than two periods.
    """
    _check_least("repeats", repeats, 1)
    _check_least("periods", periods, 2)
    groups = group_by_period(group_patients(rows), periods)
    plan = []
    for number, test in enumerate(groups[1:]):
        before = tuple(one for group in groups[: number + 1] for one in group)
        fold = _build(0, number, f"period {number + 2} of {periods}", before, test)
        _check_labels(rows, fold, Part.TRAIN, "ask for fewer periods")
        plan.append(fold)
    return _repeat(plan, repeats)


def plan_sizes(
    rows: Sequence[ExamRow], seed: int, repeats: int, sizes: Sequence[int]
) -> tuple[Fold, ...]:
    """A learning curve: one test set, trained on more and more patients.

    The test set is every patient that the largest training set leaves, drawn once and
    stratified. In each repeat the training sets are nested, in an order drawn anew; the
    share of malignant patients is that of the cohort, with at least one of each class.
    At the largest size all repeats train on the same patients.

    Args:
        rows: Exams of a cohort.
        seed: Seed of the draws.
        repeats: Number of orders.
        sizes: Numbers of training patients, ascending, at least 2; fold k has the k-th.

    Raises:
        CohortError: If fewer than 20 patients of a class are left for the test.
        ConfigError: If there are no repeats, or sizes do not ascend from at least 2.
    """
    _check_least("repeats", repeats, 1)
    if not sizes or list(sizes) != sorted(set(sizes)) or sizes[0] < 2:
        raise ConfigError(
            "sizes must be numbers of patients that ascend, each at least 2, got "
            f"{', '.join(map(str, sizes)) or 'none'}."
        )
    patients = group_patients(rows)
    benign, malignant = part_by_label(patients)
    rng = np.random.default_rng((seed, _SIZE_STREAM, 0))
    pool, test = draw_test(patients, sizes[-1], rng)
    plan = []
    for repeat in range(repeats):
        rng = np.random.default_rng((seed, _SIZE_STREAM, repeat + 1))
        nested = draw_nested(pool, sizes, (len(benign), len(malignant)), rng)
        for fold, train in enumerate(nested):
            title = f"{sizes[fold]} patients"
            plan.append(_build(repeat, fold, title, train, test))
    return tuple(plan)


def save_folds(path: Path, folds: Sequence[Fold]) -> None:
    """Write splits.csv.

    Args:
        path: The file to make or replace.
        folds: The splits of a study, in the order of repeat and fold.

    Raises:
        CohortError: If their numbers have a hole or are out of order, or a fold has
            two titles.
    """
    save_splits(path, [((f.repeat, f.fold, f.title), f.split) for f in folds])


def load_folds(path: Path) -> tuple[Fold, ...]:
    """Read splits.csv.

    Args:
        path: A file that `save_folds` wrote.

    Raises:
        CohortError: If it is missing, names an unknown part, divides a patient, lacks
            training or test exams, has two titles for a fold, or its numbers have a
            hole.
    """
    folds = []
    for (repeat, number, title), split in load_splits(path):
        try:
            folds.append(Fold(repeat, number, title, split))
        except CohortError as reason:
            raise CohortError(f"{path}: {reason}") from None
    return tuple(folds)


def _check_least(name: str, value: int, least: int) -> None:
    if value < least:
        raise ConfigError(f"{name} must be at least {least}, got {value}.")


def _others(groups: Sequence[Group], out: int) -> Group:
    """All patients but those of one group."""
    kept = (group for number, group in enumerate(groups) if number != out)
    return tuple(patient for group in kept for patient in group)


def _build(repeat: int, fold: int, title: str, train: Group, test: Group) -> Fold:
    """The fold with these patients, its rows in the order of exam_id."""
    rows = [
        SplitRow(row.exam_id, row.patient_id, part)
        for part, group in ((Part.TRAIN, train), (Part.TEST, test))
        for patient in group
        for row in patient.exams
    ]
    rows.sort(key=lambda row: row.exam_id)
    return Fold(repeat, fold, title, Split(tuple(rows)))


def _repeat(folds: Sequence[Fold], repeats: int) -> tuple[Fold, ...]:
    """The same splits in every repeat."""
    return tuple(
        replace(fold, repeat=repeat) for repeat in range(repeats) for fold in folds
    )


def _check_labels(
    rows: Sequence[ExamRow], fold: Fold, part: Part, way_out: str
) -> None:
    labels = {row.exam_id: row.label for row in rows}
    found = [labels[exam_id] for exam_id in fold.split.exam_ids(part)]
    benign, malignant = found.count(Label.BENIGN), found.count(Label.MALIGNANT)
    if not benign or not malignant:
        raise CohortError(
            f"{fold.title}: the exams for {part} must be benign and malignant, got "
            f"{benign} and {malignant}; {way_out}."
        )
