"""Labels that site, date, camera or count level alone predict.

A network would learn the hospital in place of the disease, and a test on the same
hospitals would not show it. Patients are the units, and the p values those of one
family.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from bsgi.cohort.check.acquisition import Acquisition
from bsgi.cohort.check.association import (
    Association,
    associate_categories,
    associate_numbers,
)
from bsgi.cohort.store import ExamRow
from bsgi.evaluation.estimate import Estimate
from bsgi.evaluation.multiplicity import adjust_by_holm
from bsgi.exam.record import Label, ViewName

CONFOUNDED: Final = 0.001
"""P value after Holm below which a label counts as confounded."""

PERIODS: Final = 5
"""Periods of equal number that dates are cut into, for labels that come in waves."""

NAMES: Final = (
    "site", "camera", "date", "dose", "counts", "duration", "matrix", "views", "origin",
)  # fmt: skip
"""Names by which a confounder can be accepted."""

_KNOWN: Final = ("unknown", "known")
_LISTED: Final = 6


@dataclass(frozen=True, slots=True)
class Confounder:
    """What one property of the exams, not of the disease, tells of the label.

    Args:
        name: Name to accept it by, one of `NAMES`.
        what: The property in words.
        patients: Patients compared.
        malignant: Malignant ones among them.
        test: Name of the test.
        p: Its p value.
        p_adjusted: The same after Holm over all properties of the cohort.
        measure: ``"AUC"`` or ``"Cramer's V"``.
        strength: How strongly both belong together, with interval.
        detail: Malignant patients by kind, or medians by label, in words.
    """

    name: str
    what: str
    patients: int
    malignant: int
    test: str
    p: float
    p_adjusted: float
    measure: str
    strength: Estimate
    detail: str

    @property
    def found(self) -> bool:
        """Whether the property predicts the label beyond chance."""
        return self.p_adjusted < CONFOUNDED


@dataclass(frozen=True, slots=True)
class _Found:
    """One property with its test, before the p values are adjusted."""

    name: str
    what: str
    patients: int
    malignant: int
    association: Association
    detail: str


@dataclass(frozen=True, slots=True)
class _Woman:
    """One patient: her label and her labelled exams."""

    malignant: bool
    exams: tuple[ExamRow, ...]


def find_confounders(
    rows: Sequence[ExamRow], acquisitions: Mapping[str, Acquisition] | None = None
) -> tuple[Confounder, ...]:
    """What site, date, camera and count level tell of the label, each alone.

    A property that is the same in all patients, or unknown in all, is not tested. A
    patient is malignant if any of her exams is; her number is the mean of her exams.

    Args:
        rows: Exams of a cohort; those without a label are left out.
        acquisitions: How each exam was taken; without, only the table is used.

    Returns:
        Every property that was tested, whether it was `found` or not.
    """
    exams: dict[str, list[ExamRow]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.exam_id):
        if row.label is not Label.UNKNOWN:
            exams[row.patient_id].append(row)
    women = [
        _Woman(any(row.label is Label.MALIGNANT for row in each), tuple(each))
        for each in exams.values()
    ]
    found = _test_table(women)
    if acquisitions is not None:
        found += _test_acquisitions(women, acquisitions)
    adjusted = adjust_by_holm([each.association.p for each in found])
    return tuple(
        Confounder(
            name=each.name,
            what=each.what,
            patients=each.patients,
            malignant=each.malignant,
            test=each.association.test,
            p=each.association.p,
            p_adjusted=p_adjusted,
            measure=each.association.measure,
            strength=each.association.strength,
            detail=each.detail,
        )
        for each, p_adjusted in zip(found, adjusted, strict=True)
    )


def _test_table(women: Sequence[_Woman]) -> list[_Found]:
    """What exams.csv alone can say."""
    found = [
        _test_kinds("site", "hospital", women, lambda row: row.site or "unknown"),
        _test_kinds("camera", "camera model", women, lambda row: row.camera or "?"),
        _test_kinds("views", "views that are there", women, _list_views),
        _test_kinds(
            "origin", "simulated or not", women,
            lambda row: "simulated" if row.simulated else "patient",
        ),
        *_test_number(
            "date", "order of the study dates", women,
            lambda row: None if row.time_order is None else float(row.time_order),
        ),
        _test_periods(women),
        *_test_number("dose", "injected activity, MBq", women, lambda r: r.dose_mbq),
    ]  # fmt: skip
    return [each for each in found if each is not None]


def _test_acquisitions(
    women: Sequence[_Woman], acquisitions: Mapping[str, Acquisition]
) -> list[_Found]:
    """What the views themselves say of how they were taken."""
    known = [
        _Woman(woman.malignant, exams)
        for woman in women
        if (exams := tuple(row for row in woman.exams if row.exam_id in acquisitions))
    ]
    found = [
        *_test_number(
            "counts", "counts per cm2 of normal tissue", known,
            lambda row: acquisitions[row.exam_id].counts_per_cm2,
        ),
        *_test_number(
            "duration", "seconds per view", known,
            lambda row: acquisitions[row.exam_id].duration_s,
        ),
        _test_kinds(
            "matrix", "matrix of the views", known,
            lambda row: acquisitions[row.exam_id].matrix,
        ),
    ]  # fmt: skip
    return [each for each in found if each is not None]


def _test_kinds(
    name: str, what: str, women: Sequence[_Woman], kind_of: Callable[[ExamRow], str]
) -> _Found | None:
    """A property of a few kinds; a woman of two kinds is a kind of her own."""
    labels = np.array([int(woman.malignant) for woman in women], dtype=np.int64)
    kinds = [
        " and ".join(sorted({kind_of(row) for row in woman.exams})) for woman in women
    ]
    if not women:
        return None
    association = associate_categories(labels, kinds)
    if association is None:
        return None
    parts = []
    for kind in sorted(set(kinds), key=lambda kind: (-kinds.count(kind), kind)):
        own = [label for label, each in zip(labels, kinds, strict=True) if each == kind]
        parts.append(f"{kind}: {sum(own)} of {len(own)} malignant")
    if len(parts) > _LISTED:
        parts = [*parts[:_LISTED], f"and {len(parts) - _LISTED} more"]
    return _Found(
        name, what, len(women), int(labels.sum()), association, "; ".join(parts)
    )


def _test_number(
    name: str,
    what: str,
    women: Sequence[_Woman],
    number_of: Callable[[ExamRow], float | None],
) -> list[_Found | None]:
    """A number, and whether it is known at all, where it is not known of all."""
    labels, values, known = [], [], []
    for woman in women:
        own = [each for row in woman.exams if (each := number_of(row)) is not None]
        known.append(bool(own))
        if own:
            labels.append(int(woman.malignant))
            values.append(float(np.mean(own)))
    found: list[_Found | None] = []
    if 0 < sum(known) < len(known):
        found.append(
            _test_kinds(
                name, f"{what}: whether it is known", women,
                lambda row: _KNOWN[number_of(row) is not None],
            )
        )  # fmt: skip
    label, value = np.array(labels, dtype=np.int64), np.array(values, dtype=np.float64)
    association = associate_numbers(label, value)
    if association is not None:
        medians = [float(np.median(value[label == each])) for each in (0, 1)]
        detail = f"median benign {medians[0]:.4g}, malignant {medians[1]:.4g}"
        found.append(
            _Found(name, what, len(label), int(label.sum()), association, detail)
        )
    return found


def _test_periods(women: Sequence[_Woman]) -> _Found | None:
    """Dates in a few periods, since a wave of malignant ones may leave no trend."""
    first: dict[str, int] = {}
    dated = []
    for woman in women:
        ranks = [row.time_order for row in woman.exams if row.time_order is not None]
        if ranks:
            dated.append(woman)
            first.update((row.exam_id, min(ranks)) for row in woman.exams)
    if len(set(first.values())) <= PERIODS:
        return None
    cuts = np.quantile(
        [first[woman.exams[0].exam_id] for woman in dated],
        np.arange(1, PERIODS) / PERIODS,
    )
    return _test_kinds(
        "date", f"period of {PERIODS} in time", dated,
        lambda row: f"period {int(np.searchsorted(cuts, first[row.exam_id])) + 1}",
    )  # fmt: skip


def _list_views(row: ExamRow) -> str:
    if len(row.views) == len(ViewName):
        return "all four"
    return " ".join(str(name) for name in row.views)
