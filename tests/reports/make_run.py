"""A small RUN and its COHORT, as training and import leave them, in a second."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from bsgi.cohort.split import Part, Split, SplitRow, save_split
from bsgi.cohort.store import load_cohort
from bsgi.cohort.writer import CohortWriter
from bsgi.evaluation.metrics_json import save_metrics
from bsgi.evaluation.predictions import PredictionRow, save_predictions
from bsgi.evaluation.summary import summarize_predictions
from bsgi.exam.record import Exam, Label, Lesion, Side, Truth, View, ViewName
from bsgi.files import save_csv, save_json
from bsgi.provenance import describe, save_provenance
from tests.conftest import make_exam

RECIPE = """\
name = "paper"
seed = 5

[preprocess]
size = 64
intensity = "uptake"
field_mm = [240.0, 160.0]

[decided]
precision = "float32"
threads = 2
"""


def add_lesion(exam: Exam, side: Side) -> tuple[Exam, Truth]:
    """The exam with a hot spot in both views of one breast, and where it lies."""
    views: dict[ViewName, View] = dict(exam.views)
    masks = {}
    for name in exam.present():
        if name.side is not side:
            continue
        counts = views[name].counts.copy()
        mask = np.zeros(counts.shape[1:], dtype=bool)
        columns = slice(12, 18) if side is Side.LEFT else slice(-18, -12)
        mask[26:32, columns] = True
        counts[0][mask] += 300
        views[name] = replace(views[name], counts=counts)
        masks[name] = mask
    lesion = Lesion(
        side=side, malignant=True, histology="IDC", diameter_mm=20.0,
        concentration_ratio=4.0, position=(0.4, 0.0, 0.0),
    )  # fmt: skip
    return replace(exam, views=views), Truth((lesion,), masks, "homogeneous")


def write_cohort(
    folder: Path, *, exams: int = 24, simulated: bool = True, youngest: float = 30.0
) -> None:
    """Every third exam malignant, with a lesion; one without RMLO, one unlabelled."""
    rng = np.random.default_rng(7)
    with CohortWriter(folder) as writer:
        for number in range(exams):
            malignant = number % 3 == 0
            views = tuple(ViewName)[: 3 if number == 4 else 4]
            exam = make_exam(
                f"SIM{number:05d}-1",
                rng=rng,
                label=Label.MALIGNANT if malignant else Label.BENIGN,
                views=views,
            )
            truth = None
            if malignant:
                exam, truth = add_lesion(exam, Side.LEFT if number % 2 else Side.RIGHT)
            if number == exams - 1:
                exam = replace(exam, label=Label.UNKNOWN)
            exam = replace(
                exam,
                simulated=simulated,
                age_years=None if number == 5 else youngest + number,
                site="North & South" if number % 2 else "",
            )
            writer.add(exam, truth if simulated else None)
        writer.reject("flood.dcm", "ViewCodeSequence is missing")
        writer.finish(describe("bsgi import"))


def write_run(folder: Path, cohort: Path, *, simulated: bool = True) -> None:
    """A RUN on the cohort above: nine exams of it tested, scores with some errors."""
    rng = np.random.default_rng(8)
    folder.mkdir()
    opened = load_cohort(cohort)
    recorded = f'[run]\ncohort_sha256 = "{opened.hash_labelled()}"\n'
    (folder / "recipe.toml").write_text(f"{RECIPE}\n{recorded}")
    rows, parts = [], []
    for number in range(len(opened.rows) - 1):
        part = Part.TEST if number % 8 in (0, 1, 2) else Part.TRAIN
        exam_id, patient_id = f"SIM{number:05d}-1", f"SIM{number:05d}"
        parts.append(SplitRow(exam_id, patient_id, part))
        label = int(number % 3 == 0)
        score = float(1 / (1 + np.exp(-rng.normal(2.5 * label - 1.2))))
        rows.append(
            PredictionRow(
                exam_id=exam_id,
                patient_id=patient_id,
                method="paper",
                repeat=0,
                fold=0,
                part=part.value,
                label=label,
                score=score,
            )
        )
    save_split(folder / "split.csv", Split(tuple(parts)))
    save_predictions(folder / "predictions.csv", rows)
    save_metrics(
        folder / "metrics.json", summarize_predictions(rows, simulated=simulated)
    )
    save_epochs(folder / "history.csv")
    write_maps(folder / "maps", rows)
    inputs = {"exams.csv": cohort / "exams.csv"}
    save_provenance(folder, describe("bsgi train", seed=5, inputs=inputs))


def save_epochs(path: Path, *, pretrained: int = 0, rate: float = 0.9) -> None:
    """Ten epochs of training, after some of a pre-training without labels."""
    first: list[tuple[object, ...]] = [
        (n, "pre-train 1", 0.2 * 0.8**n, "", 0.001) for n in range(1, pretrained + 1)
    ]
    epochs = [
        (pretrained + n, "train", 0.7 * rate**n, 1 - 0.5 * rate**n, 0.001)
        for n in range(1, 11)
    ]
    columns = ("epoch", "phase", "loss", "accuracy", "learning_rate")
    save_csv(path, columns, [*first, *epochs])


def save_reconstruction(run: Path, exam_ids: Sequence[str]) -> None:
    """What an autoencoder leaves: images of some exams, and three errors."""
    rng = np.random.default_rng(9)
    errors = {
        "pixels": 4096, "code_length": 16, "test_exams": 9,
        "error_autoencoder": 0.0123, "error_mean_image": 0.0456, "error_pca": 0.0111,
    }  # fmt: skip
    save_json(run / "reconstruction.json", errors)
    original = rng.random((len(exam_ids), 4, 32, 32)).astype(np.float32)
    np.savez(
        run / "reconstruction.npz",
        exam_ids=np.array(exam_ids), original=original, autoencoder=original * 0.9,
        pca=original * 0.8,
    )  # fmt: skip


def write_maps(folder: Path, rows: list[PredictionRow]) -> None:
    """Maps of the test exams, those of benign ones empty."""
    folder.mkdir()
    row, col = np.mgrid[:4, :4]
    hot = np.exp(-((row - 1.5) ** 2 + (col - 1) ** 2)).astype(np.float32)
    for item in rows:
        if item.part != "test":
            continue
        meta = {
            "format_version": 1, "exam_id": item.exam_id, "label": str(item.label),
            "score": item.score, "layer": "layer3",
        }  # fmt: skip
        np.savez(
            folder / f"{item.exam_id}.npz",
            malignant=hot * item.label,
            benign=np.zeros_like(hot),
            meta=np.array(json.dumps(meta)),
        )
