from typing import Any

import pytest

from bsgi.evaluation.estimate import Estimate
from bsgi.reports.bars import BarGroup, draw_bars
from bsgi.reports.style import LINES

NAMES = ("Accuracy", "Sensitivity", "Specificity")
RATE = Estimate(0.8, 0.6, 0.9, "wilson")


def make_group(name: str, *, marks: float | None = None) -> BarGroup:
    return BarGroup(name, (RATE, RATE, None), (marks, None, None))


def test_bars_have_intervals_and_marks_a_legend() -> None:
    figure = draw_bars(NAMES, [make_group("a", marks=0.7), make_group("b")], "paper")
    axes: Any = figure.axes[0]
    heights = sorted(patch.get_height() for patch in axes.patches)
    assert heights == pytest.approx([0.0] * 2 + [0.8] * 4)
    limits = [
        segment[:, 1].tolist()
        for bar in axes.containers
        if hasattr(bar, "has_yerr")
        for line in bar.lines[2]
        for segment in line.get_segments()
    ]
    assert len(limits) == 4
    assert limits[0] == pytest.approx([0.6, 0.9])
    legend = axes.get_legend()
    assert [text.get_text() for text in legend.get_texts()] == ["a", "b", "paper"]
    colours = {handle.get_facecolor() for handle in axes.patches}
    assert len(colours) == 2
    marks = [line for line in axes.lines if line.get_marker() == "D"]
    assert [line.get_ydata()[0] for line in marks if len(line.get_ydata())] == [0.7]


def test_without_marks_the_legend_has_methods_only() -> None:
    legend = draw_bars(NAMES, [make_group("a")], "paper").axes[0].get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["a"]


def test_seven_methods_can_be_told_apart() -> None:
    groups = [make_group(str(number)) for number in range(7)]
    axes = draw_bars(NAMES, groups, "paper").axes[0]
    looks = {(str(patch.get_facecolor()), patch.get_hatch()) for patch in axes.patches}
    assert len(looks) == 7 > len(LINES)


def test_bars_without_methods_or_rates_are_refused() -> None:
    with pytest.raises(ValueError, match="must have at least one method, got none"):
        draw_bars(NAMES, [], "paper")
    with pytest.raises(ValueError, match="a must have 2 rates and marks, got 3 and 3"):
        draw_bars(NAMES[:2], [make_group("a")], "paper")
