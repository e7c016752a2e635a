"""`bsgi evaluate`: the statistics alone, for a table of anyone's scores."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bsgi.cli.terminal import Json, ReportSummary, show

if TYPE_CHECKING:
    from bsgi.evaluation.design import Design


Table = Annotated[
    Path,
    typer.Argument(
        metavar="PREDICTIONS",
        help="CSV with label and score, and if it has them exam_id, patient_id, "
        "method, reader, repeat, fold, part, probability, group, group_NAME.",
    ),
]
Out = Annotated[Path, typer.Option(help="Folder to make.")]
Simulated = Annotated[
    bool, typer.Option("--simulated", help="The scores are of simulated exams.")
]
Patients = Annotated[
    bool, typer.Option("--patients", help="The scores are of patients.")
]
ThresholdOption = Annotated[
    str,
    typer.Option(
        metavar="NUMBER|youden",
        help="A score of this or more is called malignant; youden chooses it on the "
        "other folds, with --design folds.",
    ),
]
DesignOption = Annotated[
    str | None,
    typer.Option(
        metavar="single|folds|site|time|sizes",
        help="How the rows part the patients (default: nobody said).",
    ),
]
Columns = Annotated[
    list[str] | None,
    typer.Option(
        metavar="OURS=THEIRS",
        help="What the table calls a column, such as label=Pathology; may be given "
        "several times.",
    ),
]
Method = Annotated[
    str | None,
    typer.Option(
        help="Name of the method, if no column says it (default: the file's name)."
    ),
]


def evaluate(
    predictions: Table,
    out: Out,
    simulated: Simulated = False,
    patients: Patients = False,
    threshold: ThresholdOption = "0.5",
    design: DesignOption = None,
    column: Columns = None,
    method: Method = None,
    as_json: Json = False,
) -> None:
    """Evaluate a table of scores: counts, rates, areas, tests, and their intervals.

    It may come from any program: commas, semicolons or tabs; labels 0 and 1, benign and
    malignant, or negative and positive. What the table does not say is said in the
    report, and nonsense is refused with its line and column.
    """
    from bsgi.errors import ConfigError
    from bsgi.reports.evaluation_report import TableOptions, write_evaluation

    if simulated == patients:
        raise ConfigError(
            "say whom the scores are of, by one of --simulated and --patients: every "
            "page repeats it."
        )
    options = TableOptions(
        threshold=_read_threshold(threshold),
        design=_read_design(design),
        method=method,
        columns=_read_columns(column or []),
    )
    path = write_evaluation(predictions, out, simulated=simulated, options=options)
    show(ReportSummary(path), f"report: {path}", as_json=as_json)


def _read_threshold(text: str) -> "float | Literal['youden']":
    from bsgi.errors import ConfigError

    if text == "youden":
        return "youden"
    try:
        return float(text)
    except ValueError:
        raise ConfigError(
            f"--threshold must be a number or youden, got {text!r}."
        ) from None


def _read_design(text: str | None) -> "Design | None":
    from bsgi.errors import ConfigError
    from bsgi.evaluation.design import Design

    if text is None:
        return None
    try:
        return Design(text)
    except ValueError:
        raise ConfigError(
            f"--design must be one of {', '.join(Design)}, got {text!r}."
        ) from None


def _read_columns(words: list[str]) -> dict[str, str]:
    from bsgi.errors import ConfigError

    columns: dict[str, str] = {}
    for word in words:
        ours, mark, theirs = word.partition("=")
        if not (mark and ours.strip() and theirs.strip()):
            raise ConfigError(
                f"--column must be OURS=THEIRS, such as label=Pathology, got {word!r}."
            )
        if ours.strip() in columns:
            raise ConfigError(f"--column must name {ours.strip()} once.")
        columns[ours.strip()] = theirs.strip()
    return columns
