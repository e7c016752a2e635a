import numpy as np
import pytest

from bsgi.evaluation.estimate import Estimate
from bsgi.evaluation.roc import build_roc
from bsgi.evaluation.scored import Scored
from bsgi.reports.curves import RocLine, draw_roc, draw_training


def make_line(name: str = "paper") -> RocLine:
    scored = Scored(np.array([0, 1, 0, 1]), np.array([0.1, 0.3, 0.4, 0.9]))
    auc = Estimate(0.75, 0.3, 0.95, "newcombe")
    return RocLine(name, build_roc(scored), auc, (0.0, 0.5))


def test_the_legend_gives_the_area_with_its_interval() -> None:
    axes = draw_roc([make_line()]).axes[0]
    legend = axes.get_legend()
    assert legend is not None
    texts = [text.get_text() for text in legend.get_texts()]
    assert texts == ["chance", "paper: AUC 0.75\n(0.30 to 0.95)"]


def test_the_curve_runs_from_corner_to_corner() -> None:
    _, curve, point = draw_roc([make_line()]).axes[0].lines
    x, y = np.asarray(curve.get_xdata()), np.asarray(curve.get_ydata())
    assert (x[0], y[0], x[-1], y[-1]) == (0, 0, 1, 1)
    assert (np.diff(x) >= 0).all()
    assert (np.diff(y) >= 0).all()
    assert list(np.asarray(point.get_xydata())[0]) == [0.0, 0.5]


def test_each_curve_has_its_own_colour() -> None:
    axes = draw_roc([make_line("a"), make_line("b")]).axes[0]
    assert axes.lines[1].get_color() != axes.lines[3].get_color()
    with pytest.raises(ValueError, match="must have 1 to 5 curves, got 0"):
        draw_roc([])
    with pytest.raises(ValueError, match="must have 1 to 5 curves, got 6"):
        draw_roc([make_line()] * 6)


def test_a_training_curve_starts_at_zero() -> None:
    axes = draw_training([1, 2, 3], [0.7, 0.5, 0.4], "loss").axes[0]
    assert axes.get_ylim()[0] == 0
    assert axes.get_ylabel() == "loss"
    assert draw_training([1], [0.0], "loss").axes
    with pytest.raises(ValueError, match="got 2 epochs and 1 values"):
        draw_training([1, 2], [0.7], "loss")
