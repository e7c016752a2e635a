from dataclasses import replace
from pathlib import Path

import pytest

from bsgi.cohort.split import load_split
from bsgi.cohort.store import load_cohort
from bsgi.provenance import describe
from bsgi.reports.tables import (
    Block,
    BlockTable,
    Table,
    build_cohort_table,
    build_provenance_table,
    build_results_table,
)
from tests.reports.test_wording import RESULT


def test_the_cohort_is_counted_in_all_and_by_part(trained: tuple[Path, Path]) -> None:
    run, cohort = trained
    table = build_cohort_table(load_cohort(cohort).rows, load_split(run / "split.csv"))
    assert table.head == ("", "all", "training", "test", "not used")
    rows = {row[0]: row[1:] for row in table.rows}
    assert rows["Exams"] == ("24", "14", "9", "1")
    assert rows["Benign"] == ("15", "9", "6", "0")
    assert rows["Malignant"] == ("8", "5", "3", "0")
    assert rows["Label unknown"] == ("1", "0", "0", "1")
    assert rows["Views missing"] == ("RMLO 1", "RMLO 1", "none", "none")
    assert rows["Dose in MBq, mean (range)"][0] == "740, all alike"
    assert rows["Age in years, mean (range)"][0] == "41.8 (30 to 53), 1 unknown"
    assert rows["Camera test camera"][0] == "24"
    assert rows["Site North & South"][0] == "12"
    assert rows["Site unknown"][0] == "12"


def test_results_have_value_interval_counts_and_method() -> None:
    rows = {row[0]: row[1:] for row in build_results_table(RESULT, 0.95).rows}
    space = "\N{NO-BREAK SPACE}"
    assert rows["AUC"] == ("0.840", "0.701 to 0.927", "17 and 28", "Newcombe")
    # Wilson for 14 of 17 by hand: (k + z^2/2) / (n + z^2) = 0.7639, half width 0.1742.
    assert rows["Sensitivity"] == (
        f"82.4{space}%",
        f"59.0 to 93.8{space}%",
        "14 of 17",
        "Wilson",
    )
    assert rows["Specificity"][2] == "25 of 28"
    assert rows["Accuracy"][2] == "39 of 45"


def test_the_head_names_the_level_of_the_intervals() -> None:
    assert build_results_table(RESULT, 0.95).head[2] == "95\N{NO-BREAK SPACE}% interval"
    assert build_results_table(RESULT, 0.9).head[2] == "90\N{NO-BREAK SPACE}% interval"


def test_what_is_undefined_is_said_to_be() -> None:
    result = replace(RESULT, sensitivity=None, auc=None)
    rows = {row[0]: row[1:] for row in build_results_table(result, 0.95).rows}
    assert rows["AUC"][:2] == ("undefined", "")
    assert rows["Sensitivity"][:2] == ("undefined", "")


def test_empty_entries_are_left_out() -> None:
    made = replace(describe("bsgi train"), git="")
    table = build_provenance_table(made, {"Seed": "3", "Camera": ""})
    names = [row[0] for row in table.rows]
    assert names[:4] == ["Command", "Version of bsgi", "Date", "Seed"]
    assert "Camera" not in names


def test_rows_are_as_long_as_the_head() -> None:
    with pytest.raises(ValueError, match="a row must have 2 fields"):
        Table("", ("", "all"), (("Exams",),))


def test_rows_of_a_block_are_as_long_as_the_head() -> None:
    with pytest.raises(ValueError, match="a row must have 2 fields"):
        BlockTable("", ("", "all"), (Block("A", (("Exams",),)),))


def test_where_parts_change_only_all_exams_are_counted(
    trained: tuple[Path, Path],
) -> None:
    table = build_cohort_table(load_cohort(trained[1]).rows, None)
    assert table.head == ("", "all")
