"""Curves of a study: the training's course and the ROC of the test exams."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from bsgi.evaluation.estimate import Estimate
from bsgi.evaluation.roc import RocCurve
from bsgi.reports.style import INK, LINES, QUIET, new_figure, style_axes


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
        lines: Curves to show, at most five.

    Raises:
        ValueError: If there are none, or more than there are colours.
    """
    if not 0 < len(lines) <= len(LINES):
        raise ValueError(f"a ROC figure must have 1 to 5 curves, got {len(lines)}.")
    figure = new_figure(4.6, 4.6)
    axes = figure.add_axes((0.13, 0.11, 0.84, 0.84))
    style_axes(axes, "false positive rate (benign called malignant)", "sensitivity")
    axes.plot(
        [0, 1], [0, 1], color=QUIET, linewidth=1, linestyle=(0, (4, 3)), label="chance"
    )
    for line, colour in zip(lines, LINES, strict=False):
        axes.plot(
            line.curve.false_positive_rate,
            line.curve.true_positive_rate,
            color=colour,
            linewidth=1.9,
            label=_legend(line),
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
    legend = axes.legend(
        loc="lower right", fontsize=9, frameon=True, edgecolor="none", framealpha=0.9,
        labelcolor=INK,
    )  # fmt: skip
    legend.set_zorder(5)
    return figure


def _legend(line: RocLine) -> str:
    auc = line.auc
    return f"{line.name}: AUC {auc.value:.2f}\n({auc.lower:.2f} to {auc.upper:.2f})"
