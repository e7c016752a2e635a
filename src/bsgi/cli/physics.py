"""`bsgi physics`: the acceptance tests of the simulator, as a physicist runs them."""

from pathlib import Path
from typing import Annotated

import typer

from bsgi.cli.terminal import MAX_SEED, Json, progress_bar, show


def physics(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Folder to make.")],
    exams: Annotated[
        int | None,
        typer.Option(min=1, help="Women imaged for the sampled tests. Default: 2000."),
    ] = None,
    seed: Annotated[
        int, typer.Option(min=0, max=MAX_SEED, help="Seed of everything drawn.")
    ] = 1,
    processes: Annotated[
        int, typer.Option(min=1, help="Processes; the results do not depend on it.")
    ] = 1,
    quick: Annotated[
        bool,
        typer.Option("--quick", help="Few women: sampled tests are not conclusive."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Run the simulator's acceptance tests: a table, figures and a report."""
    from bsgi.errors import BsgiError, ConfigError
    from bsgi.physics.acceptance.run import QUICK_WOMEN, Settings
    from bsgi.reports.physics_report import write_physics_report
    from bsgi.reports.physics_table import print_table, summarize

    if quick and exams is not None:
        raise ConfigError(
            f"--quick must stand without --exams, got --exams {exams}; it images "
            f"{QUICK_WOMEN} women, leave out one of the two."
        )
    settings = Settings(
        Settings().women if exams is None else exams,
        seed, processes=processes, quick=quick,
    )  # fmt: skip
    with progress_bar("physics") as progress:
        result = write_physics_report(out, settings, progress=progress)
    text = f"{print_table(result.checks)}\n\n{summarize(result.checks)}"
    show(result, f"{text}\nreport: {result.report}", as_json=as_json)
    failed = [check for check in result.checks if check.failed]
    if failed:
        first = failed[0]
        more = f" and {len(failed) - 1} more" if len(failed) > 1 else ""
        raise BsgiError(
            f"{first.quantity} must be {first.expected} ({first.tolerance}), got "
            f"{first.measured}{more}; see {result.report}."
        )
