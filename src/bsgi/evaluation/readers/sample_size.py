"""How many readers and cases would show a difference? Power of a study to come.

A study that was made tells how areas vary between readers and with cases. What comes
from the cases shrinks with their number; what comes from the readers only with theirs,
so that no number of cases makes up for two readers who differ.
"""

from dataclasses import dataclass

from scipy.special import ncfdtr
from scipy.stats import chi2, f, ncx2

from bsgi.evaluation.readers.reader_model import Samples
from bsgi.evaluation.readers.variances import Components

MOST_CASES = 100_000
"""Above it no number of cases is looked for."""


@dataclass(frozen=True, slots=True)
class ReaderPower:
    """The chance that a study of two modalities shows a difference.

    Args:
        readers: Number of readers.
        cases: Number of cases, with the share of malignant ones of the study made.
        power: Chance of a p value below the level of the test.
        noncentrality: Of the statistic.
        freedom: Degrees of freedom of the denominator; None for the chi-square.
    """

    readers: int
    cases: int
    power: float
    noncentrality: float
    freedom: float | None


@dataclass(frozen=True, slots=True)
class CasesNeeded:
    """Cases that a number of readers must read.

    Args:
        readers: Number of readers.
        cases: Fewest cases that reach the power; None where none do.
        power: What they reach; None likewise.
    """

    readers: int
    cases: int | None
    power: float | None


@dataclass(frozen=True, slots=True)
class PilotStudy:
    """What a study that was made tells of the next.

    Args:
        components: Its variances.
        cases: Its number of cases.

    Raises:
        ValueError: If it had one reader, one modality or no case.
    """

    components: Components
    cases: int

    def __post_init__(self) -> None:
        if self.components.neither is None or self.components.interaction is None:
            raise ValueError("a pilot study must have two readers and two modalities.")
        if self.cases < 1:
            raise ValueError(f"cases must be positive, got {self.cases}.")


def find_power(
    pilot: PilotStudy,
    readers: int,
    cases: int,
    difference: float,
    *,
    samples: Samples = Samples.BOTH,
    alpha: float = 0.05,
) -> ReaderPower:
    """The power of a study of two modalities, each read by all readers in all cases.

    With c the pilot's cases over the new ones, the denominator of the test is
    Var(modality x reader) + c (error - Cov1 + (r - 1) max(Cov2 - Cov3, 0)), without its
    first term for fixed readers and with -1 in the place of r - 1 for fixed cases.

    Args:
        pilot: The study made.
        readers: Readers of the study to come, r.
        cases: Its cases.
        difference: True difference of the mean areas.
        samples: What its result shall hold for.
        alpha: Level of its test.

    Raises:
        ValueError: If a number is impossible, or nothing spreads.

    References:
        Hillis, Obuchowski and Berbaum 2011, doi 10.1016/j.acra.2010.09.007. Hillis and
        Schartz 2018, doi 10.1117/1.JMI.5.4.045503.
    """
    least = 1 if samples is Samples.CASES else 2
    if readers < least or cases < 1 or not 0 < alpha < 1:
        raise ValueError(
            f"there must be {least} or more readers, a case and alpha inside 0..1, got "
            f"{readers}, {cases} and {alpha}."
        )
    part, shared = _parts(pilot, cases)
    interaction = max(pilot.components.interaction or 0.0, 0.0)
    own = interaction + part - shared
    whole = own + readers * shared
    freedom: float | None = (readers - 1) * (whole / own) ** 2 if own > 0 else None
    if samples is Samples.CASES:
        whole, freedom = part + (readers - 1) * shared, None
    elif samples is Samples.READERS:
        whole, freedom = own, readers - 1.0
    if whole <= 0:
        raise ValueError("a study in which nothing spreads has no power to find.")
    centre = difference**2 * readers / (2.0 * whole)
    if freedom is None:
        power = float(ncx2.sf(chi2.ppf(1.0 - alpha, 1), 1, centre))
    else:
        # SciPy's ncf.sf is negative where the statistic is central.
        power = 1.0 - float(ncfdtr(1, freedom, centre, f.ppf(1.0 - alpha, 1, freedom)))
    return ReaderPower(readers, cases, power, centre, freedom)


def find_cases(
    pilot: PilotStudy,
    readers: int,
    difference: float,
    *,
    power: float = 0.8,
    samples: Samples = Samples.BOTH,
    alpha: float = 0.05,
) -> CasesNeeded:
    """The fewest cases with which so many readers reach a power.

    Args:
        pilot: The study made.
        readers: Readers of the study to come.
        difference: True difference of the mean areas.
        power: Chance to reach.
        samples: What the result shall hold for.
        alpha: Level of the test.

    References:
        Hillis, Obuchowski and Berbaum 2011, doi 10.1016/j.acra.2010.09.007.
    """

    def reach(cases: int) -> float:
        return find_power(
            pilot, readers, cases, difference, samples=samples, alpha=alpha
        ).power

    # Power need not rise with the cases: the freedom falls as readers come to rule.
    low, high = 1, 1
    while reach(high) < power:
        if high >= MOST_CASES:
            return CasesNeeded(readers, None, None)
        low, high = high, high + 1 + high // 4
    while low < high:
        middle = (low + high) // 2
        if reach(middle) >= power:
            high = middle
        else:
            low = middle + 1
    return CasesNeeded(readers, low, reach(low))


def _parts(pilot: PilotStudy, cases: int) -> tuple[float, float]:
    """What cases add to the spread of a difference, and what readers share of it."""
    found, share = pilot.components, pilot.cases / cases
    shared = max((found.same_modality or 0.0) - (found.neither or 0.0), 0.0)
    return share * (found.error - (found.same_reader or 0.0)), share * shared
