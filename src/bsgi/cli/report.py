"""`bsgi report`: the report of a RUN or a STUDY, written anew from its files."""

from pathlib import Path
from typing import Annotated

import typer

from bsgi.cli.terminal import Json, ReportSummary, show


def report(
    folder: Annotated[
        Path,
        typer.Argument(metavar="RUN_OR_STUDY", help="RUN folder, or STUDY folder."),
    ],
    cohort: Annotated[
        Path, typer.Argument(metavar="COHORT", help="The cohort it was trained on.")
    ],
    as_json: Json = False,
) -> None:
    """Write report.html of a finished RUN or STUDY again."""
    from bsgi.reports.run_report import write_report
    from bsgi.reports.study_folder import is_study
    from bsgi.reports.study_report import write_study_report

    write = write_study_report if is_study(folder) else write_report
    path = write(folder, cohort)
    show(ReportSummary(path), f"report: {path}", as_json=as_json)
