"""The acceptance table as lines of text, as rows of a file and as parts of a page."""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from bsgi.physics.acceptance.check import Check

COLUMNS = (
    "group", "quantity", "expected", "source", "measured", "tolerance", "verdict",
    "value", "note",
)  # fmt: skip
"""Columns of acceptance.csv; `value` is what was measured, without its unit."""

_HEAD = ("quantity", "expected", "measured", "tolerance", "verdict")
_QUANTITY_WIDTH = 60


@dataclass(frozen=True, slots=True)
class CheckGroup:
    """Checks that stand together.

    Args:
        name: What they are about.
        checks: The checks, in order.
    """

    name: str
    checks: tuple[Check, ...]

    @property
    def sources(self) -> tuple[str, ...]:
        """Where the expected values are from, each once."""
        return tuple(dict.fromkeys(check.source for check in self.checks))

    @property
    def summary(self) -> str:
        """How many of them passed, in a few words."""
        return _count(self.checks)


def group_checks(checks: Sequence[Check]) -> tuple[CheckGroup, ...]:
    """The checks in their groups, both in the order they came.

    Args:
        checks: All checks; those of a group stand together.
    """
    return tuple(
        CheckGroup(name, tuple(some))
        for name, some in groupby(checks, key=lambda check: check.group)
    )


def list_rows(checks: Sequence[Check]) -> tuple[tuple[str, ...], ...]:
    """One row of texts per check, in the order of `COLUMNS`.

    Args:
        checks: All checks.
    """
    return tuple(
        (
            check.group, check.quantity, check.expected, check.source, check.measured,
            check.tolerance, check.verdict, f"{check.value:.6g}", check.note,
        )
        for check in checks
    )  # fmt: skip


def print_table(checks: Sequence[Check]) -> str:
    """The whole table for a terminal, with the sources under the head of each group.

    Args:
        checks: All checks.
    """
    width = [len(name) for name in _HEAD]
    rows = {id(check): _cells(check) for check in checks}
    for cells in rows.values():
        width = [max(pair) for pair in zip(width, map(len, cells), strict=True)]
    width[0] = min(width[0], _QUANTITY_WIDTH)
    lines = []
    for group in group_checks(checks):
        lines += ["", group.name.upper()]
        lines += [f"  {source}" for source in group.sources]
        lines += _lay_out(_HEAD, width)
        lines += ["  ".join("-" * size for size in width)]
        for check in group.checks:
            lines += _lay_out(rows[id(check)], width)
    return "\n".join(lines).lstrip("\n")


def summarize(checks: Sequence[Check]) -> str:
    """How many checks passed, in one sentence.

    Args:
        checks: All checks.
    """
    text = f"{_count(checks)}."
    if any(not check.conclusive for check in checks):
        text += " Run without --quick and with more exams for all verdicts."
    return f"Acceptance tests: {text}"


def _count(checks: Sequence[Check]) -> str:
    """How many passed, of those that have a verdict; and how many have none."""
    judged = [check for check in checks if check.conclusive]
    passed = sum(check.passed for check in judged)
    parts = []
    if judged:
        parts.append(f"{passed} of {len(judged)} passed")
    if len(judged) < len(checks):
        few = len(checks) - len(judged)
        parts.append(f"{few} with too few exams for a verdict")
    return ", ".join(parts)


def _cells(check: Check) -> tuple[str, ...]:
    return (
        check.quantity,
        check.expected,
        check.measured,
        check.tolerance,
        check.verdict,
    )


def _lay_out(cells: Sequence[str], width: Sequence[int]) -> Iterator[str]:
    """A row; a long quantity takes several lines."""
    first, *more = textwrap.wrap(cells[0], width[0], subsequent_indent="  ")
    others = (text.ljust(size) for text, size in zip(cells[1:], width[1:], strict=True))
    yield "  ".join([first.ljust(width[0]), *others]).rstrip()
    yield from more
