"""Do heat maps look where the paper says they do? What `maps.csv` tells of it.

The paper says that maps of malignant tumours focus on the tumour and its vicinity, and
those of benign ones on blank background. Here that is summed up and tested.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final

import numpy as np

from bsgi.evaluation.comparisons.paired_means import Interval
from bsgi.evaluation.maps.rows import WORDS, MapRow
from bsgi.evaluation.maps.statistics import (
    Contrast,
    Quartiles,
    Region,
    RegionMass,
    contrast_blank,
    summarize_region,
)

_COLUMNS: Mapping[Region, tuple[str, ...]] = {
    Region.LESION: ("lesion",),
    Region.VICINITY: ("vicinity",),
    Region.NEAR: ("lesion", "vicinity"),
    Region.BREAST: ("breast",),
    Region.BLANK: ("blank",),
}


class Grouping(StrEnum):
    """How exams are grouped.

    - ``DIAGNOSIS``: by what the mean of their margins over the repeats calls them.
    - ``LABEL``: by what they are.
    """

    DIAGNOSIS = "diagnosis"
    LABEL = "label"


MAIN_SHARE: Final = 0.5
"""What a map looks at mainly has half of its evidence or more."""


class Outcome(StrEnum):
    """What a test says of a claim of the paper."""

    SUPPORTED = "supported"
    PARTLY = "more than by chance, but not mainly"
    CONTRADICTED = "contradicted"
    NOT_SHOWN = "not shown"
    NOT_TESTABLE = "not testable"


@dataclass(frozen=True, slots=True)
class GroupMass:
    """Where the maps of the malignant, or of the benign, exams of a method look.

    Args:
        by: How exams were grouped.
        group: ``"malignant"`` or ``"benign"``.
        exams: Exams with a map that is not empty.
        maps: All maps that count, over the repeats.
        empty_maps: Those without evidence anywhere, which have no shares.
        regions: What is known of each region, in the order of `Region`.
    """

    by: Grouping
    group: str
    exams: int
    maps: int
    empty_maps: int
    regions: tuple[RegionMass, ...]

    def region(self, region: Region) -> RegionMass:
        """What is known of one region."""
        return next(each for each in self.regions if each.region is region)


@dataclass(frozen=True, slots=True)
class MapMass:
    """Where the maps of one method look.

    Args:
        method: Name of the method.
        groups: By diagnosis and then by label, malignant before benign.
        contrasts: Blank shares of malignant and benign exams compared, by diagnosis and
            by label.
    """

    method: str
    groups: tuple[GroupMass, ...]
    contrasts: tuple[Contrast, ...]

    def group(self, by: Grouping, group: str) -> GroupMass:
        """One of the four groups."""
        return next(
            each for each in self.groups if (each.by, each.group) == (by, group)
        )

    def contrast(self, by: Grouping) -> Contrast:
        """How the blank shares of the two groups compare."""
        return self.contrasts[list(Grouping).index(by)]


CLAIMED: Mapping[str, Region] = {"malignant": Region.NEAR, "benign": Region.BLANK}
"""Where the paper says that maps look: the tumour and its vicinity, and the blank."""


def judge_claim(mass: MapMass, by: Grouping, group: str) -> Outcome:
    """Whether maps look mainly where the paper says, or at least more than by chance.

    Args:
        mass: Where a method's maps look.
        by: How exams are grouped.
        group: ``"malignant"``: is there more mass on the tumour and its vicinity than
            their area would have by itself? ``"benign"``: is there more on the blank
            field?

    Returns:
        Supported or contradicted where the whole 95 % interval of the difference, mean
        share of the mass less mean share of the area, lies on one side of 0; supported
        only in part where the region has less than half of the mass, since the paper
        says "mainly". The claims of a study are not adjusted for their number.
    """
    region = mass.group(by, group).region(CLAIMED[group])
    apart = region.difference
    if apart is None or region.mean_mass is None:
        return Outcome.NOT_TESTABLE
    if apart.lower > 0:
        mainly = region.mean_mass >= MAIN_SHARE
        return Outcome.SUPPORTED if mainly else Outcome.PARTLY
    return Outcome.CONTRADICTED if apart.upper < 0 else Outcome.NOT_SHOWN


def summarize_map_mass(rows: Sequence[MapRow]) -> tuple[MapMass, ...]:
    """Where the maps of each method look; an exam counts once, whatever the repeats.

    Repeats share their exams, so shares are averaged over an exam's maps first. Grouped
    by diagnosis an exam belongs to what the mean of its margins, score less threshold,
    calls it, as in the paired comparisons of methods, and only the maps of repeats that
    called it so count. Exams are taken as independent of each other.

    Args:
        rows: Rows of `maps.csv`, of any methods.

    Returns:
        One summary per method, in the order in which they are met.
    """
    methods: dict[str, dict[str, list[MapRow]]] = {}
    for row in rows:
        methods.setdefault(row.method, {}).setdefault(row.exam_id, []).append(row)
    return tuple(
        _summarize_method(method, list(exams.values()))
        for method, exams in methods.items()
    )


def _summarize_method(method: str, exams: Sequence[Sequence[MapRow]]) -> MapMass:
    groups: list[GroupMass] = []
    contrasts: list[Contrast] = []
    for by in Grouping:
        members: dict[str, list[list[MapRow]]] = {"malignant": [], "benign": []}
        for exam in exams:
            group, counted = _assign(exam, by)
            members[WORDS[group]].append(counted)
        blank = {}
        for group_name, counted_exams in members.items():
            groups.append(_summarize_group(by, group_name, counted_exams))
            pairs = _average(counted_exams, Region.BLANK)
            blank[group_name] = [share for share, _ in pairs]
        contrasts.append(contrast_blank(blank["malignant"], blank["benign"]))
    return MapMass(method, tuple(groups), tuple(contrasts))


def _assign(exam: Sequence[MapRow], by: Grouping) -> tuple[int, list[MapRow]]:
    """The group of an exam, and those of its maps that count there."""
    if by is Grouping.LABEL:
        return exam[0].label, list(exam)
    called = int(math.fsum(row.margin for row in exam) >= 0)
    return called, [row for row in exam if row.called == called]


def _summarize_group(
    by: Grouping, group: str, exams: Sequence[Sequence[MapRow]]
) -> GroupMass:
    maps = [row for exam in exams for row in exam]
    regions = []
    for region in Region:
        pairs = _average(exams, region)
        mass, area = (np.array([p[i] for p in pairs], np.float64) for i in (0, 1))
        regions.append(summarize_region(region, mass, area))
    return GroupMass(
        by=by,
        group=group,
        exams=sum(any(not row.empty for row in exam) for exam in exams),
        maps=len(maps),
        empty_maps=sum(row.empty for row in maps),
        regions=tuple(regions),
    )


def _average(
    exams: Sequence[Sequence[MapRow]], region: Region
) -> list[tuple[float, float]]:
    """Each exam's mean share of mass and area; exams that have none are left out."""
    pairs = []
    for exam in exams:
        known = [pair for row in exam if (pair := _shares(row, region)) is not None]
        if known:
            mass, area = np.mean(known, axis=0).tolist()
            pairs.append((mass, area))
    return pairs


def _shares(row: MapRow, region: Region) -> tuple[float, float] | None:
    mass = area = 0.0
    for column in _COLUMNS[region]:
        one, other = getattr(row, column), getattr(row, f"{column}_area")
        if one is None or other is None:
            return None
        mass, area = mass + one, area + other
    return mass, area


def map_mass_as_json(mass: MapMass) -> dict[str, Any]:
    """What `metrics.json` holds of a method's maps, with the outcome of the claims.

    Args:
        mass: What to write.
    """
    return {
        **asdict(mass),
        "claims": {
            f"{group} by {by}": judge_claim(mass, by, group)
            for by in Grouping
            for group in ("malignant", "benign")
        },
    }


def map_mass_from_json(entry: Mapping[str, Any]) -> MapMass:
    """Read what `map_mass_as_json` gave.

    Args:
        entry: Its content.

    Raises:
        KeyError: If something is missing.
        TypeError: If something is of another kind.
        ValueError: If something is impossible.
    """
    return MapMass(
        method=entry["method"],
        groups=tuple(_read_group(group) for group in entry["groups"]),
        contrasts=tuple(Contrast(**each) for each in entry["contrasts"]),
    )


def _read_group(entry: Mapping[str, Any]) -> GroupMass:
    regions = tuple(_read_region(each) for each in entry["regions"])
    return GroupMass(**{**entry, "by": Grouping(entry["by"]), "regions": regions})


def _read_region(entry: Mapping[str, Any]) -> RegionMass:
    kinds: dict[str, type[Any]] = {
        **dict.fromkeys(("mass", "area"), Quartiles),
        **dict.fromkeys(("difference", "ratio"), Interval),
    }
    nested = {
        name: None if entry[name] is None else kind(**entry[name])
        for name, kind in kinds.items()
    }
    return RegionMass(**{**entry, **nested, "region": Region(entry["region"])})
