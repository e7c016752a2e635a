"""Stress tests as tables, figures and words."""

from pathlib import Path

from bsgi.reports.stress import (
    build_calls_table,
    build_refused_table,
    build_stress_table,
    describe_stress,
    draw_stress,
    explain_stress,
    judge_stress,
    picture_stress,
)
from bsgi.reports.wording import RESEARCH_ONLY, SIMULATED
from tests.evaluation.rows import study_rows
from tests.evaluation.stress.test_summary import REFUSED, TITLES, summarize


def test_each_row_has_numbers_intervals_and_exams_left_out() -> None:
    (method,) = summarize(study_rows()).methods
    areas = build_stress_table(method, "the network", 0.95)
    calls = build_calls_table(method, "the network", 0.95)
    for table in (areas, calls):
        assert [row[0].lower() for row in table.rows] == list(TITLES.values())
        assert "the network" in table.caption
    for row in areas.rows:
        assert row[1] in ("17 + 28", "16 + 28")
        assert " to " in row[2]
    assert areas.rows[0][3] == areas.rows[0][4] == calls.rows[0][3] == ""
    assert areas.rows[2][3].count("to") == 1
    assert [row[4] for row in calls.rows] == ["0", "0", "1"]


def test_refusals_are_listed_with_their_reason() -> None:
    table = build_refused_table(summarize(study_rows()), {"paper": "the network"})
    assert table is not None
    assert table.rows == (("Blurred", "the network", REFUSED.reason, "1"),)


def test_words_say_research_only_and_simulated() -> None:
    metrics = summarize(study_rows())
    text = describe_stress(metrics, Path("there"))
    assert RESEARCH_ONLY in text
    assert SIMULATED in text
    assert "1 exam left out" in text
    assert "17 malignant and 28 benign patients" in text
    said = " ".join(explain_stress(metrics))
    assert "45 test exams were scored again" in said
    assert "under each of 2 stresses" in said
    assert "nothing was trained anew" in said
    judged = judge_stress(metrics.methods[0])
    assert "blurred (" in judged or "No stress changes the area" in judged


def test_the_figure_names_its_method_its_lines_and_its_level() -> None:
    (method,) = summarize(study_rows()).methods
    figure = draw_stress(method, "the network", 0.95)
    assert figure.axes[0].get_title(loc="left") == "Under stress, the network"
    texts = [text.get_text() for text in figure.texts]
    assert "AUC (95\N{NO-BREAK SPACE}% interval)" in texts
    (legend,) = figure.legends
    named = [text.get_text() for text in legend.get_texts()]
    assert named == [
        "AUC with its 95\N{NO-BREAK SPACE}% interval",
        "exams as they were: AUC",
        "its 95\N{NO-BREAK SPACE}% interval",
        "chance (0.5)",
    ]


def test_figures_are_written_with_their_data(tmp_path: Path) -> None:
    (method,) = summarize(study_rows()).methods
    svg = tmp_path / "stress.svg"
    for _ in range(2):
        picture = picture_stress(method, "net", svg, level=0.95, simulated=True)
        assert SIMULATED in picture.alt
    table = svg.with_suffix(".csv").read_text()
    assert "Blurred" in table
    assert '"Under stress, net"' in table
    first = svg.read_bytes()
    picture_stress(method, "net", svg, level=0.95, simulated=True)
    assert svg.read_bytes() == first
