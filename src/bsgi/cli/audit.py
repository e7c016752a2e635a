"""`bsgi audit`: which counts published figures can come from."""

from pathlib import Path
from typing import Annotated

import typer

from bsgi.cli.terminal import Json, show

Table = Annotated[
    Path | None,
    typer.Option(
        help="CSV: method, accuracy, sensitivity, specificity, positives, negatives, "
        "repeats."
    ),
]

Paper = Annotated[bool, typer.Option("--paper", help="Audit table 1 of the paper.")]


def audit(
    accuracy: Annotated[
        str, typer.Option(metavar="TEXT", help="As printed, such as 0.991 or 99.1%.")
    ] = "",
    sensitivity: Annotated[
        str, typer.Option(metavar="TEXT", help="What is printed as sensitivity.")
    ] = "",
    specificity: Annotated[
        str, typer.Option(metavar="TEXT", help="What is printed as specificity.")
    ] = "",
    positives: Annotated[
        int | None, typer.Option(min=1, help="Malignant exams tested in one run.")
    ] = None,
    negatives: Annotated[
        int | None, typer.Option(min=1, help="Benign exams tested in one run.")
    ] = None,
    repeats: Annotated[
        int | None, typer.Option(min=1, help="Runs averaged. Default: search.")
    ] = None,
    max_repeats: Annotated[
        int, typer.Option(min=1, help="Search numbers of repeats from 1 to this.")
    ] = 20,
    table: Table = None,
    paper: Paper = False,
    as_json: Json = False,
) -> None:
    """Audit published figures: which counts fit them, and under which naming."""
    from bsgi.errors import ConfigError
    from bsgi.evaluation.audit.audit import audit_row
    from bsgi.evaluation.audit.published import PAPER, PublishedRow, load_published
    from bsgi.reports.audit_text import audit_as_json, print_audit

    figures = (accuracy, sensitivity, specificity)
    sizes = (positives, negatives, repeats)
    ways = [table is not None, paper, any(figures) or sizes != (None, None, None)]
    if sum(ways) != 1:
        raise ConfigError(
            "give one thing to audit: figures with --positives and --negatives, or "
            "--table FILE, or --paper."
        )
    if table is not None:
        rows = load_published(table)
    elif paper:
        rows = PAPER
    elif positives is None or negatives is None:
        raise ConfigError(
            "--positives and --negatives must be given: how many malignant and benign "
            "exams one run was tested on."
        )
    else:
        rows = (
            PublishedRow("published figures", *figures, positives, negatives, repeats),
        )
    audits = [audit_row(row, max_repeats) for row in rows]
    show(
        {"audits": [audit_as_json(each) for each in audits]},
        "\n\n".join(print_audit(each) for each in audits),
        as_json=as_json,
    )
