"""Where lesions were found: table and curve of searches against outlines."""

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.figure import Figure

from bsgi.evaluation.localisation.curves import SearchCurve, build_froc, build_lroc
from bsgi.evaluation.localisation.metrics import LocalisationMetrics
from bsgi.evaluation.localisation.searches import Search
from bsgi.reports.style import INK, LINES, QUIET, new_figure, style_axes
from bsgi.reports.tables import Table
from bsgi.reports.wording import area_with_interval, interval_title, with_interval

_LINE_INCH = 0.2
_WIDEST = 4.0
"""False marks per image at which the free-response curve ends."""


def build_localisation(found: Mapping[str, LocalisationMetrics]) -> Table:
    """Areas and sensitivities of each method.

    Args:
        found: What each method located; at least one.

    Raises:
        ValueError: If there is none.
    """
    if not found:
        raise ValueError("a table of localisation must have at least one method.")
    first = next(iter(found.values()))
    lines = [
        ("Images, with a target", [f"{m.images:,}, {m.images_with_target:,}"
                                   for m in found.values()]),
        ("Targets", [f"{one.targets:,}" for one in found.values()]),
        ("Patients", [f"{one.patients:,}" for one in found.values()]),
        ("False marks", [f"{one.false_marks:,}" for one in found.values()]),
        ("Area below LROC", [area_with_interval(m.lroc) for m in found.values()]),
        ("Area below AFROC (JAFROC)",
         [area_with_interval(m.afroc) for m in found.values()]),
        ("The same, images weighted alike",
         [area_with_interval(m.weighted_afroc) for m in found.values()]),
    ]  # fmt: skip
    rates = sorted({one.false_marks for m in found.values() for one in m.sensitivities})
    for rate in rates:
        cells = [
            next((one.sensitivity for one in m.sensitivities
                  if one.false_marks == rate), None)
            for m in found.values()
        ]  # fmt: skip
        name = f"Targets found at {rate:g} false marks per image"
        lines.append((name, [with_interval(cell) for cell in cells]))
    return Table(
        caption=(
            "Where targets were found: areas and shares with their "
            f"{interval_title(first.level)} over patients"
        ),
        head=("", *found),
        rows=tuple((name, *cells) for name, cells in lines),
    )


def draw_localisation(searches: Mapping[str, Sequence[Search]]) -> Figure:
    """Free-response and localisation curves of methods, side by side.

    Args:
        searches: Those of each method; at least one. Colours come again after five,
            with a dash.

    Raises:
        ValueError: If there is none.
    """
    if not searches:
        raise ValueError("a figure of localisation must have at least one method.")
    legend = _LINE_INCH * len(searches) + 0.15
    height = 3.7 + legend
    figure = new_figure(7.6, height)
    panels = [
        figure.add_axes((left, (0.5 + legend) / height, 0.4, 3.05 / height))
        for left in (0.075, 0.58)
    ]
    style_axes(panels[0], "false marks per image (FROC)", "share of targets found")
    style_axes(
        panels[1],
        "false positive rate (LROC)",
        "images with the highest mark on a target",
    )
    for number, (name, own) in enumerate(searches.items()):
        froc, lroc = build_froc(own), build_lroc(own)
        look: dict[str, Any] = {
            "color": LINES[number % len(LINES)], "linewidth": 1.8, "label": name,
            "linestyle": "solid" if number < len(LINES) else "dashed",
        }  # fmt: skip
        panels[0].step(*_points(froc), where="post", **look)
        across, up = _points(lroc)
        # Beyond the laxest threshold nothing more is found.
        panels[1].plot([*across, *[1.0] * bool(across)], [*up, *up[-1:]], **look)
    ends = [curve.across[-1] for own in searches.values()
            if (curve := build_froc(own)) is not None]  # fmt: skip
    panels[0].set(xlim=(0, max(min(max(ends, default=1.0), _WIDEST), 0.1)), ylim=(0, 1))
    panels[1].set(xlim=(0, 1), ylim=(0, 1))
    for axes in panels:
        axes.yaxis.label.set_fontsize(9)
        axes.tick_params(colors=INK)
        axes.spines["left"].set_color(QUIET)
    panels[0].legend(
        loc="lower left", bbox_to_anchor=(0.0, 0.0), bbox_transform=figure.transFigure,
        fontsize=9, frameon=False, labelcolor=INK, handlelength=2.0,
    )  # fmt: skip
    return figure


def _points(curve: SearchCurve | None) -> tuple[list[float], list[float]]:
    return ([], []) if curve is None else (curve.across.tolist(), curve.up.tolist())
