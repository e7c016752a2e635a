"""`bsgi report`: the report of a RUN, written anew from its files."""

from pathlib import Path
from typing import Annotated

import typer

from bsgi.cli.terminal import Json, ReportSummary, show


def report(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="RUN folder.")],
    cohort: Annotated[
        Path, typer.Argument(metavar="COHORT", help="The cohort it was trained on.")
    ],
    as_json: Json = False,
) -> None:
    """Write report.html of a finished RUN again."""
    from bsgi.reports.study_report import write_report

    path = write_report(run, cohort)
    show(ReportSummary(path), f"report: {path}", as_json=as_json)
