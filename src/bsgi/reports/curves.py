"""ROC curves of the test exams: of one run, or the mean of several with its band."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bsgi.evaluation.estimate import Estimate
from bsgi.reports.style import INK, LINES, QUIET, new_figure, style_axes

_INSIDE = 5
"""Curves whose names fit into the lower right corner of a ROC figure."""
MOST_CORNERS = 2000
"""Corners of a ROC curve that are drawn; of more, those this far apart at least."""
_LINE_INCH = 0.17
"""Height of one line of a legend below the figure."""


@dataclass(frozen=True, slots=True)
class RocLine:
    """One curve of a ROC figure.

    Args:
        name: The method.
        across: False positive rates of its corners, from 0 to 1.
        up: Sensitivity at each.
        auc: The area below it with its interval.
        operating_point: False positive rate and sensitivity at the threshold used.
        band: Lower and upper limit of the sensitivity at each corner, drawn pale; None
            for a curve without one.
    """

    name: str
    across: Float[np.ndarray, " corner"]
    up: Float[np.ndarray, " corner"]
    auc: Estimate
    operating_point: tuple[float, float]
    band: tuple[Float[np.ndarray, " corner"], Float[np.ndarray, " corner"]] | None = (
        None
    )


def thin_corners(
    across: Float[np.ndarray, " corner"], up: Float[np.ndarray, " corner"]
) -> tuple[Float[np.ndarray, " kept"], Float[np.ndarray, " kept"]]:
    """A ROC curve with `MOST_CORNERS` corners at most, nowhere 0.001 from the whole.

    Args:
        across: False positive rates of its corners, rising from 0 to 1.
        up: Sensitivity at each, rising from 0 to 1.
    """
    if across.size <= MOST_CORNERS:
        return across, up
    # Along the curve both rates together rise from 0 to 2.
    steps = np.linspace(0.0, 2.0, MOST_CORNERS)
    places = np.unique(np.searchsorted(across + up, steps))
    kept = np.union1d(np.minimum(places, across.size - 1), [0, across.size - 1])
    return across[kept], up[kept]


def draw_roc(lines: Sequence[RocLine]) -> Figure:
    """ROC curves of the test exams, with the diagonal of pure chance.

    Args:
        lines: Curves to show. Colours come again after five, with another dash.

    Raises:
        ValueError: If there are none.
    """
    if not lines:
        raise ValueError("a ROC figure must have at least one curve, got none.")
    hidden = len(lines) > _INSIDE or any(line.band is not None for line in lines)
    below = 0.2 + _LINE_INCH * (len(lines) + 1) if hidden else 0.0
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
        if line.band is not None:
            lower, upper = line.band
            axes.fill_between(line.across, lower, upper, color=colour, alpha=0.1, lw=0)
            for edge in line.band:
                axes.plot(line.across, edge, color=colour, alpha=0.55, linewidth=0.7)
        axes.plot(
            line.across,
            line.up,
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
        f"{line.name}: AUC {auc.value:.3f}{between}({auc.lower:.3f} to {auc.upper:.3f})"
    )
