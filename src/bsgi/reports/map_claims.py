"""What the paper says of its heat maps, and what the maps of a study say of it."""

from collections.abc import Iterator
from typing import Final

from bsgi.evaluation.comparisons.paired_means import FEWEST
from bsgi.evaluation.maps.mass import CLAIMED, Grouping, MapMass, judge_claim
from bsgi.evaluation.maps.statistics import Region, RegionMass
from bsgi.reports.wording import count_of, p_equals, percent

CLAIMS: Final = {
    "malignant": "Maps of malignant tumours focus mainly on tumour and vicinity",
    "benign": "Maps of benign tumours focus mainly on the blank background",
}
"""The claims of the paper, in our words."""

UNADJUSTED: Final = (
    "A claim is supported or contradicted where the whole 95\N{NO-BREAK SPACE}% "
    "interval of the difference lies on one side of 0, and supported in full only "
    "where half of the map or more lies there. These are several claims, in "
    "two groupings, of each method, and they are not adjusted for their number: of "
    "twenty without anything behind them about one would be judged."
)
"""How claims are judged, for a reader of them."""

_GROUPS: Final = {
    Grouping.DIAGNOSIS: "exams that the network called {group}",
    Grouping.LABEL: "{group} exams",
}
_PLACES: Final = {
    Region.LESION: "the lesion alone",
    Region.NEAR: "the lesion with its vicinity",
    Region.BLANK: "the blank field",
}


def describe_claims(mass: MapMass) -> tuple[str, ...]:
    """A sentence or two on each claim of the paper, for each way to group the exams.

    Args:
        mass: Where the maps of one method look.
    """
    return tuple(
        " ".join(_describe_claim(mass, by, group))
        for group in ("malignant", "benign")
        for by in Grouping
    )


def _describe_claim(mass: MapMass, by: Grouping, group: str) -> Iterator[str]:
    outcome = judge_claim(mass, by, group)
    found = mass.group(by, group)
    yield f"{CLAIMS[group]}: {outcome.value}."
    whose = _GROUPS[by].format(group=group)
    yield _describe_region(found.region(CLAIMED[group]), whose)
    if group == "malignant":
        lesion = found.region(Region.LESION)
        if lesion.exams:
            yield _describe_region(lesion, whose)
        return
    contrast = mass.contrast(by)
    if contrast.auc is not None and contrast.p is not None:
        yield (
            f"Over {contrast.benign:,} benign and {contrast.malignant:,} malignant "
            "exams so grouped a benign one's map has more on the blank field than a "
            f"malignant one's in {percent(contrast.auc)} of pairs ({percent(0.5)} is "
            f"no difference; Mann-Whitney {p_equals(contrast.p)})."
        )


def _describe_region(region: RegionMass, whose: str) -> str:
    place = _PLACES[region.region]
    if region.mean_mass is None or region.mean_area is None:
        return f"No map of {whose} has a share of {place} to test."
    text = (
        f"In {count_of(region.exams, 'exam')} ({whose}) {place} has a mean "
        f"{percent(region.mean_mass)} of the map on {percent(region.mean_area)} of the "
        "area"
    )
    apart, ratio = region.difference, region.ratio
    if apart is None or ratio is None:
        return f"{text}; fewer than {FEWEST} exams are not tested."
    return (
        f"{text}: a difference of {100 * apart.value:+.1f} points "
        f"(95\N{NO-BREAK SPACE}% interval {100 * apart.lower:+.1f} to "
        f"{100 * apart.upper:+.1f}), "
        f"{ratio.value:.2f} times its share ({ratio.lower:.2f} to {ratio.upper:.2f})."
    )
