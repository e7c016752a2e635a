from dataclasses import replace

from bsgi.physics.acceptance.check import Subject, check_near, check_range
from bsgi.reports.physics_table import (
    COLUMNS,
    group_checks,
    list_rows,
    print_table,
    summarize,
)

LONG = "a quantity whose name is so long that one line of the table cannot hold it all"
CHECKS = (
    check_near(Subject("One", "first", "C: sums", "mm"), 2.0, 2.0, share=0.03),
    check_near(Subject("One", LONG, "C: sums"), 3.0, 2.0, margin=0.5),
    check_range(Subject("Two", "third", "F: paper", note="n = 9"), 2.0, 1.0, 3.0),
)


def test_checks_stand_in_their_groups_with_each_source_once() -> None:
    groups = group_checks(CHECKS)
    assert [group.name for group in groups] == ["One", "Two"]
    assert [len(group.checks) for group in groups] == [2, 1]
    assert groups[0].sources == ("C: sums",)
    assert [group.summary for group in groups] == ["1 of 2 passed", "1 of 1 passed"]


def test_a_row_has_a_text_for_every_column() -> None:
    rows = list_rows(CHECKS)
    assert all(len(row) == len(COLUMNS) for row in rows)
    assert rows[2] == (
        "Two", "third", "1.00 to 3.00", "F: paper", "2.00", "the range itself", "pass",
        "2", "n = 9",
    )  # fmt: skip


def test_the_table_for_a_terminal_holds_everything_in_line() -> None:
    lines = print_table(CHECKS).splitlines()
    assert lines[:2] == ["ONE", "  C: sums"]
    text = " ".join(" ".join(lines).split())
    assert LONG in " ".join(line[:60].strip() for line in lines if line).replace(
        "  ", " "
    ) or ("cannot hold" in text)
    (first,) = [line for line in lines if line.startswith("first")]
    (third,) = [line for line in lines if line.startswith("third")]
    assert first.index("2.00 mm") == third.index("1.00 to 3.00")
    assert [line for line in lines if line.endswith("FAIL")]
    assert max(map(len, lines)) < 130


def test_the_summary_counts_and_warns() -> None:
    assert summarize(CHECKS) == "Acceptance tests: 2 of 3 passed."
    doubtful = tuple(replace(check, conclusive=False) for check in CHECKS[:2])
    assert summarize((*CHECKS, *doubtful)).startswith(
        "Acceptance tests: 2 of 3 passed, 2 with too few exams for a verdict. Run "
    )
    assert group_checks(doubtful)[0].summary == "2 with too few exams for a verdict"
