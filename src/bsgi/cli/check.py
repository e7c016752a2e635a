"""`bsgi check`: leaks and confounders of a cohort, before anything is trained."""

from pathlib import Path
from typing import Annotated

import typer

from bsgi.cli.terminal import MAX_SEED, Json, progress_bar, show

Cohort = Annotated[Path, typer.Argument(metavar="COHORT", help="Cohort folder.")]
Split = Annotated[
    list[Path] | None,
    typer.Option(help="Table of a split: split.csv or splits.csv. May be repeated."),
]
Study = Annotated[
    list[Path] | None,
    typer.Option(help="RUN or STUDY whose splits to look at. May be repeated."),
]
Accept = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME",
        help="Accept a confounder by name, such as site; reports print it. May be "
        "repeated.",
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(help="Folder of check.json. Default: COHORT.check, beside COHORT."),
]


def check(
    cohort: Cohort,
    split: Split = None,
    study: Study = None,
    accept: Accept = None,
    out: Out = None,
    seed: Annotated[
        int, typer.Option(min=0, max=MAX_SEED, help="Seed of the permutations.")
    ] = 1,
    as_json: Json = False,
) -> None:
    """Look for leaks and confounders; exit status 1 if there is one.

    The same views under two patient ids, a patient in two parts of a split, and labels
    that site, date, camera or count level alone predict. The cohort is not changed.
    """
    from bsgi.cohort.check.court import check_cohort
    from bsgi.cohort.check.result import CHECK, check_folder, save_check
    from bsgi.cohort.check.wording import describe_check, list_faults
    from bsgi.cohort.store import load_cohort
    from bsgi.errors import CohortError
    from bsgi.provenance import describe, save_provenance

    opened = load_cohort(cohort)
    with progress_bar("check") as progress:
        result = check_cohort(
            opened,
            splits=[*(split or ()), *(study or ())],
            accept=accept or (),
            seed=seed,
            progress=progress,
        )
    folder = out or check_folder(cohort)
    save_check(folder / CHECK, result)
    made = describe("bsgi check", seed=seed, inputs={"exams.csv": cohort / "exams.csv"})
    save_provenance(folder, made)
    show(result, describe_check(result), as_json=as_json)
    faults = list_faults(result)
    if faults:
        some = "fault" if len(faults) == 1 else "faults"
        raise CohortError(
            f"{cohort} has {len(faults)} {some}, the first: {faults[0]}; see "
            f"{folder / CHECK}."
        )
