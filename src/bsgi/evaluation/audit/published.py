"""Results as papers print them: those of the paper, and tables of anybody's."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bsgi.errors import ConfigError
from bsgi.evaluation.audit.printed import PrintedFigure, parse_figure
from bsgi.files import TableRow, load_csv

FIGURES: Final = ("accuracy", "sensitivity", "specificity")
"""The three figures that are audited, by their names in print."""

COLUMNS: Final = ("method", *FIGURES, "positives", "negatives", "repeats")
"""Columns of a table of published results."""

MAX_PREDICTIONS: Final = 10_000_000
"""More predictions than any study of this kind has; beyond it a slip is likelier."""


@dataclass(frozen=True, slots=True)
class PublishedRow:
    """One line of a table of results, texts as printed.

    Args:
        method: Name of the method; those of the paper have the names of our recipes.
        accuracy: Share of all predictions that were right; empty if not printed.
        sensitivity: What is printed as sensitivity; empty if nothing is.
        specificity: What is printed as specificity; empty if nothing is.
        positives: Malignant exams that one run was tested on.
        negatives: Benign exams that one run was tested on.
        repeats: Runs that the figures are means of; None if that is not known.
        title: What the paper calls the method; empty if that is `method`.
        auc: Area under the ROC curve; empty if not printed.
        auc_derived: Whether the area follows from a printed difference.
        source: Where it is printed.

    Raises:
        ConfigError: If a figure is no share, none is there, or a number is impossible.
    """

    method: str
    accuracy: str
    sensitivity: str
    specificity: str
    positives: int
    negatives: int
    repeats: int | None = None
    title: str = ""
    auc: str = ""
    auc_derived: bool = False
    source: str = ""

    def __post_init__(self) -> None:
        figures = [self.figure(name) for name in FIGURES]
        if not any(figures):
            raise ConfigError(
                "at least one of accuracy, sensitivity and specificity must be given, "
                "got none."
            )
        for name in ("positives", "negatives"):
            if getattr(self, name) < 1:
                raise ConfigError(
                    f"{name} must be a number from 1, got {getattr(self, name)}."
                )
        if self.repeats is not None and self.repeats < 1:
            raise ConfigError(f"repeats must be a number from 1, got {self.repeats}.")
        check_size(self.positives + self.negatives, self.repeats or 1)

    @property
    def name(self) -> str:
        """What the paper calls the method."""
        return self.title or self.method

    @property
    def tells_recalls(self) -> bool:
        """Whether the recall of a class is printed, under whatever name."""
        return bool(self.sensitivity.strip() or self.specificity.strip())

    def figure(self, name: str) -> PrintedFigure | None:
        """One of the three figures; None if it is not printed.

        Args:
            name: One of `FIGURES`.
        """
        return parse_figure(name, getattr(self, name))


def check_size(exams: int, repeats: int) -> None:
    """Refuse numbers that no study has.

    Args:
        exams: Exams that one run was tested on.
        repeats: Number of runs.

    Raises:
        ConfigError: If they make more than `MAX_PREDICTIONS` predictions.
    """
    if exams * repeats > MAX_PREDICTIONS:
        raise ConfigError(
            f"exams times repeats must be at most {MAX_PREDICTIONS:,}, got {exams:,} "
            f"times {repeats:,}; look at --positives, --negatives, --repeats and "
            "--max-repeats."
        )


_SOURCE = "Yu et al. 2023, doi 10.3233/THC-236007, table 1"

PAPER: Final = (
    PublishedRow(
        "neural-network", accuracy="0.802", sensitivity="0.836", specificity="0.747",
        positives=17, negatives=28, repeats=5, title="neural network",
        auc="0.89", auc_derived=True, source=_SOURCE,
    ),
    PublishedRow(
        "autoencoder", accuracy="0.889", sensitivity="0.907", specificity="0.859",
        positives=17, negatives=28, repeats=5, title="autoencoder",
        auc="0.78", auc_derived=True, source=_SOURCE,
    ),
    PublishedRow(
        "paper", accuracy="0.991", sensitivity="0.993", specificity="0.988",
        positives=17, negatives=28, repeats=5, title="proposed",
        auc="0.98", source=_SOURCE,
    ),
)  # fmt: skip
"""The paper's table 1, in its order; areas from its text, two of them from differences.

References:
    Yu, Dong, Yang, Wang, Wang and Ma 2023, doi 10.3233/THC-236007.
"""


TEXT_DIFFERENCE: Final = "0.141"
"""The specificity of the proposed method less that of the neural network, in the text.

Table 1 gives 0.988 - 0.747 = 0.241; all other differences agree with the table.
"""


def load_published(path: Path) -> tuple[PublishedRow, ...]:
    """Read a table of published results.

    Args:
        path: CSV with the columns of `COLUMNS`; figures and repeats may be empty.

    Returns:
        Its rows, at least one.

    Raises:
        ConfigError: If it is missing, empty, lacks a column or holds an impossible
            value; the message names the line.
    """
    table = load_csv(path, COLUMNS, ConfigError)
    if not table:
        raise ConfigError(f"{path} must have at least one row below its header.")
    rows = []
    for row in table:
        try:
            rows.append(_parse_row(row))
        except ConfigError as reason:
            raise ConfigError(f"{path}, line {row.line}: {reason}") from None
    return tuple(rows)


def _parse_row(row: TableRow) -> PublishedRow:
    positives, negatives = (_parse_count(row, c) for c in ("positives", "negatives"))
    repeats = _parse_count(row, "repeats") if row["repeats"].strip() else None
    return PublishedRow(
        method=row["method"].strip() or f"line {row.line}",
        accuracy=row["accuracy"],
        sensitivity=row["sensitivity"],
        specificity=row["specificity"],
        positives=positives,
        negatives=negatives,
        repeats=repeats,
    )


def _parse_count(row: TableRow, column: str) -> int:
    text = row[column].strip()
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise ConfigError(f"{column} must be a number from 1, got {row[column]!r}.")
    return int(text)
