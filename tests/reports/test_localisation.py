"""The table, the words and the figure of searches."""

from typing import Any

import numpy as np
import pytest

from bsgi.evaluation.localisation.curves import build_lroc
from bsgi.evaluation.localisation.metrics import (
    summarize_localisation,
    summarize_repeated,
)
from bsgi.evaluation.localisation.searches import Search
from bsgi.reports.figure_data import collect_drawn
from bsgi.reports.localisation import (
    build_localisation,
    describe_localisation,
    draw_localisation,
)
from tests.evaluation.localisation.test_searches import draw_searches


def test_areas_and_sensitivities_stand_in_the_table() -> None:
    rng = np.random.default_rng(1)
    found = {name: summarize_localisation(draw_searches(rng)) for name in "ab"}
    table = build_localisation(found)
    assert table.head == ("", "a", "b")
    assert "repeats" not in table.caption
    rows = {row[0]: row[1:] for row in table.rows}
    assert rows["Outlines of lesions"] == tuple(f"{m.targets}" for m in found.values())
    own = found["b"].lroc
    assert own is not None
    assert rows["Area below LROC"][1].startswith(f"{own.value:.3f} ({own.lower:.3f}")
    share = found["a"].sensitivities[2].sensitivity
    cell = rows["Lesions found at 0.5 false marks per exam"][0]
    assert cell.startswith(f"{100 * share.value:.1f}")
    silent = build_localisation({"c": summarize_localisation([Search("i", "p")])})
    assert ("Area below LROC", "undefined") in silent.rows
    with pytest.raises(ValueError, match="at least one"):
        build_localisation({})


def test_false_marks_are_told_per_exam_and_repeat() -> None:
    own = [Search("i", "p", (), (0.1, 0.2)), Search("j", "q", (0.3,), (0.1,))]
    table = build_localisation({"a": summarize_repeated((own, own))})
    assert ("False marks per exam", "1.5") in table.rows
    assert "means over 2 repeats" in table.caption


def test_the_words_tell_area_share_and_exams_left_out() -> None:
    found = {"a": summarize_localisation(draw_searches(np.random.default_rng(3)))}
    said = describe_localisation(found, {"a": found["a"].images_with_target})[-1]
    share = next(o for o in found["a"].sensitivities if o.false_marks == 1.0)
    assert f"{100 * share.sensitivity.value:.1f}" in said
    assert "95\N{NO-BREAK SPACE}% interval in brackets" in said
    assert "Left out" not in said
    more = describe_localisation(found, {"a": found["a"].images_with_target + 1})[-1]
    assert "Left out: 1 malignant exam without an outline" in more


def test_both_curves_of_each_method_are_drawn() -> None:
    rng = np.random.default_rng(2)
    searches = {name: (draw_searches(rng), draw_searches(rng)) for name in "ab"}
    searches["a"] = (searches["a"][0],) * 2
    one = {name: (repeats[0],) for name, repeats in searches.items()}
    found = {name: summarize_repeated(repeats) for name, repeats in one.items()}
    figure = draw_localisation(searches, found)
    froc, lroc = figure.axes
    line: Any = lroc.lines[0]
    curve = build_lroc(searches["a"][0])
    assert curve is not None
    area = float(np.trapezoid(line.get_ydata(), line.get_xdata()))
    assert found["a"].lroc is not None
    assert area == pytest.approx(found["a"].lroc.value)
    assert line.get_ydata()[-1] == curve.up[-1]
    assert line.get_xdata()[-1] == 1.0
    points = [
        row
        for row in collect_drawn(figure)
        if row.kind == "point" and row.series.startswith("a")
    ]
    shown = [o for o in found["a"].sensitivities if o.false_marks <= froc.get_xlim()[1]]
    for row, share in zip(points, shown, strict=True):
        wanted = share.sensitivity
        assert (row.x, row.y, row.lower, row.upper) == pytest.approx(
            (share.false_marks, wanted.value, wanted.lower, wanted.upper)
        )
    empty = [Search("i", "p")]
    figure = draw_localisation({"c": (empty,)}, {"c": summarize_localisation(empty)})
    assert len(figure.axes) == 2
    with pytest.raises(ValueError, match="at least one"):
        draw_localisation({}, {})
