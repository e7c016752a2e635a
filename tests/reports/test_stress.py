"""Stress tests on a page and in a terminal."""

from pathlib import Path

import pytest

from bsgi.errors import RunError
from bsgi.evaluation.stress.stored import save_stress
from bsgi.files import save_json
from bsgi.reports.stress import (
    build_refused_table,
    build_stress_table,
    describe_stress,
    explain_stress,
    find_stress,
    write_stress_figures,
)
from bsgi.reports.wording import RESEARCH_ONLY, SIMULATED
from tests.evaluation.rows import study_rows
from tests.evaluation.stress.test_summary import REFUSED, TITLES, summarize


def test_each_row_has_numbers_intervals_and_refusals() -> None:
    metrics = summarize(study_rows())
    table = build_stress_table(metrics.methods[0], "the network", 0.95)
    assert [row[0].lower() for row in table.rows] == list(TITLES.values())
    for row in table.rows:
        assert row[1] in ("17 + 28", "16 + 28")
        assert " to " in row[2]
    assert table.rows[0][3] == table.rows[0][7] == ""
    assert table.rows[2][3].count("to") == 1
    assert [row[8] for row in table.rows] == ["0", "0", "1"]


def test_refusals_are_listed_with_their_reason() -> None:
    table = build_refused_table(summarize(study_rows()))
    assert table is not None
    assert table.rows == (("Blurred", "paper", REFUSED.reason, "1"),)


def test_words_say_research_only_and_simulated() -> None:
    metrics = summarize(study_rows())
    text = describe_stress(metrics, Path("there"))
    assert RESEARCH_ONLY in text
    assert SIMULATED in text
    assert "1 exam refused" in text
    assert "17 malignant and 28 benign patients" in text
    said = " ".join(explain_stress(metrics))
    assert "nothing was trained anew" in said
    assert "blurred (" in said or "no stress changes the area" in said


def test_figures_are_written_with_their_data(tmp_path: Path) -> None:
    save_stress(tmp_path / "stress.json", summarize(study_rows()))
    pictures = write_stress_figures(tmp_path)
    assert list(pictures) == ["paper"]
    assert SIMULATED in pictures["paper"].alt
    svg = tmp_path / "figures" / "stress-paper.svg"
    first = svg.read_bytes()
    assert b"<svg" in first
    assert "Blurred" in svg.with_suffix(".csv").read_text()
    write_stress_figures(tmp_path)
    assert svg.read_bytes() == first


def test_only_a_finished_stress_test_is_found(tmp_path: Path) -> None:
    assert find_stress(tmp_path) is None
    metrics = summarize(study_rows())
    save_stress(tmp_path / "stress" / "stress.json", metrics)
    assert find_stress(tmp_path) is None
    save_json(tmp_path / "stress" / "provenance.json", {})
    assert find_stress(tmp_path) == metrics
    (tmp_path / "stress" / "stress.json").write_text("{")
    with pytest.raises(RunError, match="cannot be read as JSON"):
        find_stress(tmp_path)
