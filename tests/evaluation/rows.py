"""Predictions of several methods, repeats and folds, for tests."""

from collections.abc import Sequence

import numpy as np

from bsgi.evaluation.predictions import PredictionRow


def row(
    exam: str,
    score: float,
    label: int,
    *,
    patient: str = "",
    method: str = "paper",
    repeat: int = 0,
    fold: int = 0,
    part: str = "test",
) -> PredictionRow:
    """One row; the patient has the exam's name if she has no other."""
    return PredictionRow(
        exam_id=exam, patient_id=patient or f"p{exam}", method=method, repeat=repeat,
        fold=fold, part=part, label=label, score=score,
    )  # fmt: skip


def study_rows(
    *,
    malignant: int = 17,
    benign: int = 28,
    repeats: int = 5,
    folds: int = 1,
    methods: Sequence[str] = ("paper",),
    seed: int = 0,
    shift: float = 1.5,
) -> list[PredictionRow]:
    """Every exam once per repeat, in one fold or dealt over several anew each time."""
    rng = np.random.default_rng(seed)
    labels = [1] * malignant + [0] * benign
    own = rng.normal(size=len(labels))
    rows = []
    for method in methods:
        for repeat in range(repeats):
            dealt = rng.permutation(len(labels)) % folds
            for number, label in enumerate(labels):
                latent = shift * (label - 0.5) + 0.8 * own[number] + 0.6 * rng.normal()
                score = float(1 / (1 + np.exp(-latent)))
                fold = int(dealt[number])
                name = f"{number:04d}"
                rows.append(
                    row(name, score, label, method=method, repeat=repeat, fold=fold)
                )
    return rows
