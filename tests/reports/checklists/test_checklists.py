from pathlib import Path

import pytest

from bsgi.files import load_csv
from bsgi.reports.checklists.claim import CLAIM
from bsgi.reports.checklists.fill import (
    CHECKLISTS,
    COLUMNS,
    TO_WRITE,
    fill_checklist,
    save_checklists,
)
from bsgi.reports.checklists.item import Checklist, ChecklistItem, Fact
from bsgi.reports.checklists.stard_ai import STARD_AI
from bsgi.reports.checklists.tripod_ai import TRIPOD_AI

ALL = {fact: f"What is known of {fact.value}." for fact in Fact}


@pytest.mark.parametrize(
    ("checklist", "items", "rows", "last"),
    [(STARD_AI, 40, 48, "40b"), (CLAIM, 44, 44, "44"), (TRIPOD_AI, 27, 52, "27c")],
)
def test_lists_have_the_published_numbers_of_items(
    checklist: Checklist, items: int, rows: int, last: str
) -> None:
    numbers = [item.number for item in checklist.items]
    assert len(numbers) == rows
    whole = list(dict.fromkeys(int(number.rstrip("abcdefg")) for number in numbers))
    assert whole == list(range(1, items + 1))
    assert numbers[-1] == last
    assert "doi 10." in checklist.source
    assert "compared" in checklist.verified


@pytest.mark.parametrize("checklist", CHECKLISTS, ids=lambda one: one.key)
def test_without_facts_all_is_left_to_a_human(checklist: Checklist) -> None:
    filled = fill_checklist(checklist, {})
    assert all(not row[3] and row[4].startswith(TO_WRITE) for row in filled.table.rows)
    assert f"{len(checklist.items)} to be written by a human" in filled.counted


@pytest.mark.parametrize("checklist", CHECKLISTS, ids=lambda one: one.key)
def test_with_all_facts_only_what_files_cannot_know_is_left(
    checklist: Checklist,
) -> None:
    filled = fill_checklist(checklist, ALL)
    for item, row in zip(checklist.items, filled.table.rows, strict=True):
        assert bool(row[3]) == bool(item.facts)
        assert row[4] == (f"{TO_WRITE}: {item.left}" if item.left else "")
    # Ethics, funding and registration are never a program's to fill in.
    for item in checklist.items:
        told = item.asks.lower()
        if any(word in told for word in ("ethic", "funding", "registration")):
            assert not item.facts, item.number


def test_every_fact_is_asked_for() -> None:
    asked = {fact for one in CHECKLISTS for item in one.items for fact in item.facts}
    assert asked == set(Fact)


def test_a_gap_in_the_facts_is_named() -> None:
    item = ChecklistItem("1", "s", "a", (Fact.MODEL, Fact.SOFTWARE), "")
    checklist = Checklist("k", "t", "a", "s", "v", (item,))
    rows = fill_checklist(checklist, {Fact.MODEL: "ResNet."}).table.rows
    assert rows[0][3:] == ("ResNet.", f"{TO_WRITE}: unknown to the files: software")
    both = {Fact.MODEL: "ResNet.", Fact.SOFTWARE: "bsgi 1."}
    assert fill_checklist(checklist, both).table.rows[0][3:] == ("ResNet. bsgi 1.", "")


def test_items_that_nobody_answers_and_doubled_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="answered by somebody"):
        ChecklistItem("1", "s", "a", (), "")
    with pytest.raises(ValueError, match="what is left to write"):
        ChecklistItem("1", "s", "a", (Fact.MODEL,))
    item = ChecklistItem("1", "s", "a")
    with pytest.raises(ValueError, match="each item once"):
        Checklist("k", "t", "a", "s", "v", (item, item))


def test_the_files_have_a_column_for_the_human(tmp_path: Path) -> None:
    written = save_checklists(tmp_path / "checklists", ALL)
    assert [path.name for path in written] == [
        "stard-ai.csv", "claim-2024.csv", "tripod-ai.csv",
    ]  # fmt: skip
    rows = load_csv(written[1], COLUMNS)
    assert len(rows) == 44
    assert {row["text"] for row in rows} == {""}
    assert rows[8]["from_files"] == "What is known of preprocessing."
