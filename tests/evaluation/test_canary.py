"""Scores learned from labels without meaning, and some that know better."""

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import permutation_test, rankdata

from bsgi.errors import RunError
from bsgi.evaluation.canary import judge_canary, load_canary, save_canary
from bsgi.evaluation.predictions import PredictionRow


def draw_rows(
    seed: int, effect: float, *, number: int = 60, repeats: int = 2, method: str = "m"
) -> list[PredictionRow]:
    """Scores of patients of whom two of five are malignant."""
    rng = np.random.default_rng(seed)
    labels = [int(n % 5 < 2) for n in range(number)]
    return [
        PredictionRow(
            exam_id=f"{n:03d}-1", patient_id=f"{n:03d}", method=method, repeat=repeat,
            fold=0, part="test", label=label,
            score=float(rng.normal() + effect * label),
        )
        for repeat in range(repeats)
        for n, label in enumerate(labels)
    ]  # fmt: skip


def test_scores_without_meaning_are_at_chance() -> None:
    alarms = 0
    for seed in range(60):
        found = judge_canary(draw_rows(seed, 0.0), simulated=True, permutations=1999)
        alarms += not found.at_chance
    assert alarms <= 1  # 0.1 % expected


def test_scores_that_know_the_labels_are_found() -> None:
    rows = draw_rows(1, 1.5)
    found = judge_canary(rows, simulated=True)
    (verdict,) = found.verdicts
    assert verdict.auc is not None
    assert verdict.highest_chance is not None
    assert verdict.auc.value > verdict.highest_chance
    assert not verdict.at_chance
    with pytest.raises(RunError, match="NOT at chance, though its labels mean nothing"):
        found.check()


def test_the_p_value_is_that_of_scipy() -> None:
    rows = draw_rows(5, 0.4, repeats=1)
    labels = np.array([row.label for row in rows])
    ranks = rankdata([row.score for row in rows])
    known = permutation_test(
        (ranks[labels == 1], ranks[labels == 0]),
        lambda x, y, axis: x.sum(axis=axis) + 0 * y.sum(axis=axis),
        vectorized=True, alternative="greater", n_resamples=9_999, rng=2,
    )  # fmt: skip
    (verdict,) = judge_canary(rows, simulated=True).verdicts
    error = 5 * np.sqrt(known.pvalue * (1 - known.pvalue) / 9_999)
    assert abs(verdict.p - known.pvalue) < error


def test_patients_and_not_exams_are_dealt() -> None:
    """Six women with ten equal exams each are six, whatever their scores say."""
    rows = [
        PredictionRow(f"{w}-{n}", f"{w}", "m", 0, 0, "test", w % 2, w % 2 + n / 100)
        for w in range(6) for n in range(10)
    ]  # fmt: skip
    found = judge_canary(rows, simulated=False)
    (verdict,) = found.verdicts
    assert (verdict.patients, verdict.malignant) == (6, 3)
    # Of 20 ways to deal the labels none can be rarer than 5 %: no verdict, no pass.
    assert not verdict.can_tell
    assert not found.at_chance
    with pytest.raises(RunError, match="too few for any leak to be seen"):
        found.check()


def test_of_sizes_the_largest_is_judged() -> None:
    small = draw_rows(1, 3.0, repeats=1)
    large = [
        PredictionRow(**{n: getattr(row, n) for n in row.__dataclass_fields__}
                      | {"fold": 1})
        for row in draw_rows(2, 0.0, repeats=1)
    ]  # fmt: skip
    found = judge_canary(
        [*small, *large], simulated=True, by_size=True, permutations=1999
    )
    assert found.at_chance


def test_one_label_says_nothing_and_says_so() -> None:
    rows = [row for row in draw_rows(1, 0.0) if row.label == 0]
    (verdict,) = judge_canary(rows, simulated=True, permutations=99).verdicts
    assert verdict.auc is None
    assert not verdict.at_chance
    assert "nothing can be said" in verdict.sentence


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    rows = [*draw_rows(1, 0.0, method="a"), *draw_rows(2, 1.5, method="b")]
    found = judge_canary(rows, simulated=True)
    assert [verdict.method for verdict in found.verdicts] == ["a", "b"]
    path = tmp_path / "canary.json"
    save_canary(path, found)
    assert load_canary(path) == found
    assert '"labels_permuted": true' in path.read_text()
    path.write_text('{"format_version": 1, "labels_permuted": true}')
    with pytest.raises(RunError, match="as bsgi study --canary writes it"):
        load_canary(path)
