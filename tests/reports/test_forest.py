"""Forest plots: every area and its number are drawn, and stand in the data."""

import pytest

from bsgi.evaluation.estimate import Estimate
from bsgi.reports.figure_data import collect_drawn
from bsgi.reports.forest import ForestBlock, ForestLine, draw_forest

AREA = Estimate(0.8, 0.7, 0.9, "logit-delong")
BLOCKS = (
    ForestBlock(
        "Camera",
        (
            ForestLine("A & B", "17 + 28", AREA),
            ForestLine("C", "1 + 0", None),
            ForestLine("D", "9 + 9", Estimate(0.3, 0.1, 0.6, "newcombe")),
        ),
    ),
    ForestBlock("", (ForestLine("alone", "3 + 4", AREA),)),
)


def test_every_line_has_its_texts() -> None:
    figure = draw_forest(BLOCKS, AREA, reference_is="all", numbers_are="mal. + ben.")
    texts = [text.get_text().strip() for text in figure.texts]
    for block in BLOCKS:
        for line in block.lines:
            assert line.name in texts
            assert line.numbers in texts
    assert "undefined" in texts
    assert "0.800 (0.700 to 0.900)" in texts
    assert "mal. + ben." in texts


def test_the_data_beside_it_have_every_area_with_its_interval() -> None:
    figure = draw_forest(BLOCKS, AREA, reference_is="all", numbers_are="n")
    points = [row for row in collect_drawn(figure) if row.kind == "point"]
    assert [row.series for row in points] == ["Camera: A & B", "Camera: D", "alone"]
    drawn = [(row.x, row.lower, row.upper) for row in points]
    for found, wanted in zip(
        drawn, [(0.8, 0.7, 0.9), (0.3, 0.1, 0.6), (0.8, 0.7, 0.9)], strict=True
    ):
        assert found == pytest.approx(wanted)
    lines = {row.series: row.x for row in collect_drawn(figure) if row.kind == "line"}
    assert lines == {"chance": 0.5, "all": 0.8}


def test_a_title_names_the_panel_and_a_legend_the_lines() -> None:
    figure = draw_forest(
        BLOCKS, None, reference_is="all", numbers_are="n", title="A method", level=0.9
    )
    assert {row.panel for row in collect_drawn(figure)} == {"A method"}
    named = [text.get_text() for text in figure.legends[0].get_texts()]
    assert named == ["AUC with its 90\N{NO-BREAK SPACE}% interval", "chance (0.5)"]
    plain = draw_forest(BLOCKS, AREA, reference_is="all", numbers_are="n")
    assert {row.panel for row in collect_drawn(plain)} == {""}
    assert "all: AUC" in [text.get_text() for text in plain.legends[0].get_texts()]


def test_low_areas_are_inside_the_graph() -> None:
    figure = draw_forest(BLOCKS, None, reference_is="all", numbers_are="n")
    low, high = figure.axes[0].get_xlim()
    assert low <= 0.1
    assert high == 1.0


def test_an_empty_plot_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one line"):
        draw_forest([ForestBlock("a", ())], None, reference_is="", numbers_are="")
