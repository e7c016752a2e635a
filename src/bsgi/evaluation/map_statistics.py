"""Where maps look: medians, quartiles and tests of the shares of many exams."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from jaxtyping import Float
from scipy.stats import mannwhitneyu, wilcoxon

EXACT_EXAMS = 50
"""Up to so many exams the signed-rank test is exact, as it is by default in R."""


class Region(StrEnum):
    """Where the mass of a map can lie."""

    LESION = "lesion"
    VICINITY = "vicinity"
    NEAR = "lesion or vicinity"
    BREAST = "rest of the breast"
    BLANK = "blank"


@dataclass(frozen=True, slots=True)
class Quartiles:
    """The middle half of some values.

    Args:
        lower: A quarter of the values lie below it.
        median: Half of them do.
        upper: Three quarters do.

    Raises:
        ValueError: If they do not rise.
    """

    lower: float
    median: float
    upper: float

    def __post_init__(self) -> None:
        if not self.lower <= self.median <= self.upper:
            raise ValueError(f"quartiles must rise, got {self}.")


@dataclass(frozen=True, slots=True)
class RegionMass:
    """How much of the maps of some exams lies in one region.

    The enrichment of an exam is the region's share of the mass over its share of the
    area: 1 for a map that is the same everywhere.

    Args:
        region: The region.
        exams: Exams of which the share is known.
        mass: Share of the mass; None without exams.
        area: Share of the area; None without exams.
        enriched_exams: Exams in which the region has an area, so that it can be
            enriched.
        enrichment: Share of the mass over share of the area; None without such exams.
        p: Two-sided p of the Wilcoxon signed-rank test that enrichments lie about 1;
            None without such exams.
    """

    region: Region
    exams: int
    mass: Quartiles | None
    area: Quartiles | None
    enriched_exams: int
    enrichment: Quartiles | None
    p: float | None


@dataclass(frozen=True, slots=True)
class Contrast:
    """Whether maps of benign exams have more mass on the blank field than others.

    Args:
        malignant: Exams of the malignant group.
        benign: Exams of the benign group.
        auc: The chance that a benign exam's map has the larger blank share, ties
            counting half: 0.5 is no difference; None where a group is empty.
        p: Two-sided p of the Mann-Whitney test; None where a group is empty.
    """

    malignant: int
    benign: int
    auc: float | None
    p: float | None


def summarize_region(
    region: Region,
    mass: Float[np.ndarray, " exam"],
    area: Float[np.ndarray, " exam"],
) -> RegionMass:
    """Medians, quartiles and the signed-rank test of one region.

    Args:
        region: The region.
        mass: Each exam's share of the mass.
        area: Each exam's share of the area.

    References:
        Wilcoxon 1945, doi 10.2307/3001968.
    """
    there = area > 0
    enrichment = mass[there] / area[there]
    return RegionMass(
        region=region,
        exams=len(mass),
        mass=_quartiles(mass),
        area=_quartiles(area),
        enriched_exams=len(enrichment),
        enrichment=_quartiles(enrichment),
        p=_test_signed_rank(enrichment - 1.0) if len(enrichment) else None,
    )


def contrast_blank(malignant: Sequence[float], benign: Sequence[float]) -> Contrast:
    """Compare the blank shares of the maps of two groups of exams.

    Args:
        malignant: Blank share of each exam of the malignant group.
        benign: Blank share of each exam of the benign group.

    References:
        Mann and Whitney 1947, doi 10.1214/aoms/1177730491.
    """
    auc = p = None
    if malignant and benign:
        test = mannwhitneyu(benign, malignant, alternative="two-sided")
        auc = float(test.statistic) / (len(malignant) * len(benign))
        p = float(test.pvalue)
    return Contrast(len(malignant), len(benign), auc, p)


def _quartiles(values: Float[np.ndarray, " value"]) -> Quartiles | None:
    if not len(values):
        return None
    lower, median, upper = np.quantile(values, (0.25, 0.5, 0.75)).tolist()
    return Quartiles(lower, max(median, lower), max(upper, median, lower))


def _test_signed_rank(differences: Float[np.ndarray, " exam"]) -> float:
    """Two-sided p; differences of zero are left out, as Wilcoxon did.

    Exact for up to 50 exams without ties, otherwise by the normal distribution.
    """
    # Sums of many small shares leave some 1e-16 of a map that is the same everywhere.
    rounded = np.round(differences, 12)
    rounded = rounded[rounded != 0]
    if not len(rounded):
        return 1.0
    ties = len(np.unique(np.abs(rounded))) < len(rounded)
    method = "asymptotic" if ties or len(rounded) > EXACT_EXAMS else "exact"
    return float(min(wilcoxon(rounded, method=method).pvalue, 1.0))
