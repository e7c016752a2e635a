"""Curves of a study: the training's course and the ROC of the test exams."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from bsgi.evaluation.estimate import Estimate
from bsgi.evaluation.roc import RocCurve
from bsgi.reports.style import INK, LINES, QUIET, new_figure, style_axes

_INSIDE = 5
"""Curves whose names fit into the lower right corner of a ROC figure."""
_LINE_INCH = 0.17
"""Height of one line of a legend below the figure."""


@dataclass(frozen=True, slots=True)
class RocLine:
    """One curve of a ROC figure.

    Args:
        name: The method.
        curve: Its empirical curve on the test exams.
        auc: The area below it with its interval.
        operating_point: False positive rate and sensitivity at the threshold used.
    """

    name: str
    curve: RocCurve
    auc: Estimate
    operating_point: tuple[float, float]


def draw_training(
    epochs: Sequence[int],
    values: Sequence[float],
    name: str,
    top: float | None = None,
) -> Figure:
    """How a quantity of the training exams changed from epoch to epoch.

    Args:
        epochs: Numbers of the epochs.
        values: One value for each.
        name: What is shown, such as ``"cross-entropy loss"``.
        top: Upper end of the axis; None lets the values decide.

    Raises:
        ValueError: If there are no epochs or the two differ in length.
    """
    if not epochs or len(epochs) != len(values):
        raise ValueError(
            "a training curve must have one value per epoch, got "
            f"{len(epochs)} epochs and {len(values)} values."
        )
    figure = new_figure(4.6, 3.0)
    axes = figure.add_axes((0.145, 0.165, 0.825, 0.79))
    style_axes(axes, "epoch", name)
    axes.plot(epochs, values, color=LINES[0], linewidth=1.8, marker="o", markersize=3)
    axes.set_ylim(0, top if top is not None else max(*values, 1e-9) * 1.08)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    return figure


def draw_roc(lines: Sequence[RocLine]) -> Figure:
    """ROC curves of the test exams, with the diagonal of pure chance.

    Args:
        lines: Curves to show. Colours come again after five, with another dash.

    Raises:
        ValueError: If there are none.
    """
    if not lines:
        raise ValueError("a ROC figure must have at least one curve, got none.")
    below = 0.0 if len(lines) <= _INSIDE else 0.2 + _LINE_INCH * (len(lines) + 1)
    height = 4.6 + below
    figure = new_figure(4.6, height)
    axes = figure.add_axes(
        (0.13, (0.11 * 4.6 + below) / height, 0.84, 0.84 * 4.6 / height)
    )
    style_axes(axes, "false positive rate (benign called malignant)", "sensitivity")
    axes.plot(
        [0, 1], [0, 1], color=QUIET, linewidth=1, linestyle=(0, (4, 3)), label="chance"
    )
    for number, line in enumerate(lines):
        colour, dash = LINES[number % len(LINES)], _dash(number // len(LINES))
        axes.plot(
            line.curve.false_positive_rate,
            line.curve.true_positive_rate,
            color=colour,
            linewidth=1.9,
            linestyle=dash,
            label=_legend(line, " " if below else "\n"),
            solid_joinstyle="miter",
            clip_on=False,
        )
        axes.plot(
            *(np.array([rate]) for rate in line.operating_point),
            color=colour, marker="o", markersize=7, markeredgecolor="white",
            markeredgewidth=1.2, linestyle="none", clip_on=False, zorder=4,
        )  # fmt: skip
    axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
    ticks = np.linspace(0, 1, 6)
    axes.set_xticks(ticks)
    axes.set_yticks(ticks)
    _add_legend(axes, below=bool(below))
    return figure


def _add_legend(axes: Axes, *, below: bool) -> None:
    """Name the curves inside the figure, or below it where they would be hidden."""
    legend = axes.legend(
        loc="upper left" if below else "lower right",
        bbox_to_anchor=(-0.12, -0.12) if below else None,
        fontsize=8 if below else 9,
        handlelength=3.6 if below else 2.0,
        frameon=True, edgecolor="none", framealpha=0.9, labelcolor=INK,
    )  # fmt: skip
    legend.set_zorder(5)


def _dash(cycle: int) -> str | tuple[int, tuple[float, ...]]:
    """Line style of a cycle of colours: solid, then a dash with ever more dots."""
    if cycle == 0:
        return "solid"
    return (0, (5.0, 1.5) + (1.0, 1.5) * (cycle - 1))


def _legend(line: RocLine, between: str) -> str:
    auc = line.auc
    return (
        f"{line.name}: AUC {auc.value:.2f}{between}({auc.lower:.2f} to {auc.upper:.2f})"
    )
