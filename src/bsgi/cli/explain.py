"""`bsgi explain`: where a network looked, drawn over the four views."""

from pathlib import Path
from typing import Annotated

import typer

from bsgi.cli.terminal import Json, progress_bar, show


def explain(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="RUN folder.")],
    cohort: Annotated[
        Path, typer.Argument(metavar="COHORT", help="Cohort with the exams.")
    ],
    out: Annotated[Path, typer.Option(help="Folder to make for maps and figures.")],
    exam: Annotated[
        list[str] | None, typer.Option(help="Exam id; may be given several times.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Draw Grad-CAM heat maps of a trained network over the four views."""
    from bsgi.reports.map_figures import write_map_figures
    from bsgi.training.maps import explain_run

    with progress_bar("heat maps") as progress:
        summary = explain_run(run, cohort, exam, out, progress=progress)
    write_map_figures(run, cohort, out)
    show(summary, f"heat maps: {out}", as_json=as_json)
