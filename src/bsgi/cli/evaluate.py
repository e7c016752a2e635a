"""`bsgi evaluate`: the statistics alone, for a table of anyone's scores."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bsgi.cli.pairs import read_columns
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
    str | None,
    typer.Option(
        metavar="SCORE",
        help="A score of this or more is called malignant (default: 0.5). The word "
        "youden chooses it on the other folds, with --design folds.",
    ),
]
ThresholdsOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="operating_points.json of a network, or the folder with it: judge its "
        "scores on other exams at these thresholds and choose nothing.",
    ),
]
Calibrate = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Fit temperature, platt, isotonic or venn-abers on the rows of the part "
        "calibrate, or on the other folds, and judge its probabilities.",
    ),
]
DesignOption = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="How the rows part the patients: single, folds, site, time or sizes "
        "(default: nobody said).",
    ),
]
Columns = Annotated[
    list[str] | None,
    typer.Option(
        metavar="O=T",
        help="OURS=THEIRS: what the table calls a column, such as "
        "label=Pathology; may be given several times.",
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
    threshold: ThresholdOption = None,
    thresholds: ThresholdsOption = None,
    design: DesignOption = None,
    calibrate: Calibrate = None,
    column: Columns = None,
    method: Method = None,
    as_json: Json = False,
) -> None:
    """Evaluate a table of scores: counts, rates, areas, tests, and their intervals.

    It may come from any program: commas, semicolons or tabs; labels 0 and 1,
    benign and malignant, or negative and positive. What the table does not
    say is said in the report, and nonsense is refused with line and column.
    """
    from bsgi.errors import ConfigError
    from bsgi.reports.evaluation_report import TableOptions, write_evaluation

    if simulated == patients:
        raise ConfigError(
            "say whom the scores are of, by one of --simulated and --patients: every "
            "page repeats it."
        )
    if thresholds is not None and (threshold, design, calibrate) != (None,) * 3:
        raise ConfigError(
            "--thresholds must stand without --threshold, --design and --calibrate: "
            "nothing is chosen then."
        )
    options = TableOptions(
        threshold=_read_threshold(threshold or "0.5"),
        design=_read_design(design),
        method=method,
        columns=read_columns(column),
        fixed=thresholds,
        calibrate=_read_calibrator(calibrate),
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


def _read_calibrator(text: str | None) -> str | None:
    from bsgi.errors import ConfigError
    from bsgi.evaluation.calibration.calibrator import CALIBRATORS

    if text is None or text in CALIBRATORS:
        return text
    raise ConfigError(
        f"--calibrate must be one of {', '.join(CALIBRATORS)}, got {text!r}."
    )


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
