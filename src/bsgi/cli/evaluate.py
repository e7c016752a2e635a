"""`bsgi evaluate`: the statistics alone, for a table of anyone's scores."""

from pathlib import Path
from typing import Annotated

import typer

from bsgi.cli.terminal import Json, ReportSummary, show


def evaluate(
    predictions: Annotated[
        Path, typer.Argument(metavar="PREDICTIONS", help="CSV as predictions.csv.")
    ],
    out: Annotated[Path, typer.Option(help="Folder to make.")],
    simulated: Annotated[
        bool,
        typer.Option(
            "--simulated/--patients",
            help="Whom the scores are of. It must be said: every page repeats it.",
        ),
    ],
    threshold: Annotated[
        float, typer.Option(help="A score of this or more is called malignant.")
    ] = 0.5,
    as_json: Json = False,
) -> None:
    """Evaluate a table of scores: counts, rates, area and their intervals."""
    from bsgi.reports.evaluation_report import write_evaluation

    path = write_evaluation(predictions, out, simulated=simulated, threshold=threshold)
    show(ReportSummary(path), f"report: {path}", as_json=as_json)
