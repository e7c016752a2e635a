"""The table and the figure of searches."""

from typing import Any

import numpy as np
import pytest

from bsgi.evaluation.localisation.curves import build_lroc
from bsgi.evaluation.localisation.metrics import summarize_localisation
from bsgi.evaluation.localisation.searches import Search
from bsgi.reports.localisation import build_localisation, draw_localisation
from tests.evaluation.localisation.test_searches import draw_searches


def test_areas_and_sensitivities_stand_in_the_table() -> None:
    rng = np.random.default_rng(1)
    found = {name: summarize_localisation(draw_searches(rng)) for name in "ab"}
    table = build_localisation(found)
    assert table.head == ("", "a", "b")
    rows = {row[0]: row[1:] for row in table.rows}
    assert rows["Targets"] == tuple(f"{one.targets}" for one in found.values())
    own = found["b"].lroc
    assert own is not None
    assert rows["Area below LROC"][1].startswith(f"{own.value:.3f} ({own.lower:.3f}")
    share = found["a"].sensitivities[2].sensitivity
    cell = rows["Targets found at 0.5 false marks per image"][0]
    assert cell.startswith(f"{100 * share.value:.1f}")
    silent = build_localisation({"c": summarize_localisation([Search("i", "p")])})
    assert ("Area below LROC", "undefined") in silent.rows
    with pytest.raises(ValueError, match="at least one"):
        build_localisation({})


def test_both_curves_of_each_method_are_drawn() -> None:
    rng = np.random.default_rng(2)
    searches = {name: draw_searches(rng) for name in "ab"}
    froc, lroc = (axes for axes in draw_localisation(searches).axes)
    assert [line.get_label() for line in froc.lines] == ["a", "b"]
    line: Any = lroc.lines[0]
    curve = build_lroc(searches["a"])
    assert curve is not None
    assert list(line.get_xdata()) == [*curve.across.tolist(), 1.0]
    assert line.get_ydata()[-1] == curve.up[-1]
    empty = draw_localisation({"c": [Search("i", "p")]})
    assert len(empty.axes) == 2
    with pytest.raises(ValueError, match="at least one"):
        draw_localisation({})
