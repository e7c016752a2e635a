"""A forest plot: one area with its interval per line, its number of patients beside."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from bsgi.evaluation.estimate import LEVEL, Estimate
from bsgi.reports.style import INK, LINES, QUIET, new_figure, style_axes
from bsgi.reports.wording import area_with_interval, interval_title

_LINE_INCH: Final = 0.21
_WIDTH_INCH: Final = 8.2
_LEFT, _RIGHT = 0.33, 0.66
"""Where the graph begins and ends; names stand left of it and numbers right."""
_MARGIN: Final = 0.012
_BELOW_INCH: Final = 0.82
"""Room for the axis and the legend below the graph."""
_DASHED, _DOTTED = (0, (4, 3)), (0, (1, 2))


@dataclass(frozen=True, slots=True)
class ForestLine:
    """One line of a forest plot.

    Args:
        name: What it is of, such as ``"above 20 mm"``.
        numbers: Patients, such as ``"12 + 28"``.
        area: The area; None where it is undefined, which the line then says.
    """

    name: str
    numbers: str
    area: Estimate | None


@dataclass(frozen=True, slots=True)
class ForestBlock:
    """Lines that belong together.

    Args:
        title: What they have in common, such as ``"camera"``; empty for none.
        lines: The lines, in order.
    """

    title: str
    lines: tuple[ForestLine, ...]


def draw_forest(
    blocks: Sequence[ForestBlock],
    reference: Estimate | None,
    *,
    reference_is: str,
    numbers_are: str,
    title: str = "",
    level: float = LEVEL,
) -> Figure:
    """Areas with their intervals below one another.

    Args:
        blocks: Groups of lines.
        reference: The area of all patients, drawn as a dashed line with a pale band;
            None draws none.
        reference_is: What that is, for the legend and the data beside the figure.
        numbers_are: Title of the column of numbers.
        title: What stands above, such as the method; empty for nothing.
        level: Confidence level of the intervals.

    Raises:
        ValueError: If there is no line.
    """
    if not any(block.lines for block in blocks):
        raise ValueError("a forest plot must have at least one line, got none.")
    rows = sum(len(block.lines) + bool(block.title) for block in blocks)
    height = _BELOW_INCH + 0.5 + 0.25 * bool(title) + _LINE_INCH * rows
    figure = new_figure(_WIDTH_INCH, height)
    axes = figure.add_axes(
        (_LEFT, _BELOW_INCH / height, _RIGHT - _LEFT, _LINE_INCH * rows / height)
    )
    style_axes(axes, "AUC", "")
    axes.grid(visible=False, axis="y")
    axes.spines["left"].set_visible(False)
    axes.set_yticks([])
    lowest = min((e.lower for e in _list_areas(blocks)), default=0.5)
    axes.set(xlim=(min(0.4, lowest), 1.0), ylim=(rows - 0.4, -0.6))
    _name_figure(axes, title, (height - _BELOW_INCH - 0.32) / (_LINE_INCH * rows))
    _draw_reference(axes, reference, reference_is)
    place = 0
    heads = ("", numbers_are, f"AUC ({interval_title(level)})")
    _write_line(figure, height, rows, -1, heads, bold=True)
    for block in blocks:
        if block.title:
            _write_line(figure, height, rows, place, (block.title, "", ""), bold=True)
            place += 1
        for line in block.lines:
            texts = (f"  {line.name}", line.numbers, area_with_interval(line.area))
            _write_line(figure, height, rows, place, texts)
            if line.area is not None:
                _draw_area(axes, place, f"{block.title}: {line.name}", line.area)
            place += 1
    _add_legend(
        figure, interval_title(level), "" if reference is None else reference_is
    )
    return figure


def _name_figure(axes: Axes, title: str, up: float) -> None:
    """A title at the left edge of the figure; it names the panel of the data too."""
    if not title:
        return
    across = (_MARGIN - _LEFT) / (_RIGHT - _LEFT)
    axes.set_title(
        title, loc="left", x=across, y=up, pad=0.0, fontsize=10.5, color=INK,
        weight="bold",
    )  # fmt: skip


def _draw_reference(axes: Axes, reference: Estimate | None, name: str) -> None:
    """Chance, and the area that the others are to be compared with."""
    axes.axvline(0.5, color=QUIET, linewidth=1.1, linestyle=_DOTTED, label="chance")
    if reference is not None:
        axes.axvspan(reference.lower, reference.upper, color=LINES[0], alpha=0.09, lw=0)
        axes.axvline(
            reference.value, color=LINES[0], linewidth=1, linestyle=_DASHED, label=name
        )


def _add_legend(figure: Figure, interval: str, reference_is: str) -> None:
    """What squares, bars, lines and band are."""
    handles = [
        Line2D([], [], color=INK, marker="s", markersize=5, linewidth=1.2,
               markerfacecolor=LINES[0], markeredgecolor=LINES[0],
               label=f"AUC with its {interval}"),
    ]  # fmt: skip
    if reference_is:
        handles.append(
            Line2D([], [], color=LINES[0], linewidth=1, linestyle=_DASHED,
                   label=f"{reference_is}: AUC")
        )  # fmt: skip
    chance = Line2D([], [], color=QUIET, linewidth=1.1, linestyle=_DOTTED,
                    label="chance (0.5)")  # fmt: skip
    band = Patch(color=LINES[0], alpha=0.12, lw=0, label=f"its {interval}")
    figure.legend(
        handles=[*handles, *([band] if reference_is else []), chance],
        loc="lower left", bbox_to_anchor=(_MARGIN, 0.06 / figure.get_figheight()),
        ncols=4, frameon=False, fontsize=8.5, labelcolor=INK, borderaxespad=0.0,
        borderpad=0.0, handlelength=2.4, columnspacing=1.6,
    )  # fmt: skip


def _draw_area(axes: Axes, place: int, label: str, area: Estimate) -> None:
    axes.errorbar(
        [area.value], [place],
        xerr=[[area.value - area.lower], [area.upper - area.value]],
        fmt="s", color=LINES[0], markersize=5, ecolor=INK, elinewidth=1.2,
        label=label.removeprefix(": "), clip_on=False, zorder=4,
    )  # fmt: skip


def _list_areas(blocks: Sequence[ForestBlock]) -> list[Estimate]:
    areas = (line.area for block in blocks for line in block.lines)
    return [area for area in areas if area is not None]


def _write_line(
    figure: Figure,
    height: float,
    rows: int,
    place: int,
    texts: tuple[str, str, str],
    *,
    bold: bool = False,
) -> None:
    """Name left of the graph, number and area right of it."""
    up = (_BELOW_INCH + _LINE_INCH * (rows - place - 0.6)) / height
    for across, text in zip(
        (_MARGIN, _RIGHT + 0.02, _RIGHT + 0.125), texts, strict=True
    ):
        figure.text(
            across, up, text, fontsize=8.5, color=INK, ha="left", va="center",
            weight="bold" if bold else "normal",
        )  # fmt: skip
