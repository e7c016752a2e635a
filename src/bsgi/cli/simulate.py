"""`bsgi simulate`: exams with known truth, as the DICOM files a camera would save."""

from pathlib import Path
from typing import Annotated

import typer

from bsgi.cli.terminal import MAX_SEED, Json, progress_bar, show

MALIGNANT_SHARE = 87 / 231
"""Share of malignant exams in Yu et al. 2023, taken where --malignant is left out."""


def simulate(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Folder to make.")],
    exams: Annotated[int, typer.Option(min=1, help="Number of exams.")] = 231,
    malignant: Annotated[
        int | None,
        typer.Option(min=0, help="Malignant among them. [default: 87 of 231]"),
    ] = None,
    preset: Annotated[
        str, typer.Option(help="Population: paper, or easy for a functional control.")
    ] = "paper",
    camera: Annotated[str, typer.Option(help="Camera model.")] = "dilon-6800-gp",
    dose_mbq: Annotated[float, typer.Option(help="Injected activity.")] = 740.0,
    seed: Annotated[
        int, typer.Option(min=0, max=MAX_SEED, help="Seed of everything drawn.")
    ] = 1,
    processes: Annotated[
        int, typer.Option(min=1, help="Processes; the files do not depend on it.")
    ] = 1,
    as_json: Json = False,
) -> None:
    """Simulate exams: NM DICOM files, labels.csv and the truth of each exam."""
    from bsgi.intake.simulated import simulate_to_folder
    from bsgi.physics.population.population import Population

    if malignant is None:
        malignant = round(MALIGNANT_SHARE * exams)
    population = Population(preset, camera, exams, malignant, dose_mbq, seed)
    with progress_bar("simulate") as progress:
        summary = simulate_to_folder(
            population, out, processes=processes, progress=progress
        )
    text = (
        f"{exams} simulated exams ({malignant} malignant) in {out}\n"
        f"next: bsgi import {out}/dicom --labels {out}/labels.csv "
        f"--truth {out}/truth --out COHORT"
    )
    show(summary, text, as_json=as_json)
