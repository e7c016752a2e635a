"""Texts of one kind counted together, whatever their numbers and quoted words."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_CHANGING: Final = re.compile(r"\d[\d.,]*|'[^']*'")


@dataclass(frozen=True, slots=True)
class Tally:
    """One kind of reason, note or doubt, and how often it stands in a table.

    Args:
        text: The first of its texts; others may differ in numbers and quoted words.
        number: How many there are.
    """

    text: str
    number: int


def tally_texts(texts: Iterable[str]) -> tuple[Tally, ...]:
    """Texts of one kind together, the most frequent first.

    Args:
        texts: Reasons or notes, as they stand in a table.
    """
    kinds: dict[str, list[str]] = defaultdict(list)
    for text in texts:
        kinds[_CHANGING.sub("#", text)].append(text)
    tallies = [Tally(group[0], len(group)) for group in kinds.values()]
    return tuple(sorted(tallies, key=lambda each: (-each.number, each.text)))
