"""One network under stress: its test exams scored as they were and as they might be."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from bsgi.cohort.store import Cohort
from bsgi.errors import ExamError, RunError
from bsgi.evaluation.predictions import PredictionRow
from bsgi.evaluation.stress.rows import NO_STRESS, RefusedRow, StressRow
from bsgi.exam.preprocess import Preprocessing, preprocess
from bsgi.exam.record import Exam, ViewName
from bsgi.exam.stress import Module, Stress
from bsgi.models.network import Classifier
from bsgi.physics.camera.catalogue import CAMERAS
from bsgi.training.batches import place_exam, reserve_images
from bsgi.training.loop import predict

TOLERANCE = 1e-4
"""How far a score may be from that in ``predictions.csv``: rounding of float32, in
batches of another size, is some 1e-6."""


@dataclass(frozen=True, slots=True)
class StressedExam:
    """An exam under stresses, as a network takes it.

    Args:
        names: The stresses, `NO_STRESS` first.
        images: Its image under each.
        refused: Stresses that it could not be brought under, and why.
    """

    names: tuple[str, ...]
    images: tuple[Float32[np.ndarray, "4 size size"], ...]
    refused: tuple[tuple[str, str], ...]


def score_exam(
    network: Classifier,
    tested: PredictionRow,
    exam: StressedExam,
    *,
    threads: int,
) -> tuple[list[StressRow], list[RefusedRow]]:
    """The scores of one test exam by one network, and the stresses it refused.

    Args:
        network: The trained network.
        tested: Its prediction of the exam as it was.
        exam: The exam under stresses.
        threads: Processor threads, as in the training.

    Raises:
        RunError: If the exam as it was does not get the score of the prediction.
    """
    images = reserve_images(len(exam.images), exam.images[0].shape[1])
    for place, stack in enumerate(exam.images):
        place_exam(images, place, stack, tested.label, tested.patient_id)
    scores = predict(network, images.finish(), threads=threads)
    if abs(float(scores[0]) - tested.score) > TOLERANCE:
        raise RunError(
            f"{tested.method}, repeat {tested.repeat}, fold {tested.fold} must score "
            f"{tested.exam_id} as in predictions.csv, {tested.score:.6f}, got "
            f"{float(scores[0]):.6f}; its weights or the cohort have changed since."
        )
    own = tested.method, tested.repeat, tested.fold, tested.exam_id
    rows = [
        StressRow(*own, stress=name, score=float(score))
        for name, score in zip(exam.names, scores, strict=True)
    ]
    refused = [
        RefusedRow(tested.method, tested.exam_id, name, reason)
        for name, reason in exam.refused
    ]
    return rows, refused


def stress_exam(
    cohort: Cohort,
    exam_id: str,
    stresses: Sequence[Stress],
    settings: Preprocessing,
    seed: int,
) -> StressedExam:
    """Bring an exam under stresses; the same whoever asks, in whatever order.

    Args:
        cohort: Where it lies.
        exam_id: Its name.
        stresses: The stresses.
        settings: How an exam becomes an image.
        seed: Where what is drawn comes from, together with exam and stress.

    Raises:
        CohortError: If the exam cannot be read.
        ExamError: If it cannot be used even as it was.
    """
    exam = cohort.load_exam(exam_id)
    names, images = [NO_STRESS], [preprocess(exam, settings)]
    refused = []
    module = find_module(exam)
    for stress in stresses:
        rng = _make_rng(seed, stress.name, exam_id)
        try:
            images.append(preprocess(stress.apply(exam, rng, module), settings))
            names.append(stress.name)
        except ExamError as reason:
            refused.append((stress.name, str(reason)))
    return StressedExam(tuple(names), tuple(images), tuple(refused))


def find_module(exam: Exam) -> Module | None:
    """Rows and columns of a detector module of the camera that took an exam.

    Args:
        exam: An exam.

    Returns:
        Those of the camera of the catalogue that has the name, or else the matrix and
        the pixels of its first view; None if there is none.
    """
    if exam.camera in CAMERAS:
        return CAMERAS[exam.camera].module
    first = next(exam.views[name] for name in ViewName if name in exam.views)
    for camera in CAMERAS.values():
        same_matrix = first.counts.shape[1:] == (camera.rows, camera.cols)
        pitch = (camera.pitch_mm, camera.pitch_mm)
        if same_matrix and np.allclose(first.spacing_mm, pitch, rtol=0.01):
            return camera.module
    return None


def _make_rng(seed: int, *names: str) -> np.random.Generator:
    # Python's own hash of a text differs from run to run.
    digest = hashlib.sha256("\x1f".join(names).encode()).digest()
    words = np.frombuffer(digest, "<u4")
    return np.random.default_rng([seed, *(int(word) for word in words)])
