"""A physicist's decisions on findings of quality: `overrule.csv`.

A finding is a doubt and no verdict. Whoever has looked may accept it, or leave a view
or an exam out; who decided, and why, stands in the tables of the cohort.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Final

from bsgi.errors import ConfigError, LabelTableError
from bsgi.exam.quality.assess import assess_whole
from bsgi.exam.quality.catalogue import CHECKS
from bsgi.exam.quality.finding import Finding
from bsgi.exam.record import Exam, ViewName
from bsgi.files import TableRow
from bsgi.intake.tables.read import Columns, read_table
from bsgi.intake.tables.sheet import plain_name

COLUMNS: Final = ("exam_id", "view", "check", "decision", "by", "reason")
"""Columns of overrule.csv."""

_TABLE: Final = Columns(COLUMNS, (), ids=("exam_id",), mapped=False)

_MISSING: Final = "missing-view"

LONGEST: Final = 200
"""Letters of a name or a reason: it stands in a table, line by line."""


class Decision(StrEnum):
    """What is done about a finding."""

    ACCEPT = "accept"
    LEAVE_OUT = "leave-out"


@dataclass(frozen=True, slots=True)
class Overrule:
    """One line of overrule.csv.

    Args:
        line: Where it stands in the file.
        exam_id: The exam.
        view: The view; None for the whole exam.
        check: The check whose findings are meant; empty for all. Of a view or exam that
            is left out it only says why.
        decision: What is done.
        by: Who decided.
        reason: Why, in his or her own words.
    """

    line: int
    exam_id: str
    view: ViewName | None
    check: str
    decision: Decision
    by: str
    reason: str

    def concerns(self, finding: Finding) -> bool:
        """Whether it speaks of a finding.

        Without a view it speaks of all findings of the exam.

        Args:
            finding: A finding of its exam.
        """
        return self.check in ("", finding.check) and self.view in (None, finding.view)


@dataclass(frozen=True, slots=True)
class Overrules:
    """All lines of overrule.csv.

    Args:
        path: The file.
        by_exam: Its lines by exam, in their order.
    """

    path: Path
    by_exam: Mapping[str, tuple[Overrule, ...]]

    def of_exam(self, exam_id: str) -> tuple[Overrule, ...]:
        """The lines of one exam, in their order.

        Args:
            exam_id: The exam.
        """
        return self.by_exam.get(exam_id, ())

    def check_exams(self, exam_ids: Collection[str]) -> None:
        """Refuse lines of exams that an import does not have.

        Args:
            exam_ids: The exams of the import, as its cohort calls them.

        Raises:
            ConfigError: If there is such a line.
        """
        known = set(exam_ids)
        for exam_id, (line, *_) in self.by_exam.items():
            if exam_id not in known:
                raise ConfigError(
                    f"{self.path}, line {line.line}: exam_id must be an exam of this "
                    f"import, got {exam_id!r}; under pseudonyms ids stay the same only "
                    "with the same --key."
                )


def load_overrules(path: Path) -> Overrules:
    """Read a physicist's decisions.

    Args:
        path: A CSV file or an XLSX workbook with the columns `COLUMNS`, in any spelling
            that a table of labels may have.

    Raises:
        ConfigError: If it is no file or cannot be read, or a line has an unknown view,
            check or decision, says not who decided and why, or decides twice.
    """
    if not path.is_file():
        raise ConfigError(
            f"--overrule must name a CSV or XLSX file, and {path} is none."
        )
    try:
        rows = read_table(path, _TABLE).rows
    except LabelTableError as fault:
        raise ConfigError(str(fault)) from None
    lines = tuple(_parse(row, path) for row in rows)
    seen: dict[tuple[str, ViewName | None, str], Overrule] = {}
    for line in lines:
        first = seen.setdefault((line.exam_id, line.view, line.check), line)
        if first is not line:
            raise ConfigError(
                f"{path}, line {line.line}: each view and check must be decided once, "
                f"and line {first.line} decides the same."
            )
    by_exam: dict[str, list[Overrule]] = {}
    for line in lines:
        by_exam.setdefault(line.exam_id, []).append(line)
    return Overrules(path, {name: tuple(own) for name, own in by_exam.items()})


def _parse(row: TableRow, path: Path) -> Overrule:
    fields = {column: row[column] for column in COLUMNS}
    fields["view"] = "".join(
        letter for letter in fields["view"] if letter not in " -_"
    ).upper()
    for column in ("check", "decision"):
        fields[column] = plain_name(fields[column]).replace("_", "-")
    where = f"{path}, line {row.line}"
    for column, known in (
        ("view", ("", *ViewName)),
        ("check", ("", *CHECKS)),
        ("decision", tuple(Decision)),
    ):
        if fields[column] not in known:
            names = ", ".join(filter(None, known))
            empty = " or empty" if "" in known else ""
            raise ConfigError(
                f"{where}: {column} must be one of {names}{empty}, got "
                f"{row[column][:40]!r}."
            )
    for column in ("exam_id", "by", "reason"):
        text = fields[column]
        if not (0 < len(text) <= LONGEST and text.isprintable()):
            raise ConfigError(
                f"{where}: {column} must be 1 to {LONGEST} printable characters, got "
                f"{len(text)}."
            )
    return Overrule(
        line=row.line,
        exam_id=fields["exam_id"],
        view=ViewName(fields["view"]) if fields["view"] else None,
        check=fields["check"],
        decision=Decision(fields["decision"]),
        by=fields["by"],
        reason=fields["reason"],
    )


def apply_overrules(
    exam: Exam, findings: Sequence[Finding], overrules: Overrules
) -> tuple[Exam | None, tuple[Finding, ...], tuple[str, ...]]:
    """What is left of an exam and of its findings after a physicist has decided.

    What is left out goes first; then findings are accepted.

    Args:
        exam: The exam, as it was read.
        findings: What `assess_exam` found.
        overrules: The decisions, those of other exams too.

    Returns:
        The exam without the views that were left out, or None if nothing is left; the
        findings that stand, without the doubt that a view left out is missing; and a
        note on each decision, such as ``"LCC left out by M. Curie: moved"`` or
        ``"LCC: 61,200 counts, fewer than 100,000: overruled by M. Curie: enough for
        this question"``.

    Raises:
        ConfigError: If a line names a view that the exam does not have.
    """
    lines = overrules.of_exam(exam.exam_id)
    notes: list[str] = []
    out: set[ViewName] = set()
    for line in lines:
        _check_view(line, exam, overrules.path)
        if line.decision is Decision.LEAVE_OUT:
            out |= {line.view} if line.view else set(exam.views)
            what = line.view or "exam"
            why = f" ({CHECKS[line.check].title})" if line.check else ""
            notes.append(f"{what} left out by {line.by}{why}: {line.reason}")
    left = {name: exam.views[name] for name in exam.present() if name not in out}
    if not left:
        return None, (), tuple(notes)
    if out:
        exam = replace(exam, views=left)
        # What is missing by decision is decided, and no doubt.
        whole = [each for each in assess_whole(exam) if each.check != _MISSING]
        missing = [each for each in findings if each.check == _MISSING]
        own = [each for each in findings if each.view in left]
        findings = (*missing, *whole, *own)
    standing = []
    for finding in findings:
        accepted = _find_acceptance(finding, lines)
        if accepted is None:
            standing.append(finding)
        else:
            notes.append(f"{finding}: overruled by {accepted.by}: {accepted.reason}")
    return exam, tuple(standing), (*notes, *_list_idle(lines, findings, out))


def _check_view(line: Overrule, exam: Exam, path: Path) -> None:
    if line.view is not None and line.view not in exam.views:
        raise ConfigError(
            f"{path}, line {line.line}: view must be one that exam {exam.exam_id} has "
            f"({', '.join(exam.present())}), got {line.view}."
        )


def _find_acceptance(finding: Finding, lines: Sequence[Overrule]) -> Overrule | None:
    """The line that accepts a finding; None if it stands."""
    for line in lines:
        if line.decision is Decision.ACCEPT and line.concerns(finding):
            return line
    return None


def _list_idle(
    lines: Sequence[Overrule], findings: Sequence[Finding], out: Collection[ViewName]
) -> list[str]:
    """Acceptances that met nothing to accept, for whoever wrote them should know."""
    return [
        f"line {line.line} of the overrules accepts {line.check or 'all findings'}"
        f"{f' of {line.view}' if line.view else ''}, and there is none"
        for line in lines
        if line.decision is Decision.ACCEPT
        and line.view not in out
        and not any(line.concerns(finding) for finding in findings)
    ]
