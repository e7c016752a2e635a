"""`bsgi evaluate`: the statistics alone, for a table of anyone's scores."""

from pathlib import Path
from typing import Annotated

import typer

from bsgi.cli.terminal import Json, ReportSummary, show


def evaluate(
    predictions: Annotated[
        Path,
        typer.Argument(
            metavar="PREDICTIONS", help="CSV with the columns of predictions.csv."
        ),
    ],
    out: Annotated[Path, typer.Option(help="Folder to make.")],
    simulated: Annotated[
        bool, typer.Option("--simulated", help="The scores are of simulated exams.")
    ] = False,
    patients: Annotated[
        bool, typer.Option("--patients", help="The scores are of patients.")
    ] = False,
    threshold: Annotated[
        float, typer.Option(help="A score of this or more is called malignant.")
    ] = 0.5,
    as_json: Json = False,
) -> None:
    """Evaluate a table of scores: counts, rates, area and their intervals."""
    from bsgi.errors import ConfigError
    from bsgi.reports.evaluation_report import write_evaluation

    if simulated == patients:
        raise ConfigError(
            "say whom the scores are of, by one of --simulated and --patients: every "
            "page repeats it."
        )
    path = write_evaluation(predictions, out, simulated=simulated, threshold=threshold)
    show(ReportSummary(path), f"report: {path}", as_json=as_json)
