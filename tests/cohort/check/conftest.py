"""Simulated women, and cohorts of them on disk."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from bsgi.cohort.store import Cohort
from bsgi.cohort.writer import CohortWriter
from bsgi.exam.record import Exam, Label
from bsgi.physics.population.population import fill_population
from bsgi.physics.simulate import simulate_exam

COHORTS, EXAMS = 20, 4


@pytest.fixture(scope="session")
def women() -> list[list[Exam]]:
    """Twenty sets of four simulated women each, all of them different."""
    sets = []
    for seed in range(COHORTS):
        population = fill_population("paper", exams=EXAMS, malignant=2, seed=seed)
        sets.append([simulate_exam(population, n)[0] for n in range(EXAMS)])
    return sets


@pytest.fixture(scope="session")
def exams(women: list[list[Exam]]) -> list[Exam]:
    """Eight women of one site and one dose, every second of them malignant."""
    return [
        replace(
            exam,
            site="A",
            label=Label.MALIGNANT if number % 2 else Label.BENIGN,
            label_left=Label.UNKNOWN,
            label_right=Label.UNKNOWN,
        )
        for number, exam in enumerate([*women[0], *women[1]])
    ]


Write = Callable[..., Cohort]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes exams as a cohort; dates alternate between the labels."""

    def make(
        exams: Iterable[Exam],
        *,
        split: dict[str, str] | None = None,
        order: dict[str, int] | None = None,
        notes: dict[str, str] | None = None,
    ) -> Cohort:
        with CohortWriter(tmp_path / "cohort") as writer:
            for number, exam in enumerate(exams):
                note = (notes or {}).get(exam.exam_id)
                writer.add(
                    exam,
                    split=(split or {}).get(exam.exam_id, ""),
                    time_order=(order or {}).get(exam.exam_id, number // 2 + 1),
                    notes=[("", note)] if note else [],
                )
            return writer.finish()

    return make
