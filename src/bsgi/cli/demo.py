"""`bsgi demo`: everything once, small, from simulated DICOM files to a report."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from bsgi.cli.terminal import MAX_SEED, Json, progress_bar, show
from bsgi.files import new_folder


@dataclass(frozen=True, slots=True)
class DemoSummary:
    """Where the parts of a demo lie.

    Args:
        simulation: DICOM files, labels and truth.
        cohort: What was imported from them.
        run: The trained network and its results.
        report: The page to open.
    """

    simulation: Path
    cohort: Path
    run: Path
    report: Path


def demo(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Folder to make.")],
    exams: Annotated[int, typer.Option(min=10, help="Number of exams.")] = 231,
    malignant: Annotated[int, typer.Option(min=5, help="Malignant among them.")] = 87,
    recipe: Annotated[
        str, typer.Option(help="Name of a shipped recipe, or a TOML file.")
    ] = "paper",
    seed: Annotated[
        int, typer.Option(min=0, max=MAX_SEED, help="Seed of everything drawn.")
    ] = 1,
    as_json: Json = False,
) -> None:
    """Simulate a hospital, import its DICOM files, train, explain and report.

    The exams are simulated: the report makes no claim about patients.
    """
    from bsgi.intake.folder import import_folder
    from bsgi.intake.simulated import simulate_to_folder
    from bsgi.physics.population.population import Population
    from bsgi.reports.run_report import write_report
    from bsgi.training.maps import explain_run
    from bsgi.training.recipe import load_recipe
    from bsgi.training.run import train_run

    chosen = load_recipe(recipe)
    population = Population("paper", "dilon-6800-gp", exams, malignant, 740.0, seed)
    with new_folder(out) as folder:
        simulation, cohort, run = (
            folder / "simulation",
            folder / "cohort",
            folder / "run",
        )
        with progress_bar("1 of 4  simulate") as progress:
            simulate_to_folder(population, simulation, processes=2, progress=progress)
        with progress_bar("2 of 4  import  ") as progress:
            import_folder(
                simulation / "dicom", simulation / "labels.csv", cohort,
                keep_ids=True, truth=simulation / "truth", progress=progress,
            )  # fmt: skip
        with progress_bar("3 of 4  train   ") as progress:
            train_run(cohort, chosen, run, seed=seed, progress=progress)
        if chosen.model.has_maps:
            with progress_bar("4 of 4  explain ") as progress:
                explain_run(run, cohort, None, None, progress=progress)
        report = write_report(run, cohort)
    summary = DemoSummary(
        out / "simulation", out / "cohort", out / "run", out / "run" / report.name
    )
    show(summary, f"Open {summary.report} in a browser.", as_json=as_json)
