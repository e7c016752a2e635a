"""What the paper says of its heat maps, and what the maps of a study say of it."""

from collections.abc import Iterator

from bsgi.evaluation.map_mass import Grouping, MapMass, judge_claim
from bsgi.evaluation.map_statistics import Region
from bsgi.reports.wording import count_of, percent

CLAIMS = {
    "malignant": "Maps of malignant tumours focus on the tumour and its vicinity",
    "benign": "Maps of benign tumours focus on the blank background",
}
"""The claims of the paper, in our words."""

_GROUPS = {
    Grouping.DIAGNOSIS: "exams that the network called {group}",
    Grouping.LABEL: "{group} exams",
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
    region = found.region(Region.LESION if group == "malignant" else Region.BLANK)
    place = "lesion" if group == "malignant" else "blank field"
    share, area, enriched, p = region.mass, region.area, region.enrichment, region.p
    if share is None or area is None or enriched is None or p is None:
        yield f"No map of {whose} has a share of the {place} to test."
    else:
        yield (
            f"In {count_of(region.exams, 'exam')} ({whose}) the {place} has a median "
            f"{percent(share.median)} of the map on {percent(area.median)} of the "
            f"area, {enriched.median:.2f} times its share (quartiles "
            f"{enriched.lower:.2f} to {enriched.upper:.2f}, Wilcoxon signed-rank test "
            f"against 1: {_p(p)})."
        )
    if group == "malignant":
        near = found.region(Region.NEAR).mass
        if near is not None:
            yield (
                f"Lesion and vicinity together have a median {percent(near.median)} of "
                "the map."
            )
        return
    contrast = mass.contrast(by)
    if contrast.auc is not None and contrast.p is not None:
        yield (
            "A benign exam's map has more on the blank field than a malignant one's in "
            f"{percent(contrast.auc)} of pairs ({percent(0.5)} is no difference; "
            f"Mann-Whitney {_p(contrast.p)})."
        )


def _p(p: float) -> str:
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"
