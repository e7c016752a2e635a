"""The section of results, the same for a RUN and for anyone's table of scores."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bsgi.evaluation.predictions import PredictionRow, collect_scores
from bsgi.evaluation.roc import build_roc
from bsgi.evaluation.summary import MethodMetrics, Metrics, RepeatMetrics
from bsgi.reports.curves import RocLine, draw_roc
from bsgi.reports.style import Picture, load_picture, save_svg
from bsgi.reports.tables import Table, build_results_table
from bsgi.reports.wording import count_of, describe_calls, describe_ranking


@dataclass(frozen=True, slots=True)
class Result:
    """One method's results as the page shows them.

    Args:
        title: Method, and repeat and fold where there are several.
        metrics: The counts, for the table of calls.
        threshold: A score of this much or more was called malignant.
        table: Rates and area with intervals.
        sentences: The same in words.
    """

    title: str
    metrics: RepeatMetrics
    threshold: float
    table: Table
    sentences: tuple[str, ...]


def select_test_rows(
    method: MethodMetrics, predictions: Sequence[PredictionRow]
) -> tuple[PredictionRow, ...]:
    """The test exams of a method as it scored them in its first repeat and fold.

    Args:
        method: The method.
        predictions: Scores of all parts, methods and repeats.
    """
    first = method.repeats[0]
    key = (method.method, first.repeat, first.fold, "test")
    return tuple(
        row
        for row in predictions
        if (row.method, row.repeat, row.fold, row.part) == key
    )


def list_results(metrics: Metrics) -> tuple[Result, ...]:
    """The results of every method and repeat.

    Args:
        metrics: What was found.
    """
    several = sum(len(method.repeats) for method in metrics.methods) > 1
    results = []
    for method in metrics.methods:
        for result in method.repeats:
            title = method.method
            if len(method.repeats) > 1:
                title += f", repeat {result.repeat}, fold {result.fold}"
            sentences = [describe_calls(method.threshold, result.confusion)]
            if several:  # the only result stands at the top of the page already
                sentences.append(describe_ranking(method, result))
            results.append(
                Result(
                    title=title,
                    metrics=result,
                    threshold=method.threshold,
                    table=build_results_table(result),
                    sentences=tuple(sentences),
                )
            )
    return tuple(results)


def list_cautions(
    metrics: Metrics, predictions: Sequence[PredictionRow]
) -> tuple[str, ...]:
    """What a reader has to know before trusting the intervals.

    Args:
        metrics: What was found.
        predictions: What it was found from.
    """
    cautions = []
    rows = select_test_rows(metrics.methods[0], predictions)
    patients = len({row.patient_id for row in rows})
    if patients < len(rows):
        cautions.append(
            f"{len(rows)} test exams come from {count_of(patients, 'patient')}. The "
            "intervals take exams as independent and are too narrow for this."
        )
    if sum(len(method.repeats) for method in metrics.methods) == 1:
        cautions.append(
            "One split and one training: the intervals tell how far chance among the "
            "test exams reaches, not how another split or seed would change the result."
        )
    return tuple(cautions)


def picture_roc(
    metrics: Metrics, predictions: Sequence[PredictionRow], path: Path
) -> Picture | None:
    """The ROC curves of the test exams; None where these have one label only.

    Args:
        metrics: What was found.
        predictions: What it was found from.
        path: SVG file to make or replace.
    """
    lines = []
    for method in metrics.methods:
        line = _roc_line(method, predictions)
        if line is not None:
            lines.append(line)
    if not lines:
        return None
    save_svg(path, draw_roc(lines))
    named = "; ".join(
        f"{line.name} has an AUC of {line.auc.value:.2f} "
        f"({line.auc.lower:.2f} to {line.auc.upper:.2f})"
        for line in lines
    )
    return load_picture(
        path,
        f"ROC curve of the test exams. {named}.",
        "ROC curve of the test exams; training exams are not shown. The dot is the "
        "threshold of the table, the dashed line is pure chance.",
    )


def _roc_line(
    method: MethodMetrics, predictions: Sequence[PredictionRow]
) -> RocLine | None:
    result = method.repeats[0]
    if result.auc is None:
        return None
    counts = result.confusion
    return RocLine(
        name=method.method,
        curve=build_roc(collect_scores(select_test_rows(method, predictions))),
        auc=result.auc,
        operating_point=(counts.fp / counts.benign, counts.tp / counts.malignant),
    )
