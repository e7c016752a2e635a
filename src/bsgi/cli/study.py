"""`bsgi study`: methods x repeats x folds on one cohort, compared in one report."""

from pathlib import Path
from typing import Annotated

import typer

from bsgi.cli.terminal import MAX_SEED, Json, StoppedError, progress_bar, show

_MORE = "(default: recipe's)"


Cohort = Annotated[Path, typer.Argument(metavar="COHORT", help="Cohort folder.")]
Out = Annotated[
    Path,
    typer.Option(help="STUDY folder to make; an interrupted study is taken up again."),
]
RecipeName = Annotated[
    str,
    typer.Option(
        help="Name of a shipped recipe of a study (paper, both-readings) or of a "
        "training, or a TOML file of either kind."
    ),
]
Repeats = Annotated[
    int | None, typer.Option(min=1, help=f"Trainings of each method {_MORE}.")
]
Folds = Annotated[
    str | None,
    typer.Option(
        metavar="N|site|time[:N]",
        help="N folds by patient, one site left out, or later of N periods tested.",
    ),
]
Sizes = Annotated[
    str | None,
    typer.Option(
        metavar="N,N,...", help="Learning curve: numbers of training patients."
    ),
]
Seed = Annotated[
    int | None,
    typer.Option(min=0, max=MAX_SEED, help=f"Seed of splits and runs {_MORE}."),
]
Weights = Annotated[
    str | None,
    typer.Option(
        help="Start from these ImageNet weights where a method takes any: a file, a "
        f"name such as resnet18-imagenet1k-v1, or none {_MORE}."
    ),
]
Threshold = Annotated[
    str | None,
    typer.Option(
        metavar="NUMBER|youden",
        help="A score of this or more is called malignant; youden chooses it on the "
        f"training patients' own folds, of --folds 3 or more {_MORE}.",
    ),
]
Jobs = Annotated[
    int | None,
    typer.Option(min=1, help="Runs at a time (default: cores, or all workers)."),
]
Cluster = Annotated[
    str | None,
    typer.Option(
        metavar="URL",
        help="Run on a cluster that sees COHORT and STUDY: dask://HOST:PORT or "
        "ray://HOST:PORT.",
    ),
]
Canary = Annotated[
    bool,
    typer.Option(
        "--canary",
        help="Permute the labels first: every method must then be at chance.",
    ),
]


def study(
    cohort: Cohort,
    out: Out,
    recipe: RecipeName = "paper",
    repeats: Repeats = None,
    folds: Folds = None,
    sizes: Sizes = None,
    seed: Seed = None,
    weights: Weights = None,
    threshold: Threshold = None,
    jobs: Jobs = None,
    cluster: Cluster = None,
    canary: Canary = False,
    as_json: Json = False,
) -> None:
    """Train and test several methods on the same splits, again and again.

    The default repeats the paper: three methods, five trainings of each, one split.
    Repeated folds, such as --folds 5, use every patient and are the mode to trust.
    """
    from bsgi.models.imagenet import check_weights
    from bsgi.reports.study_report import write_study_report
    from bsgi.training.study.canary import CanarySummary, run_canary
    from bsgi.training.study.execute import Workers
    from bsgi.training.study.options import StudyOptions, apply_options
    from bsgi.training.study.recipe import load_study
    from bsgi.training.study.study import run_study

    options = StudyOptions(repeats, folds, sizes, seed, weights, threshold)
    chosen = apply_options(load_study(recipe), options)
    workers = Workers(jobs, cluster)
    with progress_bar("weights") as progress:
        for method in chosen.methods:
            check_weights(method.model, progress)
    try:
        with progress_bar("study") as progress:
            run = run_canary if canary or chosen.recipe.canary else run_study
            summary = run(cohort, chosen, out, workers=workers, progress=progress)
    except KeyboardInterrupt:
        raise StoppedError(
            f"stopped; what was done is kept in {out}, and the same command goes on."
        ) from None
    if not isinstance(summary, CanarySummary):
        path = write_study_report(out, cohort)
        show(summary, f"report: {path}", as_json=as_json)
        return
    path = write_study_report(out, summary.cohort)
    sentences = [verdict.sentence for verdict in summary.canary.verdicts]
    show(summary, "\n".join([*sentences, f"report: {path}"]), as_json=as_json)
    summary.canary.check()
