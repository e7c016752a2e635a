from typing import Any

import pytest

from bsgi.evaluation.estimate import Estimate
from bsgi.reports.learning_curve import LearningLine, draw_learning


def make_area(value: float) -> Estimate:
    return Estimate(value, value - 0.1, min(value + 0.05, 1.0), "logit-delong")


def make_line(name: str) -> LearningLine:
    areas = (make_area(0.7), make_area(0.8), make_area(0.97))
    return LearningLine(name, (50, 186, 2000), areas)


def test_sizes_stand_on_a_logarithmic_axis_with_intervals() -> None:
    axes: Any = draw_learning([make_line("a")]).axes[0]
    assert axes.get_xscale() == "log"
    assert [text.get_text() for text in axes.get_xticklabels()] == [
        "50",
        "186",
        "2,000",
    ]
    (curve,) = [line for line in axes.lines if line.get_marker() == "o"]
    assert list(curve.get_xdata()) == pytest.approx([50, 186, 2000])
    assert list(curve.get_ydata()) == [0.7, 0.8, 0.97]
    (bars,) = [one for one in axes.containers if hasattr(one, "has_yerr")]
    (lines,) = bars.lines[2]
    assert lines.get_segments()[0][:, 1].tolist() == pytest.approx([0.6, 0.75])
    low, high = axes.get_ylim()
    assert low <= 0.45
    assert high >= 1.0


def test_methods_stand_a_little_apart_and_a_missing_area_is_left_out() -> None:
    holed = LearningLine("b", (50, 186), (None, make_area(0.8)))
    axes: Any = draw_learning([make_line("a"), holed]).axes[0]
    first, second = [line for line in axes.lines if line.get_marker() == "o"]
    assert len(first.get_xdata()) == 3
    assert len(second.get_xdata()) == 1
    assert 1 < second.get_xdata()[0] / first.get_xdata()[1] < 1.1
    legend = axes.get_legend()
    assert legend is not None
    texts = [text.get_text() for text in legend.get_texts()]
    assert sorted(texts) == ["a", "b", "chance (0.5)"]


def test_a_curve_needs_points_and_methods() -> None:
    with pytest.raises(ValueError, match="must have at least one method, got none"):
        draw_learning([])
    with pytest.raises(ValueError, match="one area for each number of patients"):
        LearningLine("a", (50,), ())
