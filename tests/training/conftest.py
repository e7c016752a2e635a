"""A tiny cohort whose malignant exams have a hot spot, and a recipe to match."""

from pathlib import Path

import numpy as np
import pytest

from bsgi.cohort.store import Cohort
from bsgi.cohort.writer import CohortWriter
from bsgi.exam.record import Exam, Label, View, ViewName
from bsgi.training.recipe import Recipe, parse_recipe
from tests.conftest import make_exam, make_view


def make_labelled_exam(number: int, label: Label) -> Exam:
    """An exam with an 8 by 8 hot spot in the left breast if it is malignant."""
    rng = np.random.default_rng((11, number))
    exam = make_exam(f"{number:04d}-1", rng=rng, label=label)
    views = {}
    for name in ViewName:
        counts = make_view(name, rng=rng).counts.copy()
        if label is Label.MALIGNANT and name.side == "L":
            counts[:, 28:36, 8:16] += 400
        source = exam.views[name]
        views[name] = View(name, counts, source.spacing_mm, source.duration_s)
    return Exam(
        exam_id=exam.exam_id, patient_id=exam.patient_id, views=views, site="A",
        camera="test camera", dose_mbq=700.0 + number, age_years=40.0 + number,
        label=label, simulated=True,
    )  # fmt: skip


def name_patients(exams: int) -> tuple[str, ...]:
    """A patient of her own for each exam."""
    return tuple(f"p{number:04d}" for number in range(exams))


def write_cohort(folder: Path, labels: list[Label]) -> Cohort:
    """A cohort with one exam per label."""
    with CohortWriter(folder) as writer:
        for number, label in enumerate(labels, start=1):
            writer.add(make_labelled_exam(number, label))
        return writer.finish()


@pytest.fixture(scope="session")
def cohort_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """12 benign and 8 malignant exams; nobody writes into it."""
    folder = tmp_path_factory.mktemp("cohorts") / "cohort"
    labels = [Label.MALIGNANT if n % 5 in (1, 3) else Label.BENIGN for n in range(20)]
    write_cohort(folder, labels)
    return folder


@pytest.fixture(scope="session")
def tiny_autoencoder() -> Recipe:
    """Two epochs in each of the four phases of a small autoencoder."""
    descent = {"optimizer": "adamw", "epochs": 2, "batch_size": 6}
    machine = {"precision": "float32", "threads": 1}
    tables = {
        "name": "tiny-autoencoder",
        "preprocess": {"size": 64},
        "model": {
            "name": "stacked-autoencoder", "grid": 32, "hidden": 12, "code": 5,
        },
        "pretraining": descent,
        "training": descent | machine,
    }  # fmt: skip
    return parse_recipe(tables, "tiny")


@pytest.fixture(scope="session")
def tiny_recipe() -> Recipe:
    """Small images, few epochs, one thread, float32: the same on every machine."""
    training = {"epochs": 3, "batch_size": 6, "precision": "float32", "threads": 1}
    tables = {"name": "tiny", "preprocess": {"size": 64}, "training": training}
    return parse_recipe(tables, "tiny")
