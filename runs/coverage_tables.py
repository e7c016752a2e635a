"""What a simulation found, as Markdown and JSON, and the bounds that it has to meet."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from bsgi.evaluation.comparisons.difference import Difference
from bsgi.evaluation.estimate import Estimate

FULL = 10_000
"""Data sets per cell at which bounds are taken at their word; below, three standard
errors are allowed."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A figure that has to keep to one side of a limit.

    Args:
        what: What the figure is.
        value: The figure, as a share.
        limit: Its limit.
        at_least: Whether the figure must not be lower, otherwise not higher.
        sets: Data sets it was counted on; 0 if it was calculated.
    """

    what: str
    value: float
    limit: float
    at_least: bool
    sets: int

    @property
    def holds(self) -> bool:
        """Whether the figure keeps to its limit, as far as so few sets can tell."""
        slack = 0.0
        if 0 < self.sets < FULL:
            slack = 3.0 * float(np.sqrt(self.limit * (1.0 - self.limit) / self.sets))
        return self._spare >= -slack

    @property
    def is_forgiven(self) -> bool:
        """Whether it holds only since so few data sets cannot tell."""
        return self.holds and self._spare < 0

    @property
    def _spare(self) -> float:
        spare = self.value - self.limit
        return spare if self.at_least else -spare

    def __str__(self) -> str:
        """The bound in a line."""
        side = "at least" if self.at_least else "at most"
        return f"{self.what}: {self.value:.2%}, must be {side} {self.limit:.1%}"


@dataclass(frozen=True, slots=True)
class Found:
    """One table.

    Args:
        name: Its name in the docs and on the command line.
        columns: Titles; the first ones say what a row is.
        rows: Texts, or shares that are printed in per cent.
        bounds: What its figures have to meet.
        sets: Data sets per cell; 0 if calculated.
    """

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | float, ...], ...]
    bounds: tuple[Bound, ...]
    sets: int

    def to_markdown(self) -> str:
        """The table; shares in per cent to one decimal."""
        lines = [
            "| " + " | ".join(self.columns) + " |",
            "|---" * len(self.columns) + "|",
        ]
        lines += [
            "| "
            + " | ".join(
                cell if isinstance(cell, str) else f"{100 * cell:.1f}" for cell in row
            )
            + " |"
            for row in self.rows
        ]
        counted = f"{self.sets:,} data sets per cell" if self.sets else "calculated"
        return "\n".join([f"*{counted}.*", "", *lines])

    def to_json(self) -> dict[str, object]:
        """The same for machines."""
        return {
            "name": self.name,
            "data_sets_per_cell": self.sets,
            "rows": [dict(zip(self.columns, row, strict=True)) for row in self.rows],
            "bounds": [
                {**asdict(each), "holds": each.holds, "forgiven": each.is_forgiven}
                for each in self.bounds
            ],
        }


class Tally:
    """How often intervals held the truth, and how wide they were."""

    def __init__(self) -> None:
        """Nothing counted yet."""
        self.held = 0
        self.width = 0.0
        self.sets = 0

    def add(self, interval: Estimate | Difference | None, truth: float) -> None:
        """Count one interval; one that is undefined holds nothing and has no width."""
        self.sets += 1
        if interval is not None:
            self.held += interval.lower <= truth <= interval.upper
            self.width += interval.upper - interval.lower

    @property
    def coverage(self) -> float:
        """Share of the intervals that held the truth."""
        return self.held / self.sets

    @property
    def mean_width(self) -> str:
        """Mean width, printed."""
        return f"{self.width / self.sets:.3f}"


def write_into_page(page: str, tables: Sequence[Found]) -> str:
    """A page with each table put between the marks that have its name.

    Args:
        page: Markdown with lines ``<!-- NAME -->`` and ``<!-- end of NAME -->``.
        tables: What to put there; the page must have a place for each.

    Raises:
        ValueError: If a table has no place.
    """
    for table in tables:
        begin, end = f"<!-- {table.name} -->\n", f"<!-- end of {table.name} -->"
        if page.count(begin) != 1 or page.count(end) != 1:
            raise ValueError(
                f"the page must have one place for the table {table.name}."
            )
        head, _, rest = page.partition(begin)
        page = f"{head}{begin}\n{table.to_markdown()}\n\n{end}{rest.partition(end)[2]}"
    return page
