"""The learning curve: the area on one test set against the patients learned from."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter, NullLocator

from bsgi.evaluation.estimate import Estimate
from bsgi.reports.style import INK, LINES, QUIET, new_figure, style_axes

_LINE_INCH = 0.2
_APART = 0.012
"""Shift between methods, in powers of ten, so that their intervals do not hide."""


@dataclass(frozen=True, slots=True)
class LearningLine:
    """One method at several numbers of training patients.

    Args:
        name: The method.
        patients: Numbers of patients, ascending.
        areas: The area at each; None where the test set allows none.

    Raises:
        ValueError: If there are no numbers, or not as many areas.
    """

    name: str
    patients: tuple[int, ...]
    areas: tuple[Estimate | None, ...]

    def __post_init__(self) -> None:
        if not self.patients or len(self.patients) != len(self.areas):
            raise ValueError(
                "a learning curve must have one area for each number of patients, got "
                f"{len(self.patients)} and {len(self.areas)}."
            )


def draw_learning(lines: Sequence[LearningLine]) -> Figure:
    """Areas with intervals against the number of patients, on a logarithmic axis.

    Args:
        lines: The methods; colours come again after five, with a dash.

    Raises:
        ValueError: If there is none.
    """
    if not lines:
        raise ValueError("a learning curve must have at least one method, got none.")
    legend = _LINE_INCH * (len(lines) + 1) + 0.12
    height = 3.9 + legend
    figure = new_figure(6.4, height)
    axes = figure.add_axes((0.1, (0.5 + legend) / height, 0.88, 3.3 / height))
    style_axes(axes, "patients in training", "AUC")
    axes.set_xscale("log")
    for number, line in enumerate(lines):
        shift = 10 ** ((number - (len(lines) - 1) / 2) * _APART)
        known = [
            (count * shift, area)
            for count, area in zip(line.patients, line.areas, strict=True)
            if area is not None
        ]
        axes.errorbar(
            [x for x, _ in known], [area.value for _, area in known],
            yerr=[
                [area.value - area.lower for _, area in known],
                [area.upper - area.value for _, area in known],
            ],
            color=LINES[number % len(LINES)], linewidth=1.7, elinewidth=1.1, capsize=3,
            marker="o", markersize=5, markeredgecolor="white", label=line.name,
            linestyle="solid" if number < len(LINES) else "dashed",
        )  # fmt: skip
    lowest = min((a.lower for one in lines for a in one.areas if a), default=0.5)
    axes.axhline(
        0.5, color=QUIET, linewidth=1, linestyle=(0, (4, 3)), label="chance (0.5)"
    )
    counts = sorted({count for line in lines for count in line.patients})
    axes.set(
        ylim=(min(0.45, lowest - 0.03), 1.01),
        xlim=(counts[0] / 1.25, counts[-1] * 1.25),
    )
    axes.set_xticks(counts, [f"{count:,}" for count in counts])
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.xaxis.set_minor_locator(NullLocator())
    axes.legend(
        loc="lower left", bbox_to_anchor=(0.0, 0.0), bbox_transform=figure.transFigure,
        fontsize=9, frameon=False, labelcolor=INK, handlelength=2.0,
    )  # fmt: skip
    return figure
