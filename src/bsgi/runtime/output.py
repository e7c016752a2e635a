"""Predictions to ``predictions.csv``, ``rejected.csv`` and ``maps/<exam_id>.npz``."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from bsgi.evaluation.predictions import COLUMNS as PREDICTION_COLUMNS
from bsgi.exam.prediction import Decision, Prediction, Refusal
from bsgi.exam.record import Label, Projection, ViewName
from bsgi.files import FORMAT_VERSION, new_file, save_csv

COLUMNS: Final = (
    *PREDICTION_COLUMNS,
    "probability_lower", "probability_upper", "decision", "reasons",
    *(f"lesion_to_background_{name}" for name in ViewName),
    *(f"counts_per_cm2_{name}" for name in ViewName),
    *(f"left_over_right_{projection}" for projection in Projection),
    "precision", "simulated_training", "bundle_sha256",
)  # fmt: skip
"""Columns of the table; the first are those that `bsgi evaluate` takes."""

REJECTED_COLUMNS: Final = ("exam_id", "file", "reason")

UNIT: Final = "evidence for malignant: logit per pixel of the network's feature maps"


@dataclass(frozen=True, slots=True)
class Written:
    """What was written.

    Args:
        predicted: Exams with a prediction.
        refused: Exams without one.
        decisions: How many exams each decision has.
    """

    predicted: int
    refused: int
    decisions: Mapping[Decision, int]


def write_predictions(
    folder: Path,
    outcomes: Iterable[Prediction | Refusal],
    *,
    labels: Mapping[str, Label] | None = None,
    rejected: Mapping[str, str] | None = None,
) -> Written:
    """Write tables and maps; each exam is done with before the next one is asked for.

    Args:
        folder: An empty folder.
        outcomes: What the model says of each exam.
        labels: Pathology of exams that have one, so that the table can be evaluated.
        rejected: Reason of each file that gave no view.
    """
    known = labels or {}
    rows: list[tuple[object, ...]] = []
    refused: list[tuple[str, str, str]] = []
    decisions: Counter[Decision] = Counter()
    (folder / "maps").mkdir()
    for outcome in outcomes:
        if isinstance(outcome, Refusal):
            refused.append((outcome.exam_id, "", outcome.reason))
            continue
        rows.append(_format(outcome, known.get(outcome.exam_id, Label.UNKNOWN)))
        decisions[outcome.decision] += 1
        save_maps(folder / "maps" / f"{outcome.exam_id}.npz", outcome)
    save_csv(folder / "predictions.csv", COLUMNS, rows)
    files = [("", file, reason) for file, reason in (rejected or {}).items()]
    save_csv(folder / "rejected.csv", REJECTED_COLUMNS, refused + files)
    return Written(len(rows), len(refused), dict(decisions))


def save_maps(path: Path, prediction: Prediction) -> None:
    """Write the heat maps of an exam, one array per view in the camera's pixels.

    Args:
        path: The file to make or replace.
        prediction: What a model says of the exam.
    """
    meta = json.dumps(
        {
            "format_version": FORMAT_VERSION,
            "exam_id": prediction.exam_id,
            "method": prediction.method,
            "bundle_sha256": prediction.bundle_sha256,
            "precision": prediction.precision,
            "score": prediction.score,
            "unit": UNIT,
            "simulated_training": prediction.simulated_training,
            "note": "Research use only, not a medical device.",
        }
    )
    arrays = {heat.view.value: heat.evidence for heat in prediction.maps}
    with new_file(path) as partial, partial.open("wb") as stream:
        np.savez(stream, allow_pickle=False, meta=np.array(meta), **arrays)


def _format(prediction: Prediction, label: Label) -> tuple[object, ...]:
    low, high = prediction.probability_interval or (None, None)
    views = prediction.values.views
    ratios = prediction.values.left_over_right
    measured = [views.get(name) for name in ViewName]
    values = (
        prediction.exam_id, prediction.patient_id, prediction.method, 0, 0, "test",
        label.value, prediction.score, prediction.probability, low, high,
        prediction.decision.value, "; ".join(prediction.reasons),
        *(each.lesion_to_background if each else None for each in measured),
        *(each.counts_per_cm2 if each else None for each in measured),
        *(ratios.get(projection) for projection in Projection),
        prediction.precision, int(prediction.simulated_training),
        prediction.bundle_sha256,
    )  # fmt: skip
    return tuple("" if value is None else value for value in values)
