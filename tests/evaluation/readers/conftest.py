"""A published study of readers, and ratings drawn anew."""

from pathlib import Path

import numpy as np
import pytest

from bsgi.evaluation.readers.rating_table import (
    RatingColumns,
    RatingTable,
    ReaderRow,
    cross_ratings,
    load_ratings,
)


@pytest.fixture
def van_dyke(shared_folder: Path) -> RatingTable:
    """Five readers, two ways of imaging, 114 patients; ratings 1 to 5."""
    columns = RatingColumns(
        modality="treatment", patient="case", label="truth", score="rating"
    )
    path = shared_folder / "data" / "roc" / "VanDyke.csv"
    return cross_ratings(load_ratings(path, columns))


def draw_table(
    rng: np.random.Generator,
    readers: int = 3,
    modalities: int = 2,
    cases: int = 30,
    *,
    per_patient: int = 1,
    gain: float = 0.2,
    luck: float = 0.0,
    step: float = 0.5,
) -> RatingTable:
    """Ratings with ties, of readers and modalities that share the luck of a case.

    Args:
        rng: Where they come from.
        readers: Number of readers.
        modalities: Number of modalities.
        cases: Number of cases, every other malignant.
        per_patient: Cases of each patient, of one label.
        gain: How far each modality parts the labels more than the one before.
        luck: Standard deviation of how far a reader parts them.
        step: Ratings are multiples of it.
    """
    labels = np.arange(cases) // per_patient % 2
    shape = (readers, modalities, cases)
    signal = 1.2 + gain * np.arange(modalities)[:, None]
    signal = signal + rng.normal(0.0, 1.0, (readers, 1, 1)) * luck
    scores = rng.normal(size=cases) + rng.normal(0.0, 0.8, shape) + signal * labels
    return RatingTable(
        tuple(f"R{one}" for one in range(readers)),
        tuple(f"M{one}" for one in range(modalities)),
        tuple(f"e{one}" for one in range(cases)),
        tuple(f"p{one // per_patient}" for one in range(cases)),
        labels,
        np.round(scores / step) * step,
    )


def list_rows(table: RatingTable) -> list[ReaderRow]:
    """The ratings of a table, one by one."""
    return [
        ReaderRow(
            reader, modality, table.patients[k], int(table.labels[k]),
            float(table.scores[r, m, k]), case,
        )
        for r, reader in enumerate(table.readers)
        for m, modality in enumerate(table.modalities)
        for k, case in enumerate(table.cases)
    ]  # fmt: skip
