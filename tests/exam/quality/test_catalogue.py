import re
from pathlib import Path

from bsgi.exam.quality.assess import assess_exam
from bsgi.exam.quality.catalogue import (
    CHECKS,
    OTHER,
    join_findings,
    rank_check,
    read_findings,
)
from bsgi.exam.quality.finding import Finding
from bsgi.exam.record import ViewName
from tests.exam.quality.conftest import healthy, plant
from tests.exam.quality.faults import PLANTED


def test_a_text_has_the_phrase_of_its_own_check_only() -> None:
    for check, change in PLANTED:
        found = assess_exam(plant(healthy("dilon-6800-gp"), ViewName.LCC, change))
        for each in found:
            told = [
                name for name, one in CHECKS.items() if re.search(one.phrase, each.text)
            ]
            assert told == [each.check], (check, each.text)
            assert ";" not in each.text


def test_what_was_written_before_is_read_as_far_as_it_can_be() -> None:
    text = "missing RMLO; LCC: 61,200 counts, fewer than 100,000; RCC: smudged; doubt"
    found = read_findings(text)
    assert found == (
        Finding("missing-view", None, "missing RMLO"),
        Finding("low-counts", ViewName.LCC, "61,200 counts, fewer than 100,000"),
        Finding(OTHER, ViewName.RCC, "smudged"),
        Finding(OTHER, None, "doubt"),
    )
    assert join_findings(found) == text
    assert read_findings("") == ()


def test_the_most_urgent_checks_come_first() -> None:
    ranks = [rank_check(name) for name in ("blank", "dead-pixels", "low-counts", OTHER)]
    assert ranks == sorted(ranks)
    assert rank_check("blank") == 0


def test_the_page_on_imports_lists_every_check_in_its_order() -> None:
    page = Path(__file__).parents[3] / "docs" / "how-to" / "look-at-an-import.md"
    table = page.read_text(encoding="utf-8").partition("| check |")[2]
    names = re.findall(r"^\| `([a-z-]+)` \|", table.partition("\n\n")[0], re.MULTILINE)
    assert names == list(CHECKS)
