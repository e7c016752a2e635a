"""`bsgi stress`: what poorer or faulty exams do to the networks of a RUN or STUDY."""

from pathlib import Path
from typing import Annotated

import typer

from bsgi.cli.terminal import MAX_SEED, Json, StoppedError, progress_bar, show


def stress(
    folder: Annotated[
        Path, typer.Argument(metavar="RUN|STUDY", help="Finished RUN or STUDY folder.")
    ],
    cohort: Annotated[Path, typer.Argument(metavar="COHORT", help="Its cohort.")],
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder to make; an interrupted stress test is taken up again "
            "(default: stress in the RUN or STUDY)."
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option(min=0, max=MAX_SEED, help="Seed of what stresses draw.")
    ] = 1,
    as_json: Json = False,
) -> None:
    """Score the test exams again under each stress, and compare with and without it.

    Stresses: half and a quarter of the dose, each view missing, one view turned, a dead
    detector module, one view with fewer counts, and LCC and RCC swapped.
    """
    from bsgi.reports.stress import describe_stress, write_stress_figures
    from bsgi.training.stress import stress_results

    place = folder / "stress" if out is None else out
    try:
        with progress_bar("stress") as progress:
            summary = stress_results(
                folder, cohort, place, seed=seed, progress=progress
            )
    except KeyboardInterrupt:
        raise StoppedError(
            f"stopped; what was done is kept in {place}, and the same command goes on."
        ) from None
    write_stress_figures(place)
    show(summary, describe_stress(summary.metrics, place), as_json=as_json)
