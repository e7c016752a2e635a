"""Doubts are ordered by urgency, counted by check, and read as sentences."""

from bsgi.cohort.check.doubts import (
    Doubt,
    group_findings,
    list_doubts,
    tally_checks,
)
from bsgi.cohort.check.tally import Tally
from bsgi.cohort.store import ExamRow
from bsgi.exam.quality.catalogue import read_findings


def test_doubts_are_ordered_by_urgency_then_number_then_name() -> None:
    texts = {
        "a": "LCC: 1 counts, fewer than 2",
        "b": "LCC: 1 counts, fewer than 2; RCC: 1 counts, fewer than 2",
        "c": "LCC: saturated at 65,535 counts in a pixel",
        "d": "LCC: a doubt of later years",
        "e": "",
        "f": "LCC: 1 counts, fewer than 2",
    }
    rows = [ExamRow(name, name, quality=text) for name, text in texts.items()]
    assert [each.exam_id for each in list_doubts(rows)] == ["c", "b", "a", "f", "d"]


def test_views_of_one_doubt_stand_together() -> None:
    text = (
        "LCC: orientation not stated; missing RMLO; RCC: orientation not stated; "
        "RCC: 9 counts, fewer than 100,000"
    )
    assert group_findings(read_findings(text)) == (
        "LCC, RCC: orientation not stated",
        "missing RMLO",
        "RCC: 9 counts, fewer than 100,000",
    )


def test_a_doubt_of_another_version_is_named_and_not_called_other() -> None:
    texts = ("LCC: bent by 3 mm; RCC: blank", "RCC: bent by 9 mm; LCC: bent by 9 mm")
    doubts = [Doubt(text, read_findings(text)) for text in texts]
    assert tally_checks(doubts) == (Tally("blank", 1), Tally("bent by 3 mm", 2))
