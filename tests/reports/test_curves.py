from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.lines import Line2D

from bsgi.evaluation.areas.roc import build_roc
from bsgi.evaluation.estimate import Estimate
from bsgi.evaluation.scored import Scored
from bsgi.reports.curves import MOST_CORNERS, RocLine, draw_roc, thin_corners
from bsgi.reports.style import save_svg


def make_line(name: str = "paper") -> RocLine:
    scored = Scored(np.array([0, 1, 0, 1]), np.array([0.1, 0.3, 0.4, 0.9]))
    auc = Estimate(0.75, 0.3, 0.95, "newcombe")
    curve = build_roc(scored)
    up = curve.true_positive_rate
    return RocLine(name, curve.false_positive_rate, up, auc, (0.0, 0.5))


def test_the_legend_gives_the_area_with_its_interval() -> None:
    axes = draw_roc([make_line()]).axes[0]
    legend = axes.get_legend()
    assert legend is not None
    texts = [text.get_text() for text in legend.get_texts()]
    assert texts == ["chance", "paper: AUC 0.750\n(0.300 to 0.950)"]


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
    with pytest.raises(ValueError, match="must have at least one curve, got none"):
        draw_roc([])


def test_any_number_of_curves_can_be_told_apart(tmp_path: Path) -> None:
    names = [f"method {number}" for number in range(17)]
    figure = draw_roc([make_line(name) for name in names])
    save_svg(tmp_path / "roc.svg", figure)
    axes = figure.axes[0]
    curves = [line for line in axes.lines if str(line.get_label())[:6] == "method"]
    looks = {(line.get_color(), str(dashes_of(line))) for line in curves}
    assert len(looks) == len(curves) == 17
    legend = axes.get_legend()
    assert legend is not None
    texts = [text.get_text() for text in legend.get_texts()]
    assert texts[17] == "method 16: AUC 0.750 (0.300 to 0.950)"
    figure.draw_without_rendering()
    box = legend.get_window_extent()
    assert box.y0 >= 0
    assert box.x0 >= 0
    assert box.y1 < axes.get_window_extent().y0
    assert not box.overlaps(axes.xaxis.label.get_window_extent())


def dashes_of(line: Line2D) -> Any:
    """The pattern of dashes as it is drawn; matplotlib has no public way to ask."""
    return line._unscaled_dash_pattern  # type: ignore[attr-defined]


def test_a_band_lies_below_its_curve_in_its_colour() -> None:
    line = make_line()
    band = (np.maximum(line.up - 0.2, 0), np.minimum(line.up + 0.2, 1))
    axes = draw_roc([replace(line, band=band)]).axes[0]
    (shade,) = axes.collections
    assert shade.get_alpha() == pytest.approx(0.1)
    (path,) = shade.get_paths()
    assert path.contains_point((0.25, 0.6))
    assert not path.contains_point((0.25, 0.1))
    assert not draw_roc([line]).axes[0].collections


def test_a_thinned_curve_is_nowhere_far_from_the_whole() -> None:
    rng = np.random.default_rng(1)
    labels = np.repeat([1, 0], [30_000, 20_000])
    scores = rng.normal(size=labels.size) + 2.0 * labels
    whole = build_roc(Scored(labels, scores))
    across, up = thin_corners(whole.false_positive_rate, whole.true_positive_rate)
    assert across.size <= MOST_CORNERS + 1
    assert (across[0], up[0], across[-1], up[-1]) == (0.0, 0.0, 1.0, 1.0)
    # Along the sum of both rates, in which neither curve is vertical.
    sums = whole.false_positive_rate + whole.true_positive_rate
    for kept, full in (
        (across, whole.false_positive_rate),
        (up, whole.true_positive_rate),
    ):
        assert np.abs(np.interp(sums, across + up, kept) - full).max() < 0.001
    few = np.linspace(0.0, 1.0, 50)
    assert all(kept is few for kept in thin_corners(few, few))
