"""One line of the acceptance table: what must come out, what did, and the verdict."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """A quantity of the simulator beside what it must be.

    Args:
        group: The part of the table it stands in.
        quantity: What was measured, and where.
        expected: What must come out, with its unit.
        source: Where that is from; begins with the letter of its certainty.
        measured: What came out, with its unit.
        tolerance: How far the two may be apart.
        passed: Whether they are no farther apart than that.
        value: What came out, as a number without its unit.
        note: What helps to read the line; may be empty.
        conclusive: Whether enough was sampled for a verdict; without that a line has
            neither passed nor failed, whatever `passed` says.
    """

    group: str
    quantity: str
    expected: str
    source: str
    measured: str
    tolerance: str
    passed: bool
    value: float
    note: str = ""
    conclusive: bool = True

    @property
    def failed(self) -> bool:
        """Whether it did not pass, and enough was sampled to say so."""
        return self.conclusive and not self.passed

    @property
    def verdict(self) -> str:
        """The verdict in words: pass or FAIL, or that too little was sampled."""
        if not self.conclusive:
            return "too few to tell"
        return "pass" if self.passed else "FAIL"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a check is about, apart from its numbers.

    Args:
        group: The part of the table.
        quantity: What is measured, and where.
        source: Where the expected value is from.
        unit: Unit of all numbers of the line.
        digits: Digits after the point.
        note: What helps to read the line.
    """

    group: str
    quantity: str
    source: str
    unit: str = ""
    digits: int = 2
    note: str = ""

    def write(self, value: float) -> str:
        """A number of this subject as the table shows it."""
        number = f"{value:,.{self.digits}f}"
        return f"{number} {self.unit}" if self.unit else number


def check_near(
    subject: Subject,
    measured: float,
    expected: float,
    *,
    share: float = 0.0,
    margin: float = 0.0,
) -> Check:
    """Whether a number lies near another: by a share of it or a margin, the larger.

    Args:
        subject: What is measured.
        measured: What came out.
        expected: What must come out.
        share: Distance allowed, as a share of what is expected.
        margin: Distance allowed, as a number.
    """
    named = []
    if share > 0:
        named.append(f"\N{PLUS-MINUS SIGN} {100 * share:g} %")
    if margin > 0:
        named.append(f"\N{PLUS-MINUS SIGN} {margin:g}")
    allowed = max(share * abs(expected), margin)
    return Check(
        group=subject.group,
        quantity=subject.quantity,
        expected=subject.write(expected),
        source=subject.source,
        measured=subject.write(measured),
        tolerance=" or ".join(named) + (", the larger" if len(named) > 1 else ""),
        # Not a number is near to nothing; the last digit of a border is not a reason.
        passed=bool(abs(measured - expected) <= allowed + 1e-12),
        value=measured,
        note=subject.note,
    )


def check_range(
    subject: Subject, measured: float, lowest: float, highest: float = math.inf
) -> Check:
    """Whether a number lies within limits.

    Args:
        subject: What is measured.
        measured: What came out.
        lowest: The least it may be.
        highest: The most it may be.
    """
    bounded = math.isfinite(highest)
    expected = f"{lowest:,.{subject.digits}f} to {subject.write(highest)}"
    return Check(
        group=subject.group,
        quantity=subject.quantity,
        expected=expected if bounded else f"at least {subject.write(lowest)}",
        source=subject.source,
        measured=subject.write(measured),
        tolerance="the range itself" if bounded else "at least that",
        passed=bool(lowest <= measured <= highest),
        value=measured,
        note=subject.note,
    )
