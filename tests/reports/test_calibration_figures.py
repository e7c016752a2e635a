from pathlib import Path

import numpy as np
import pytest
from matplotlib.container import ErrorbarContainer

from bsgi.evaluation.calibration.decision_curve import decision_curve
from bsgi.reports.calibration_figures import draw_decision, draw_reliability
from bsgi.reports.style import save_svg
from tests.evaluation.calibration.draw import draw_forecasts
from tests.reports.test_calibration import measure


def test_a_reliability_diagram_shows_bins_curve_diagonal_and_histogram(
    tmp_path: Path,
) -> None:
    found = measure()
    figure = draw_reliability("paper", found)
    above, below = figure.axes
    (points,) = above.containers
    assert isinstance(points, ErrorbarContainer)
    main = points.lines[0]
    assert main is not None
    assert np.asarray(main.get_ydata()).tolist() == [
        each.observed.value for each in found.bins
    ]
    diagonal, curve = above.lines[:2]
    assert np.asarray(diagonal.get_xydata()).tolist() == [[0, 0], [1, 1]]
    assert len(np.asarray(curve.get_xdata())) == 2 * len(found.curve)
    legend = above.get_legend()
    assert legend is not None
    texts = [text.get_text() for text in legend.get_texts()]
    assert "paper: bins with intervals" in texts
    assert sum(bar.get_height() for bar in below.patches) == 300  # type: ignore[attr-defined]
    save_svg(tmp_path / "a.svg", figure)
    save_svg(tmp_path / "b.svg", draw_reliability("paper", found))
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


def test_decision_curves_stand_beside_acting_on_all_and_on_nobody() -> None:
    curves = {}
    for seed in range(7):
        f = draw_forecasts(seed)
        curves[f"m{seed}"] = decision_curve(f.labels, f.probabilities, resamples=20)
    figure = draw_decision(curves)
    (axes,) = figure.axes
    legend = axes.get_legend()
    assert legend is not None
    texts = [text.get_text() for text in legend.get_texts()]
    assert texts == ["acting on everybody", "acting on nobody", *curves]
    looks = {(line.get_color(), line.get_linestyle()) for line in axes.lines}
    assert len(looks) == 9
    assert np.asarray(axes.lines[2].get_ydata()).tolist() == list(
        curves["m0"].net_benefit
    )
    figure.draw_without_rendering()
    with pytest.raises(ValueError, match="must have at least one curve"):
        draw_decision({})
