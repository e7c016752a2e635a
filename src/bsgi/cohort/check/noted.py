"""What an import noted of exams and of its table, the most important kind first."""

import re
from collections.abc import Iterable
from typing import Final

from bsgi.cohort.check.tally import Tally, tally_texts

_UNMATCHED: Final = re.compile(r"line (\d+): no exam takes this row(?:: .+)?")
_FEW: Final = 6

_FIRST: Final = (
    "two women may be in this exam",
    "differ in name or birth date",
    "two issuers",
    "match no exam",
    "no row in the label table",
    "speak of another side or view",
    "do not sum to",
    "larger than the stated",
    "another than Tc-99m",
    "differs between files and table",
    "views differ in",
)
"""Phrases of notes that may mean a wrong patient, label, view or count."""

_LAST: Final = (
    "unknown",
    "that no table of words knows",
    "time_order is left empty",
    "no truth of",
    "bits per pixel",
    "not stated",
    "Of the workbook",
    "read under other names",
    "were summed",
)
"""Phrases of notes that only tell how something was read, the most harmless last."""


def tally_notes(notes: Iterable[str]) -> tuple[Tally, ...]:
    """Notes of one kind together: first what may be wrong, last what is harmless.

    Args:
        notes: As the import wrote them. Rows of the table of labels that no exam took
            are told in one sentence, with their lines.
    """
    texts, lines = [], []
    for note in notes:
        match = _UNMATCHED.fullmatch(note)
        if match is None:
            texts.append(note)
        else:
            lines.append(int(match[1]))
    tallies = [*tally_texts(texts)]
    if lines:
        tallies.append(Tally(_tell_unmatched(sorted(lines)), len(lines)))
    return tuple(sorted(tallies, key=lambda each: _rank(each.text)))


def _tell_unmatched(lines: list[int]) -> str:
    """Rows without an exam in one sentence, with its own number."""
    if len(lines) == 1:
        return f"1 row of the label table matches no exam (line {lines[0]})"
    more = f" and {len(lines) - _FEW} more" if len(lines) > _FEW else ""
    return (
        f"{len(lines):,} rows of the label table match no exam (lines "
        f"{', '.join(map(str, lines[:_FEW]))}{more})"
    )


def _rank(text: str) -> int:
    """The place of a kind; what is in neither list stands between them."""
    for place, phrase in enumerate(_FIRST):
        if phrase in text:
            return place
    for place, phrase in enumerate(_LAST):
        if phrase in text:
            return len(_FIRST) + 1 + place
    return len(_FIRST)
