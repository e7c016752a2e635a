"""Which whole numbers of right and wrong calls published figures can come from.

A mean over runs on test sets of one size is the share of all their predictions. So
printed figures, with their digits, leave few counts, or none; and they tell to which
class the figure printed as sensitivity belongs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

from bsgi.errors import ConfigError
from bsgi.evaluation.audit.fitting_counts import Fit, Naming, find_fits, is_possible
from bsgi.evaluation.audit.printed import Counts, Rounding
from bsgi.evaluation.audit.published import FIGURES, PublishedRow, check_size
from bsgi.evaluation.estimate import Estimate
from bsgi.evaluation.rates.proportions import ProportionInterval, estimate_mean_share

MAX_REPEATS = 20
"""How many repeats are searched, unless another number is asked for."""


@dataclass(frozen=True, slots=True)
class FigureCounts:
    """The whole numbers that fit one printed figure by itself.

    Args:
        figure: Its name in print.
        text: What is printed.
        malignant: Malignant predictions it may be the right ones of; None if no whole
            number fits, or the figure is the accuracy.
        benign: Benign predictions likewise.
        all: All predictions likewise, for the accuracy.
    """

    figure: str
    text: str
    malignant: Counts | None
    benign: Counts | None
    all: Counts | None


@dataclass(frozen=True, slots=True)
class Weight:
    """How much the printed sensitivity weighs in the printed accuracy.

    Accuracy is the mean of the two recalls, each weighted by the share of its class. So
    (accuracy - specificity) / (sensitivity - specificity) is the share of the class
    that "sensitivity" is the recall of, at any number of repeats.

    Args:
        value: From the figures as printed.
        lower: The least that their rounding allows.
        upper: The most.
        malignant: Share of the malignant exams.
        benign: Share of the benign exams.
    """

    value: float
    lower: float
    upper: float
    malignant: float
    benign: float


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate by the counts that fit, with the intervals that its patients deserve.

    Args:
        name: Accuracy, sensitivity or specificity, with malignant as positive.
        counts: Predictions that may have been right, over all repeats.
        total: Predictions, over all repeats.
        patients: Exams of one run. Repeats test the same ones, so intervals are theirs.
        wilson_lower: Lower limit of Wilson's interval, of the smallest count.
        wilson_upper: Upper limit, of the greatest count.
        exact_lower: Lower limit of the exact interval, of the smallest count.
        exact_upper: Upper limit, of the greatest count.
    """

    name: str
    counts: Counts
    total: int
    patients: int
    wilson_lower: float
    wilson_upper: float
    exact_lower: float
    exact_upper: float


@dataclass(frozen=True, slots=True)
class Audit:
    """What the figures of one row can come from.

    Args:
        row: What is printed.
        rounding: How the figures were shortened: cut off only where rounding fits no
            counts and cutting off does.
        max_repeats: Up to which number of repeats was searched.
        figures: Each figure by itself, at the stated number of repeats; empty if none
            is stated.
        fits: All that fits: at the stated number of repeats or, if none is stated, at
            each number that was searched.
        fitting_repeats: By naming, the numbers of repeats that fit, of those searched.
        possible: By naming, whether any number of repeats whatever could fit.
        weight: How much the sensitivity weighs in the accuracy; None if a figure is
            missing or rounding leaves the two recalls in either order.
    """

    row: PublishedRow
    rounding: Rounding
    max_repeats: int
    figures: tuple[FigureCounts, ...]
    fits: tuple[Fit, ...]
    fitting_repeats: Mapping[Naming, tuple[int, ...]]
    possible: Mapping[Naming, bool]
    weight: Weight | None

    @property
    def reading(self) -> Naming | None:
        """What "sensitivity" is the recall of; None where figures cannot tell.

        By the counts that fit; where none do, by the weights, which need no counts.
        """
        if not self.row.tells_recalls:
            return None
        found = {fit.naming for fit in self.fits}
        if not found:
            found = {naming for naming in Naming if self.possible[naming]}
        return found.pop() if len(found) == 1 else None


def audit_row(row: PublishedRow, max_repeats: int = MAX_REPEATS) -> Audit:
    """Find all counts that the printed figures of one row can come from.

    Args:
        row: What is printed.
        max_repeats: Up to which number of repeats to search.

    Raises:
        ConfigError: If `max_repeats` is not positive, or far too large.
    """
    if max_repeats < 1:
        raise ConfigError(f"max-repeats must be a number from 1, got {max_repeats}.")
    check_size(row.positives + row.negatives, max_repeats)
    searched = range(1, max_repeats + 1)
    stated = searched if row.repeats is None else (row.repeats,)
    rounding = Rounding.ROUNDED
    fits = find_fits(row, stated, rounding)
    if not fits and (cut := find_fits(row, stated, Rounding.CUT)):
        rounding, fits = Rounding.CUT, cut
    found = find_fits(row, searched, rounding)
    return Audit(
        row=row,
        rounding=rounding,
        max_repeats=max_repeats,
        figures=_fit_figures(row, rounding),
        fits=fits,
        fitting_repeats={
            naming: tuple(fit.repeats for fit in found if fit.naming is naming)
            for naming in Naming
        },
        possible={naming: is_possible(row, naming, rounding) for naming in Naming},
        weight=_weigh(row, rounding),
    )


def estimate_rates(row: PublishedRow, fit: Fit) -> tuple[Rate, Rate, Rate]:
    """The rates that counts mean with malignant as positive, with their intervals.

    Args:
        row: What is printed.
        fit: Counts that fit it.

    Returns:
        Sensitivity, specificity and accuracy.
    """
    exams = row.positives + row.negatives
    return (
        _rate("sensitivity", fit.tp, row.positives, fit.repeats),
        _rate("specificity", fit.tn, row.negatives, fit.repeats),
        _rate("accuracy", fit.right, exams, fit.repeats),
    )


def _rate(name: str, counts: Counts, patients: int, repeats: int) -> Rate:
    total = patients * repeats

    def estimate(count: int, method: ProportionInterval) -> Estimate:
        return estimate_mean_share(count / total, patients, method=method)

    wilson, exact = ProportionInterval.WILSON, ProportionInterval.EXACT
    return Rate(
        name=name,
        counts=counts,
        total=total,
        patients=patients,
        wilson_lower=estimate(counts.first, wilson).lower,
        wilson_upper=estimate(counts.last, wilson).upper,
        exact_lower=estimate(counts.first, exact).lower,
        exact_upper=estimate(counts.last, exact).upper,
    )


def _fit_figures(row: PublishedRow, rounding: Rounding) -> tuple[FigureCounts, ...]:
    if row.repeats is None:
        return ()
    malignant, benign = row.positives * row.repeats, row.negatives * row.repeats
    found = []
    for name in FIGURES:
        figure = row.figure(name)
        if figure is None:
            continue
        whole = name == "accuracy"
        found.append(
            FigureCounts(
                name,
                figure.text,
                None if whole else figure.find_counts(malignant, rounding),
                None if whole else figure.find_counts(benign, rounding),
                figure.find_counts(malignant + benign, rounding) if whole else None,
            )
        )
    return tuple(found)


def _weigh(row: PublishedRow, rounding: Rounding) -> Weight | None:
    figures = [row.figure(name) for name in FIGURES]
    known = [figure for figure in figures if figure is not None]
    if len(known) < len(FIGURES):
        return None
    accuracy, sensitivity, specificity = (figure.bounds(rounding) for figure in known)
    if sensitivity[0] <= specificity[1] and specificity[0] <= sensitivity[1]:
        return None
    # The weight is monotone in each figure, so its ends lie at corners of the box.
    corners = [
        (a - p) / (s - p) for a, s, p in product(accuracy, sensitivity, specificity)
    ]
    value_a, value_s, value_p = (figure.value for figure in known)
    exams = row.positives + row.negatives
    return Weight(
        value=float((value_a - value_p) / (value_s - value_p)),
        lower=float(min(corners)),
        upper=float(max(corners)),
        malignant=row.positives / exams,
        benign=row.negatives / exams,
    )
