"""What parts the exams of a cohort into subgroups: camera, counts, lesion and the like.

The groupings are fixed here, before any score is seen.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np

from bsgi.cohort.store import Cohort, ExamRow
from bsgi.errors import ExamError
from bsgi.exam.record import Label, Lesion, LesionShape, Truth, ViewName
from bsgi.exam.uptake import normal_uptake

UNKNOWN: Final = "unknown"
"""Group of exams of which a grouping knows nothing, where it knows others."""

NO_LESION: Final = "benign, no lesion"
"""Group of benign exams without any lesion, by the truth of a simulator."""

AGES: Final = ((40.0, 50.0, 60.0), ("below 40", "40 to 49", "50 to 59", "60 and above"))
"""Ages from which the next band begins, and the names of the bands."""

SIZES: Final = ((10.0, 20.0), ("up to 10 mm", "above 10 to 20 mm", "above 20 mm"))
"""Largest diameters of each size but the last, and the names of the sizes."""

DEPTHS: Final = (
    (1 / 3, 2 / 3),
    ("third at the chest wall", "middle third", "third at the nipple"),
)
"""Shares of the way from chest wall to nipple, and the names of what they part."""

BACKGROUNDS: Final = ("photopenic", "minimal-mild", "moderate", "marked")
"""Levels of background uptake in their order, in the words of the lexicon."""

_Group = tuple[int, str]
"""Place of a group in its grouping, and its name."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of one labelled exam.

    Args:
        row: What the table says.
        truth: What a simulator knows of it.
        uptake: Uptake of its normal tissue; None if no view holds a breast.
    """

    row: ExamRow
    truth: Truth | None
    uptake: float | None

    @property
    def lesion(self) -> Lesion | None:
        """The lesion that stands for the exam: the largest of those of its label.

        A node of the armpit stands for it only where there is nothing in the breast.
        """
        if self.truth is None:
            return None
        malignant = self.row.label is Label.MALIGNANT
        own = [one for one in self.truth.lesions if one.malignant == malignant]
        in_breast = [one for one in own if one.shape is not LesionShape.NODE]
        return max(in_breast or own, key=lambda one: one.diameter_mm, default=None)


def collect_groups(cohort: Cohort) -> Mapping[str, Mapping[str, str]]:
    """The subgroups of the labelled exams of a cohort, by grouping and exam.

    Size, histology and depth are those of the largest malignant lesion of a malignant
    exam and of the largest benign one of a benign exam; cancers and benign lesions are
    groups of their own. They and the background are known of simulated exams only.
    Count levels are thirds of the exams by the uptake of their normal tissue, in counts
    per second, square centimetre and head, for which all counts are read.

    Args:
        cohort: A cohort.

    Returns:
        For each grouping that knows something, the group of each labelled exam. Exams
        stand in the order of their groups, so that a table can keep it.

    Raises:
        CohortError: If the file of an exam is missing or damaged.
    """
    known = [
        _Known(row, cohort.load_truth(row.exam_id), _measure_uptake(cohort, row))
        for row in cohort.rows
        if row.label is not Label.UNKNOWN
    ]
    groupings = dict(_GROUPINGS) | {
        "normal tissue, counts/(s cm2)": _part_by_counts(
            [one.uptake for one in known if one.uptake is not None]
        )
    }
    found = {}
    for grouping, find in groupings.items():
        groups = {one.row.exam_id: find(one) for one in known}
        named = [group for group in groups.values() if group is not None]
        if named:
            last = (max(place for place, _ in named) + 1, UNKNOWN)
            ordered = sorted((group or last, name) for name, group in groups.items())
            found[grouping] = {name: group for (_, group), name in ordered}
    return found


def _measure_uptake(cohort: Cohort, row: ExamRow) -> float | None:
    try:
        return normal_uptake(cohort.load_exam(row.exam_id))
    except ExamError:
        return None


def _find_camera(one: _Known) -> _Group | None:
    return (0, one.row.camera) if one.row.camera else None


def _find_site(one: _Known) -> _Group | None:
    return (0, one.row.site) if one.row.site else None


def _find_views(one: _Known) -> _Group:
    missing = [name for name in ViewName if name not in one.row.views]
    if not missing:
        return 0, "all four"
    return (1, "one missing") if len(missing) == 1 else (2, "two or three missing")


def _find_age(one: _Known) -> _Group | None:
    age_years = one.row.age_years
    if age_years is None:
        return None
    borders, names = AGES
    place = int(np.searchsorted(borders, age_years, side="right"))
    return place, names[place]


def _find_size(one: _Known) -> _Group | None:
    return _find_by_lesion(one, lambda each: _step(each.diameter_mm, *SIZES))


def _find_depth(one: _Known) -> _Group | None:
    return _find_by_lesion(one, lambda each: _step(each.position[0], *DEPTHS))


def _find_histology(one: _Known) -> _Group | None:
    return _find_by_lesion(one, lambda each: (0, each.histology))


def _find_background(one: _Known) -> _Group | None:
    if one.truth is None or not one.truth.background:
        return None
    level = one.truth.background
    place = BACKGROUNDS.index(level) if level in BACKGROUNDS else len(BACKGROUNDS)
    return place, level


def _find_by_lesion(one: _Known, find: Callable[[Lesion], _Group]) -> _Group | None:
    """The group of the exam's lesion, those of cancers first."""
    malignant = one.row.label is Label.MALIGNANT
    if one.lesion is not None:
        place, name = find(one.lesion)
        word = "malignant" if malignant else "benign"
        return place + (0 if malignant else 10), f"{word}, {name}"
    # A malignant exam without a malignant lesion would be a truth of another exam.
    return None if one.truth is None or malignant else (20, NO_LESION)


def _step(value: float, borders: Sequence[float], names: Sequence[str]) -> _Group:
    """The group whose upper border a value does not exceed."""
    place = int(np.searchsorted(borders, value, side="left"))
    return place, names[place]


def _part_by_counts(values: Sequence[float]) -> Callable[[_Known], _Group | None]:
    """Thirds of the exams; none where all are alike."""
    if not values or min(values) == max(values):
        return lambda _: None
    low, high = (float(border) for border in np.quantile(values, (1 / 3, 2 / 3)))
    names = (
        f"lowest third, up to {low:.3g}",
        f"middle third, up to {high:.3g}",
        f"highest third, above {high:.3g}",
    )

    def find(one: _Known) -> _Group | None:
        return None if one.uptake is None else _step(one.uptake, (low, high), names)

    return find


_GROUPINGS: Final[Mapping[str, Callable[[_Known], _Group | None]]] = MappingProxyType(
    {
        "camera": _find_camera,
        "site": _find_site,
        "views": _find_views,
        "age in years": _find_age,
        "background uptake": _find_background,
        "lesion size": _find_size,
        "lesion depth": _find_depth,
        "histology": _find_histology,
    }
)
