"""All whole numbers of right calls that fit printed figures together.

Figures allow ranges of counts: of the malignant and of the benign predictions that were
right, and of their sum. What fits all is found from the ranges, without trying pairs.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import product

from bsgi.evaluation.audit.printed import Counts, PrintedFigure, Rounding
from bsgi.evaluation.audit.published import PublishedRow


class Naming(StrEnum):
    """Which class the figure printed as sensitivity is the recall of."""

    MALIGNANT = "malignant"
    BENIGN = "benign"


@dataclass(frozen=True, slots=True)
class Fit:
    """All counts that fit the printed figures at one number of repeats and one naming.

    They are the pairs of a `tp` and a `tn` of these ranges whose sum is in `right`. No
    range is wider than the pairs need.

    Args:
        repeats: Number of repeats.
        naming: Which class the printed sensitivity is the recall of.
        tp: Malignant predictions that may have been right, of all repeats together.
        tn: Benign predictions that may have been right.
        right: Their sum.
    """

    repeats: int
    naming: Naming
    tp: Counts
    tn: Counts
    right: Counts

    def rows(self) -> Iterator[tuple[int, Counts]]:
        """Each `tp` with all the `tn` that fit beside it."""
        for tp in range(self.tp.first, self.tp.last + 1):
            yield tp, self._beside(tp)

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Each `tp` with each `tn` that fits beside it."""
        for tp, beside in self.rows():
            for tn in range(beside.first, beside.last + 1):
                yield tp, tn

    def number(self) -> int:
        """How many pairs there are."""
        start = self.tp.first + self.tn.first
        below = self._number_to(self.right.first - 1 - start)
        return self._number_to(self.right.last - start) - below

    def _number_to(self, excess: int) -> int:
        """Pairs whose sum exceeds the least by at most that: a cut-off rectangle."""
        width = self.tp.last - self.tp.first + 1
        height = self.tn.last - self.tn.first + 1
        corners = ((excess, 1), (excess - width, -1), (excess - height, -1),
                   (excess - width - height, 1))  # fmt: skip
        return sum(s * (k + 1) * (k + 2) // 2 for k, s in corners if k >= 0)

    def _beside(self, tp: int) -> Counts:
        return Counts(
            max(self.tn.first, self.right.first - tp),
            min(self.tn.last, self.right.last - tp),
        )


def find_recalls(
    row: PublishedRow, naming: Naming
) -> tuple[PrintedFigure | None, PrintedFigure | None]:
    """The figures that are the recall of the malignant and of the benign class.

    Args:
        row: What is printed.
        naming: Which class the printed sensitivity is the recall of.
    """
    figures = row.figure("sensitivity"), row.figure("specificity")
    return figures if naming is Naming.MALIGNANT else (figures[1], figures[0])


def find_fits(
    row: PublishedRow, repeats: Iterable[int], rounding: Rounding
) -> tuple[Fit, ...]:
    """All counts that fit the printed figures together, under either naming.

    Args:
        row: What is printed.
        repeats: The numbers of repeats to try.
        rounding: How the figures were shortened.

    Returns:
        One record for each number of repeats and naming that has any; where no recall
        is printed there is but one naming.
    """
    namings = list(Naming) if row.tells_recalls else [Naming.MALIGNANT]
    every = (_fit(row, *each, rounding) for each in product(repeats, namings))
    return tuple(fit for fit in every if fit is not None)


def _fit(
    row: PublishedRow, repeats: int, naming: Naming, rounding: Rounding
) -> Fit | None:
    """Intersect what the three figures allow, and tighten each range by the others."""
    malignant, benign = find_recalls(row, naming)
    tp = _allowed(malignant, row.positives * repeats, rounding)
    tn = _allowed(benign, row.negatives * repeats, rounding)
    total = (row.positives + row.negatives) * repeats
    right = _allowed(row.figure("accuracy"), total, rounding)
    if tp is None or tn is None or right is None:
        return None
    lowest = max(right.first, tp.first + tn.first)
    highest = min(right.last, tp.last + tn.last)
    if lowest > highest:
        return None
    return Fit(
        repeats,
        naming,
        Counts(max(tp.first, lowest - tn.last), min(tp.last, highest - tn.first)),
        Counts(max(tn.first, lowest - tp.last), min(tn.last, highest - tp.first)),
        Counts(lowest, highest),
    )


def _allowed(
    figure: PrintedFigure | None, total: int, rounding: Rounding
) -> Counts | None:
    """What a figure allows by itself; all there is if it is not printed."""
    return Counts(0, total) if figure is None else figure.find_counts(total, rounding)


def is_possible(row: PublishedRow, naming: Naming, rounding: Rounding) -> bool:
    """Whether the accuracy can be the weighted mean of the recalls, before counting.

    Args:
        row: What is printed.
        naming: Which class the printed sensitivity is the recall of.
        rounding: How the figures were shortened.

    Returns:
        False if no number of repeats whatever can fit.
    """
    malignant, benign = find_recalls(row, naming)
    sides = []
    for side in (0, 1):
        ends = [
            Fraction(side) if figure is None else figure.bounds(rounding)[side]
            for figure in (malignant, benign, row.figure("accuracy"))
        ]
        mean = row.positives * ends[0] + row.negatives * ends[1]
        sides.append((mean / (row.positives + row.negatives), ends[2]))
    (lowest, least), (highest, most) = sides
    return lowest <= most and least <= highest
