"""The section of results, the same for a RUN and for anyone's table of scores."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bsgi.evaluation.areas.roc import build_roc
from bsgi.evaluation.predictions import PredictionRow, collect_scores
from bsgi.evaluation.summary import MethodMetrics, Metrics, RepeatMetrics
from bsgi.reports.curves import MOST_CORNERS, RocLine, draw_roc, thin_corners
from bsgi.reports.style import Picture, save_picture
from bsgi.reports.tables import Table, build_results_table
from bsgi.reports.wording import (
    area_with_interval,
    count_of,
    describe_calls,
    describe_ranking,
    interval_title,
)


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


def name_result(method: MethodMetrics, result: RepeatMetrics) -> str:
    """The name of a result: its method, and repeat and fold where there are several.

    Args:
        method: The method.
        result: One of its results.
    """
    if len(method.repeats) == 1:
        return method.method
    return f"{method.method}, repeat {result.repeat}, fold {result.fold}"


def describe_first(metrics: Metrics) -> str:
    """The first result's area in words, named where it is not the only result.

    Args:
        metrics: What was found.
    """
    method = metrics.methods[0]
    result = method.repeats[0]
    text = describe_ranking(result, metrics.level)
    number = _count_results(metrics)
    if number == 1:
        return text
    return (
        f"The first of the {number} results below, that of "
        f"{name_result(method, result)}: {text[0].lower()}{text[1:]}"
    )


def has_uncalibrated(predictions: Sequence[PredictionRow]) -> bool:
    """Whether any test exam has a score without a calibrated probability.

    Args:
        predictions: Scores of all parts, methods and repeats.
    """
    return any(row.part == "test" and row.probability is None for row in predictions)


def select_rows(
    method: MethodMetrics, predictions: Sequence[PredictionRow], part: str = "test"
) -> tuple[PredictionRow, ...]:
    """The exams of one part as a method scored them in its first repeat and fold.

    Args:
        method: The method.
        predictions: Scores of all parts, methods and repeats.
        part: Which part.
    """
    first = method.repeats[0]
    return pick_rows(predictions, method.method, first.repeat, first.fold, part)


def pick_rows(
    predictions: Sequence[PredictionRow],
    method: str,
    repeat: int,
    fold: int,
    part: str = "test",
) -> tuple[PredictionRow, ...]:
    """The exams of one part as a method scored them in one repeat and fold.

    Args:
        predictions: Scores of all parts, methods and repeats.
        method: Name of the method.
        repeat: Which repeat.
        fold: Which fold.
        part: Which part.
    """
    key = (method, repeat, fold, part)
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
    several = _count_results(metrics) > 1
    results = []
    for method in metrics.methods:
        for result in method.repeats:
            sentences = [describe_calls(result.threshold, result.confusion)]
            if several:  # the only result stands at the top of the page already
                sentences.append(describe_ranking(result, metrics.level))
            results.append(
                Result(
                    title=name_result(method, result),
                    metrics=result,
                    threshold=result.threshold,
                    table=build_results_table(result, metrics.level),
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
    number = _count_results(metrics)
    cautions = []
    repeated = _find_repeated_patients(metrics, predictions)
    if repeated:
        several = (
            ""
            if number == 1
            else f"In {len(repeated)} of {number} results patients have several test "
            "exams. The first of these: "
        )
        cautions.append(
            f"{several}{repeated[0]}. The intervals take exams as independent and are "
            "too narrow for this."
        )
    once = [method.method for method in metrics.methods if len(method.repeats) == 1]
    if once:
        named = "" if number == len(once) else f" of {' and of '.join(once)}"
        cautions.append(
            f"One result{named}: the intervals tell how far chance among the test "
            "exams reaches, not how another split or training would change it."
        )
    return tuple(cautions)


def picture_roc(
    metrics: Metrics,
    predictions: Sequence[PredictionRow],
    path: Path,
    *,
    simulated: bool | None = None,
) -> Picture | None:
    """The ROC curves of the test exams; None where these have one label only.

    Args:
        metrics: What was found.
        predictions: What it was found from.
        path: SVG file to make or replace.
        simulated: Whether the exams are simulated; None takes what the metrics say.
    """
    lines = [_roc_line(method, predictions) for method in _drawn(metrics)]
    if not lines:
        return None
    named = "; ".join(
        f"{line.name} has an AUC of {area_with_interval(line.auc)}" for line in lines
    )
    return save_picture(
        path,
        draw_roc(lines),
        f"ROC curve of the test exams. {named}.",
        _caption_roc(metrics),
        simulated=metrics.simulated if simulated is None else simulated,
    )


def _count_results(metrics: Metrics) -> int:
    return sum(len(method.repeats) for method in metrics.methods)


def _find_repeated_patients(
    metrics: Metrics, predictions: Sequence[PredictionRow]
) -> tuple[str, ...]:
    """Results in which a patient has several test exams, each in words."""
    tested: dict[tuple[str, int, int], list[str]] = defaultdict(list)
    for row in predictions:
        if row.part == "test":
            tested[row.method, row.repeat, row.fold].append(row.patient_id)
    found = []
    for method in metrics.methods:
        for result in method.repeats:
            ids = tested[method.method, result.repeat, result.fold]
            patients = len(set(ids))
            if patients == len(ids):
                continue
            text = f"{len(ids)} test exams come from {count_of(patients, 'patient')}"
            if _count_results(metrics) > 1:
                text = f"{name_result(method, result)}, where {text}"
            found.append(text)
    return tuple(found)


def _drawn(metrics: Metrics) -> list[MethodMetrics]:
    """Methods that have a curve: both labels among the first repeat's test exams."""
    return [method for method in metrics.methods if method.repeats[0].auc is not None]


def _caption_roc(metrics: Metrics) -> str:
    """What the figure shows, and what of the results it leaves out."""
    drawn = _drawn(metrics)
    curves = "ROC curve" if len(drawn) == 1 else "ROC curves"
    text = (
        f"{curves} of the test exams ({_count_exams(drawn)}); training exams are not "
        "shown. The dot is the threshold, the grey dashed line is pure "
        f"chance. In brackets the {interval_title(metrics.level)} of the area."
    )
    if max(one.repeats[0].confusion.malignant + one.repeats[0].confusion.benign
           for one in drawn) >= MOST_CORNERS:  # fmt: skip
        text += (
            f" Of a curve with more than {MOST_CORNERS:,} corners these are some, "
            "nowhere 0.001 from the whole."
        )
    if any(len(method.repeats) > 1 for method in drawn):
        named = "; ".join(name_result(method, method.repeats[0]) for method in drawn)
        text += (
            f" Of each method only the first repeat and fold is drawn: {named}. The "
            "others stand in the tables only."
        )
    missing = [method for method in metrics.methods if method.repeats[0].auc is None]
    if missing:
        named = "; ".join(name_result(method, method.repeats[0]) for method in missing)
        text += f" Not drawn, since its test exams have one label only: {named}."
    return text


def _count_exams(methods: Sequence[MethodMetrics]) -> str:
    """How many exams curves are of, malignant and benign, for a caption."""
    counts = [method.repeats[0].confusion for method in methods]
    numbers = dict.fromkeys((each.malignant, each.benign) for each in counts)
    return "; ".join(f"{one} malignant, {other} benign" for one, other in numbers)


def _roc_line(method: MethodMetrics, predictions: Sequence[PredictionRow]) -> RocLine:
    result = method.repeats[0]
    if result.auc is None:
        raise ValueError(f"{method.method} must have an area to be drawn.")
    counts = result.confusion
    curve = build_roc(collect_scores(select_rows(method, predictions)))
    across, up = thin_corners(curve.false_positive_rate, curve.true_positive_rate)
    return RocLine(
        name=name_result(method, result),
        across=across,
        up=up,
        auc=result.auc,
        operating_point=(counts.fp / counts.benign, counts.tp / counts.malignant),
    )
