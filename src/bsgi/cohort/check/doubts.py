"""Exams whose quality is in doubt, the first to look at first, and how they read."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from bsgi.cohort.check.tally import Tally, tally_texts
from bsgi.cohort.store import ExamRow
from bsgi.exam.quality.catalogue import CHECKS, rank_check, read_findings
from bsgi.exam.quality.finding import Finding
from bsgi.exam.record import ViewName


@dataclass(frozen=True, slots=True)
class Doubt:
    """An exam whose quality is in doubt.

    Args:
        exam_id: The exam.
        findings: What was found, the most urgent first.
    """

    exam_id: str
    findings: tuple[Finding, ...]

    @property
    def urgency(self) -> tuple[int, int, str]:
        """The smaller, the earlier it should be looked at."""
        return rank_check(self.findings[0].check), -len(self.findings), self.exam_id


def list_doubts(rows: Iterable[ExamRow]) -> tuple[Doubt, ...]:
    """Exams whose quality is in doubt, the first to look at first.

    Args:
        rows: Exams of a cohort.
    """
    doubts = [
        Doubt(
            row.exam_id,
            tuple(
                sorted(
                    read_findings(row.quality),
                    key=lambda finding: rank_check(finding.check),
                )
            ),
        )
        for row in rows
        if row.quality
    ]
    return tuple(sorted(doubts, key=lambda doubt: doubt.urgency))


def group_findings(findings: Iterable[Finding]) -> tuple[str, ...]:
    """Findings in words; views of which one thing is told stand together.

    Args:
        findings: Findings of one exam.

    Returns:
        Texts such as ``"LCC, RCC: orientation not stated"``, in the order in which the
        findings begin.
    """
    views: dict[tuple[str, bool], list[ViewName]] = defaultdict(list)
    for each in findings:
        group = views[each.text, each.view is None]
        if each.view is not None:
            group.append(each.view)
    return tuple(
        f"{', '.join(group)}: {text}" if group else text
        for (text, _), group in views.items()
    )


def tally_checks(doubts: Iterable[Doubt]) -> tuple[Tally, ...]:
    """How many exams each check doubts, the most urgent check first.

    What no check of this version writes stands last, in its own words.

    Args:
        doubts: Exams whose quality is in doubt.
    """
    exams: Counter[str] = Counter()
    others: list[str] = []
    for doubt in doubts:
        checks = {each.check for each in doubt.findings}
        exams.update(checks.intersection(CHECKS))
        others += {each.text for each in doubt.findings if each.check not in CHECKS}
    known = sorted(exams, key=rank_check)
    return (
        *(Tally(CHECKS[check].title, exams[check]) for check in known),
        *tally_texts(sorted(others)),
    )
