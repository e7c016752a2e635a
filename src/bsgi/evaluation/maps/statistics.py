"""Where maps look: medians, means and their intervals of the shares of many exams."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from jaxtyping import Float
from scipy.stats import mannwhitneyu

from bsgi.evaluation.comparisons.paired_means import Interval, compare_means


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

    Maps that know nothing of the region have on average as much of their mass there as
    it has of the area: difference 0, ratio 1.

    Args:
        region: The region.
        exams: Exams in which the region has an area and its share of the mass is known;
            all that follows is of these.
        mass: Share of the mass; None without exams.
        area: Share of the area; None without exams.
        mean_mass: Mean share of the mass; None without exams.
        mean_area: Mean share of the area; None without exams.
        difference: Mean share of the mass less mean share of the area, with its
            interval; None with too few exams, see `paired_means.FEWEST`.
        ratio: Mean share of the mass over mean share of the area, the enrichment;
            None likewise.
    """

    region: Region
    exams: int
    mass: Quartiles | None
    area: Quartiles | None
    mean_mass: float | None
    mean_area: float | None
    difference: Interval | None
    ratio: Interval | None


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
    """Quartiles, means and the interval of their difference, of one region.

    Args:
        region: The region.
        mass: Each exam's share of the mass.
        area: Each exam's share of the area; exams without any are left out.
    """
    there = area > 0
    mass, area = mass[there], area[there]
    means = compare_means(mass, area)
    return RegionMass(
        region=region,
        exams=len(mass),
        mass=_quartiles(mass),
        area=_quartiles(area),
        mean_mass=_mean(mass),
        mean_area=_mean(area),
        difference=None if means is None else means.difference,
        ratio=None if means is None else means.ratio,
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


def _mean(values: Float[np.ndarray, " value"]) -> float | None:
    return math.fsum(values) / len(values) if len(values) else None
