"""Every check of quality by name: what it is called, how urgent it is, how it reads.

Tables hold findings as texts. Each check has a phrase that its own texts have and no
other's, so that a reader of a table can tell which check spoke.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from bsgi.exam.quality.finding import Finding
from bsgi.exam.record import ViewName

SEPARATOR: Final = "; "
"""What parts the findings of an exam in a table."""

OTHER: Final = "other"
"""Name for a text that no check of this version writes."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check of quality.

    Args:
        name: Its name, as in a file that overrules it.
        title: What it finds, in a few words that follow a number of views or exams.
        phrase: What its texts have and those of no other check.
    """

    name: str
    title: str
    phrase: str


_CHECKS: Final = (
    Check("blank", "blank", "blank"),
    Check("same-image", "one image under two names", "the same image"),
    Check("isotope", "another isotope than Tc-99m", "isotope other than"),
    Check("orientation", "chest wall at another side than stated", "chest wall seems"),
    Check("window", "wrong or unusual energy window", "energy window"),
    Check("saturated", "saturated", "saturated"),
    Check("dead-pixels", "part of the detector dead", "dead|counts of the other"),
    Check("hot-pixels", "hot pixels", "hot pixel|hot row|hot column"),
    Check("motion", "the patient moved", "moved"),
    Check("extravasation", "hot object outside the breast", "outside the breast"),
    Check("cut-off", "breast cut off by the field", "is cut off"),
    Check("missing-view", "views missing", "missing "),
    Check("unequal-times", "views took unequal times", "not alike"),
    Check("late-start", "began late after the injection", "after the injection"),
    Check("low-counts", "few counts", "counts, fewer than"),
    Check("eight-bit", "grey values of 8 bits, no counts", "8 bits per pixel"),
    Check("orientation-unstated", "orientation not stated", "orientation not stated"),
    Check("spacing", "pixel size not stated", "spacing not stated"),
    Check("duration", "time not stated", "duration not stated"),
)

CHECKS: Final[Mapping[str, Check]] = MappingProxyType(
    {check.name: check for check in _CHECKS}
)
"""All checks by name, the most urgent first: what makes a view useless stands before
what makes it poor, and that before what is only unknown."""


def rank_check(name: str) -> int:
    """How urgent a check is: 0 for the most urgent one.

    Args:
        name: Its name; an unknown one comes last.
    """
    return list(CHECKS).index(name) if name in CHECKS else len(CHECKS)


def join_findings(findings: Iterable[Finding]) -> str:
    """Findings as one text of a table, in the order in which they come.

    Args:
        findings: What was found.
    """
    return SEPARATOR.join(map(str, findings))


def read_findings(text: str) -> tuple[Finding, ...]:
    """Findings from a text of a table.

    Args:
        text: What `join_findings` wrote, in this version or another; empty for none.

    Returns:
        The findings in their order; a text that no check of this version writes has the
        check `OTHER`.
    """
    found = []
    for part in filter(None, text.split(SEPARATOR)):
        name, parted, rest = part.partition(": ")
        view = ViewName(name) if parted and name in set(ViewName) else None
        words = rest if view is not None else part
        found.append(Finding(_find_check(words), view, words))
    return tuple(found)


def _find_check(words: str) -> str:
    for check in CHECKS.values():
        if re.search(check.phrase, words):
            return check.name
    return OTHER
