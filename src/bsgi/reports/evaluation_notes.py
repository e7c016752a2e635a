"""What a reader of an evaluation has to know of a table's threshold and scores."""

from collections.abc import Sequence

from bsgi.evaluation.predictions import PredictionRow
from bsgi.evaluation.summary import Metrics
from bsgi.evaluation.tables.any_table import AnyTable
from bsgi.evaluation.thresholds import Threshold


def note_untested(rows: Sequence[PredictionRow]) -> tuple[str, ...]:
    """Methods that have no test row, and so no results.

    Args:
        rows: Predictions of all parts.
    """
    tested = {row.method for row in rows if row.part == "test"}
    missing = [m for m in dict.fromkeys(row.method for row in rows) if m not in tested]
    if not missing:
        return ()
    return (f"Without test rows, and so without results: {', '.join(missing)}.",)


def span_patients(rows: Sequence[PredictionRow], method: str) -> tuple[int, int]:
    """The fewest and the most patients that a repeat of a method tests.

    Args:
        rows: Predictions of all parts.
        method: Its name; it must have a test row.
    """
    tested: dict[int, set[str]] = {}
    for row in rows:
        if (row.method, row.part) == (method, "test"):
            tested.setdefault(row.repeat, set()).add(row.patient_id)
    counts = [len(patients) for patients in tested.values()]
    return min(counts), max(counts)


def note_threshold(metrics: Metrics, rows: Sequence[PredictionRow]) -> tuple[str, ...]:
    """What is wrong with a threshold that calls all exams alike, or with the scores.

    Args:
        metrics: What was found.
        rows: What it was found from.
    """
    threshold = metrics.methods[0].threshold
    notes = []
    if calls_alike(metrics, rows):
        notes.append(
            f"The threshold {threshold} calls all exams alike, so that sensitivity "
            "and specificity say nothing; choose another with --threshold."
        )
    for method in metrics.methods:
        auc = method.repeats[0].auc if method.average is None else method.average.auc
        if auc is not None and auc.upper < 0.5:
            notes.append(
                f"The area of {method.method} is below chance: perhaps its scores are "
                "the lower, the more malignant. They must be the higher."
            )
    return tuple(notes)


def calls_alike(metrics: Metrics, rows: Sequence[PredictionRow]) -> bool:
    """Whether the threshold of the first method calls all test exams of all alike.

    Args:
        metrics: What was found.
        rows: What it was found from.
    """
    threshold = metrics.methods[0].threshold
    scores = [row.score for row in rows if row.part == "test"]
    return not isinstance(threshold, str) and not min(scores) < threshold <= max(scores)


def find_rating_threshold(table: AnyTable, threshold: Threshold) -> float | None:
    """The threshold where it parts the ratings; else nobody can have meant it.

    Args:
        table: A table with readers.
        threshold: The one given, or the default.
    """
    scores = [row.score for row in table.readers]
    if isinstance(threshold, str) or not min(scores) < threshold <= max(scores):
        return None
    return threshold
