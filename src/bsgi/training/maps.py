"""`explain_run`: heat maps of exams by the network of a RUN.

Methods without feature maps, such as the baselines, have none.
"""

import io
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float32
from torch import Tensor

from bsgi.cohort.split import Part
from bsgi.cohort.store import Cohort, load_cohort
from bsgi.errors import ConfigError, RunError
from bsgi.evaluation.predictions import PredictionRow, load_predictions
from bsgi.exam.preprocess import preprocess
from bsgi.exam.record import Label
from bsgi.explain.gradcam import GradCam, explain_gradcam
from bsgi.files import FORMAT_VERSION, NPZ_DAMAGE, new_folder, save_bytes
from bsgi.models.catalogue import build_network
from bsgi.models.network import Classifier, Network
from bsgi.provenance import describe, save_provenance
from bsgi.training.checkpoint import load_weights
from bsgi.training.loop import Progress
from bsgi.training.machine import lay_out_channels_last, repeatable_arithmetic
from bsgi.training.recipe import Recipe
from bsgi.training.run_exams import RunExams
from bsgi.training.run_folder import (
    FINAL_WEIGHTS,
    RECIPE,
    RunRecord,
    load_run_record,
)

MAPPING = "heat maps"
"""What progress says while maps are made."""

PER_LABEL = 3
"""Exams of each label that are explained when none is named."""


@dataclass(frozen=True, slots=True)
class MapSummary:
    """What `explain_run` wrote.

    Args:
        folder: Where the maps lie, one ``<exam_id>.npz`` per exam.
        exam_ids: The exams, in order.
    """

    folder: Path
    exam_ids: tuple[str, ...]


def explain_run(
    run: Path,
    cohort: Path,
    exam_ids: Sequence[str] | None = None,
    out: Path | None = None,
    progress: Progress | None = None,
) -> MapSummary:
    """Grad-CAM of exams, for benign and for malignant, at feature resolution.

    Args:
        run: A finished RUN.
        cohort: A cohort that has the exams; it may be another than that of the run.
        exam_ids: The exams; if None, test exams of both labels with low, middle and
            high scores, so that wrong ones are shown too.
        out: Folder to make; if None, ``RUN/maps``.
        progress: Called after each exam.

    Raises:
        ConfigError: If the method has no feature maps, or the cohort lacks an exam that
            was named.
        OutputError: If `out` holds something.
        RunError: If the run is not finished or not readable.
    """
    record = load_run_record(run)
    network = _require_maps(load_network(run, record), record.recipe)
    source = load_cohort(cohort)
    chosen = tuple(exam_ids or choose_exams(load_predictions(run / "predictions.csv")))
    _check_known(chosen, source)
    folder = run / "maps" if out is None else out
    inputs = {RECIPE: run / RECIPE, "weights": run / FINAL_WEIGHTS}
    if out is None and folder.exists():  # the maps of an earlier call are made anew
        shutil.rmtree(folder)
    with new_folder(folder) as partial:
        for done, exam_id in enumerate(chosen, start=1):
            exam = source.load_exam(exam_id)
            stack = preprocess(exam, record.recipe.preprocess.settings())
            images = torch.from_numpy(stack[None])
            images = images.contiguous(memory_format=torch.channels_last)
            content = _explain(network, images, exam_id, exam.label, record)
            save_bytes(partial / f"{exam_id}.npz", content)
            if progress:
                progress(done, len(chosen), MAPPING)
        save_provenance(partial, describe("bsgi explain", inputs=inputs))
    return MapSummary(folder, chosen)


def write_test_maps(
    run: Path,
    network: Classifier,
    exams: RunExams,
    record: RunRecord,
    progress: Progress | None = None,
) -> None:
    """Grad-CAM of all test exams of a run into ``RUN/maps``, if its method has any.

    Args:
        run: Folder of the run; its maps of an earlier call are made anew.
        network: Its trained network.
        exams: Its exams.
        record: What it depends on.
        progress: Called after each exam.
    """
    if not isinstance(network, Network):
        return
    shutil.rmtree(run / "maps", ignore_errors=True)
    places = exams.places(Part.TEST)
    with new_folder(run / "maps") as partial:
        for done, place in enumerate(places, start=1):
            row = exams.rows[place]
            images = exams.images.images()[place : place + 1]
            content = _explain(network, images, row.exam_id, row.label, record)
            save_bytes(partial / f"{row.exam_id}.npz", content)
            if progress:
                progress(done, len(places), MAPPING)


def load_maps(
    path: Path,
) -> tuple[Float32[np.ndarray, "row col"], Float32[np.ndarray, "row col"]]:
    """The evidence for malignant and for benign, as it was written.

    Args:
        path: A file of ``RUN/maps``.

    Raises:
        RunError: If it is missing or damaged.
    """
    try:
        # Opened here, since np.load leaves a damaged file open.
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
            return arrays["malignant"], arrays["benign"]
    except NPZ_DAMAGE as reason:
        raise RunError(
            f"{path} must be a heat map, but: {reason!r}; remove {path.parent.parent} "
            "and give the same command again."
        ) from None


def load_network(run: Path, record: RunRecord) -> Classifier:
    """The trained network of a finished RUN, ready to predict.

    Args:
        run: Folder of the run.
        record: What the run depends on, from `load_run_record`.

    Raises:
        RunError: If the weights are missing or do not fit.
    """
    network = build_network(record.recipe.model)
    load_weights(run / FINAL_WEIGHTS, network)
    lay_out_channels_last(network.eval())
    return network


def choose_exams(
    rows: Sequence[PredictionRow], per_label: int = PER_LABEL
) -> tuple[str, ...]:
    """Test exams of both labels, evenly spread over the scores of their label.

    Args:
        rows: Predictions of a run.
        per_label: Exams of each label, if there are as many.
    """
    chosen: list[str] = []
    for label in (1, 0):
        own = [row for row in rows if row.part == "test" and row.label == label]
        own.sort(key=lambda row: (row.score, row.exam_id))
        count = min(per_label, len(own))
        places = np.linspace(0, len(own) - 1, count).round().astype(int)
        chosen += [own[place].exam_id for place in places]
    return tuple(chosen)


def _check_known(exam_ids: Sequence[str], cohort: Cohort) -> None:
    known = {row.exam_id for row in cohort.rows}
    for exam_id in exam_ids:
        if exam_id not in known:
            raise ConfigError(
                f"the exam must be one of {cohort.folder}, got {exam_id!r}; see the "
                "column exam_id of exams.csv there."
            )


def _require_maps(network: Classifier, recipe: Recipe) -> Network:
    if not isinstance(network, Network):
        raise ConfigError(
            "heat maps must be of a method with feature maps, such as the paper's "
            f"network, but {recipe.name} has none."
        )
    return network


def _explain(
    network: Network,
    images: Float32[Tensor, "1 view row col"],
    exam_id: str,
    label: Label,
    record: RunRecord,
) -> bytes:
    """The content of one npz file."""
    with repeatable_arithmetic(record.decision.threads):
        cam = explain_gradcam(network, images)
    return _pack_maps(cam, _describe_maps(exam_id, str(label), cam, network))


def _describe_maps(exam_id: str, label: str, cam: GradCam, network: Network) -> str:
    return json.dumps(
        {
            "format_version": FORMAT_VERSION,
            "exam_id": exam_id,
            "label": label,
            "score": float(cam.scores[0]),
            "layer": network.heat_map_layer,
        }
    )


def _pack_maps(cam: GradCam, meta: str) -> bytes:
    stream = io.BytesIO()
    np.savez(
        stream,
        malignant=cam.malignant[0].numpy(),
        benign=cam.benign[0].numpy(),
        meta=np.array(meta),
    )
    return stream.getvalue()
