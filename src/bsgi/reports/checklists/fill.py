"""A checklist with what files tell of each item, as a table of a page and as CSV."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bsgi.files import save_csv
from bsgi.reports.checklists.claim import CLAIM
from bsgi.reports.checklists.item import Checklist, ChecklistItem, Fact, Facts
from bsgi.reports.checklists.stard_ai import STARD_AI
from bsgi.reports.checklists.tripod_ai import TRIPOD_AI
from bsgi.reports.tables import Table

CHECKLISTS: Final = (STARD_AI, CLAIM, TRIPOD_AI)
"""The checklists that are filled in."""

COLUMNS: Final = ("item", "section", "asks", "from_files", "to_write", "text")
"""Columns of a checklist as CSV; the last is empty, for what a human writes."""

_NOT_EVERYWHERE: Final = (Fact.COMPARISONS, Fact.READERS, Fact.SIMULATED)
"""Facts that a study need not have, so that nothing is missing without them."""

TO_WRITE: Final = "TO BE WRITTEN"
"""How a gap begins, so that nobody can overlook it."""


@dataclass(frozen=True, slots=True)
class FilledChecklist:
    """A checklist as a page shows it.

    Args:
        title: Its name.
        about: What kind of study it is for.
        source: Where it was published.
        verified: What of it was compared with what.
        counted: How many items are answered, in part and not at all.
        table: The items with what files tell and what is left to write.
    """

    title: str
    about: str
    source: str
    verified: str
    counted: str
    table: Table


def fill_checklist(checklist: Checklist, facts: Facts) -> FilledChecklist:
    """A checklist with what is known.

    Args:
        checklist: The checklist.
        facts: What files tell.
    """
    rows = tuple(_fill_item(item, facts) for item in checklist.items)
    full = sum(bool(row[3]) and not row[4] for row in rows)
    part = sum(bool(row[3]) and bool(row[4]) for row in rows)
    return FilledChecklist(
        title=checklist.title,
        about=checklist.about,
        source=checklist.source,
        verified=checklist.verified,
        counted=(
            f"of {len(rows)} items {full} filled in from files, {part} in part, "
            f"{len(rows) - full - part} to be written by a human"
        ),
        table=Table(
            caption=f"{checklist.title}: what files tell, and what is left to write",
            head=("item", "section", "asks for", "from the files", "by a human"),
            rows=rows,
            numeric=False,
        ),
    )


def fill_checklists(facts: Facts) -> tuple[FilledChecklist, ...]:
    """All checklists with what is known.

    Args:
        facts: What files tell.
    """
    return tuple(fill_checklist(checklist, facts) for checklist in CHECKLISTS)


def save_checklists(folder: Path, facts: Facts) -> tuple[Path, ...]:
    """Write each checklist as CSV, with an empty column for what a human writes.

    Args:
        folder: Where to, such as ``STUDY/checklists``.
        facts: What files tell.

    Returns:
        The files, such as ``stard-ai.csv``.
    """
    written = []
    for checklist in CHECKLISTS:
        path = folder / f"{checklist.key}.csv"
        rows = [(*_fill_item(item, facts), "") for item in checklist.items]
        save_csv(path, COLUMNS, rows)
        written.append(path)
    return tuple(written)


def _fill_item(item: ChecklistItem, facts: Facts) -> tuple[str, str, str, str, str]:
    """Number, section, question, what files tell, and what is left to write."""
    known = [facts[fact] for fact in item.facts if facts.get(fact)]
    missing = [
        fact.value
        for fact in item.facts
        if fact not in _NOT_EVERYWHERE and not facts.get(fact)
    ]
    left = item.left if known else item.left or "what no file tells"
    if known and missing and not item.left:
        left = f"unknown to the files: {', '.join(missing)}"
    return (
        item.number,
        item.section,
        item.asks,
        " ".join(dict.fromkeys(known)),
        f"{TO_WRITE}: {left}" if left else "",
    )
