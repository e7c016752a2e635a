"""What an analysis of readers by Obuchowski and Rockette finds, as records."""

from dataclasses import dataclass
from enum import StrEnum

from bsgi.evaluation.estimate import Estimate
from bsgi.evaluation.readers.variances import Components, MeanSquares


class Samples(StrEnum):
    """What a result shall hold for."""

    BOTH = "random readers, random cases"
    CASES = "fixed readers, random cases"
    READERS = "random readers, fixed cases"


@dataclass(frozen=True, slots=True)
class EqualityTest:
    """The test that all modalities have the same mean area.

    Args:
        statistic: F with random readers, chi-square with fixed ones.
        denominator: What the mean square of the modalities is divided by.
        freedom: Degrees of freedom of the modalities.
        freedom_below: Hillis' degrees of freedom of the denominator; None for the
            chi-square, and where readers do not differ at all.
        p: P value.
    """

    statistic: float
    denominator: float
    freedom: int
    freedom_below: float | None
    p: float


@dataclass(frozen=True, slots=True)
class ModalityArea:
    """The mean area of one modality over the readers, from its own ratings alone.

    Args:
        modality: Its name.
        area: The mean with its interval, cut at 0 and 1; None where it has no spread.
        value: The mean.
        error: Standard error of it.
        freedom: Degrees of freedom of Student's t; None for the normal quantile.
    """

    modality: str
    area: Estimate | None
    value: float
    error: float
    freedom: float | None


@dataclass(frozen=True, slots=True)
class Difference:
    """Mean area of one modality less that of another.

    Args:
        first: Name of one modality.
        second: Name of the other.
        value: The difference.
        error: Standard error of it.
        lower: Lower limit of the interval; None where nothing spreads.
        upper: Upper limit of it; None likewise.
        statistic: Student's t, or the normal z; None where nothing spreads.
        freedom: Degrees of freedom; None for the normal quantile.
        p: Two-sided p value; None where nothing spreads.
        p_adjusted: Adjusted by Holm over all pairs of modalities, and over all readers
            where each has her own.
        reader: The reader, where it is one reader's alone; empty for the mean.
    """

    first: str
    second: str
    value: float
    error: float
    lower: float | None
    upper: float | None
    statistic: float | None
    freedom: float | None
    p: float | None
    p_adjusted: float | None
    reader: str = ""


@dataclass(frozen=True, slots=True)
class ReaderModel:
    """One analysis by Obuchowski and Rockette.

    Args:
        samples: What it holds for: the value of a `Samples`.
        squares: Mean squares of the areas.
        components: Variances; None with fixed cases, which need none.
        test: The test of all modalities; None with one, or where nothing spreads.
        areas: The modalities.
        differences: Every two of them.
        by_reader: The same of each reader, with fixed readers; otherwise empty.
        covariances: How those of the areas were estimated; empty with fixed cases.
    """

    samples: str
    squares: MeanSquares
    components: Components | None
    test: EqualityTest | None
    areas: tuple[ModalityArea, ...]
    differences: tuple[Difference, ...]
    by_reader: tuple[Difference, ...] = ()
    covariances: str = ""
