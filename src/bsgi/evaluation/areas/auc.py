"""Area under the ROC curve: the chance that a malignant exam scores above a benign one.

Three intervals are here. Plain DeLong is there to compare with other programs; it
covers too seldom in small samples and near 1. Logit-DeLong keeps inside 0 and 1.
Newcombe's needs no variance from the data, so it holds where there is none to be had.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from jaxtyping import Float, Int64
from scipy.optimize import brentq
from scipy.special import expit, logit
from scipy.stats import norm

from bsgi.evaluation.estimate import LEVEL, Estimate, check_level
from bsgi.evaluation.scored import Scored

SMALL_CLASS = 20
"""Below this many exams in a class DeLong's variance is too uncertain to rely on."""

FEW_MISPLACED = 3.0
"""Likewise below this many, as the area of misplaced pairs times the smaller class."""


class AucInterval(StrEnum):
    """Methods for the interval of an AUC."""

    DELONG = "delong"
    LOGIT_DELONG = "logit-delong"
    NEWCOMBE = "newcombe"


@dataclass(frozen=True, slots=True)
class Placements:
    """Where each exam stands among those of the other label; ties count half.

    Their means are both the AUC, their variances give DeLong's, and the covariances of
    two methods' placements give that of two AUCs.

    Args:
        malignant: For each malignant exam, the share of benign ones that score lower.
        benign: For each benign exam, the share of malignant ones that score higher.
    """

    malignant: Float[np.ndarray, " malignant"]
    benign: Float[np.ndarray, " benign"]

    @property
    def auc(self) -> float:
        """Mann-Whitney area under the ROC curve."""
        return float(self.malignant.mean())

    @property
    def variance(self) -> float | None:
        """DeLong's variance of the AUC; None with fewer than two exams of a label."""
        if min(self.malignant.size, self.benign.size) < 2:
            return None
        return float(
            self.malignant.var(ddof=1) / self.malignant.size
            + self.benign.var(ddof=1) / self.benign.size
        )


def compute_placements(scored: Scored) -> Placements:
    """Where each exam stands among those of the other label; one sort does all pairs.

    Along the sorted scores the exams of the other kind are counted that lie below;
    those of the same score count half.

    Args:
        scored: Labels and scores, with both labels.

    Raises:
        ValueError: If there is no malignant or no benign exam.

    References:
        DeLong, DeLong and Clarke-Pearson 1988, doi 10.2307/2531595. Sun and Xu 2014,
        doi 10.1109/LSP.2014.2337313.
    """
    scored.check_both()
    malignant = scored.labels == 1
    order = np.argsort(scored.scores)
    is_malignant = malignant[order]
    starts, sizes = _find_ties(scored.scores[order])
    # Malignant exams of each run of equal scores, then those below its middle.
    if starts.size == order.size:
        own = is_malignant.astype(np.int64)
    else:
        own = np.add.reduceat(is_malignant, starts, dtype=np.int64)
    own_benign = sizes - own
    below = np.cumsum(own) - own / 2.0
    benign_below = np.cumsum(own_benign) - own_benign / 2.0
    if starts.size < order.size:
        below, benign_below = (np.repeat(each, sizes) for each in (below, benign_below))
    counted = np.empty(order.size)
    counted[order] = np.where(is_malignant, benign_below, below)
    return Placements(
        malignant=counted[malignant] / scored.benign,
        benign=1.0 - counted[~malignant] / scored.malignant,
    )


def _find_ties(
    scores: Float[np.ndarray, " exam"],
) -> tuple[Int64[np.ndarray, " run"], Int64[np.ndarray, " run"]]:
    """Starts and lengths of the runs of equal scores among sorted ones."""
    starts = np.flatnonzero(scores[1:] != scores[:-1]) + 1
    starts = np.concatenate([np.zeros(1, np.int64), starts])
    return starts, np.diff(starts, append=scores.size)


def compute_auc(scored: Scored) -> float:
    """Mann-Whitney area under the ROC curve; a tie counts half.

    Args:
        scored: Labels and scores, with both labels.

    Raises:
        ValueError: If there is no malignant or no benign exam.
    """
    return compute_placements(scored).auc


def estimate_auc(
    scored: Scored, method: AucInterval | None = None, level: float = LEVEL
) -> Estimate | None:
    """The AUC with its interval; None where a label does not occur.

    Args:
        scored: Labels and scores.
        method: How to make the interval; None chooses by `choose_interval`. The result
            names the one that was used.
        level: Confidence level.

    Raises:
        ValueError: If a DeLong interval is asked for that these exams do not have.
    """
    check_level(level)
    if not scored.has_both:
        return None
    placements = compute_placements(scored)
    auc, variance = placements.auc, placements.variance
    return estimate_from_variance(
        auc, variance, scored.malignant, scored.benign, method, level
    )


def estimate_from_variance(
    auc: float,
    variance: float | None,
    malignant: int,
    benign: int,
    method: AucInterval | None = None,
    level: float = LEVEL,
) -> Estimate:
    """An AUC with its interval, from its variance and the sizes of the two classes.

    Args:
        auc: Mann-Whitney AUC, or a mean of several.
        variance: DeLong's variance of it; None if there is none to be had.
        malignant: Number of malignant exams, or of patients who have one.
        benign: Number of benign exams, or of patients who have one.
        method: How to make the interval; None chooses by `choose_interval`.
        level: Confidence level.

    Raises:
        ValueError: If a DeLong interval is asked for without a variance.
    """
    chosen = method or choose_interval(variance, malignant, benign, auc)
    if chosen is AucInterval.NEWCOMBE:
        return newcombe_interval(auc, malignant, benign, level)
    if variance is None:
        raise ValueError(
            f"a {chosen} interval must have two exams of each label, got "
            f"{malignant} malignant and {benign} benign."
        )
    if chosen is AucInterval.DELONG:
        return delong_interval(auc, variance, level)
    return logit_delong_interval(auc, variance, level)


def choose_interval(
    variance: float | None, malignant: int, benign: int, auc: float = 0.5
) -> AucInterval:
    """The interval that this project takes when nobody asks for another.

    Logit-DeLong, but Newcombe's where DeLong's variance is zero (as it is whenever the
    AUC is 0 or 1), a class has fewer than 20 exams, or patients, or so few exams are
    misplaced that their spread is not known: fewer than 3 of the smaller class, counted
    as its number times the AUC or 1 less the AUC, whichever is smaller. Without the
    last rule skewed scores of 100 exams with an AUC of 0.98 are covered in 85 %.

    Args:
        variance: DeLong's variance of the AUC; None if there is none to be had.
        malignant: Number of malignant exams, or of patients who have one.
        benign: Number of benign exams, or of patients who have one.
        auc: Mann-Whitney AUC, or a mean of several.
    """
    smaller = min(malignant, benign)
    # Where all placements are equal, rounding in their mean leaves some 1e-35.
    if smaller < SMALL_CLASS or not (variance or 0.0) > 1e-20:
        return AucInterval.NEWCOMBE
    if smaller * min(auc, 1.0 - auc) < FEW_MISPLACED:
        return AucInterval.NEWCOMBE
    return AucInterval.LOGIT_DELONG


def delong_interval(auc: float, variance: float, level: float = LEVEL) -> Estimate:
    """DeLong's plain interval, cut at 0 and 1 as R's pROC cuts it.

    Args:
        auc: Mann-Whitney AUC.
        variance: DeLong's variance of it.
        level: Confidence level.

    References:
        DeLong, DeLong and Clarke-Pearson 1988, doi 10.2307/2531595.
    """
    half = _quantile(level) * np.sqrt(variance)
    lower, upper = max(auc - half, 0.0), min(auc + half, 1.0)
    return Estimate(auc, float(lower), float(upper), AucInterval.DELONG.value)


def logit_delong_interval(
    auc: float, variance: float, level: float = LEVEL
) -> Estimate:
    """DeLong's interval on the scale of log odds, carried back to that of the AUC.

    Args:
        auc: Mann-Whitney AUC, neither 0 nor 1.
        variance: DeLong's variance of it.
        level: Confidence level.

    Raises:
        ValueError: If the AUC is 0 or 1, whose log odds are infinite.

    References:
        Pepe 2003, The Statistical Evaluation of Medical Tests for Classification and
        Prediction, 5.2.4. Qin and Hotilovac 2008, doi 10.1177/0962280207087173.
    """
    if not 0 < auc < 1:
        raise ValueError(f"a logit interval must have an AUC inside 0..1, got {auc}.")
    half = _quantile(level) * np.sqrt(variance) / (auc * (1.0 - auc))
    lower, upper = expit(logit(auc) - half), expit(logit(auc) + half)
    return Estimate(
        auc,
        min(float(lower), auc),
        max(float(upper), auc),
        AucInterval.LOGIT_DELONG.value,
    )


def newcombe_interval(
    auc: float, malignant: int, benign: int, level: float = LEVEL
) -> Estimate:
    """Newcombe's score-type interval ("method 5"), from the AUC and the counts alone.

    Its limits are the true areas t for which the AUC lies just one critical value away,
    ``|auc - t| = z * sqrt(V(t))``, with the variance of Hanley and McNeil's exponential
    model in which both class sizes are replaced by their mean.

    Args:
        auc: Mann-Whitney AUC.
        malignant: Number of malignant exams.
        benign: Number of benign exams.
        level: Confidence level.

    Raises:
        ValueError: If the AUC or a number is impossible.

    References:
        Newcombe 2006, doi 10.1002/sim.2324. Hanley and McNeil 1982,
        doi 10.1148/radiology.143.1.7063747.
    """
    check_level(level)
    if not 0 <= auc <= 1:
        raise ValueError(f"auc must be 0 to 1, got {auc}.")
    if min(malignant, benign) < 1:
        raise ValueError(
            "both classes must have an exam, got "
            f"{malignant} malignant and {benign} benign."
        )
    # Mathematically a solution where the AUC is 0 or 1: no search can bracket it.
    lower = 0.0 if auc == 0 else _score_limit(auc, malignant, benign, level, 0.0)
    upper = 1.0 if auc == 1 else _score_limit(auc, malignant, benign, level, 1.0)
    return Estimate(auc, lower, upper, AucInterval.NEWCOMBE.value)


def _score_limit(
    auc: float, malignant: int, benign: int, level: float, end: float
) -> float:
    """The area between the AUC and `end` that lies one critical value from the AUC."""
    z2 = _quantile(level) ** 2
    pairs, others = malignant * benign, (malignant + benign) / 2.0 - 1.0
    # At the AUC the distance is negative or zero and at the end positive, since there
    # the variance is zero; from a distance of zero at an AUC of 0 or 1 step inwards.
    start = min(max(auc, 1e-12), 1.0 - 1e-12)
    # Hanley and McNeil's variance stands here, since a function would be called often.
    limit = brentq(
        lambda t: (
            (t - auc) ** 2
            - z2
            * (
                t
                * (1.0 - t)
                * (1.0 + others * ((1.0 - t) / (2.0 - t) + t / (1.0 + t)))
                / pairs
            )
        ),
        start,
        end,
        xtol=1e-14,
        rtol=1e-14,
    )
    return float(limit)


def _quantile(level: float) -> float:
    check_level(level)
    return float(norm.ppf(0.5 + level / 2.0))
