"""`bsgi simulate`: exams with known truth, as the DICOM files a camera would save."""

from pathlib import Path
from typing import Annotated

import typer

from bsgi.cli.terminal import MAX_SEED, Json, progress_bar, show


def _list_presets() -> str:
    """Names of the presets, without loading the simulator."""
    folder = Path(__file__).parents[1] / "physics" / "population" / "presets"
    return ", ".join(sorted(path.stem for path in folder.glob("*.toml")))


Preset = Annotated[
    str, typer.Option(help=f"Population: {_list_presets()}; or a .toml file.")
]
Exams = Annotated[
    int | None, typer.Option(min=1, help="Number of exams. Default: the preset's.")
]
Malignant = Annotated[
    int | None,
    typer.Option(min=0, help="Malignant among them. Default: the preset's share."),
]
CameraName = Annotated[
    str | None, typer.Option(help="Camera model. Default: the preset's.")
]
Dose = Annotated[
    float | None, typer.Option(help="Injected activity. Default: the preset's.")
]
ViewTime = Annotated[
    float | None, typer.Option(help="Seconds per view. Default: the preset's.")
]
FrameTime = Annotated[
    float | None,
    typer.Option(help="Seconds per frame, for dynamic views. Default: static views."),
]
Only = Annotated[
    int | None, typer.Option(min=0, help="Make only the exam of this number, from 0.")
]


def simulate(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Folder to make.")],
    preset: Preset = "paper",
    exams: Exams = None,
    malignant: Malignant = None,
    camera: CameraName = None,
    dose_mbq: Dose = None,
    view_s: ViewTime = None,
    frame_s: FrameTime = None,
    seed: Annotated[
        int, typer.Option(min=0, max=MAX_SEED, help="Seed of everything drawn.")
    ] = 1,
    only: Only = None,
    processes: Annotated[
        int, typer.Option(min=1, help="Processes; the files do not depend on it.")
    ] = 1,
    as_json: Json = False,
) -> None:
    """Simulate exams: NM DICOM files, labels.csv and the truth of each exam."""
    from bsgi.intake.simulated import simulate_to_folder
    from bsgi.physics.population.population import fill_population

    population = fill_population(
        preset, camera=camera, exams=exams, malignant=malignant, dose_mbq=dose_mbq,
        seed=seed,
    )  # fmt: skip
    protocol = population.change_protocol(view_s=view_s, frame_s=frame_s)
    with progress_bar("simulate") as progress:
        summary = simulate_to_folder(
            population, out, processes=processes, progress=progress,
            protocol=protocol, only=only,
        )  # fmt: skip
    some = "exam" if summary.exams == 1 else "exams"
    text = (
        f"{summary.exams} simulated {some} ({summary.malignant} malignant) in {out}\n"
    )
    if population.malignant == 0:
        text += (
            f"note: a population of {population.exams} has no malignant exam here; ask "
            "for more --exams or for a number of --malignant ones.\n"
        )
    if protocol.frame_s is None:
        text += (
            f"next: bsgi import {out}/dicom --labels {out}/labels.csv "
            f"--truth {out}/truth --out COHORT"
        )
    else:
        text += "bsgi import reads static views only; these are for other programs."
    show(summary, text, as_json=as_json)
