"""A stress test as a section of a report, and as a page of its own."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from bsgi.errors import RunError
from bsgi.evaluation.stress.stored import load_stress
from bsgi.evaluation.stress.summary import StressMetrics
from bsgi.files import load_json, save_text
from bsgi.provenance import hash_file, load_provenance
from bsgi.reports.page import render_page
from bsgi.reports.run_folder import load_run
from bsgi.reports.sections import Section, SectionPart, name_files
from bsgi.reports.stress import (
    build_calls_table,
    build_refused_table,
    build_stress_table,
    explain_stress,
    judge_stress,
    picture_stress,
)
from bsgi.reports.study_folder import is_study, load_study
from bsgi.reports.tables import build_provenance_table

FOLDER: Final = "stress"
"""Where a RUN or STUDY has its stress test, unless another place was asked for."""
RESULTS: Final = "stress.json"
PLAN: Final = "plan.json"
PREDICTIONS: Final = "predictions.csv"

_TITLE: Final = "What poorer or faulty exams do (stress test)"


def find_stress(folder: Path) -> StressMetrics | None:
    """The stress test of a RUN or STUDY; None if it has none that is finished.

    Args:
        folder: The RUN or STUDY.

    Raises:
        RunError: If its results are damaged.
    """
    place = folder / FOLDER
    if not (place / "provenance.json").is_file():
        return None
    return load_stress(place / RESULTS)


def list_stress(folder: Path, titles: Mapping[str, str]) -> tuple[Section, ...]:
    """The stress test of a RUN or STUDY as a section, its figures saved.

    Args:
        folder: The RUN or STUDY.
        titles: A reader's name of each method.

    Returns:
        The section; none if there is no stress test. One of other scores than those
        that stand there now is not shown, which the section then says.

    Raises:
        RunError: If a file of the stress test is damaged.
    """
    metrics = find_stress(folder)
    if metrics is None:
        return ()
    plan = load_json(folder / FOLDER / PLAN, RunError)
    if plan.get("predictions_sha256") != hash_file(folder / PREDICTIONS):
        said = (
            f"The stress test in {FOLDER}/ is not shown: it is of other scores than "
            f"{PREDICTIONS} has now. Remove it and give bsgi stress again."
        )
        return (Section(FOLDER, _TITLE, (SectionPart("", (said,)),)),)
    return (show_stress(metrics, titles, folder / "figures"),)


def show_stress(
    metrics: StressMetrics, titles: Mapping[str, str], figures: Path
) -> Section:
    """A stress test as a section, its figures saved.

    Args:
        metrics: Its results.
        titles: A reader's name of each method.
        figures: Folder into which figures are saved, each with its data as CSV.
    """
    refused = build_refused_table(metrics, titles)
    slugs = name_files([method.method for method in metrics.methods])
    parts = [SectionPart("", explain_stress(metrics))]
    for method in metrics.methods:
        title = titles.get(method.method, method.method)
        picture = picture_stress(
            method,
            title,
            figures / f"stress-{slugs[method.method]}.svg",
            level=metrics.level,
            simulated=metrics.simulated,
        )
        parts.append(
            SectionPart(
                title,
                (judge_stress(method),),
                (picture,),
                (build_stress_table(method, title, metrics.level),),
                (build_calls_table(method, title, metrics.level),),
            )
        )
    if refused is not None:
        parts.append(SectionPart("Exams left out", tables=(refused,)))
    return Section(FOLDER, _TITLE, tuple(parts))


def write_stress_report(place: Path, folder: Path) -> Path:
    """Write the page of a finished stress test.

    Args:
        place: What `bsgi stress` wrote.
        folder: The RUN or STUDY that was put under stress.

    Returns:
        The path of `report.html` in `place`; its figures lie in `figures/`.

    Raises:
        RunError: If a file of the stress test, the RUN or the STUDY is damaged.
    """
    metrics = load_stress(place / RESULTS)
    if is_study(folder):
        study = load_study(folder)
        name = f"the study “{study.name}”"
        titles = {method.name: method.title for method in study.methods}
    else:
        run = load_run(folder)
        name = f"the training “{run.title}”"
        titles = {run.metrics.methods[0].method: run.title}
    made = load_provenance(place)
    page = render_page(
        "stress.html",
        kind="Breast-specific gamma imaging, stress report",
        title=f"Stress report of {name}",
        simulated=metrics.simulated,
        sections=(show_stress(metrics, titles, place / "figures"),),
        provenance=build_provenance_table(
            made, {"Seed": "" if made.seed is None else str(made.seed)}
        ),
    )
    path = place / "report.html"
    save_text(path, page)
    return path
