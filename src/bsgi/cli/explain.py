"""`bsgi explain`: where a network looked, drawn over the four views."""

from dataclasses import replace
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
    from bsgi.files import new_folder
    from bsgi.reports.map_figures import write_map_figures
    from bsgi.training.maps import explain_run

    with new_folder(out) as folder:
        with progress_bar("heat maps") as progress:
            summary = explain_run(run, cohort, exam, folder, progress=progress)
        write_map_figures(run, cohort, folder)
    show(replace(summary, folder=out), f"heat maps: {out}", as_json=as_json)
