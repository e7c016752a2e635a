from dataclasses import replace

import pytest

from bsgi.evaluation.abstention.summary import AbstentionMetrics, summarize_abstention
from bsgi.evaluation.design import Design
from bsgi.reports.abstention import (
    build_abstention_table,
    build_called_table,
    build_groups_table,
    build_shift_table,
    describe_abstention,
)
from bsgi.reports.tables import UNDEFINED
from bsgi.reports.wording import SIMULATED, percent, with_interval
from tests.evaluation.abstention.test_chosen import split_rows
from tests.evaluation.abstention.test_shift import two_cameras
from tests.evaluation.rows import row, study_rows


@pytest.fixture(scope="module")
def cameras() -> AbstentionMetrics:
    """Simulated scores; those of camera B are higher."""
    rows, groups = two_cameras(1.5, number=600)
    rows.append(row("other", 0.5, 1, part="train"))
    found = summarize_abstention(rows, Design.SINGLE, groups={"camera": groups})
    assert found is not None
    return found


@pytest.fixture(scope="module")
def folds() -> AbstentionMetrics:
    found = summarize_abstention(
        study_rows(malignant=40, benign=60, repeats=2, folds=5, shift=6.0), Design.FOLDS
    )
    assert found is not None
    return found


@pytest.fixture(scope="module")
def few() -> AbstentionMetrics:
    rows = study_rows(malignant=8, benign=60, repeats=1, folds=5)
    found = summarize_abstention(rows, Design.FOLDS)
    assert found is not None
    return found


def test_the_table_has_a_row_for_each_label(folds: AbstentionMetrics) -> None:
    table = build_abstention_table(folds)
    assert [row[0] for row in table.rows] == ["malignant", "benign"]
    assert "at most 10\N{NO-BREAK SPACE}%" in table.caption
    outcome = folds.malignant
    assert outcome is not None
    assert table.rows[0][1:] == (
        "40", with_interval(outcome.error), with_interval(outcome.called_right),
        with_interval(outcome.referred), with_interval(outcome.empty),
    )  # fmt: skip


def test_a_label_that_was_not_tested_is_undefined() -> None:
    rows = [one for one in split_rows() if one.part != "test" or one.label]
    found = summarize_abstention(rows, Design.SINGLE)
    assert found is not None
    row = build_abstention_table(found).rows[1]
    assert row == ("benign", "0", *(UNDEFINED,) * 4)
    texts = describe_abstention("Net", found, simulated=False)
    assert "No benign exam was tested." in texts[1]


def test_calls_have_their_counts_and_intervals(cameras: AbstentionMetrics) -> None:
    table = build_called_table(cameras)
    assert table is not None
    counts, rate = cameras.called.confusion, cameras.called.npv
    assert rate is not None
    total = counts.tn + counts.fn
    assert table.rows[3][0] == "Negative predictive value"
    assert table.rows[3][1] == percent(rate.value)
    assert table.rows[3][3] == f"{counts.tn} of {total}"


def test_groups_and_cameras_stand_in_blocks(
    cameras: AbstentionMetrics, folds: AbstentionMetrics
) -> None:
    groups, shifts = build_groups_table(cameras), build_shift_table(cameras)
    assert groups is not None
    assert shifts is not None
    assert [block.title for block in groups.blocks] == ["Camera"]
    assert [row[0] for row in groups.blocks[0].rows] == [
        "A, malignant", "A, benign", "B, malignant", "B, benign",
    ]  # fmt: skip
    assert [block.title for block in shifts.blocks] == [
        "Thresholds of A", "Thresholds of B",
    ]  # fmt: skip
    assert [row[0] for row in shifts.blocks[0].rows] == [
        "A (the same), malignant", "A (the same), benign", "B, malignant", "B, benign",
    ]  # fmt: skip
    note = "at least 75 malignant and 75 benign calibration patients"
    assert shifts.blocks[1].note == note
    assert build_groups_table(folds) is build_shift_table(folds) is None


def test_the_words_say_what_a_shift_of_camera_did(cameras: AbstentionMetrics) -> None:
    texts = describe_abstention("The network", cameras, simulated=True)
    assert texts[0].startswith("The network may refer an exam to a physician")
    assert "at most 10\N{NO-BREAK SPACE}% of the patients of each label" in texts[0]
    assert cameras.guarantee_words in texts[2]
    assert "the true error lies between" in texts[2]
    assert "error rate bounds neither" in texts[3]
    assert "More errors than asked for were made here: camera A, malignant" in texts[4]
    assert "of A on exams of B: of 75 patients with a benign exam" in texts[5]
    assert texts[-1] == SIMULATED


def test_the_words_promise_nothing_where_nobody_knows_the_training() -> None:
    found = summarize_abstention(split_rows(stated=False), None)
    assert found is not None
    text = describe_abstention("The network", found, simulated=False)[2]
    assert "So nothing is promised" in text
    assert "the true error lies between" not in text


def test_the_words_say_what_other_networks_leave(folds: AbstentionMetrics) -> None:
    texts = describe_abstention("The network", folds, simulated=False)
    assert "neither label was left: these are referred and counted" in texts[1]
    assert "on average over the repeats" in texts[1]
    assert "the guarantee is weaker" in texts[2]
    assert "near the rate asked for almost by itself" in texts[2]
    assert SIMULATED not in texts


def test_the_words_say_that_everything_is_referred(few: AbstentionMetrics) -> None:
    texts = describe_abstention("The network", few, simulated=False)
    assert texts[2] == few.everything_referred[0]
    assert "every exam is referred" in texts[2]
    assert "No exam was called" in texts[4]
    assert build_called_table(few) is None


def test_more_errors_than_asked_for_are_said() -> None:
    rows, _ = two_cameras(0.0, number=600)
    turned = summarize_abstention(rows, Design.SINGLE, error_rate=0.001)
    assert turned is not None
    assert "more than" not in describe_abstention("x", turned, simulated=False)[1]
    shifted = [
        replace(one, score=one.score - 2.0 * (one.part == "test")) for one in rows
    ]
    found = summarize_abstention(shifted, Design.SINGLE)
    assert found is not None
    text = describe_abstention("x", found, simulated=False)[1]
    assert "This is more than the 10\N{NO-BREAK SPACE}% asked for." in text
