"""What difference these patients could have shown, and how many a difference takes.

A p value above 5 % does not show that two methods are alike. What it leaves open is
said here: the smallest true difference that so many patients would have found in four
studies of five, and how many patients would find a difference that is stated.
Correlation and disagreement of the methods are those that were observed, as far as
these patients are enough to tell them.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from bsgi.evaluation.audit.published import FIGURES
from bsgi.evaluation.comparisons.methods import call_patients
from bsgi.evaluation.estimate import LEVEL, check_level
from bsgi.evaluation.power.areas import (
    POWER,
    check_power,
    count_for_difference,
    find_detectable_area,
    search_detectable_area,
)
from bsgi.evaluation.power.paired_areas import (
    MOST_CORRELATION,
    NO_SPREAD,
    PairedAreas,
    pair_areas,
)
from bsgi.evaluation.power.proportions import count_for_mcnemar, find_detectable_share
from bsgi.evaluation.repeats import RepeatedScores

STATED = 0.05
"""The difference for which patients are counted unless another is stated."""

AUC: Final = "auc"

_LABELS = dict(zip(FIGURES, ((0, 1), (1,), (0,)), strict=True))
_ABOUT = {(0, 1): "patients", (1,): "malignant patients", (0,): "benign patients"}


_OBSERVED: Final = (
    "Correlation and disagreement are those of these patients, so the figures are "
    "rough, and a single comparison is meant, not one of a family."
)
_IMAGINED: Final = (
    "The other method is imagined: as good, and for the rates one that errs on no "
    "patient whom this one calls right, which is the best case. So the figures are "
    "rough."
)


@dataclass(frozen=True, slots=True)
class PowerEntry:
    """What some patients can tell of two methods in one quantity.

    Args:
        first: Name of one method.
        second: Name of the other; None for a method that is only imagined, read on the
            same patients.
        quantity: ``"auc"``, ``"accuracy"``, ``"sensitivity"`` or ``"specificity"``.
        test: Name of the test that shall find the difference.
        number: Patients compared: those of the label that the quantity is about.
        agreement: For areas the correlation of the two, for rates the share of patients
            whom one method alone called right; None if it is not known.
        assumed: Whether that was assumed and not observed.
        detectable: The smallest true difference found with the power stated; None if
            no difference is, or its chance cannot be told.
        needed: Patients needed to find the difference stated, of the label that the
            quantity is about; None if this cannot be told.
        words: The same as sentences.
    """

    first: str
    second: str | None
    quantity: str
    test: str
    number: int
    agreement: float | None
    assumed: bool
    detectable: float | None
    needed: int | None
    words: str


@dataclass(frozen=True, slots=True)
class PowerStatement:
    """What the patients of a study could have shown.

    Args:
        level: 1 less the two-sided significance level.
        power: The chance of a study to find a difference that there is.
        difference: The difference for which patients are counted.
        patients: Patients with a test exam.
        malignant: Those with a malignant one.
        benign: Those with a benign one.
        entries: Every two methods in every quantity.
        words: What holds for all of them.
    """

    level: float
    power: float
    difference: float
    patients: int
    malignant: int
    benign: int
    entries: tuple[PowerEntry, ...]
    words: str


@dataclass(frozen=True, slots=True)
class _Plan:
    level: float
    power: float
    difference: float


def describe_power(
    methods: Mapping[str, RepeatedScores],
    level: float = LEVEL,
    power: float = POWER,
    difference: float = STATED,
) -> PowerStatement:
    """What difference these patients could have shown, and how many one would take.

    Areas are compared by DeLong's test with the observed covariance of patients, or
    where these are too few to tell it, at least that of Hanley and McNeil's areas with
    a correlation of 0.9 at most (`paired_areas.PairedAreas`); rates by McNemar's test
    with mid-P values, exactly, with the observed share of patients on whom the methods
    disagree. Both are rough. One adjustment is not made: a family of comparisons has
    less power in each.

    A single method is compared with one that is imagined: as good, read on the same
    patients, with a correlation of 0.5 of the areas; and for the rates with one that
    errs on no other patients, which is the best case.

    Args:
        methods: Scores and margins by name of the method.
        level: 1 less the two-sided significance level.
        power: The chance to find a difference that there is.
        difference: The difference for which patients are counted.

    Raises:
        ValueError: If there is no method, or a number is impossible.

    References:
        Obuchowski and McClish 1997, doi
        10.1002/(SICI)1097-0258(19970715)16:13<1529::AID-SIM565>3.0.CO;2-H.
    """
    check_level(level)
    check_power(power)
    if not methods or not 0 < difference < 1:
        raise ValueError(
            "there must be a method and a difference between 0 and 1, got "
            f"{len(methods)} and {difference}."
        )
    plan = _Plan(level, power, difference)
    pairs: list[tuple[str, str | None]] = list(combinations(methods, 2))
    entries: list[PowerEntry] = []
    for first, second in pairs or [(name, None) for name in methods]:
        area = _describe_area(methods, first, second, plan)
        entries += [] if area is None else [area]
        entries += _describe_rates(methods, first, second, plan)
    units = {unit for scores in methods.values() for unit in _list_units(scores)}
    return PowerStatement(
        level=level,
        power=power,
        difference=difference,
        patients=len({patient for patient, _ in units}),
        malignant=sum(label == 1 for _, label in units),
        benign=sum(label == 0 for _, label in units),
        entries=tuple(entries),
        words=f"A difference is called shown where p is below "
        f"{_percent(1.0 - level)}; the smallest one stated is shown in "
        f"{_percent(power)} of studies of this size. "
        + (_OBSERVED if pairs else _IMAGINED),
    )


def _describe_area(
    methods: Mapping[str, RepeatedScores], first: str, second: str | None, plan: _Plan
) -> PowerEntry | None:
    """Two areas on the patients whom both methods have tested."""
    found = pair_areas(methods, first, second)
    if found is None:
        return None
    number, pair = found
    correlation = pair.correlation
    detectable = None
    if pair.variance > NO_SPREAD:
        detectable = find_detectable_area(pair.variance, plan.power, plan.level)
    if detectable is None or not pair.relies_on_observed(detectable):
        detectable = search_detectable_area(
            pair.compute_variance, pair.area, plan.power, plan.level
        )
    needed = _count_patients(pair, number, plan)
    basis = _say_basis(pair, max(detectable or 1.0, plan.difference), second)
    return PowerEntry(
        first, second, AUC, "DeLong", number, correlation, second is None,
        detectable, needed,
        _say((first, second), "AUC", _ABOUT[0, 1], (number, detectable, needed), basis,
             plan),
    )  # fmt: skip


def _say_basis(pair: PairedAreas, difference: float, second: str | None) -> str:
    """What the spread of a difference of two areas was taken from."""
    correlation = pair.correlation
    how = "assumed" if second is None else "observed"
    basis = (
        "one of the areas shows no spread"
        if correlation is None
        else f"{how} correlation {correlation:.2f}"
    )
    if not pair.relies_on_observed(difference):
        basis += (
            "; these patients tell too little of the spread, so it is taken as that of "
            "Hanley and McNeil's formula at least"
        )
        if (correlation or 0.0) > MOST_CORRELATION:
            basis += f", with a correlation of {MOST_CORRELATION:.2f} at most"
    return basis


def _count_patients(pair: PairedAreas, number: int, plan: _Plan) -> int | None:
    """Patients needed, two of each label at least; None if no areas differ so."""
    if plan.difference > pair.area:
        return None
    variance = pair.compute_variance(plan.difference)
    needed = count_for_difference(
        plan.difference, variance, number, plan.power, plan.level
    )
    return max(needed, math.ceil(2 * number / min(pair.malignant, pair.benign)))


def _describe_rates(
    methods: Mapping[str, RepeatedScores], first: str, second: str | None, plan: _Plan
) -> list[PowerEntry]:
    """The rates of two methods on the patients whom both have tested."""
    scores = methods[first]
    other = scores if second is None else methods[second]
    shared = frozenset(scores.exam_ids) & frozenset(other.exam_ids)
    calls, others = call_patients(scores, shared), call_patients(other, shared)
    entries = []
    for quantity, labels in _LABELS.items():
        apart = [
            called != others[unit]
            for unit, called in calls.items()
            if unit[1] in labels and unit in others
        ]
        if not apart:
            continue
        share = sum(apart) / len(apart)
        detectable = find_detectable_share(
            len(apart), share, plan.power, level=plan.level
        )
        both = max(share, plan.difference)
        needed = count_for_mcnemar(
            (both + plan.difference) / 2.0,
            max(both - plan.difference, 0.0) / 2.0,
            plan.power,
            level=plan.level,
        )
        basis = f"{sum(apart)} of {len(apart)} called differently"
        if second is None:
            basis = "best case: it errs on no patient whom this one calls right"
        words = _say(
            (first, second), quantity, _ABOUT[labels],
            (len(apart), detectable, needed), basis, plan,
        )  # fmt: skip
        entries.append(
            PowerEntry(
                first, second, quantity, "McNemar mid-P", len(apart),
                None if second is None else share, second is None,
                detectable, needed, words,
            )
        )  # fmt: skip
    return entries


def _say(
    names: tuple[str, str | None],
    quantity: str,
    about: str,
    figures: tuple[int, float | None, int | None],
    basis: str,
    plan: _Plan,
) -> str:
    """One entry as two sentences."""
    number, detectable, needed = figures
    compared = f"{number} {about if number != 1 else about.removesuffix('s')}"
    methods = f"{names[0]} and {names[1] or 'another method on the same patients'}"
    found = (
        "could have shown no difference at all so often"
        if detectable is None
        else f"could have shown a true difference of {detectable:.3f} or more"
    )
    take = (
        "" if needed is None
        else f" To show {plan.difference:.2f} takes {needed} {about}."
    )  # fmt: skip
    return f"{methods}, {quantity}: {compared} {found} ({basis}).{take}"


def _percent(share: float) -> str:
    return f"{100 * round(share, 6):g}\N{NO-BREAK SPACE}%"


def _list_units(scores: RepeatedScores) -> set[tuple[str, int]]:
    return set(zip(scores.patients, scores.labels.tolist(), strict=True))
