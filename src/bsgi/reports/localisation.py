"""Where lesions were found: table, curves and words on searches against outlines."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bsgi.evaluation.localisation.curves import (
    SearchCurve,
    average_curves,
    build_froc,
    build_lroc,
)
from bsgi.evaluation.localisation.matching import TOLERANCE_MM
from bsgi.evaluation.localisation.metrics import LocalisationMetrics
from bsgi.evaluation.localisation.searches import Repeats, Search
from bsgi.reports.style import INK, LINES, QUIET, new_figure, style_axes
from bsgi.reports.tables import Table
from bsgi.reports.wording import (
    area_with_interval,
    count_of,
    interval_title,
    with_interval,
)

_LINE_INCH: Final = 0.2
_WIDTH_INCH: Final = 7.6
_WIDEST: Final = 4.0
"""False marks per exam at which the free-response curve ends."""
_TOLD: Final = 1.0
"""False marks per exam at which a sentence tells the share of lesions found."""


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
        ("Exams, of these with a malignant lesion",
         [f"{m.images:,}, {m.images_with_target:,}" for m in found.values()]),
        ("Outlines of lesions", [f"{one.targets:,}" for one in found.values()]),
        ("Patients", [f"{one.patients:,}" for one in found.values()]),
        ("False marks per exam",
         [f"{m.false_marks / (m.images * m.repeats):.1f}" for m in found.values()]),
        ("Area below LROC", [area_with_interval(m.lroc) for m in found.values()]),
        ("Area below AFROC (JAFROC)",
         [area_with_interval(m.afroc) for m in found.values()]),
        ("The same, exams weighted alike",
         [area_with_interval(m.weighted_afroc) for m in found.values()]),
    ]  # fmt: skip
    rates = sorted({one.false_marks for m in found.values() for one in m.sensitivities})
    for rate in rates:
        cells = [_find_share(m, rate) for m in found.values()]
        name = f"Lesions found at {rate:g} false marks per exam"
        lines.append((name, cells))
    return Table(
        caption=(
            "Where lesions were found: areas and shares with their "
            f"{interval_title(first.level)} over patients{_name_mean(first.repeats)}"
        ),
        head=("", *found),
        rows=tuple((name, *cells) for name, cells in lines),
    )


def describe_localisation(
    found: Mapping[str, LocalisationMetrics], malignant: Mapping[str, int]
) -> tuple[str, ...]:
    """How lesions were searched, what the two curves mean, and what was found.

    Args:
        found: What each method located.
        malignant: Malignant exams that each tested.
    """
    sentences = [
        "Simulated exams know where their lesions are. The peaks of the heat map for "
        "malignant are taken as marks, none closer than 10 mm to another: the highest "
        "is rated by the score of the exam, lower ones in proportion. A mark within "
        f"{TOLERANCE_MM:g} mm of the outline of a malignant lesion finds it, any other "
        "is false. A map is shared by the four views, so the outlines of all views are "
        "laid over each other, and one lesion may have several.",
        "LROC asks for one place per exam: how often, of a pair of a malignant and a "
        "benign exam, the malignant one is rated higher and its highest mark lies on a "
        "lesion. The area is 1 where scores and places are all right, and 0 where the "
        "scores are and the maps look elsewhere. FROC asks for every lesion: the share "
        "found when so many false marks per exam are borne.",
    ]
    for title, one in found.items():
        text = f"{title}: area below LROC {area_with_interval(one.lroc)}"
        if one.sensitivities:
            text += (
                f"; at {_TOLD:g} false mark per exam {_find_share(one, _TOLD)} of the "
                "lesions are found"
            )
        text += f" ({interval_title(one.level)} in brackets)."
        missing = malignant.get(title, 0) - one.images_with_target
        if missing > 0:
            text += (
                f" Left out: {count_of(missing, 'malignant exam')} without an outline, "
                "unknown or smaller than a pixel of the image."
            )
        sentences.append(text)
    return tuple(sentences)


def draw_localisation(
    searches: Mapping[str, Repeats], found: Mapping[str, LocalisationMetrics]
) -> Figure:
    """Free-response and localisation curves of methods, means over the repeats.

    Args:
        searches: Those of each method and repeat; at least one. Colours come again
            after five, with a dash.
        found: What each method located, for the intervals.

    Raises:
        ValueError: If there is no method.
    """
    if not searches:
        raise ValueError("a figure of localisation must have at least one method.")
    legend = _LINE_INCH * (len(searches) + 1) + 0.2
    height = 4.15 + legend
    figure = new_figure(_WIDTH_INCH, height)
    froc, lroc = (
        figure.add_axes((left, (0.5 + legend) / height, 0.395, 3.05 / height))
        for left in (0.08, 0.585)
    )
    _name_panel(
        froc, "FROC: every lesion", "false marks per exam", "share of lesions found"
    )
    _name_panel(
        lroc, "LROC: one place per exam", "share of benign exams with a mark",
        "share of malignant exams with a hit",
    )  # fmt: skip
    end = _find_end(searches)
    for number, (title, repeats) in enumerate(searches.items()):
        look: dict[str, Any] = {
            "color": LINES[number % len(LINES)], "linewidth": 1.8,
            "linestyle": "solid" if number < len(LINES) else "dashed",
        }  # fmt: skip
        area = area_with_interval(found[title].lroc)
        _draw_mean(froc, repeats, build_froc, title, look)
        _draw_shares(froc, found[title], title, number, end)
        _draw_mean(lroc, repeats, build_lroc, f"{title}: LROC area {area}", look)
    froc.set(xlim=(0, end), ylim=(0, 1))
    lroc.set(xlim=(0, 1), ylim=(0, 1))
    level = interval_title(next(iter(found.values())).level)
    figure.text(
        0.08, (legend - 0.12) / height, fontsize=8.5, color=INK, ha="left", va="center",
        s=f"In brackets the {level} of the area; bars: {level} of the share found.",
    )  # fmt: skip
    lines, names = lroc.get_legend_handles_labels()
    figure.legend(
        lines, names, loc="upper left", frameon=False, fontsize=9, labelcolor=INK,
        bbox_to_anchor=(0.08, (legend - 0.26) / height), borderaxespad=0.0,
        borderpad=0.0, handlelength=2.0, labelspacing=0.3,
    )  # fmt: skip
    return figure


def _name_panel(axes: Axes, title: str, across: str, up: str) -> None:
    style_axes(axes, across, up)
    axes.set_title(title, loc="left", fontsize=10, color=INK, weight="bold", pad=8)
    axes.xaxis.label.set_fontsize(9)
    axes.yaxis.label.set_fontsize(9)
    axes.spines["left"].set_color(QUIET)


def _find_end(searches: Mapping[str, Repeats]) -> float:
    """False marks per exam at which the free-response panel ends."""
    ends = [
        float(curve.across[-1])
        for repeats in searches.values()
        for own in repeats
        if (curve := build_froc(own)) is not None
    ]
    return max(min(max(ends, default=1.0), _WIDEST), 0.1)


def _draw_mean(
    axes: Axes,
    repeats: Repeats,
    build: Callable[[Sequence[Search]], SearchCurve | None],
    label: str,
    look: Mapping[str, Any],
) -> None:
    """The mean curve of the repeats; nothing where there is none."""
    curves = [curve for own in repeats if (curve := build(own)) is not None]
    across, up = [], []
    if curves:
        stepped = build is build_froc
        end = max(float(one.across[-1]) for one in curves) if stepped else 1.0
        mean = average_curves(curves, end, stepped=stepped)
        across, up = mean.across.tolist(), mean.up.tolist()
    axes.plot(across, up, label=label, **look)


def _draw_shares(
    axes: Axes, found: LocalisationMetrics, title: str, number: int, end: float
) -> None:
    """The shares found at given numbers of false marks, with their intervals."""
    shown = [one for one in found.sensitivities if one.false_marks <= end]
    if not shown:
        return
    shares = [one.sensitivity for one in shown]
    axes.errorbar(
        # Beside each other where several methods have the same numbers.
        [one.false_marks + 0.008 * end * number for one in shown],
        [one.value for one in shares],
        yerr=[[one.value - one.lower for one in shares],
              [one.upper - one.value for one in shares]],
        fmt="o", color=LINES[number % len(LINES)], markersize=3.5, elinewidth=1.0,
        capsize=2.0, zorder=4, label=f"{title}, with interval",
    )  # fmt: skip


def _find_share(found: LocalisationMetrics, rate: float) -> str:
    shares = [o.sensitivity for o in found.sensitivities if o.false_marks == rate]
    return with_interval(shares[0] if shares else None)


def _name_mean(repeats: int) -> str:
    return f"; means over {repeats} repeats" if repeats > 1 else ""
