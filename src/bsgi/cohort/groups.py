"""Patients into the groups that a study tests: folds, hospitals, periods, sizes.

References:
    Kohavi, IJCAI (1995) 2:1137-1143: stratified folds for cross-validation.
    Steyerberg and Harrell, J Clin Epidemiol 69 (2016) 245-247,
    doi:10.1016/j.jclinepi.2015.04.005: validation by hospital and by period.
"""

from collections.abc import Sequence
from itertools import count, pairwise
from typing import Final

import numpy as np

from bsgi.cohort.patients import Patient, part_by_label, shuffle
from bsgi.errors import CohortError

MIN_TEST_PATIENTS: Final = 20
"""Patients of each class that a learning curve must leave for its test."""

Group = tuple[Patient, ...]
"""Patients who are trained on, or tested, together."""


def deal_folds(
    patients: Sequence[Patient], folds: int, rng: np.random.Generator
) -> tuple[Group, ...]:
    """Draw stratified folds: each patient in one, numbers equal up to one.

    Benign patients are dealt like cards and malignant ones go on where they ended, so
    that folds differ by at most one patient in each class, and also in all.

    Args:
        patients: Whom to deal, of both classes.
        folds: Number of folds, at least 2.
        rng: Source of randomness.

    Raises:
        CohortError: If a class has fewer patients than there are folds.
    """
    by_label = part_by_label(patients)
    named = zip(by_label, ("benign", "malignant"), strict=True)
    smaller, name = min(named, key=lambda pair: len(pair[0]))
    if len(smaller) < folds:
        way_out = "use more exams"
        if len(smaller) > 1:
            way_out = f"ask for {len(smaller)} folds or {way_out}"
        raise CohortError(
            f"{folds} folds need {folds} {name} patients at least, got {len(smaller)}; "
            f"{way_out}."
        )
    order = [patient for group in by_label for patient in shuffle(group, rng)]
    return tuple(tuple(order[fold::folds]) for fold in range(folds))


def group_by_site(patients: Sequence[Patient]) -> dict[str, Group]:
    """Patients by hospital, in the order of its name.

    Raises:
        CohortError: If an exam has no site, there is only one site, or a patient was
            seen at two.
    """
    advice = "fill the column site of the label table and import again"
    exams = [row for patient in patients for row in patient.exams]
    missing = [row.exam_id for row in exams if not row.site]
    if missing:
        raise CohortError(
            "leaving out a site needs the site of every labelled exam, got "
            f"{len(missing)} without, the first {missing[0]}; {advice}."
        )
    for patient in patients:
        first = patient.exams[0]
        for row in patient.exams[1:]:
            if row.site != first.site:
                raise CohortError(
                    f"a patient must be at one site, got {first.exam_id} at "
                    f"{first.site!r} and {row.exam_id} at {row.site!r}; give both one "
                    "site in the label table and import again, or use folds by patient."
                )
    sites = sorted({row.site for row in exams})
    if len(sites) < 2:
        raise CohortError(
            f"leaving out a site needs at least 2 sites, got only {sites[0]!r}; "
            f"{advice}, or use folds by patient."
        )
    return {
        site: tuple(each for each in patients if each.exams[0].site == site)
        for site in sites
    }


def group_by_period(patients: Sequence[Patient], periods: int) -> tuple[Group, ...]:
    """Patients in the order of their first exams, cut into periods of equal number.

    Without equal dates the periods differ by at most one patient. Patients of one date
    stay together: each cut is moved to the nearest place between two dates, the earlier
    of two as near.

    Args:
        patients: Whom to cut.
        periods: Number of periods, at least 2.

    Raises:
        CohortError: If the order of an exam is unknown, or dates are too few.
    """
    exams = [row for patient in patients for row in patient.exams]
    missing = [row.exam_id for row in exams if row.time_order is None]
    if missing:
        raise CohortError(
            "validation in time needs the order of every labelled exam, got "
            f"{len(missing)} without, the first {missing[0]}; import the cohort again, "
            "from files that have a study date."
        )
    in_order = sorted(patients, key=_find_first)
    number = len(in_order)
    places = [
        place
        for place, (earlier, later) in enumerate(pairwise(in_order), start=1)
        if _find_first(earlier) < _find_first(later)
    ]
    if len(places) < periods - 1:
        raise CohortError(
            f"{periods} periods need {periods} different dates of first exams at "
            f"least, got {len(places) + 1}; ask for fewer periods."
        )
    cuts = [0]
    for period in range(1, periods):
        # Enough places must be left for the cuts that come after this one.
        last = len(places) - (periods - 1 - period)
        free = [place for place in places[:last] if place > cuts[-1]]
        # In whole numbers: how far each is from period / periods of all patients.
        away = [abs(place * periods - period * number) for place in free]
        cuts.append(free[away.index(min(away))])
    return tuple(tuple(in_order[i:j]) for i, j in pairwise([*cuts, number]))


def _find_first(patient: Patient) -> int:
    """Rank of the date of a patient's first labelled exam."""
    return min(row.time_order or 0 for row in patient.exams)


def draw_test(
    patients: Sequence[Patient], largest: int, rng: np.random.Generator
) -> tuple[Group, Group]:
    """Part patients into a pool for training of a given size and a test set.

    Args:
        patients: Whom to part, of both classes.
        largest: Patients in the pool; malignant ones at the share of all.
        rng: Source of randomness.

    Returns:
        The pool and the test set.

    Raises:
        CohortError: If fewer than 20 patients of a class are left for the test.
    """
    benign, malignant = (len(group) for group in part_by_label(patients))
    left = _count_left(largest, benign, malignant)
    if min(left) < MIN_TEST_PATIENTS:
        needed = _count_needed(largest, benign, malignant)
        each = sum(len(patient.exams) for patient in patients) / len(patients)
        raise CohortError(
            f"a learning curve up to {largest} patients must leave "
            f"{MIN_TEST_PATIENTS} of each class for the test, got {max(left[0], 0)} "
            f"benign and {max(left[1], 0)} malignant; with this share of malignant "
            f"ones the cohort would need {needed} patients, {round(needed * each)} "
            "exams; use more, or smaller sizes."
        )
    orders = [shuffle(group, rng) for group in part_by_label(patients)]
    cuts = _count_both(largest, benign, malignant)
    pool = [one for order, cut in zip(orders, cuts, strict=True) for one in order[:cut]]
    test = [one for order, cut in zip(orders, cuts, strict=True) for one in order[cut:]]
    return tuple(pool), tuple(test)


def draw_nested(
    pool: Sequence[Patient],
    sizes: Sequence[int],
    shares: tuple[int, int],
    rng: np.random.Generator,
) -> tuple[Group, ...]:
    """Draw training sets of growing size, each within the next.

    Args:
        pool: Patients to draw from, as many as the largest size.
        sizes: Numbers of patients, ascending, at least 2.
        shares: Benign and malignant patients of the cohort, whose ratio is kept.
        rng: Source of randomness.
    """
    orders = [shuffle(group, rng) for group in part_by_label(pool)]
    return tuple(
        tuple(
            one
            for order, number in zip(orders, _count_both(size, *shares), strict=True)
            for one in order[:number]
        )
        for size in sizes
    )


def _count_both(size: int, benign: int, malignant: int) -> tuple[int, int]:
    """Benign and malignant patients of a sample, at the ratio of the whole.

    Rounded to the nearest, halves up, but at least one of each class. In growing
    samples neither number ever falls, so that samples can be nested.
    """
    both = benign + malignant
    number = min(max((2 * size * malignant + both) // (2 * both), 1), size - 1)
    return size - number, number


def _count_left(largest: int, benign: int, malignant: int) -> tuple[int, int]:
    """Patients of each class that the largest sample leaves; negative if too few."""
    taken = _count_both(largest, benign, malignant)
    return benign - taken[0], malignant - taken[1]


def _count_needed(largest: int, benign: int, malignant: int) -> int:
    """Patients at this ratio that leave enough for the test."""
    both = benign + malignant
    # One patient less of the rarer class than needed, as rounding may give one.
    start = largest + (MIN_TEST_PATIENTS - 1) * both // min(benign, malignant)
    cohorts = ((number, number * malignant // both) for number in count(start))
    return next(
        number
        for number, more in cohorts
        if min(_count_left(largest, number - more, more)) >= MIN_TEST_PATIENTS
    )
