"""How strongly one property of patients and their label belong together.

Categories: Fisher's exact test; for more than two of them that of Freeman and Halton,
or chi-square where numbers suffice; strength Cramer's V. Numbers: Mann-Whitney;
strength the area under the ROC curve, as if the number were a score.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float, Integer
from scipy.optimize import brentq
from scipy.special import gammaln
from scipy.stats import (
    chi2,
    chi2_contingency,
    fisher_exact,
    mannwhitneyu,
    ncx2,
    random_table,
)

from bsgi.evaluation.areas.auc import estimate_auc
from bsgi.evaluation.estimate import LEVEL, Estimate
from bsgi.evaluation.scored import Scored

DRAWS: Final = 19_999
"""Tables drawn for the Freeman-Halton test; its smallest p value is 1 / 20,000."""

ENOUGH: Final = 5.0
"""Expected number in every cell from which on chi-square is taken."""

EXACT: Final = 60
"""Patients up to which the Mann-Whitney test is exact, where no two numbers tie."""

_SEED: Final = 20_230


@dataclass(frozen=True, slots=True)
class Association:
    """How one property and the label belong together.

    Args:
        test: Name of the test.
        p: Its two-sided p value.
        measure: What the strength is: ``"AUC"`` or ``"Cramer's V"``.
        strength: It, with its interval; no association is an AUC of 0.5, a V of 0.
    """

    test: str
    p: float
    measure: str
    strength: Estimate


def associate_categories(
    labels: Integer[np.ndarray, " patient"], categories: Sequence[str]
) -> Association | None:
    """A property of a few kinds and the label; None where either is all alike.

    Args:
        labels: 1 malignant, 0 benign.
        categories: The kind of each patient.

    References:
        Freeman and Halton 1951, doi 10.1093/biomet/38.1-2.141.
    """
    kinds, place = np.unique(np.asarray(categories), return_inverse=True)
    table = np.zeros((2, len(kinds)), dtype=np.int64)
    np.add.at(table, (labels, place), 1)
    if len(kinds) < 2 or not table.sum(axis=1).all() or table.sum() < 3:
        return None
    result = chi2_contingency(table, correction=False)
    statistic, expected = float(result.statistic), result.expected_freq
    if len(kinds) == 2:
        test, p = "Fisher's exact test", float(fisher_exact(table).pvalue)
    elif expected.min() >= ENOUGH:
        test, p = "chi-square test", float(result.pvalue)
    else:
        test, p = "Fisher-Freeman-Halton test", _freeman_halton(table)
    return Association(
        test=test,
        p=min(p, 1.0),
        measure="Cramer's V",
        strength=estimate_cramers_v(statistic, len(kinds) - 1, int(table.sum())),
    )


def associate_numbers(
    labels: Integer[np.ndarray, " patient"], values: Float[np.ndarray, " patient"]
) -> Association | None:
    """A number and the label; None where all numbers, or all labels, are alike.

    Args:
        labels: 1 malignant, 0 benign.
        values: The number of each patient, finite.
    """
    if not values.size or values.min() == values.max() or len(set(labels.tolist())) < 2:
        return None
    strength = estimate_auc(Scored(labels, values))
    if strength is None:
        return None
    tied = len(set(values.tolist())) < values.size
    method = "asymptotic" if tied or values.size > EXACT else "exact"
    tested = mannwhitneyu(values[labels == 1], values[labels == 0], method=method)
    return Association("Mann-Whitney test", float(tested.pvalue), "AUC", strength)


def estimate_cramers_v(
    chi_square: float, freedom: int, number: int, level: float = LEVEL
) -> Estimate:
    """Cramer's V of a table with two rows, without its bias, and its interval.

    Args:
        chi_square: Its chi-square, without correction.
        freedom: Degrees of freedom, one less than its columns.
        number: Patients in it, at least 3.
        level: Confidence level.

    References:
        Cramer 1946, Mathematical Methods of Statistics, 21.9. What chance alone adds is
        taken off as in Bergsma 2013, doi 10.1016/j.jkss.2012.10.002. Limits from those
        of the noncentral chi-square: Smithson 2003, Confidence Intervals, 4.
    """
    tails = 0.5 + level / 2.0, 0.5 - level / 2.0
    lower, upper = (_noncentrality(chi_square, freedom, tail) for tail in tails)
    excess = max(chi_square / number - freedom / (number - 1.0), 0.0)
    square = excess / (1.0 - 1.0 / (number - 1.0))
    value, low, high = (
        min(float(np.sqrt(each)), 1.0)
        for each in (square, lower / number, upper / number)
    )
    return Estimate(value, min(low, value), max(high, value), "noncentral chi-square")


def _noncentrality(chi_square: float, freedom: int, tail: float) -> float:
    """The noncentrality under which so small a chi-square has this chance."""
    if chi2.cdf(chi_square, freedom) <= tail:
        return 0.0

    def excess(noncentrality: float) -> float:
        return float(ncx2.cdf(chi_square, freedom, noncentrality)) - tail

    top = 4.0 * chi_square + 100.0
    while excess(top) > 0:
        top *= 2.0
    return float(brentq(excess, 1e-12, top, xtol=1e-9))


def _freeman_halton(table: Integer[np.ndarray, "2 kind"]) -> float:
    """Share of tables with the same margins that are no more probable than this."""
    rng = np.random.default_rng(_SEED)
    drawn = random_table.rvs(
        table.sum(axis=1), table.sum(axis=0), size=DRAWS, random_state=rng
    )
    rarity = gammaln(drawn + 1.0).sum(axis=(1, 2))
    observed = float(gammaln(table + 1.0).sum())
    return float((1 + np.count_nonzero(rarity >= observed - 1e-7)) / (DRAWS + 1))
