"""Stacked bars: how many of each label were called benign, referred or malignant."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bsgi.evaluation.abstention.outcomes import LabelOutcome
from bsgi.evaluation.abstention.summary import AbstentionMetrics
from bsgi.reports.style import INK, LINES, new_figure, style_axes

_BAR_INCH = 0.42
_SHOWN = 0.06
"""Shares below have no number inside the bar."""
_ERROR: Final = "judged wrongly, with interval (benign: from the right)"
_GROUPINGS: Final = ("camera", "lesion size")
"""Groupings that are drawn; a table has all."""
_LOOKS: Final[dict[str, dict[str, Any]]] = {
    "called benign": {"facecolor": LINES[0]},
    "referred, either label possible": {"facecolor": "#cbd2d9"},
    "referred, no label left": {"facecolor": "#cbd2d9", "hatch": "///"},
    "called malignant": {"facecolor": LINES[1]},
}


def draw_abstention(abstention: AbstentionMetrics) -> Figure:
    """Calls and referrals of each label, in all and by camera and lesion size.

    Args:
        abstention: What was found for one method.

    Raises:
        ValueError: If no exam was tested.
    """
    bars = _list_bars(abstention)
    if not bars:
        raise ValueError("a figure of abstention must have at least one bar, got none.")
    names = [f"{name} (n = {outcome.patients})" for name, _, outcome in bars]
    left, below = 0.2 + 0.07 * max(map(len, names)), 1.3
    height = 0.2 + _BAR_INCH * len(bars) + below
    figure = new_figure(left + 4.3, height)
    axes = figure.add_axes(
        (
            left / (left + 4.3),
            below / height,
            4.15 / (left + 4.3),
            _BAR_INCH * len(bars) / height,
        )
    )
    style_axes(axes, "share of patients", "")
    axes.grid(visible=False, axis="y")
    _draw_shares(axes, bars)
    _draw_errors(axes, bars)
    axes.set_yticks(range(len(bars)), names, fontsize=8.5, color=INK)
    axes.tick_params(axis="y", length=0)
    axes.set(xlim=(0, 1), ylim=(len(bars) - 0.4, -0.45))
    axes.legend(
        loc="lower left", bbox_to_anchor=(0.0, 0.0), bbox_transform=figure.transFigure,
        fontsize=8.5, frameon=False, labelcolor=INK, handlelength=1.4, ncols=2,
    )  # fmt: skip
    return figure


Bar = tuple[str, int, LabelOutcome]
"""Name, label and outcome."""


def _list_bars(abstention: AbstentionMetrics) -> list[Bar]:
    """Name, label and outcome of each bar; all malignant ones of a grouping first."""
    found = [
        (f"true {name}", label, outcome)
        for name, label, outcome in (
            ("malignant", 1, abstention.malignant), ("benign", 0, abstention.benign),
        )
        if outcome is not None
    ]  # fmt: skip
    for grouping in _GROUPINGS:
        for name, label in (("malignant", 1), ("benign", 0)):
            for one in abstention.groups:
                outcome = one.outcome.malignant if label else one.outcome.benign
                if one.grouping == grouping and outcome is not None:
                    found.append((f"{grouping} {one.group}, {name}", label, outcome))
    return found


def _draw_shares(axes: Axes, bars: Sequence[Bar]) -> None:
    """What was called benign, referred and called malignant, from left to right."""
    shares = np.array([_list_shares(label, outcome) for _, label, outcome in bars])
    begun = np.zeros(len(bars))
    for number, (name, look) in enumerate(_LOOKS.items()):
        axes.barh(
            np.arange(len(bars)), shares[:, number], 0.62, left=begun, label=name,
            edgecolor="white", linewidth=0.6, **look,
        )  # fmt: skip
        for place, share in enumerate(shares[:, number].tolist()):
            if share >= _SHOWN:
                axes.text(
                    begun[place] + share / 2, place,
                    f"{100 * share:.0f}\N{NO-BREAK SPACE}%",
                    fontsize=8.5, ha="center", va="center",
                    color=INK if number in (1, 2) else "white",
                )  # fmt: skip
        begun = begun + shares[:, number]


def _list_shares(label: int, outcome: LabelOutcome) -> tuple[float, ...]:
    """One share for each of `_LOOKS`; they add up to 1."""
    right, wrong = outcome.called_right.value, outcome.called_wrong.value
    empty = outcome.empty.value
    both = max(outcome.referred.value - empty, 0.0)
    return (wrong, both, empty, right) if label else (right, both, empty, wrong)


def _draw_errors(axes: Axes, bars: Sequence[Bar]) -> None:
    """Errors with their intervals, from the end of the bar at which they lie."""
    spans = []
    for _, label, outcome in bars:
        error = outcome.error
        values = np.array([error.value, error.lower, error.upper])
        spans.append(values if label else 1.0 - values[[0, 2, 1]])
    middle, low, high = np.array(spans).T
    axes.errorbar(
        middle, np.arange(len(bars)) + 0.42, xerr=[middle - low, high - middle],
        color=INK, elinewidth=1.1, marker="|", markersize=7, linestyle="none",
        label=_ERROR, clip_on=False,
    )  # fmt: skip
