"""A small cohort with two hospitals and an order in time, and studies to match."""

from pathlib import Path

import pytest

from bsgi.cohort.store import ExamRow
from bsgi.cohort.writer import CohortWriter
from bsgi.exam.record import Exam, Label
from bsgi.training.recipe import Recipe, parse_recipe
from bsgi.training.study.recipe import Study, StudyRecipe
from tests.training.conftest import make_labelled_exam


def make_rows(exams: int) -> list[ExamRow]:
    """Rows of a table without images; two of five exams are malignant."""
    return [
        ExamRow(
            f"{n:04d}-1",
            f"{n:04d}",
            site="AB"[n % 2],
            label=Label.MALIGNANT if n % 5 in (1, 3) else Label.BENIGN,
            time_order=n + 1,
        )
        for n in range(exams)
    ]


def write_two_sites(folder: Path, exams: int) -> Path:
    """The same rows with images of half-discs."""
    with CohortWriter(folder) as writer:
        for row in make_rows(exams):
            exam = make_labelled_exam(int(row.patient_id), row.label)
            own = {name: getattr(exam, name) for name in Exam.__dataclass_fields__}
            own |= {"exam_id": row.exam_id, "patient_id": row.patient_id}
            writer.add(Exam(**own | {"site": row.site}), time_order=row.time_order)
        writer.finish()
    return folder


def small_recipe(name: str, **tables: object) -> Recipe:
    """A network that learns from small images for two epochs, in float32."""
    training = {"epochs": 2, "batch_size": 6, "precision": "float32"}
    content = {"name": name, "preprocess": {"size": 32}, "training": training}
    return parse_recipe(content | tables, name)


def mlp_recipe(name: str) -> Recipe:
    """A method without heat maps, which learns in no time."""
    return small_recipe(name, model={"name": "neural-network", "grid": 8})


def make_study(*methods: Recipe, **settings: object) -> Study:
    """A study of given methods; one thread each, as recipes of studies are read."""
    recipe = StudyRecipe.model_validate(
        {
            "name": "small",
            "seed": 3,
            "methods": tuple(each.name for each in methods),
            "repeats": 2,
        }
        | settings
    )
    on_one = tuple(
        each.model_copy(
            update={"training": each.training.model_copy(update={"threads": 1})}
        )
        for each in methods
    )
    return Study(recipe, on_one)


@pytest.fixture(scope="session")
def two_sites(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """24 exams of two hospitals; nobody writes into it."""
    return write_two_sites(tmp_path_factory.mktemp("study-cohorts") / "cohort", 24)
