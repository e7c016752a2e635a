"""The statistics alone, for anyone's table of labels and scores."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bsgi.errors import ConfigError, RunError
from bsgi.evaluation.calibration.recalibrate import recalibrate_rows
from bsgi.evaluation.design import Design
from bsgi.evaluation.details import add_details
from bsgi.evaluation.external import (
    External,
    choose_name,
    fix_rows,
    keep_thresholds,
    load_external,
    name_source,
)
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
from bsgi.reports.evaluation_notes import (
    calls_alike,
    find_rating_threshold,
    note_threshold,
    note_untested,
    span_patients,
)
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
from bsgi.reports.wording import (
    area_with_interval,
    count_of,
    interval_title,
    label_in_words,
)


@dataclass(frozen=True, slots=True)
class TableOptions:
    """How a table is to be read and judged.

    Args:
        threshold: A score of this much or more is called malignant; or ``"youden"``.
        design: How its rows part the patients; None if nobody said.
        method: Name of the method of a table without a column of methods.
        columns: What the table calls a column of ours.
        fixed: `operating_points.json` of a network, or the folder that holds it, at
            whose thresholds its scores are judged; `threshold` and `design` then do not
            count. None chooses on the table itself.
        calibrate: Name of a recalibration that is fitted on the table's own rows that
            may calibrate, and gives the test rows their probabilities; None leaves
            what the table says.
    """

    threshold: Threshold = 0.5
    design: Design | None = None
    method: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    fixed: Path | None = None
    calibrate: str | None = None


def write_evaluation(
    predictions: Path,
    out: Path,
    *,
    simulated: bool,
    options: TableOptions | None = None,
) -> Path:
    """Evaluate a table of scores: metrics, figures with their data, lists and a page.

    Args:
        predictions: A table with columns label and score, and any others of
            `predictions.csv`, a reader and groups; see `any_table.load_any_table`.
        out: Folder to make; it must not exist, or be empty.
        simulated: Whether the exams were simulated.
        options: How the table is to be read and judged; None for the defaults.

    Returns:
        The path of `report.html` in `out`, beside `metrics.json`.

    Raises:
        ConfigError: If the threshold is not a finite number, or a column is named that
            is not there.
        RunError: If the table cannot be used; the message names line and column. Or if
            fixed thresholds are not those of the methods of the table.
        OutputError: If `out` holds something.
    """
    chosen = options or TableOptions()
    external = None if chosen.fixed is None else load_external(chosen.fixed)
    table = _load(predictions, chosen, external)
    if external is None:
        found = _evaluate(table, chosen, simulated=simulated)
    else:
        found = _validate(table, external, simulated=simulated)
    inputs = {predictions.name: predictions}
    if external is not None:
        inputs |= external.files
    made = describe("bsgi evaluate", inputs=inputs)
    with new_folder(out) as partial:
        save_metrics(partial / "metrics.json", found.metrics)
        # Thresholds from elsewhere stay those of the exams that they were chosen on.
        if external is None:
            own = predictions if chosen.calibrate is None else None
            keep_thresholds(found.metrics, own, partial)
        save_provenance(partial, made)
        title = f"Evaluation of {predictions.name}"
        save_text(partial / "report.html", _build_page(title, found, made, partial))
    return out / "report.html"


@dataclass(frozen=True, slots=True)
class _Found:
    """Results, their rows, complete ratings of readers, and what is to be said."""

    metrics: Metrics
    rows: tuple[PredictionRow, ...]
    ratings: RatingTable | None
    notes: tuple[str, ...]
    sentences: tuple[str, ...] = ()


def _build_page(title: str, found: _Found, made: Provenance, out: Path) -> str:
    """The page; figures and checklists are saved in `out`."""
    metrics, rows = found.metrics, found.rows
    facts = tell_table(metrics, made, found.notes)
    save_checklists(out / "checklists", facts)
    return render_page(
        "evaluation.html",
        kind="Breast-specific gamma imaging, evaluation",
        title=title,
        simulated=metrics.simulated,
        summary=(_summarize(rows), *_describe_areas(metrics), *found.sentences),
        notes=found.notes,
        **_show_results(metrics, rows, out / "figures", made),
        sections=list_sections(
            _leave_out(metrics),
            rows,
            {one.method: one.method for one in metrics.methods},
            out / "figures",
            simulated=metrics.simulated,
            ratings=found.ratings,
        ),
        checklists=fill_checklists(facts),
    )


def _load(path: Path, options: TableOptions, external: External | None) -> AnyTable:
    """The table; one that names no method has that of the fixed thresholds."""
    name = options.method
    if external is not None and name is None:
        name = choose_name(external, path, options.columns)
    return load_any_table(path, options.columns, method=name)


def _validate(table: AnyTable, external: External, *, simulated: bool) -> _Found:
    """The results of a network on exams of others, at its own thresholds."""
    if table.readers:
        raise ConfigError(
            "fixed thresholds must meet scores of a network, got a table of readers; "
            "leave --thresholds away."
        )
    rows, notes = fix_rows(external, table.rows)
    thresholds = {external.fixed.of(row.method).threshold for row in rows}
    if len(thresholds) > 1:
        raise ConfigError(
            "methods must have one threshold to stand on one page, got "
            f"{', '.join(f'{one:g}' for one in sorted(thresholds))}; evaluate them one "
            "by one."
        )
    metrics = summarize_predictions(
        rows, threshold=thresholds.pop(), simulated=simulated
    )
    metrics = add_details(
        metrics,
        rows,
        table.groups,
        known_patients=table.known_patients,
        fixed=external.fixed,
    )
    metrics = name_source(external, metrics, strange=bool(notes))
    said = (*table.notes, *notes, *note_threshold(metrics, rows))
    return _Found(metrics, rows, None, said, external.sentences)


def _leave_out(metrics: Metrics) -> Metrics:
    """What a page shows: calibration needs exams of both labels to be judged by."""
    return replace(
        metrics,
        methods=tuple(
            one if one.malignant and one.benign else replace(one, calibration=None)
            for one in metrics.methods
        ),
    )


def _evaluate(table: AnyTable, options: TableOptions, *, simulated: bool) -> _Found:
    """All results, with everything chosen on the table itself."""
    if options.calibrate is not None:
        table = _recalibrate(table, options.calibrate, options.design)
    metrics = summarize_predictions(
        table.rows,
        threshold=options.threshold,
        simulated=simulated,
        design=options.design,
    )
    metrics = add_details(
        metrics,
        table.rows,
        table.groups,
        compare=not table.readers,
        known_patients=table.known_patients,
    )
    notes = [
        *table.notes, *note_untested(table.rows), *note_threshold(metrics, table.rows)
    ]  # fmt: skip
    alike = calls_alike(metrics, table.rows)
    if table.notes and options.threshold == TableOptions().threshold and not alike:
        notes.append(
            f"A score of {options.threshold:g} or more is called malignant; choose "
            "another threshold with --threshold."
        )
    ratings = None
    if table.readers:
        threshold = find_rating_threshold(table, options.threshold)
        try:
            ratings = cross_ratings(table.readers)
            found = analyse_readers(table.readers, threshold=threshold)
            metrics = replace(metrics, readers=found)
        except RunError as reason:
            ratings = None
            notes.append(f"The readers are not analysed together: {reason}")
    return _Found(metrics, table.rows, ratings, tuple(notes))


def _recalibrate(table: AnyTable, name: str, design: Design | None) -> AnyTable:
    """The table with probabilities from its own rows that may calibrate."""
    before = sum(row.probability is not None for row in table.rows)
    note = f"The probabilities come from a recalibration made here ({name})" + (
        ", in place of those of the table." if before else "."
    )
    rows = recalibrate_rows(table.rows, name, design)
    return replace(table, rows=rows, notes=(*table.notes, note))


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
        "averages": _build_averages(metrics, rows),
        "mean_roc": picture_mean_roc(metrics, rows, figures / "mean-roc.svg"),
        "tests": build_tests_table(metrics.comparisons, titles),
        "provenance": build_provenance_table(made, {}),
    }


def _summarize(rows: Sequence[PredictionRow]) -> str:
    test = {row.exam_id: row for row in rows if row.part == "test"}
    patients = {row.patient_id for row in test.values()}
    malignant = sum(row.label for row in test.values())
    who = f"{count_of(len(test), 'test exam')} of {count_of(len(patients), 'patient')}"
    if malignant in (0, len(test)):
        word = label_in_words(int(malignant > 0))
        return f"{who}, {word}." if len(test) == 1 else f"{who}, all {word}."
    return f"{who}: {len(test) - malignant} benign and {malignant} malignant."


def _describe_areas(metrics: Metrics) -> tuple[str, ...]:
    """The mean area of each method; of single results the first.

    Nothing where the exams have one label only, which a note says.
    """
    if not any(one.malignant and one.benign for one in metrics.methods):
        return ()
    means = [
        f"{one.method} {area_with_interval(one.average.auc)}"
        for one in metrics.methods
        if one.average is not None and len(one.repeats) > 1
    ]
    if not means:
        return (describe_first(metrics),)
    return (
        "Area under the ROC curve, mean over the repeats with the folds of each "
        f"pooled ({interval_title(metrics.level)}): {'; '.join(means)}.",
    )


def _build_averages(
    metrics: Metrics, rows: Sequence[PredictionRow]
) -> BlockTable | None:
    """Results averaged over repeats; None where each method has one result only."""
    found = [
        (one.method, one.method, one.average)
        for one in metrics.methods
        if one.average is not None and len(one.repeats) > 1
    ]
    if not found:
        return None
    spans = {name: span_patients(rows, name) for name, *_ in found}
    return build_comparison_table(
        found, metrics.level, with_paper=False, patients=spans
    )
