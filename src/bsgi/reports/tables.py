"""The tables of a report, as texts in rows, ready for a page."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bsgi.cohort.split import Part, Split
from bsgi.cohort.store import ExamRow
from bsgi.evaluation.estimate import Estimate
from bsgi.evaluation.summary import RepeatMetrics
from bsgi.exam.record import Label, ViewName
from bsgi.provenance import Provenance, hash_file
from bsgi.reports.wording import (
    area_interval,
    interval_name,
    interval_title,
    percent,
    percent_interval,
)

UNDEFINED = "undefined"
"""What a table says where the exams allow no number."""

_PART_NAMES = {Part.TRAIN: "training", Part.CALIBRATE: "calibration", Part.TEST: "test"}


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a page.

    Args:
        caption: What it shows.
        head: Names of the columns.
        rows: Texts; the first of each row names the row.
        numeric: Whether the columns after the first hold numbers.

    Raises:
        ValueError: If a row is not as long as the head.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: bool = True

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.head):
                raise ValueError(
                    f"a row must have {len(self.head)} fields as the head has, got "
                    f"{len(row)}."
                )


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of a table that belong together.

    Args:
        title: What they are about, such as a method.
        rows: Texts; the first of each row names the row.
        note: What stands beside the title.
    """

    title: str
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class BlockTable:
    """A table of a page whose rows come in blocks.

    Args:
        caption: What it shows.
        head: Names of the columns.
        blocks: The blocks, in order.

    Raises:
        ValueError: If a row is not as long as the head.
    """

    caption: str
    head: tuple[str, ...]
    blocks: tuple[Block, ...]

    def __post_init__(self) -> None:
        for block in self.blocks:
            for row in block.rows:
                if len(row) != len(self.head):
                    raise ValueError(
                        f"a row must have {len(self.head)} fields as the head has, got "
                        f"{len(row)}."
                    )


def build_cohort_table(rows: Sequence[ExamRow], split: Split | None) -> Table:
    """Who was studied, in all and by part.

    Args:
        rows: All exams of the cohort.
        split: The part of each labelled exam; None where parts change from fold to
            fold, and only all exams are shown.
    """
    groups: dict[str, list[ExamRow]] = {"all": list(rows)}
    if split is not None:
        parts = split.parts
        for part in Part:
            chosen = [row for row in rows if parts.get(row.exam_id) is part]
            if chosen:
                groups[_PART_NAMES[part]] = chosen
        left_out = [row for row in rows if row.exam_id not in parts]
        if left_out:
            groups["not used"] = left_out
    lines: list[tuple[str, Callable[[Sequence[ExamRow]], str]]] = [
        ("Exams", lambda group: f"{len(group):,}"),
        ("Patients", lambda group: f"{len({row.patient_id for row in group}):,}"),
        ("Benign", lambda group: _count_label(group, Label.BENIGN)),
        ("Malignant", lambda group: _count_label(group, Label.MALIGNANT)),
        ("Label unknown", lambda group: _count_label(group, Label.UNKNOWN)),
        ("Age in years, mean (range)", lambda g: _spread(r.age_years for r in g)),
        ("Dose in MBq, mean (range)", lambda g: _spread(r.dose_mbq for r in g)),
        ("Views missing", _missing_views),
        ("Quality in doubt", lambda group: f"{sum(bool(r.quality) for r in group):,}"),
    ]
    lines += [
        (f"Camera {name or 'unknown'}", _counter("camera", name))
        for name in _sorted_values(row.camera for row in rows)
    ]
    lines += [
        (f"Site {name or 'unknown'}", _counter("site", name))
        for name in _sorted_values(row.site for row in rows)
    ]
    return Table(
        caption="Exams of the cohort",
        head=("", *groups),
        rows=tuple(
            (name, *(measure(group) for group in groups.values()))
            for name, measure in lines
        ),
    )


def build_results_table(result: RepeatMetrics, level: float) -> Table:
    """Rates and area of one method on the test exams, each with its interval.

    Where the exams have one label only the one rate that there is says it all.

    Args:
        result: What was found.
        level: Confidence level of the intervals.
    """
    counts = result.confusion
    right = counts.tp + counts.tn
    total = counts.malignant + counts.benign
    lines: list[tuple[str, Estimate | None, str]] = [
        ("Sensitivity", result.sensitivity, f"{counts.tp} of {counts.malignant}"),
        ("Specificity", result.specificity, f"{counts.tn} of {counts.benign}"),
        ("Accuracy", result.accuracy, f"{right} of {total}"),
    ]
    rows = [_area_line(result)]
    if not (counts.malignant and counts.benign):
        lines = [line for line in lines[:2] if line[1] is not None]
        rows = []
    rows += [_rate_line(name, estimate, counted) for name, estimate, counted in lines]
    return Table(
        caption="Results on the test exams; positive: malignant",
        head=("", "value", interval_title(level), "exams", "interval by"),
        rows=tuple(rows),
    )


def build_provenance_table(
    made: Provenance, settings: Mapping[str, str], files: Sequence[Path] = ()
) -> Table:
    """What made the results, as names and texts; empty texts are left out.

    Args:
        made: What the provenance beside them says.
        settings: What was chosen, by name, such as a seed.
        files: Files of the results, to be named with their hashes.
    """
    entries = {
        "Command": made.command,
        "Version of bsgi": made.version,
        "Commit": made.git,
        "Date": made.date,
        **settings,
        "Python": made.python,
        "Machine": made.machine,
        "Packages": ", ".join(f"{name} {v}" for name, v in made.packages.items()),
    }
    hashes = dict(made.inputs) | {path.name: hash_file(path) for path in files}
    entries |= {f"SHA-256 of {name}": text for name, text in hashes.items()}
    return Table(
        caption="What made these results",
        head=("", "recorded"),
        rows=tuple((name, text) for name, text in entries.items() if text),
        numeric=False,
    )


def _area_line(result: RepeatMetrics) -> tuple[str, ...]:
    counts, auc = result.confusion, result.auc
    counted = f"{counts.malignant} and {counts.benign}"
    if auc is None:
        return ("AUC", UNDEFINED, "", counted, "")
    return ("AUC", f"{auc.value:.3f}", area_interval(auc), counted, interval_name(auc))


def _rate_line(name: str, rate: Estimate | None, counted: str) -> tuple[str, ...]:
    if rate is None:
        return (name, UNDEFINED, "", counted, "")
    return (
        name,
        percent(rate.value),
        percent_interval(rate),
        counted,
        interval_name(rate),
    )


def _count_label(group: Sequence[ExamRow], label: Label) -> str:
    return f"{sum(row.label is label for row in group):,}"


def _spread(values: Iterable[float | None]) -> str:
    listed = list(values)
    known = [value for value in listed if value is not None]
    if not known:
        return "unknown"
    mean = sum(known) / len(known)
    text = f"{mean:.1f} ({min(known):.0f} to {max(known):.0f})"
    if min(known) == max(known):
        text = f"{mean:g}, all alike"
    unknown = len(listed) - len(known)
    return f"{text}, {unknown} unknown" if unknown else text


def _missing_views(group: Sequence[ExamRow]) -> str:
    counts = [(name, sum(name not in row.views for row in group)) for name in ViewName]
    return ", ".join(f"{name} {count}" for name, count in counts if count) or "none"


def _counter(column: str, value: str) -> Callable[[Sequence[ExamRow]], str]:
    def count(group: Sequence[ExamRow]) -> str:
        return f"{sum(getattr(row, column) == value for row in group):,}"

    return count


def _sorted_values(values: Iterable[str]) -> list[str]:
    """The values that occur, the empty one last."""
    return sorted(set(values), key=lambda value: (not value, value))
