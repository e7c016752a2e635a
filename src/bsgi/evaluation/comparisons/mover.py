"""A difference of two areas from the intervals of both: MOVER, and its test.

Of few patients near an area of 1 the observed variance is often much too small, and any
test that divides by it rejects too often. The interval of a single area there takes no
variance from the scores. So the two intervals together tell more than the statistic:
the areas differ if the interval of their difference leaves out 0, and p is the level at
which it just does.
"""

import math

from scipy.optimize import brentq
from scipy.stats import norm

from bsgi.evaluation.areas.auc import estimate_from_variance
from bsgi.evaluation.comparisons.area_evidence import AreaEvidence

_NEAREST, _FURTHEST = 1e-3, 8.0
"""Quantiles between which p is looked for: 0.9992 to 1.2e-15. Beyond, levels are 0 or 1
to the precision of the limits."""


def combine_intervals(evidence: AreaEvidence, level: float) -> tuple[float, float]:
    """Limits of a difference of areas from the default intervals of the two.

    Args:
        evidence: The two areas, with their correlation where patients are the same.
        level: Confidence level.

    References:
        Newcombe 1998, doi 10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.
        CO;2-I. Zou and Donner 2008, doi 10.1002/sim.3095; with a correlation Zou 2007,
        doi 10.1037/1082-989X.12.4.399.
    """
    one, other = (
        estimate_from_variance(min(area, 1.0), variance, *sizes, level=level)
        for area, variance, sizes in zip(
            evidence.areas, evidence.variances, evidence.classes, strict=True
        )
    )
    apart, shared = evidence.difference, evidence.correlation
    below = _add(one.value - one.lower, other.upper - other.value, shared)
    above = _add(one.upper - one.value, other.value - other.lower, shared)
    return apart - below, apart + above


def invert_intervals(evidence: AreaEvidence) -> tuple[float, float]:
    """The test that belongs to these limits: a normal quantile and its two-sided p.

    The quantile is the one at which the interval just touches 0, with the sign of the
    difference; where that is beyond `_NEAREST` or `_FURTHEST`, this end.

    Args:
        evidence: The two areas.
    """
    apart = evidence.difference
    if apart == 0:
        return 0.0, 1.0

    def spare(quantile: float) -> float:
        """By how much the interval of this quantile keeps from 0."""
        level = 1.0 - 2.0 * float(norm.sf(quantile))
        lower, upper = combine_intervals(evidence, level)
        return lower if apart > 0 else -upper

    if spare(_FURTHEST) > 0:
        quantile = _FURTHEST
    elif spare(_NEAREST) <= 0:
        quantile = _NEAREST
    else:
        quantile = float(brentq(spare, _NEAREST, _FURTHEST, xtol=1e-10))
    return math.copysign(quantile, apart), min(2.0 * float(norm.sf(quantile)), 1.0)


def _add(one: float, other: float, correlation: float) -> float:
    """Length of a difference of two errors that are correlated."""
    return math.sqrt(max(one**2 + other**2 - 2.0 * correlation * one * other, 0.0))
