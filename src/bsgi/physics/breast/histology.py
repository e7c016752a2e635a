"""What kinds of lesion there are: how large, how hot, of what shape, how often unseen.

The label of a lesion follows its histology. Concentration ratios are drawn; contrast on
the image is not.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np


@dataclass(frozen=True, slots=True)
class LogNormal:
    """A log-normal distribution that is drawn again outside its limits.

    Args:
        median: Its median.
        spread: Its geometric standard deviation; 1 is no spread.
        lowest: Lower limit.
        highest: Upper limit.

    Raises:
        ValueError: If the median is not within the limits or the spread below 1.
    """

    median: float
    spread: float
    lowest: float
    highest: float

    def __post_init__(self) -> None:
        if not 0 < self.lowest <= self.median <= self.highest:
            raise ValueError(f"median must lie between its limits, got {self}.")
        if not (self.spread >= 1 and math.isfinite(self.spread)):
            raise ValueError(f"spread must be at least 1, got {self.spread}.")

    def draw(self, rng: np.random.Generator) -> float:
        """One value within the limits."""
        while True:
            value = self.median * math.exp(rng.normal(0.0, math.log(self.spread)))
            if self.lowest <= value <= self.highest:
                return value


@dataclass(frozen=True, slots=True)
class Forms:
    """How lesions of one histology are spread; the shares sum to 1.

    Args:
        round: Masses of one ball.
        irregular: Masses of two to four balls that overlap.
        segmental: Foci in a cone that points to the nipple.
        regional: Foci over a region.

    Raises:
        ValueError: If the shares do not sum to 1.
    """

    round: float
    irregular: float = 0.0
    segmental: float = 0.0
    regional: float = 0.0

    def __post_init__(self) -> None:
        if not math.isclose(sum(self.shares), 1.0, abs_tol=1e-9):
            raise ValueError(f"shares of forms must sum to 1, got {self}.")

    @property
    def shares(self) -> tuple[float, float, float, float]:
        """In the order of the arguments."""
        return self.round, self.irregular, self.segmental, self.regional


@dataclass(frozen=True, slots=True)
class Histology:
    """One kind of lesion.

    Args:
        name: As pathology writes it, short.
        malignant: What the label of these lesions is.
        invasive: Whether it can have spread to axillary nodes.
        invisible: Share that takes up no more than the tissue around it.
        diameter_mm: Diameters of masses, of the sphere of equal volume.
        extent_mm: Greatest extent of segmental and regional ones.
        ratio: Concentration ratios of those that are visible.
        forms: How they are spread.
    """

    name: str
    malignant: bool
    invasive: bool
    invisible: float
    diameter_mm: LogNormal
    extent_mm: LogNormal
    ratio: LogNormal
    forms: Forms


# D, from F: 9 to 38 % of malignant lesions up to 10 mm (Liu et al., BMC Cancer 2020;
# PMC4826981), here 21 %; 42 to 71 % of benign ones, here 43 % of the masses.
_MALIGNANT_MM = LogNormal(16.0, 1.8, 4.0, 60.0)
_BENIGN_MM = LogNormal(11.0, 1.7, 4.0, 45.0)
_MALIGNANT_EXTENT_MM = LogNormal(26.0, 1.5, 10.0, 70.0)  # D
_BENIGN_EXTENT_MM = LogNormal(20.0, 1.5, 8.0, 50.0)  # D


def _malignant(name: str, invisible: float, ratio: float, forms: Forms) -> Histology:
    """A malignant histology; its ratios spread by 1.7 (D)."""
    return Histology(
        name=name,
        malignant=True,
        invasive=name != "DCIS",
        invisible=invisible,
        diameter_mm=_MALIGNANT_MM,
        extent_mm=_MALIGNANT_EXTENT_MM,
        ratio=LogNormal(ratio, 1.7, 1.3, 40.0),
        forms=forms,
    )


def _benign(name: str, invisible: float, forms: Forms, ratio: float = 3.5) -> Histology:
    """A benign histology; its ratios spread by 1.5 (D)."""
    return Histology(
        name=name,
        malignant=False,
        invasive=False,
        invisible=invisible,
        diameter_mm=_BENIGN_MM,
        extent_mm=_BENIGN_EXTENT_MM,
        ratio=LogNormal(ratio, 1.5, 1.3, 15.0),
        forms=forms,
    )


# D: all shares of forms, so that DCIS is mostly not a mass and ILC often none. D, from
# C: ratios with a median of 8 over all cancers and 3.5 over visible benign lesions, so
# that image ratios of published size come out (F: 2.2 and 1.7, Liu et al.); F: ductal
# ones are hotter than others (4.53 and 3.12, PMC4628538). D: unseen 4 % of the
# malignant ones, of ILC 15 % and of DCIS 10 %, and 65 % of the benign ones.
HISTOLOGIES: Mapping[str, Histology] = MappingProxyType(
    {
        each.name: each
        for each in (
            _malignant("IDC", 0.026, 8.4, Forms(0.35, 0.60, 0.05)),
            _malignant("DCIS", 0.10, 6.5, Forms(0.15, 0.20, 0.45, 0.20)),
            _malignant("ILC", 0.15, 6.0, Forms(0.10, 0.60, 0.0, 0.30)),
            _malignant("mucinous carcinoma", 0.03, 4.5, Forms(0.70, 0.30)),
            _benign("fibroadenoma", 0.66, Forms(0.50, 0.50)),
            _benign("fibrocystic change", 0.68, Forms(0.40, 0.20, 0.0, 0.40)),
            _benign("papilloma", 0.62, Forms(0.80, 0.15, 0.05)),
            _benign("sclerosing adenosis", 0.60, Forms(0.30, 0.30, 0.0, 0.40)),
            _benign("hyperplasia", 0.65, Forms(0.40, 0.20, 0.10, 0.30)),
            _benign("inflammation", 0.45, Forms(0.20, 0.40, 0.0, 0.40), ratio=4.5),
            _benign("fat necrosis", 0.65, Forms(0.60, 0.40)),
            _benign("phyllodes tumour", 0.50, Forms(0.50, 0.50), ratio=4.5),
            _benign("other benign", 0.65, Forms(0.60, 0.30, 0.0, 0.10)),
        )
    }
)
