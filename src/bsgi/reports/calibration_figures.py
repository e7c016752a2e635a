"""Reliability diagrams and decision curves."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from bsgi.evaluation.calibration.decision_curve import DecisionCurve
from bsgi.evaluation.calibration.summary import CalibrationMetrics
from bsgi.reports.style import INK, LINES, QUIET, new_figure, style_axes

_LINE_INCH = 0.2
_DASH = (0, (4, 3))


def draw_reliability(name: str, calibration: CalibrationMetrics) -> Figure:
    """Observed against predicted, above how often each probability was given.

    Points with intervals are bins of about equal numbers, the line is the calibration
    curve without bins, and the diagonal is perfect calibration.

    Args:
        name: The method, for the legend.
        calibration: What was found.
    """
    figure = new_figure(4.6, 6.4)  # room above, where simulated exams are named
    axes = figure.add_axes((0.14, 0.369, 0.83, 0.597))
    style_axes(axes, "", "share of malignant exams")
    axes.plot(
        [0, 1], [0, 1], color=QUIET, linewidth=1, linestyle=_DASH, label="calibrated"
    )
    _draw_curve(axes, calibration)
    _draw_bins(axes, name, calibration)
    axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
    axes.set_yticks(np.linspace(0, 1, 6))
    axes.set_xticks(np.linspace(0, 1, 6), [""] * 6)
    axes.legend(
        loc="upper left", fontsize=8.5, frameon=True, edgecolor="none", framealpha=0.9,
        labelcolor=INK,
    )  # fmt: skip
    below = figure.add_axes((0.14, 0.074, 0.83, 0.261))
    style_axes(below, "probability of malignancy", "predictions")
    _draw_histogram(below, calibration)
    below.set(xlim=(0, 1))
    below.set_xticks(np.linspace(0, 1, 6))
    below.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    below.legend(loc="best", fontsize=8.5, frameon=False, labelcolor=INK)
    return figure


def draw_decision(curves: Mapping[str, DecisionCurve]) -> Figure:
    """Net benefit against the threshold probability, with acting on all and on nobody.

    Args:
        curves: Decision curves by method, of the same exams; colours come again after
            five.

    Raises:
        ValueError: If there is none.
    """
    if not curves:
        raise ValueError("a figure of decisions must have at least one curve.")
    legend = _LINE_INCH * (len(curves) + 2) + 0.12
    height = 3.9 + legend
    figure = new_figure(6.4, height)
    axes = figure.add_axes((0.1, (0.5 + legend) / height, 0.88, 3.3 / height))
    style_axes(axes, "threshold probability", "net benefit (cancers per exam)")
    first = next(iter(curves.values()))
    axes.plot(
        first.thresholds, first.treat_all, color=QUIET, linewidth=1.2,
        label="acting on everybody",
    )  # fmt: skip
    axes.plot([0, 1], [0, 0], color=INK, linewidth=1, linestyle=_DASH,
              label="acting on nobody")  # fmt: skip
    for number, (name, curve) in enumerate(curves.items()):
        colour = LINES[number % len(LINES)]
        axes.fill_between(
            curve.thresholds, curve.lower, curve.upper, color=colour, alpha=0.12, lw=0
        )
        axes.plot(
            curve.thresholds, curve.net_benefit, color=colour, linewidth=1.8,
            label=name, linestyle="solid" if number < len(LINES) else "dashdot",
        )  # fmt: skip
    top = max(max(curve.upper) for curve in curves.values())
    # Far below zero nothing is left to decide; the curves there would press all else.
    axes.set(xlim=(0, 1), ylim=(-0.4 * max(top, 0.05), 1.08 * max(top, 0.05)))
    axes.set_xticks(np.linspace(0, 1, 6))
    axes.legend(
        loc="lower left", bbox_to_anchor=(0.0, 0.0), bbox_transform=figure.transFigure,
        fontsize=9, frameon=False, labelcolor=INK,
    )  # fmt: skip
    return figure


def _draw_curve(axes: Axes, calibration: CalibrationMetrics) -> None:
    """The steps of the calibration curve; where no exam is, a straight line."""
    across = [at for step in calibration.curve for at in (step.lowest, step.highest)]
    up = [step.observed for step in calibration.curve for _ in range(2)]
    axes.plot(
        across, up, color=LINES[2], linewidth=1.3, label="curve without bins",
        solid_joinstyle="miter",
    )  # fmt: skip


def _draw_bins(axes: Axes, name: str, calibration: CalibrationMetrics) -> None:
    bins = calibration.bins
    observed = np.array([each.observed.value for each in bins])
    limits = np.array([(each.observed.lower, each.observed.upper) for each in bins])
    axes.errorbar(
        [each.mean_probability for each in bins],
        observed,
        yerr=np.abs(limits.T - observed),
        color=LINES[0], marker="o", markersize=6, markeredgecolor="white",
        linestyle="none", elinewidth=1.2, capsize=3, capthick=1.2, clip_on=False,
        label=f"{name}: bins with intervals", zorder=4,
    )  # fmt: skip


def _draw_histogram(axes: Axes, calibration: CalibrationMetrics) -> None:
    """Bars of both labels, malignant ones upon the benign."""
    benign = np.array(calibration.histogram.benign)
    malignant = np.array(calibration.histogram.malignant)
    width = 1.0 / benign.size
    middle = (np.arange(benign.size) + 0.5) * width
    axes.bar(middle, benign, 0.9 * width, color=LINES[0], label="benign")
    axes.bar(
        middle, malignant, 0.9 * width, bottom=benign, color=LINES[1], label="malignant"
    )
