"""The statistics alone, for anyone's table of labels and scores."""

from collections.abc import Sequence
from pathlib import Path

from bsgi.evaluation.metrics_json import save_metrics
from bsgi.evaluation.predictions import PredictionRow, load_predictions
from bsgi.evaluation.summary import Metrics, summarize_predictions
from bsgi.files import new_folder, save_text
from bsgi.provenance import describe, save_provenance
from bsgi.reports.page import render_page
from bsgi.reports.paper_table import build_comparison_table
from bsgi.reports.results import (
    describe_first,
    has_uncalibrated,
    list_cautions,
    list_results,
    picture_roc,
)
from bsgi.reports.study_tables import build_tests_table
from bsgi.reports.tables import BlockTable, build_provenance_table
from bsgi.reports.wording import count_of


def write_evaluation(
    predictions: Path, out: Path, *, simulated: bool, threshold: float = 0.5
) -> Path:
    """Evaluate a table of scores: metrics, a ROC figure and a page.

    Args:
        predictions: A table with the columns of `predictions.csv`.
        out: Folder to make; it must not exist, or be empty.
        simulated: Whether the exams were simulated.
        threshold: A score of this much or more is called malignant.

    Returns:
        The path of `report.html` in `out`, beside `metrics.json`.

    Raises:
        ConfigError: If the threshold is not a finite number.
        RunError: If the table cannot be used; the message names line and column.
        OutputError: If `out` holds something.
    """
    rows = load_predictions(predictions)
    metrics = summarize_predictions(rows, threshold=threshold, simulated=simulated)
    made = describe("bsgi evaluate", inputs={predictions.name: predictions})
    with new_folder(out) as partial:
        save_metrics(partial / "metrics.json", metrics)
        save_provenance(partial, made)
        page = render_page(
            "evaluation.html",
            kind="Breast-specific gamma imaging, evaluation",
            title=f"Evaluation of {predictions.name}",
            simulated=simulated,
            summary=(_summarize(rows), describe_first(metrics)),
            results=list_results(metrics),
            uncalibrated=has_uncalibrated(rows),
            roc=picture_roc(metrics, rows, partial / "figures" / "roc.svg"),
            cautions=list_cautions(metrics, rows),
            averages=_build_averages(metrics),
            tests=build_tests_table(
                metrics.comparisons, {one.method: one.method for one in metrics.methods}
            ),
            provenance=build_provenance_table(made, {}),
        )
        save_text(partial / "report.html", page)
    return out / "report.html"


def _summarize(rows: Sequence[PredictionRow]) -> str:
    test = {row.exam_id: row for row in rows if row.part == "test"}
    patients = {row.patient_id for row in test.values()}
    malignant = sum(row.label for row in test.values())
    return (
        f"{count_of(len(test), 'test exam')} of {count_of(len(patients), 'patient')}: "
        f"{len(test) - malignant} benign and {malignant} malignant."
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
