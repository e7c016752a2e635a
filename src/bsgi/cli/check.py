"""`bsgi check`: what a cohort is made of, its leaks and confounders, and its views."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bsgi.cli.terminal import MAX_SEED, Json, Progress, progress_bar, show

if TYPE_CHECKING:
    from bsgi.cohort.store import Cohort

NOTE = "note.txt"
"""What the command prints, beside check.json."""

Folder = Annotated[Path, typer.Argument(metavar="COHORT", help="Cohort folder.")]
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
    typer.Option(
        help="Folder of the results, new or of an earlier check. Default: "
        "COHORT.check, beside COHORT."
    ),
]


def check(
    cohort: Folder,
    split: Split = None,
    study: Study = None,
    accept: Accept = None,
    out: Out = None,
    seed: Annotated[
        int, typer.Option(min=0, max=MAX_SEED, help="Seed of the permutations.")
    ] = 1,
    as_json: Json = False,
) -> None:
    """Say what came and what to look at first; exit status 1 for a leak.

    Faults are the same views under two patient ids, a woman in two parts of a split,
    and labels that site, date, camera or count level alone predict. All views stand in
    a contact sheet. The cohort is not changed.
    """
    from bsgi.cohort.check.arrival import describe_arrival
    from bsgi.cohort.check.court import check_cohort
    from bsgi.cohort.check.note import write_note
    from bsgi.cohort.check.result import CHECK, choose_folder, save_check
    from bsgi.cohort.check.wording import list_faults
    from bsgi.cohort.store import load_cohort
    from bsgi.errors import CohortError
    from bsgi.files import save_text
    from bsgi.provenance import describe, save_provenance

    opened = load_cohort(cohort)
    folder = choose_folder(cohort, out)
    arrival = describe_arrival(opened)
    with progress_bar("check") as progress:
        result = check_cohort(
            opened,
            splits=[*(split or ()), *(study or ())],
            accept=accept or (),
            seed=seed,
            progress=progress,
        )
        sheets = _write_sheets(opened, folder, progress)
    note = write_note(arrival, result, sheets)
    save_check(folder / CHECK, result)
    save_text(folder / NOTE, f"{note}\n")
    made = describe("bsgi check", seed=seed, inputs={"exams.csv": cohort / "exams.csv"})
    save_provenance(folder, made)
    show(result, f"{note}\nThis note: {folder / NOTE}", as_json=as_json)
    faults = list_faults(result)
    if faults:
        some = "fault" if len(faults) == 1 else "faults"
        raise CohortError(
            f"{cohort} has {len(faults)} {some}, the first: {faults[0]}; see "
            f"{folder / CHECK}."
        )


def _write_sheets(cohort: "Cohort", folder: Path, progress: Progress) -> list[str]:
    """The contact sheet, where the packages of the extra `report` are installed."""
    from importlib.util import find_spec

    if find_spec("jinja2") is None:
        return []
    from bsgi.reports.contact_sheet import write_contact_sheet

    pages = write_contact_sheet(cohort, folder, progress=progress)
    return [path.name for path in pages]
