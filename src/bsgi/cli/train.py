"""`bsgi train`: one network, one split, one seed, and its report."""

from pathlib import Path
from typing import Annotated

import typer

from bsgi.cli.terminal import MAX_SEED, Json, StoppedError, progress_bar, show


def train(
    cohort: Annotated[Path, typer.Argument(metavar="COHORT", help="Cohort folder.")],
    out: Annotated[
        Path,
        typer.Option(help="RUN folder to make; an interrupted run is taken up again."),
    ],
    recipe: Annotated[
        str, typer.Option(help="Name of a shipped recipe, or a TOML file.")
    ] = "paper",
    seed: Annotated[
        int | None,
        typer.Option(
            min=0, max=MAX_SEED, help="Seed of split and training. [default: recipe's]"
        ),
    ] = None,
    weights: Annotated[
        str | None,
        typer.Option(
            help="Start of the trunk: none, a name such as resnet18-imagenet1k-v1, or "
            "a .pth, .pt or .safetensors file. [default: recipe's]"
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Train a network on a cohort, evaluate it and write report.html."""
    from bsgi.cohort.check.permuted_cohort import check_labels
    from bsgi.models.imagenet import check_weights, choose_weights
    from bsgi.reports.run_report import write_report
    from bsgi.training.maps import explain_run
    from bsgi.training.recipe import load_recipe
    from bsgi.training.run import train_run

    chosen = load_recipe(recipe)
    if weights is not None:
        start = choose_weights(chosen.model, weights)
        chosen = chosen.model_copy(update={"model": start})
    with progress_bar("weights") as progress:
        check_weights(chosen.model, progress)
    check_labels(cohort, permuted=False)
    try:
        with progress_bar("train") as progress:
            summary = train_run(cohort, chosen, out, seed=seed, progress=progress)
    except KeyboardInterrupt:
        raise StoppedError(
            f"stopped; what was trained is kept in {out}, and the same command goes on."
        ) from None
    if chosen.model.has_maps:
        with progress_bar("heat maps") as progress:
            explain_run(out, cohort, None, None, progress=progress)
    path = write_report(out, cohort)
    show(summary, f"report: {path}", as_json=as_json)
