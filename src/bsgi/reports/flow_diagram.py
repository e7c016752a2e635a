"""The flow of exams in and out, drawn as STARD asks for it.

References:
    Bossuyt et al. 2015, STARD 2015, doi 10.1136/bmj.h5527, item 19.
"""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Rectangle

from bsgi.files import save_csv
from bsgi.reports.flow import (
    Flow,
    FlowCount,
    PartCount,
    describe_flow,
    list_reasons,
    name_part,
)
from bsgi.reports.style import INK, QUIET, Picture, new_figure, save_picture
from bsgi.reports.wording import count_of

COLUMNS: Final = (
    "step", "exams", "patients", "malignant", "benign", "fewest", "most", "what",
)  # fmt: skip
"""Columns of flow.csv; fewest and most are those of one run."""

_LINE: Final = 0.165
_GAP: Final = 0.42
_WIDTH: Final = 7.0
_MAIN: Final = (0.15, 3.2)
_SIDE: Final = (3.75, 3.1)


@dataclass(frozen=True, slots=True)
class _Box:
    """A box of the diagram: its lines, and those of what leaves below it."""

    lines: tuple[str, ...]
    aside: tuple[str, ...] = ()


def picture_flow(flow: Flow, path: Path, *, simulated: bool) -> Picture:
    """Draw the flow, with its numbers beside it as CSV.

    Args:
        flow: The flow.
        path: SVG file to make or replace.
        simulated: Whether the exams are simulated.
    """
    save_csv(path.with_suffix(".csv"), COLUMNS, list_steps(flow))
    return save_picture(
        path,
        draw_flow(flow),
        f"Flow of exams. {describe_flow(flow)}",
        "Exams in and out, from the files that were read to those that were tested.",
        simulated=simulated,
    )


def list_steps(flow: Flow) -> list[tuple[object, ...]]:
    """The numbers of the diagram as rows of `COLUMNS`.

    Args:
        flow: The flow.
    """

    def exams(step: str, count: FlowCount) -> tuple[object, ...]:
        numbers = (count.exams, count.patients, count.malignant, count.benign)
        return (step, *numbers, "", "", "exams")

    def other(step: str, number: int, what: str) -> tuple[object, ...]:
        return (step, number, "", "", "", "", "", what)

    rows = [other("views read", flow.views, "views")]
    rows.append(other("files refused", flow.refused, "files"))
    rows += [other(f"refused: {text}", n, "files") for text, n in flow.reasons]
    rows.append(exams("exams", flow.exams))
    rows.append(other("quality in doubt, kept", flow.doubtful, "exams"))
    rows.append(other("a view missing, kept", flow.incomplete, "exams"))
    rows.append(exams("without a label", flow.unlabelled))
    rows.append(exams("in no part", flow.unused))
    for part in flow.parts:
        step = name_part(part.part).lower()
        count = part.ever
        rows.append(
            (step, count.exams, count.patients, count.malignant, count.benign,
             part.fewest, part.most, "exams")
        )  # fmt: skip
    return rows


def draw_flow(flow: Flow) -> Figure:
    """The diagram: boxes from top to bottom, what leaves at their right.

    Args:
        flow: The flow.
    """
    boxes = _list_boxes(flow)
    parts = [_describe_part(flow, part) for part in flow.parts]
    heights = [_height(box.lines) for box in boxes]
    gaps = [max(_GAP, _height(box.aside) + 0.16 if box.aside else 0) for box in boxes]
    lowest = max((_height(lines) for lines in parts), default=0.0)
    height = sum(heights) + sum(gaps) + lowest + 0.65
    figure = new_figure(_WIDTH, height)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set(xlim=(0, _WIDTH), ylim=(0, height))
    axes.set_axis_off()
    top = height - 0.3
    middle = _MAIN[0] + _MAIN[1] / 2
    for box, own, gap in zip(boxes, heights, gaps, strict=True):
        _draw_box(axes, _MAIN, top, box.lines)
        bottom = top - own
        last = box is boxes[-1]
        if parts or not last:
            _draw_arrow(axes, (middle, bottom), (middle, bottom - gap))
        if box.aside:
            between = bottom - gap / 2
            _draw_box(axes, _SIDE, between + _height(box.aside) / 2, box.aside)
            _draw_arrow(axes, (middle, between), (_SIDE[0], between))
        top = bottom - gap
    _draw_parts(axes, parts, top, middle)
    return figure


def _list_boxes(flow: Flow) -> list[_Box]:
    refused = (f"{count_of(flow.refused, 'file')} without a view", *list_reasons(flow))
    doubts = (
        f"kept: {flow.incomplete:,} with a view missing,",
        f"{flow.doubtful:,} of doubtful quality",
    )
    no_label = (f"{count_of(flow.unlabelled.exams, 'exam')} without a label, not used",)
    boxes = [
        _Box(("Files read", f"{count_of(flow.views, 'view')} found"), _wrap(refused)),
        _Box(
            (*_name_exams(flow.exams), *doubts),
            no_label if flow.unlabelled.exams else (),
        ),
    ]
    unused = (f"{count_of(flow.unused.exams, 'exam')} in no part, not used",)
    boxes.append(
        _Box(
            (f"{count_of(flow.labelled, 'exam')} with a label",),
            unused if flow.unused.exams else (),
        )
    )
    return boxes


def _describe_part(flow: Flow, part: PartCount) -> tuple[str, ...]:
    own = (name_part(part.part), *_name_exams(part.ever))
    if flow.runs == 1:
        return own
    spread = f"{part.fewest:,}"
    if part.most > part.fewest:
        spread += f" to {part.most:,}"
    each = f"{spread} exams in each of {flow.runs:,} splits, in all"
    return (own[0], *_wrap((each,), 32), *own[1:])


def _name_exams(count: FlowCount) -> tuple[str, ...]:
    return (
        f"{count_of(count.exams, 'exam')} of {count_of(count.patients, 'patient')}",
        f"{count.malignant:,} malignant, {count.benign:,} benign",
    )


def _wrap(lines: Sequence[str], width: int = 44) -> tuple[str, ...]:
    return tuple(part for line in lines for part in textwrap.wrap(line, width))


def _height(lines: Sequence[str]) -> float:
    return _LINE * len(lines) + 0.16 if lines else 0.0


def _draw_box(
    axes: Axes, place: tuple[float, float], top: float, lines: Sequence[str]
) -> None:
    left, width = place
    height = _height(lines)
    axes.add_patch(
        Rectangle(
            (left, top - height),
            width,
            height,
            facecolor="white",
            edgecolor=INK,
            linewidth=0.9,
        )
    )
    for number, line in enumerate(lines):
        axes.text(
            left + width / 2, top - 0.08 - _LINE * (number + 0.5), line,
            fontsize=8.5, color=INK, ha="center", va="center",
            fontweight="bold" if number == 0 else "normal",
        )  # fmt: skip


def _draw_arrow(
    axes: Axes, start: tuple[float, float], end: tuple[float, float]
) -> None:
    axes.add_patch(
        FancyArrowPatch(
            start,
            end,
            arrowstyle="-|>",
            mutation_scale=9,
            color=QUIET,
            linewidth=0.9,
            shrinkA=0,
            shrinkB=0,
        )
    )


def _draw_parts(
    axes: Axes, parts: Sequence[Sequence[str]], top: float, middle: float
) -> None:
    """The parts side by side, each below an arrow from the last box."""
    if not parts:
        return
    width = (_WIDTH - 0.3 - 0.2 * (len(parts) - 1)) / len(parts)
    width = min(width, 2.5)
    for number, lines in enumerate(parts):
        left = 0.15 + number * (width + 0.2)
        _draw_box(axes, (left, width), top - 0.2, lines)
        _draw_arrow(axes, (middle, top), (left + width / 2, top - 0.2))
