"""`report.html` of a STUDY: what was compared, how, and what follows from it."""

from pathlib import Path
from typing import Any

from bsgi.cohort.store import Cohort, load_cohort
from bsgi.evaluation.canary import CANARY, load_canary
from bsgi.evaluation.design import Design
from bsgi.files import save_text
from bsgi.reports.checklists.study_facts import tell_study
from bsgi.reports.confounding import show_confounding
from bsgi.reports.flow import count_flow
from bsgi.reports.map_claims import UNADJUSTED, describe_claims
from bsgi.reports.map_mass_table import MEASURED, build_mass_table
from bsgi.reports.page import render_page
from bsgi.reports.paper_table import build_comparison_table, explain_labels
from bsgi.reports.paperwork import write_paperwork
from bsgi.reports.results import has_uncalibrated
from bsgi.reports.same_cohort import check_same_exams, count_refused
from bsgi.reports.sections import list_sections
from bsgi.reports.stress_page import list_stress
from bsgi.reports.study_folder import StudyFolder, load_study
from bsgi.reports.study_localisation import list_localisation
from bsgi.reports.study_pictures import (
    list_averages,
    picture_bands,
    picture_bars,
    picture_courses,
    picture_learning,
    picture_mapped_run,
    picture_rebuilt,
)
from bsgi.reports.study_tables import (
    FOLD_WORDS,
    build_averaged_table,
    build_folds_table,
    build_runs_table,
    build_splits_table,
    build_tests_table,
    choose_split,
)
from bsgi.reports.study_words import (
    describe_calls_of_tests,
    describe_design,
    describe_limits,
    describe_pooling,
    describe_results,
    describe_study,
    list_study_cautions,
)
from bsgi.reports.tables import (
    BlockTable,
    Table,
    build_cohort_table,
    build_provenance_table,
)
from bsgi.reports.wording import HEAT_MAP_LIMIT


def write_study_report(study: Path, cohort: Path) -> Path:
    """Write the report of a finished STUDY.

    Args:
        study: The STUDY, whose files are read and no network.
        cohort: The cohort that its methods were trained and tested on.

    Returns:
        The path of `report.html` in the STUDY; its figures lie in `figures/`.

    Raises:
        RunError: If the STUDY is unfinished, or a file is missing or contradicts
            another.
        CohortError: If the cohort is not the one of the STUDY.
    """
    content = load_study(study)
    opened = load_cohort(cohort)
    check_same_exams(
        study,
        content.predictions,
        opened,
        cohort_sha256=content.cohort_sha256,
        provenance=content.provenance,
    )
    simulated = opened.simulated or content.metrics.simulated
    titles = {method.name: method.title for method in content.methods}
    page = render_page(
        "study.html",
        kind="Breast-specific gamma imaging, study report",
        title=f"Study report: {content.name}",
        simulated=simulated,
        summary=describe_study(content, opened),
        **_show_results(content, simulated=simulated),
        sections=list_sections(
            content.metrics,
            content.predictions,
            titles,
            study / "figures",
            simulated=simulated,
        ),
        stress=list_stress(study, titles),
        localisation=list_localisation(content, simulated=simulated),
        **_show_maps(content, opened),
        courses=picture_courses(content, simulated=simulated),
        rebuilt=picture_rebuilt(content),
        **_show_sources(content, opened),
        canary=_list_verdicts(study / CANARY),
        paperwork=write_paperwork(
            study,
            content.name,
            tell_study(content, opened),
            count_flow(opened, [fold.split.parts for fold in content.folds]),
            simulated=simulated,
        ),
    )
    path = study / "report.html"
    save_text(path, page)
    return path


def _list_verdicts(path: Path) -> tuple[str, ...]:
    """Whether a study with permuted labels is at chance; nothing for other studies."""
    if not path.is_file():
        return ()
    return tuple(verdict.sentence for verdict in load_canary(path).verdicts)


def _show_results(study: StudyFolder, *, simulated: bool) -> dict[str, Any]:
    """What was found: in words, as tables, and as figures."""
    titles = {method.name: method.title for method in study.methods}
    return {
        "results": describe_results(study),
        "limits": describe_limits(study),
        "table": _build_comparison(study),
        "labels": explain_labels(list(titles)),
        "comparable": _say_comparable(study, simulated=simulated),
        "bars": picture_bars(study, simulated=simulated),
        "bands": picture_bands(study, simulated=simulated),
        "tests": build_tests_table(study.metrics.comparisons, titles),
        "calls": describe_calls_of_tests(study),
        "averaged": build_averaged_table(study),
        "pooling": describe_pooling(study),
        "learning": picture_learning(study, simulated=simulated),
        "by_fold": build_folds_table(study),
        "by_size": study.design is Design.SIZES,
        "fold_word": FOLD_WORDS.get(study.design, "fold"),
        "runs": build_runs_table(study),
        "uncalibrated": has_uncalibrated(study.predictions),
        "cautions": list_study_cautions(study),
    }


def _show_maps(study: StudyFolder, cohort: Cohort) -> dict[str, Any]:
    """Heat maps, and whether they look where the paper says."""
    titles = {method.name: method.title for method in study.methods}
    return {
        "mapped": picture_mapped_run(study, cohort),
        "outlined": any((cohort.folder / "truth").glob("*.npz")),
        "heat_map_limit": HEAT_MAP_LIMIT,
        "measured": MEASURED,
        "unadjusted": UNADJUSTED,
        "masses": [
            (build_mass_table(mass, titles[mass.method]), describe_claims(mass))
            for mass in study.metrics.map_mass
            if mass.method in titles
        ],
    }


def _show_sources(study: StudyFolder, cohort: Cohort) -> dict[str, Any]:
    """Who was studied, how patients were parted, and what made the results."""
    split = choose_split(study)
    return {
        "cohort": build_cohort_table(cohort.rows, split.split if split else None),
        "refused": count_refused(cohort.folder),
        "confounding": show_confounding(cohort),
        "design": describe_design(study),
        "splits": build_splits_table(study.folds, cohort.rows),
        "repeated_splits": study.repeats > 1 and study.design is Design.FOLDS,
        "provenance": _list_provenance(study),
        "recipe": study.text,
    }


def _build_comparison(study: StudyFolder) -> BlockTable | None:
    """Table 1; None where the methods have no averages."""
    methods = [
        (method.name, method.title, average) for method, average in list_averages(study)
    ]
    if not methods:
        return None
    return build_comparison_table(methods, study.metrics.level)


def _say_comparable(study: StudyFolder, *, simulated: bool) -> str:
    """What figures of ours and of the paper, side by side, cannot mean."""
    if not explain_labels([method.name for method in study.methods]):
        return ""
    if simulated:
        return (
            "The paper's figures are of patients, ours of simulated exams. Standing "
            "side by side they show that the paper's procedure was followed; neither "
            "supports nor refutes the other."
        )
    return (
        "The paper's figures are of other patients, cameras and hospitals than ours, "
        "so that a difference between them may have many reasons."
    )


def _list_provenance(study: StudyFolder) -> Table:
    settings = {
        "Seed": str(study.seed),
        "Runs": f"{len(study.methods) * len(study.folds)}, one thread each",
        "Arithmetic": ", ".join(
            f"{method.title}: {method.precision}" for method in study.methods
        ),
        "First weights": ", ".join(
            f"{method.title}: {method.weights}" for method in study.methods
        ),
    }
    files = [study.folder / name for name in ("predictions.csv", "metrics.json")]
    return build_provenance_table(study.provenance, settings, files)
