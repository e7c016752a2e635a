"""The program `bsgi`: its commands, its exit statuses and its one-line errors.

Exit status 0: done. 2: the command line, a recipe or a label table is wrong. 130:
stopped by Ctrl-C. 1: anything else. A user never sees a traceback; a developer who
sets BSGI_DEBUG=1 does.
"""

import errno
import inspect
import os
import sys
from collections.abc import Callable, Sequence

import typer

from bsgi.cli.audit import audit
from bsgi.cli.check import check
from bsgi.cli.deidentify import deidentify
from bsgi.cli.demo import demo
from bsgi.cli.evaluate import evaluate
from bsgi.cli.explain import explain
from bsgi.cli.export import export
from bsgi.cli.import_ import import_
from bsgi.cli.physics import physics
from bsgi.cli.predict import predict
from bsgi.cli.report import report
from bsgi.cli.simulate import simulate
from bsgi.cli.stress import stress
from bsgi.cli.study import study
from bsgi.cli.train import train
from bsgi.errors import BsgiError

INTERRUPTED = 130
STOPPED = "stopped; nothing half-written was left."

app = typer.Typer(
    name="bsgi",
    help="Deep learning on breast-specific gamma images: from DICOM to a study "
    "report. Research use only, not a medical device.",
    epilog="Start with: bsgi demo OUT",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def _program(
    version: bool = typer.Option(False, "--version", help="Print the version."),
) -> None:
    if version:
        from importlib.metadata import version as installed

        typer.echo(f"bsgi {installed('bsgi')}")


COMMANDS: tuple[tuple[Callable[..., None], str], ...] = (
    (demo, "bsgi demo demo-output"),
    (simulate, "bsgi simulate SIM --exams 231 --malignant 87 --seed 1"),
    (import_, "bsgi import DICOM --labels labels.csv --out COHORT"),
    (check, "bsgi check COHORT"),
    (deidentify, "bsgi deidentify DICOM --out CLEAN --key key"),
    (train, "bsgi train COHORT --recipe paper --out RUN"),
    (study, "bsgi study COHORT --recipe paper --out STUDY"),
    (stress, "bsgi stress STUDY COHORT"),
    (evaluate, "bsgi evaluate predictions.csv --patients --out EVALUATION"),
    (audit, "bsgi audit --paper"),
    (explain, "bsgi explain RUN COHORT --exam 0001-1 --out MAPS"),
    (report, "bsgi report RUN COHORT"),
    (export, "bsgi export RUN --out BUNDLE"),
    (predict, "bsgi predict DICOM --model BUNDLE --out RESULTS"),
    (physics, "bsgi physics PHYSICS --processes 2"),
)
"""Every command with an example of its use."""


def _flow(text: str) -> str:
    """A help text without the line breaks of its source, which are no terminal's."""
    paragraphs = inspect.cleandoc(text).split("\n\n")
    return "\n\n".join(" ".join(each.split()) for each in paragraphs)


for _command, _example in COMMANDS:
    app.command(
        _command.__name__.rstrip("_"),
        help=_flow(_command.__doc__ or ""),
        epilog=f"Example: {_example}",
    )(_command)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the program; every error becomes one line on standard error.

    Args:
        arguments: Words of the command line; those of the process if None.

    Returns:
        The exit status.
    """
    words = list(sys.argv[1:] if arguments is None else arguments) or ["--help"]
    try:
        status = app(args=words, prog_name="bsgi", standalone_mode=False) or 0
        message = STOPPED if status == INTERRUPTED else ""  # typer catches some itself
    except (KeyboardInterrupt, typer.Abort):
        message, status = STOPPED, INTERRUPTED
    except Exception as error:
        if os.environ.get("BSGI_DEBUG") == "1":
            raise
        message, status = _explain(error)
    if message:
        sys.stderr.write(f"bsgi: {' '.join(message.split())}\n")
    return int(status)


def _explain(error: Exception) -> tuple[str, int]:
    """What an error means to the user, and the exit status it deserves."""
    match error:
        case BsgiError():
            return str(error), error.exit_status
        case typer.TyperException():
            context = getattr(error, "ctx", None)
            command = context.command_path if context else "bsgi"
            return f"{error.format_message().rstrip('.')}; see {command} --help.", 2
        case MemoryError():
            return "there is not enough memory; try fewer exams at a time.", 1
        case OSError(errno=errno.ENOSPC | errno.EDQUOT | errno.EFBIG):
            return f"the disk is full{_where(error)}; free some space and try again.", 1
        case OSError():
            return f"{error.strerror or error}{_where(error)}.", 1
    return (
        f"a defect in bsgi: {type(error).__name__}: {error}. Please report it, with "
        "what BSGI_DEBUG=1 prints."
    ), 1


def _where(error: OSError) -> str:
    return f" ({error.filename})" if error.filename else ""
