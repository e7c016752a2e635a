"""`bsgi stress`: what poorer or faulty exams do to the networks of a RUN or STUDY."""

from pathlib import Path
from typing import Annotated

import typer

from bsgi.cli.terminal import MAX_SEED, Json, StoppedError, progress_bar, show


def stress(
    folder: Annotated[
        Path, typer.Argument(metavar="RUN|STUDY", help="Finished RUN or STUDY folder.")
    ],
    cohort: Annotated[Path, typer.Argument(metavar="COHORT", help="Its cohort.")],
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder to make; an interrupted stress test is taken up again "
            "(default: stress in the RUN or STUDY)."
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option(min=0, max=MAX_SEED, help="Seed of what stresses draw.")
    ] = 1,
    as_json: Json = False,
) -> None:
    """Score the test exams again under each stress, and compare with and without it.

    Stresses: half and a quarter of the dose, each view missing, one view turned, a dead
    detector module, one view with fewer counts, and LCC and RCC swapped. Writes a page
    beside the scores, and the report of the RUN or STUDY again if it has one.
    """
    from bsgi.reports.run_report import write_report
    from bsgi.reports.stress import describe_stress
    from bsgi.reports.stress_page import FOLDER, write_stress_report
    from bsgi.reports.study_folder import is_study
    from bsgi.reports.study_report import write_study_report
    from bsgi.training.stress import stress_results

    place = folder / FOLDER if out is None else out
    try:
        with progress_bar("stress") as progress:
            summary = stress_results(
                folder, cohort, place, seed=seed, progress=progress
            )
    except KeyboardInterrupt:
        raise StoppedError(
            f"stopped; what was done is kept in {place}, and the same command goes on."
        ) from None
    lines = [describe_stress(summary.metrics, place)]
    lines.append(f"report: {write_stress_report(place, folder)}")
    own = place.resolve() == (folder / FOLDER).resolve()
    if own and (folder / "report.html").is_file():
        write = write_study_report if is_study(folder) else write_report
        lines.append(f"shown too in: {write(folder, cohort)}")
    show(summary, "\n".join(lines), as_json=as_json)
