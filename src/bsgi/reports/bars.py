"""Bars of several methods side by side: rates with their intervals."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from bsgi.evaluation.estimate import Estimate
from bsgi.reports.style import INK, LINES, QUIET, new_figure, style_axes

_LINE_INCH = 0.2
_WIDTH = 0.8
"""Width of a group of bars, of 1."""


@dataclass(frozen=True, slots=True)
class BarGroup:
    """One method's bars.

    Args:
        name: The method.
        rates: A rate for each quantity; None where there is none.
        marks: Values published for the same method; None where there is none.
    """

    name: str
    rates: tuple[Estimate | None, ...]
    marks: tuple[float | None, ...]


def draw_bars(
    quantities: Sequence[str], groups: Sequence[BarGroup], marks_are: str
) -> Figure:
    """Rates of methods, grouped by quantity, from 0 to 1.

    Args:
        quantities: Names of the groups of bars.
        groups: The methods; colours come again after five, with a hatch.
        marks_are: What the marks are, for the legend; not shown if no method has one.

    Raises:
        ValueError: If there is no method, or one has another number of rates.
    """
    if not groups:
        raise ValueError("a bar graph must have at least one method, got none.")
    for group in groups:
        if not len(group.rates) == len(group.marks) == len(quantities):
            raise ValueError(
                f"{group.name} must have {len(quantities)} rates and marks, got "
                f"{len(group.rates)} and {len(group.marks)}."
            )
    marked = any(mark is not None for group in groups for mark in group.marks)
    legend = _LINE_INCH * (len(groups) + marked) + 0.12
    height = 3.9 + legend
    figure = new_figure(6.4, height)
    axes = figure.add_axes((0.085, (0.36 + legend) / height, 0.905, 3.42 / height))
    style_axes(axes, "", "")
    axes.grid(visible=False, axis="x")
    width = _WIDTH / len(groups)
    for number, group in enumerate(groups):
        middle = (number + 0.5) * width - _WIDTH / 2
        _draw_group(axes, group, number, middle, width)
    if marked:
        axes.plot(
            [], [], marker="D", color=INK, markersize=4.5, linestyle="none",
            label=marks_are,
        )  # fmt: skip
    axes.set_xticks(range(len(quantities)), quantities, fontsize=10, color=INK)
    axes.tick_params(axis="x", length=0, labelsize=10)
    axes.set(ylim=(0, 1.09), xlim=(-0.5, len(quantities) - 0.5))
    axes.set_yticks([0, 0.2, 0.4, 0.6, 0.8, 1.0])
    axes.legend(
        loc="lower left", bbox_to_anchor=(0.0, 0.0), bbox_transform=figure.transFigure,
        fontsize=9, frameon=False, labelcolor=INK, handlelength=1.4,
    )  # fmt: skip
    return figure


def _draw_group(
    axes: Axes, group: BarGroup, number: int, middle: float, width: float
) -> None:
    look: dict[str, Any] = {
        "facecolor": LINES[number % len(LINES)], "hatch": "//" * (number // len(LINES)),
        "edgecolor": "white", "linewidth": 0, "alpha": 0.88,
    }  # fmt: skip
    axes.add_patch(Rectangle((-2, -2), 0, 0, label=group.name, **look))  # legend only
    for place, (rate, mark) in enumerate(zip(group.rates, group.marks, strict=True)):
        x = place + middle
        if rate is not None:
            axes.bar(x, rate.value, width * 0.86, **look)
            axes.errorbar(
                x, rate.value,
                yerr=[[rate.value - rate.lower], [rate.upper - rate.value]],
                color=INK, elinewidth=1.1, capsize=3, capthick=1.1, linestyle="none",
            )  # fmt: skip
            axes.text(
                x, 0.02, f"{rate.value:.3f}".lstrip("0"), fontsize=8.5, color="white",
                ha="center", va="bottom", rotation=90 if width < 0.17 else 0,
            )  # fmt: skip
        else:
            axes.text(x, 0.02, "none", fontsize=8.5, color=QUIET, ha="center")
        if mark is not None:
            axes.plot(
                [x + width * 0.3], [mark], marker="D", color=INK, markersize=4.5,
                markeredgecolor="white", markeredgewidth=0.8, zorder=5,
            )  # fmt: skip
