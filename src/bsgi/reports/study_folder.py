"""A STUDY folder: its plan, its runs and its results, read from files."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any, Final

from bsgi.cohort.folds import Fold, load_folds
from bsgi.errors import RunError
from bsgi.evaluation.design import Design
from bsgi.evaluation.details import without_details
from bsgi.evaluation.localisation.metrics import (
    LocalisationMetrics,
    summarize_repeated,
)
from bsgi.evaluation.localisation.searches import load_searches
from bsgi.evaluation.maps.mass import MapMass, summarize_map_mass
from bsgi.evaluation.maps.rows import load_map_rows
from bsgi.evaluation.metrics_json import load_metrics
from bsgi.evaluation.predictions import PredictionRow, load_predictions
from bsgi.evaluation.summary import MethodMetrics, Metrics, summarize_predictions
from bsgi.exam.preprocess import Preprocessing
from bsgi.files import FORMAT_VERSION, load_toml
from bsgi.provenance import Provenance, load_provenance
from bsgi.reports.run_folder import read_settings

STUDY: Final = "study.toml"
"""The first file of a STUDY: its recipe, and those of its methods, as run."""
MAPS: Final = "maps.csv"
"""Where the mass of each heat map of a STUDY lies."""
SEARCHES: Final = "searches.csv"
"""What the peaks of each heat map of a STUDY found."""


@dataclass(frozen=True, slots=True)
class StudyMethod:
    """One method of a study.

    Args:
        name: Its name in predictions, that of its recipe.
        title: A reader's name of it.
        settings: How it is given the exams.
        weights: Where its first weights came from, such as ``resnet18-imagenet1k-v1``;
            ``none`` if they were drawn.
        precision: Arithmetic of its steps.
    """

    name: str
    title: str
    settings: Preprocessing
    weights: str
    precision: str


@dataclass(frozen=True, slots=True)
class StudyFolder:
    """What a report needs of a STUDY.

    Args:
        folder: The STUDY.
        text: Its `study.toml` as it stands, to be printed.
        name: Name of the study.
        seed: Its seed; a run's is this plus its repeat.
        methods: The methods, in order.
        design: How patients are parted.
        cohort_sha256: Hash of the exams that it used, table and pixels.
        folds: The split of each repeat and fold, in order.
        predictions: Scores of all methods, repeats, folds and parts.
        metrics: What the test parts say.
        provenance: What made it.
    """

    folder: Path
    text: str
    name: str
    seed: int
    methods: tuple[StudyMethod, ...]
    design: Design
    cohort_sha256: str
    folds: tuple[Fold, ...]
    predictions: tuple[PredictionRow, ...]
    metrics: Metrics
    provenance: Provenance

    @property
    def repeats(self) -> int:
        """How often each method was trained on each split."""
        return 1 + max(fold.repeat for fold in self.folds)

    def run(self, method: str, fold: Fold) -> Path:
        """The RUN of one method, repeat and fold."""
        return find_run(self.folder, method, fold)

    def results(self, method: StudyMethod) -> MethodMetrics:
        """What the test parts say of one method."""
        return next(one for one in self.metrics.methods if one.method == method.name)


def is_study(folder: Path) -> bool:
    """Whether a folder is a STUDY, finished or not."""
    return (folder / STUDY).is_file()


def find_run(study: Path, method: str, fold: Fold) -> Path:
    """Where the RUN of one method, repeat and fold lies.

    Args:
        study: The STUDY.
        method: Name of the method.
        fold: The repeat and fold.
    """
    return study / "runs" / method / f"r{fold.repeat}-f{fold.fold}"


def load_study(folder: Path) -> StudyFolder:
    """Read a finished STUDY.

    Args:
        folder: What `bsgi study` wrote.

    Raises:
        RunError: If it is unfinished, a file is missing or broken, or its files
            contradict each other.
        CohortError: If its splits are broken.
    """
    text, tables = _load_tables(folder / STUDY)
    try:
        methods = tuple(
            _parse_method(folder, table, tables.get("decided", {}))
            for table in tables["method"]
        )
        own = tables["run"]
        plain = str(tables["name"]), int(tables["seed"]), str(own["cohort_sha256"])
        design = Design(tables["design"])
    except (AttributeError, KeyError, TypeError, ValueError) as reason:
        raise RunError(
            f"{folder / STUDY} must be as bsgi study wrote it, but: {reason!r}."
        ) from None
    folds = load_folds(folder / "splits.csv")
    _check_finished(folder, methods, folds)
    study = StudyFolder(
        folder=folder,
        text=text,
        name=plain[0],
        seed=plain[1],
        methods=methods,
        design=design,
        cohort_sha256=plain[2],
        folds=folds,
        predictions=load_predictions(folder / "predictions.csv"),
        metrics=load_metrics(folder / "metrics.json"),
        provenance=load_provenance(folder),
    )
    _check_agreement(study)
    return study


def _load_tables(path: Path) -> tuple[str, dict[str, Any]]:
    text, tables = load_toml(path, "study", RunError)
    own = tables.get("run")
    version = own.get("format_version") if isinstance(own, dict) else None
    if version != FORMAT_VERSION:
        raise RunError(
            f"{path} must have format_version {FORMAT_VERSION} in its table run, got "
            f"{version!r}; it was written by another version of bsgi."
        )
    return text, tables


def _parse_method(
    folder: Path, table: Mapping[str, Any], decided: Mapping[str, Any]
) -> StudyMethod:
    name = str(table["name"])
    return StudyMethod(
        name=name,
        title=str(table.get("title") or name),
        settings=read_settings(folder / STUDY, table.get("preprocess", {})),
        weights=str(table.get("model", {}).get("weights", "none")),
        precision=str(decided.get(name, {}).get("precision", "")),
    )


def _check_finished(
    folder: Path, methods: Sequence[StudyMethod], folds: Sequence[Fold]
) -> None:
    """Every run must have its last file, and the study its results."""
    runs = [find_run(folder, method.name, fold) for method in methods for fold in folds]
    open_ones = [run for run in runs if not (run / "provenance.json").is_file()]
    if open_ones:
        raise RunError(
            f"{folder} must be a finished study, but {len(open_ones)} of {len(runs)} "
            f"runs are not, the first {open_ones[0].relative_to(folder)}; give the "
            "same bsgi study command again, and it goes on."
        )
    for name in ("predictions.csv", "metrics.json", "provenance.json"):
        if not (folder / name).is_file():
            raise RunError(
                f"{folder} must be a finished study, but {name} is missing; give the "
                "same bsgi study command again, and it goes on."
            )


def _check_agreement(study: StudyFolder) -> None:
    """Figures are drawn from one file and numbers read from others: match them all."""
    place = f"{study.folder}/metrics.json"
    names = [method.name for method in study.methods]
    found = [method.method for method in study.metrics.methods]
    if names != found or study.metrics.design is not study.design:
        raise RunError(
            f"{place} must have the methods and the design of study.toml, got "
            f"{', '.join(found)} and {study.metrics.design}; give the same bsgi study "
            "command again."
        )
    again = summarize_predictions(
        study.predictions,
        threshold=study.metrics.methods[0].threshold,
        simulated=study.metrics.simulated,
        design=study.design,
        titles={fold.fold: fold.title for fold in study.folds},
    )
    kept = without_details(study.metrics)
    pairs = (
        ("predictions.csv", "counts or areas", again.methods, kept.methods),
        ("predictions.csv", "tests", again.comparisons, kept.comparisons),
        ("maps.csv", "heat maps", _summarize_maps(study), kept.map_mass),
        (SEARCHES, "lesions found", _summarize_searches(study), kept.localisation),
    )
    for source, what, one, other in pairs:
        if not _same(one, other):
            raise RunError(
                f"{place} must follow from {source}, but has other {what}; give the "
                "same bsgi study command again."
            )


def _summarize_maps(study: StudyFolder) -> tuple[MapMass, ...]:
    """What `maps.csv` says of the maps."""
    path = study.folder / MAPS
    if not study.metrics.map_mass and not path.is_file():
        return ()
    return summarize_map_mass(load_map_rows(path))


def _summarize_searches(study: StudyFolder) -> dict[str, LocalisationMetrics]:
    """What `searches.csv` says of the lesions found; nothing of an older study."""
    metrics = study.metrics
    if not metrics.localisation:
        return {}
    return {
        method: summarize_repeated(repeats, level=metrics.level)
        for method, repeats in load_searches(study.folder / SEARCHES).items()
    }


def _same(one: object, other: object) -> bool:
    """Whether two results agree, their numbers but for rounding."""
    if isinstance(one, float) and isinstance(other, float | int):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(_same(one[k], other[k]) for k in one)
    if is_dataclass(one) and type(one) is type(other):
        names = [field.name for field in fields(one)]
        return all(_same(getattr(one, n), getattr(other, n)) for n in names)
    return one == other
