"""Where heat maps look, as a table: on lesions, beside them, or on nothing."""

from typing import Final

from bsgi.evaluation.comparisons.paired_means import Interval
from bsgi.evaluation.maps.mass import Grouping, GroupMass, MapMass
from bsgi.evaluation.maps.statistics import Quartiles, Region, RegionMass
from bsgi.reports.tables import Block, BlockTable
from bsgi.reports.wording import capitalize_first, count_of, percent

MEASURED: Final = (
    "Here that is measured: the map of the diagnosis that the network gave is laid "
    "over the views, and its evidence is added up on the lesion, within 10 mm of it, "
    "on the rest of the breast and on the blank field. A region's mean "
    "share of the evidence is compared with its mean share of the area, over the exams "
    "in which it has one; a map that knows nothing of it has on average as much of the "
    "evidence there as of the area. Repeats of an exam are averaged first; the "
    "interval is a studentised bootstrap over exams."
)
"""How the paper's claims are tested, for a reader of the table."""

_REGIONS: Final = tuple(Region)
_GROUPS: Final = (
    (Grouping.LABEL, "malignant", "malignant exams"),
    (Grouping.LABEL, "benign", "benign exams"),
    (Grouping.DIAGNOSIS, "malignant", "exams called malignant"),
    (Grouping.DIAGNOSIS, "benign", "exams called benign"),
)


def build_mass_table(mass: MapMass, title: str) -> BlockTable:
    """Shares and enrichments of each region, in each group of exams.

    Args:
        mass: Where a method's maps look.
        title: A reader's name of the method.
    """
    blocks = []
    for by, name, words in _GROUPS:
        group = mass.group(by, name)
        rows = [_list_region(group.region(region)) for region in _REGIONS]
        known = tuple(row for row in rows if row)
        if known:
            blocks.append(Block(capitalize_first(words), known, _note(group)))
    return BlockTable(
        f"Where the maps of {title} lie",
        (
            "",
            "exams with it",
            "evidence: median (quartiles)",
            "evidence: mean",
            "area: mean",
            "difference in points (95\N{NO-BREAK SPACE}% interval)",
            "ratio (95\N{NO-BREAK SPACE}% interval)",
        ),
        tuple(blocks),
    )


def _note(group: GroupMass) -> str:
    text = f"{count_of(group.exams, 'exam')}, {count_of(group.maps, 'map')}"
    if group.empty_maps:
        text += f", {group.empty_maps:,} of them empty"
    return text


def _list_region(region: RegionMass) -> tuple[str, ...]:
    """A row of the table; empty where no exam has the region."""
    if region.mass is None or region.mean_mass is None or region.mean_area is None:
        return ()
    return (
        capitalize_first(str(region.region)),
        f"{region.exams:,}",
        _shares(region.mass),
        percent(region.mean_mass),
        percent(region.mean_area),
        _span(region.difference, "+.1f", 100.0),
        _span(region.ratio, ".2f", 1.0),
    )


def _shares(values: Quartiles) -> str:
    low, high = 100 * values.lower, 100 * values.upper
    return f"{percent(values.median)} ({low:.1f} to {high:.1f})"


def _span(found: Interval | None, form: str, times: float) -> str:
    if found is None:
        return "too few"
    value, lower, upper = (
        format(times * each, form) for each in (found.value, found.lower, found.upper)
    )
    return f"{value} ({lower} to {upper})"
