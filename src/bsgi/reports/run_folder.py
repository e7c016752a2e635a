"""A RUN folder as training left it: everything a report tells, and nothing else."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32

from bsgi.errors import RunError
from bsgi.evaluation.metrics_json import load_metrics
from bsgi.evaluation.predictions import PredictionRow, load_predictions
from bsgi.evaluation.summary import Metrics, summarize_predictions
from bsgi.exam.preprocess import Preprocessing
from bsgi.files import FORMAT_VERSION, NPZ_DAMAGE, load_toml
from bsgi.provenance import Provenance, load_provenance
from bsgi.reports.history import Epoch, load_history


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Grad-CAM of one exam: evidence per place, one map for its four views.

    Args:
        exam_id: The exam.
        layer: Where in the network the map was taken.
        malignant: Evidence for malignant, zero or more, in the common pose.
        benign: Evidence for benign, on the same scale.
    """

    exam_id: str
    layer: str
    malignant: Float32[np.ndarray, "row col"]
    benign: Float32[np.ndarray, "row col"]


@dataclass(frozen=True, slots=True)
class RunFolder:
    """What a report needs of a RUN.

    Args:
        folder: The RUN.
        recipe: Its `recipe.toml` as it stands, to be printed.
        settings: How exams were preprocessed.
        title: A reader's name of the method.
        model: Name of the network.
        cohort_sha256: Hash of the exams that it used, table and pixels.
        decided: Precision and threads, as settled at the start.
        history: The epochs, in order.
        predictions: Scores of the exams of all parts.
        metrics: What the test part says.
        provenance: What made the run.
    """

    folder: Path
    recipe: str
    settings: Preprocessing
    title: str
    model: str
    cohort_sha256: str
    decided: Mapping[str, str]
    history: tuple[Epoch, ...]
    predictions: tuple[PredictionRow, ...]
    metrics: Metrics
    provenance: Provenance

    @property
    def threshold(self) -> float:
        """A score of this much or more was called malignant."""
        return self.metrics.methods[0].repeats[0].threshold


def load_run(folder: Path) -> RunFolder:
    """Read a finished RUN.

    Args:
        folder: What training wrote.

    Raises:
        RunError: If a file is missing or broken, or metrics and predictions disagree.
    """
    recipe, tables = load_toml(folder / "recipe.toml", "finished run", RunError)
    predictions = load_predictions(folder / "predictions.csv")
    metrics = load_metrics(folder / "metrics.json")
    _check_agreement(folder, predictions, metrics)
    decided = tables.get("decided", {})
    model = tables.get("model", {})
    return RunFolder(
        folder=folder,
        recipe=recipe,
        settings=read_settings(folder / "recipe.toml", tables.get("preprocess", {})),
        title=str(tables.get("title") or tables.get("name") or folder.name),
        model=str(model.get("name", "")),
        cohort_sha256=str(tables.get("run", {}).get("cohort_sha256", "")),
        decided={
            key: str(decided[key]) for key in ("precision", "threads") if key in decided
        },
        history=load_history(folder / "history.csv"),
        predictions=predictions,
        metrics=metrics,
        provenance=load_provenance(folder),
    )


def load_settings(folder: Path) -> Preprocessing:
    """How a RUN preprocessed its exams.

    Args:
        folder: The RUN; its recipe is enough.

    Raises:
        RunError: If the recipe is missing or broken.
    """
    _, tables = load_toml(folder / "recipe.toml", "finished run", RunError)
    return read_settings(folder / "recipe.toml", tables.get("preprocess", {}))


def read_settings(path: Path, table: Mapping[str, Any]) -> Preprocessing:
    """The preprocessing of a recipe; its field arrives as a list of two numbers.

    Args:
        path: The file that the table stands in, for messages.
        table: The table ``preprocess`` of a recipe.

    Raises:
        RunError: If the table holds something else.
    """
    try:
        entries = dict(table)
        if "field_mm" in entries:
            height, width = entries["field_mm"]
            entries["field_mm"] = (float(height), float(width))
        return Preprocessing(**entries)
    except (TypeError, ValueError) as reason:
        raise RunError(f"{path}, table preprocess, cannot be used: {reason}") from None


def find_heat_maps(folder: Path) -> dict[str, Path]:
    """The heat maps in a folder, by exam; empty if none were made.

    Args:
        folder: Where they lie, such as ``RUN/maps``.
    """
    return {path.stem: path for path in sorted(folder.glob("*.npz"))}


def load_heat_map(path: Path) -> HeatMap:
    """Read one exam's heat maps.

    Args:
        path: The file, as `bsgi explain` writes it.

    Raises:
        RunError: If it is damaged, of another version, or not such a file.
    """
    try:
        # Opened here, since np.load leaves a damaged file open.
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
            meta = json.loads(str(arrays["meta"]))
            malignant = np.asarray(arrays["malignant"], dtype=np.float32)
            benign = np.asarray(arrays["benign"], dtype=np.float32)
        version = meta.get("format_version")
        names = str(meta["exam_id"]), str(meta["layer"])
    except NPZ_DAMAGE as reason:
        raise RunError(
            f"{path} must be a heat map, but: {reason!r}; make it again with "
            "bsgi explain."
        ) from None
    if version != FORMAT_VERSION:
        raise RunError(
            f"{path} must have format_version {FORMAT_VERSION}, got {version!r}; it "
            "was written by another version of bsgi, make it again with bsgi explain."
        )
    for array in (malignant, benign):
        if array.ndim != 2 or array.size == 0 or not _is_evidence(array):
            raise RunError(
                f"{path} must hold maps with rows and columns and no negative number; "
                "make it again with bsgi explain."
            )
    return HeatMap(*names, malignant, benign)


def _is_evidence(array: Float32[np.ndarray, "row col"]) -> bool:
    return bool(np.isfinite(array).all()) and float(array.min()) >= 0


def _check_agreement(
    folder: Path, predictions: tuple[PredictionRow, ...], metrics: Metrics
) -> None:
    """Figures are drawn from one file and numbers read from the other: match them."""
    for method in metrics.methods:
        rows = [row for row in predictions if row.method == method.method]
        again = summarize_predictions(
            rows, threshold=method.threshold, simulated=metrics.simulated
        ).methods
        if not _same_counts(again[0].repeats, method.repeats):
            raise RunError(
                f"{folder}/metrics.json must follow from predictions.csv, but "
                f"{method.method} has other counts or areas; evaluate the run again."
            )


def _same_counts(first: tuple[Any, ...], second: tuple[Any, ...]) -> bool:
    if len(first) != len(second):
        return False
    for one, other in zip(first, second, strict=True):
        areas = [result.auc.value if result.auc else -1.0 for result in (one, other)]
        if one.confusion != other.confusion or not math.isclose(*areas, rel_tol=1e-9):
            return False
    return True
