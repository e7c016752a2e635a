"""The statistics alone, for anyone's table of labels and scores."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bsgi.errors import RunError
from bsgi.evaluation.design import Design
from bsgi.evaluation.details import add_details
from bsgi.evaluation.metrics_json import save_metrics
from bsgi.evaluation.predictions import PredictionRow
from bsgi.evaluation.readers.analysis import analyse_readers
from bsgi.evaluation.readers.rating_table import RatingTable, cross_ratings
from bsgi.evaluation.summary import Metrics, summarize_predictions
from bsgi.evaluation.tables.any_table import AnyTable, load_any_table
from bsgi.evaluation.thresholds import Threshold
from bsgi.files import new_folder, save_text
from bsgi.provenance import Provenance, describe, save_provenance
from bsgi.reports.checklists.fill import fill_checklists, save_checklists
from bsgi.reports.checklists.study_facts import tell_table
from bsgi.reports.mean_roc import picture_mean_roc
from bsgi.reports.page import render_page
from bsgi.reports.paper_table import build_comparison_table
from bsgi.reports.results import (
    describe_first,
    has_uncalibrated,
    list_cautions,
    list_results,
    picture_roc,
)
from bsgi.reports.sections import list_sections
from bsgi.reports.study_tables import build_tests_table
from bsgi.reports.tables import BlockTable, build_provenance_table
from bsgi.reports.wording import area_with_interval, count_of, interval_title


@dataclass(frozen=True, slots=True)
class TableOptions:
    """How a table is to be read and judged.

    Args:
        threshold: A score of this much or more is called malignant; or ``"youden"``.
        design: How its rows part the patients; None if nobody said.
        method: Name of the method of a table without a column of methods.
        columns: What the table calls a column of ours.
    """

    threshold: Threshold = 0.5
    design: Design | None = None
    method: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)


def write_evaluation(
    predictions: Path,
    out: Path,
    *,
    simulated: bool,
    threshold: Threshold = 0.5,
    options: TableOptions | None = None,
) -> Path:
    """Evaluate a table of scores: metrics, figures with their data, lists and a page.

    Args:
        predictions: A table with columns label and score, and any others of
            `predictions.csv`, a reader and groups; see `any_table.load_any_table`.
        out: Folder to make; it must not exist, or be empty.
        simulated: Whether the exams were simulated.
        threshold: A score of this much or more is called malignant.
        options: How the table is to be read and judged; None for the threshold alone.

    Returns:
        The path of `report.html` in `out`, beside `metrics.json`.

    Raises:
        ConfigError: If the threshold is not a finite number, or a column is named that
            is not there.
        RunError: If the table cannot be used; the message names line and column.
        OutputError: If `out` holds something.
    """
    chosen = options or TableOptions(threshold=threshold)
    table = load_any_table(predictions, chosen.columns, method=chosen.method)
    metrics, ratings, notes = _evaluate(table, chosen, simulated=simulated)
    made = describe("bsgi evaluate", inputs={predictions.name: predictions})
    facts = tell_table(metrics, made, notes)
    with new_folder(out) as partial:
        save_metrics(partial / "metrics.json", metrics)
        save_provenance(partial, made)
        save_checklists(partial / "checklists", facts)
        page = render_page(
            "evaluation.html",
            kind="Breast-specific gamma imaging, evaluation",
            title=f"Evaluation of {predictions.name}",
            simulated=simulated,
            summary=(_summarize(table.rows), _describe_areas(metrics)),
            notes=notes,
            **_show_results(metrics, table.rows, partial / "figures", made),
            sections=list_sections(
                metrics,
                table.rows,
                {one.method: one.method for one in metrics.methods},
                partial / "figures",
                simulated=simulated,
                ratings=ratings,
            ),
            checklists=fill_checklists(facts),
        )
        save_text(partial / "report.html", page)
    return out / "report.html"


def _evaluate(
    table: AnyTable, options: TableOptions, *, simulated: bool
) -> tuple[Metrics, RatingTable | None, tuple[str, ...]]:
    """All results, ratings of readers if they are complete, and notes of the table."""
    metrics = summarize_predictions(
        table.rows,
        threshold=options.threshold,
        simulated=simulated,
        design=options.design,
    )
    metrics = add_details(metrics, table.rows, table.groups, compare=not table.readers)
    notes = [*table.notes, *_note_threshold(metrics, table.rows)]
    if table.notes and options.threshold == TableOptions().threshold:
        notes.append(
            f"A score of {options.threshold:g} or more is called malignant; choose "
            "another threshold with --threshold."
        )
    ratings = None
    if table.readers:
        threshold = _find_rating_threshold(table, options.threshold)
        try:
            ratings = cross_ratings(table.readers)
            found = analyse_readers(table.readers, threshold=threshold)
            metrics = replace(metrics, readers=found)
        except RunError as reason:
            ratings = None
            notes.append(f"The readers are not analysed together: {reason}")
    return metrics, ratings, tuple(notes)


def _find_rating_threshold(table: AnyTable, threshold: Threshold) -> float | None:
    """The threshold where it parts the ratings; else nobody can have meant it."""
    scores = [row.score for row in table.readers]
    if isinstance(threshold, str) or not min(scores) < threshold <= max(scores):
        return None
    return threshold


def _note_threshold(metrics: Metrics, rows: Sequence[PredictionRow]) -> tuple[str, ...]:
    """What is wrong with a threshold that calls all exams alike, or with the scores."""
    threshold = metrics.methods[0].threshold
    scores = [row.score for row in rows if row.part == "test"]
    notes = []
    if not isinstance(threshold, str) and not min(scores) < threshold <= max(scores):
        notes.append(
            f"The threshold {threshold:g} calls all exams alike, so that sensitivity "
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


def _show_results(
    metrics: Metrics, rows: Sequence[PredictionRow], figures: Path, made: Provenance
) -> dict[str, Any]:
    """Results of every method and repeat, their means and tests."""
    titles = {one.method: one.method for one in metrics.methods}
    return {
        "results": list_results(metrics),
        "uncalibrated": has_uncalibrated(rows),
        "roc": picture_roc(metrics, rows, figures / "roc.svg"),
        "cautions": list_cautions(metrics, rows),
        "averages": _build_averages(metrics),
        "mean_roc": picture_mean_roc(metrics, rows, figures / "mean-roc.svg"),
        "tests": build_tests_table(metrics.comparisons, titles),
        "provenance": build_provenance_table(made, {}),
    }


def _summarize(rows: Sequence[PredictionRow]) -> str:
    test = {row.exam_id: row for row in rows if row.part == "test"}
    patients = {row.patient_id for row in test.values()}
    malignant = sum(row.label for row in test.values())
    return (
        f"{count_of(len(test), 'test exam')} of {count_of(len(patients), 'patient')}: "
        f"{len(test) - malignant} benign and {malignant} malignant."
    )


def _describe_areas(metrics: Metrics) -> str:
    """The mean area of each method; of single results the first."""
    means = [
        f"{one.method} {area_with_interval(one.average.auc)}"
        for one in metrics.methods
        if one.average is not None and len(one.repeats) > 1
    ]
    if not means:
        return describe_first(metrics)
    return (
        "Area under the ROC curve, mean over the repeats with the folds of each "
        f"pooled ({interval_title(metrics.level)}): {'; '.join(means)}."
    )


def _build_averages(metrics: Metrics) -> BlockTable | None:
    """Results averaged over repeats; None where each method has one result only."""
    found = [
        (one.method, one.method, one.average)
        for one in metrics.methods
        if one.average is not None and len(one.repeats) > 1
    ]
    if not found:
        return None
    return build_comparison_table(found, metrics.level, with_paper=False)
