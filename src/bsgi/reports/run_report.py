"""`report.html` of a RUN: one page that tells a stranger what was done and found."""

from pathlib import Path
from typing import Any

from bsgi.cohort.split import Part, Split, load_split
from bsgi.cohort.store import Cohort, load_cohort
from bsgi.evaluation.predictions import collect_scores
from bsgi.evaluation.rates.confusion import count_confusion
from bsgi.files import save_text
from bsgi.reports.checklists.study_facts import tell_run
from bsgi.reports.confounding import show_confounding
from bsgi.reports.flow import count_flow
from bsgi.reports.map_pictures import picture_heat_maps
from bsgi.reports.page import render_page
from bsgi.reports.paperwork import write_paperwork
from bsgi.reports.results import (
    describe_first,
    has_uncalibrated,
    list_cautions,
    list_results,
    picture_roc,
    select_rows,
)
from bsgi.reports.run_folder import RunFolder, find_heat_maps, load_run
from bsgi.reports.run_pictures import (
    choose_examples,
    picture_examples,
    picture_reconstruction,
    picture_training,
)
from bsgi.reports.same_cohort import check_same_exams, count_refused
from bsgi.reports.sections import list_sections
from bsgi.reports.stress_page import list_stress
from bsgi.reports.tables import (
    Table,
    build_cohort_table,
    build_provenance_table,
)
from bsgi.reports.wording import (
    HEAT_MAP_LIMIT,
    count_of,
    describe_baseline,
    describe_calls,
    describe_cohort,
)


def write_report(run: Path, cohort: Path) -> Path:
    """Write the report of a finished RUN.

    Args:
        run: The RUN, whose files are read and no network.
        cohort: The cohort it was trained and tested on.

    Returns:
        The path of `report.html` in the RUN; figures, lists and card lie beside it.

    Raises:
        RunError: If a file of the RUN is missing or contradicts another.
        CohortError: If the cohort is not the one of the RUN.
    """
    content = load_run(run)
    opened = load_cohort(cohort)
    split = load_split(run / "split.csv")
    check_same_exams(
        run,
        content.predictions,
        opened,
        cohort_sha256=content.cohort_sha256,
        provenance=content.provenance,
    )
    simulated = opened.simulated or content.metrics.simulated
    page = render_page(
        "run.html",
        kind="Breast-specific gamma imaging, training report",
        title=f"Training report: {content.title}",
        simulated=simulated,
        summary=_summarize(content, opened, split),
        cohort=build_cohort_table(opened.rows, split),
        refused=count_refused(cohort),
        confounding=show_confounding(opened),
        outlined=any((cohort / "truth").glob("*.npz")),
        examples=picture_examples(content, opened, choose_examples(content)),
        training=picture_training(content, simulated=simulated),
        **_show_results(content, simulated=simulated),
        reconstruction=picture_reconstruction(content),
        heat_maps=picture_heat_maps(
            select_rows(content.metrics.methods[0], content.predictions),
            find_heat_maps(run / "maps"),
            opened,
            settings=content.settings,
            threshold=content.threshold,
            figures=run / "figures",
        ),
        heat_map_limit=HEAT_MAP_LIMIT,
        paperwork=write_paperwork(
            run,
            content.title,
            tell_run(content, opened, split),
            count_flow(opened, [split.parts]),
            simulated=simulated,
        ),
        provenance=_list_provenance(content),
        recipe=content.recipe,
    )
    save_text(run / "report.html", page)
    return run / "report.html"


def _show_results(run: RunFolder, *, simulated: bool) -> dict[str, Any]:
    """What was found, with its ROC figure and cautions."""
    titles = {run.metrics.methods[0].method: run.title}
    return {
        "results": list_results(run.metrics),
        "uncalibrated": has_uncalibrated(run.predictions),
        "roc": picture_roc(
            run.metrics,
            run.predictions,
            run.folder / "figures" / "roc.svg",
            simulated=simulated,
        ),
        "cautions": list_cautions(run.metrics, run.predictions),
        "sections": list_sections(
            run.metrics,
            run.predictions,
            titles,
            run.folder / "figures",
            simulated=simulated,
        ),
        "stress": list_stress(run.folder, titles),
    }


def _summarize(run: RunFolder, cohort: Cohort, split: Split) -> tuple[str, ...]:
    """What was done and found, for a reader who stops after the first paragraph."""
    method = run.metrics.methods[0]
    model = f" (“{run.model}”)" if run.model else ""
    train = len(split.exam_ids(Part.TRAIN))
    test = len(split.exam_ids(Part.TEST))
    counts = method.repeats[0].confusion
    return (
        f"A network{model} was trained by the recipe “{method.method}” to tell benign "
        "from malignant on breast-specific gamma images. "
        f"{describe_cohort(cohort.rows)}",
        f"It learned from {count_of(train, 'exam')} and was then tested once on "
        f"{count_of(test, 'exam')} of other patients, {_describe_draw(run, cohort)}.",
        describe_first(run.metrics),
        f"{describe_calls(run.threshold, counts)} {describe_baseline(counts)}",
        _describe_training(run),
    )


def _describe_training(run: RunFolder) -> str:
    """How the tested network calls its own training exams."""
    method = run.metrics.methods[0]
    rows = select_rows(method, run.predictions, Part.TRAIN)
    if not rows:
        return "Scores of the training exams were not kept."
    counts = count_confusion(collect_scores(rows), run.threshold)
    return (
        f"Of its own training exams the same network calls {counts.tp} of "
        f"{count_of(counts.malignant, 'malignant exam')} and {counts.tn} of "
        f"{count_of(counts.benign, 'benign exam')} correctly."
    )


def _describe_draw(run: RunFolder, cohort: Cohort) -> str:
    if any(row.split for row in cohort.rows):
        return "as the column split of the cohort says"
    seed = run.provenance.seed
    return "drawn per class" + ("" if seed is None else f" with seed {seed}")


def _list_provenance(run: RunFolder) -> Table:
    seed = run.provenance.seed
    settings = {"Seed": "" if seed is None else str(seed)}
    settings |= {name.capitalize(): text for name, text in run.decided.items()}
    names = ("split.csv", "predictions.csv", "metrics.json")
    files = [run.folder / name for name in names]
    return build_provenance_table(run.provenance, settings, files)
