"""Logistic regression against scikit-learn; labels dealt anew fall to chance."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from bsgi.cohort.check.logistic import fit_logistic
from bsgi.cohort.check.permutation import (
    average_by_patient,
    check_permuted,
    cross_validate,
)
from bsgi.cohort.check.permuted_labels import permute_labels
from bsgi.cohort.store import ExamRow
from bsgi.errors import CohortError
from bsgi.exam.record import Label


def draw(seed: int, number: int, effect: float) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    labels = np.arange(number) % 2
    return rng.normal(size=(number, 4)) + effect * labels[:, None], labels


@pytest.mark.parametrize("effect", [0.0, 0.7, 8.0])
def test_weights_are_those_of_scikit_learn(effect: float) -> None:
    """With an effect of 8 the classes are apart; the penalty keeps weights finite."""
    values, labels = draw(1, 60, effect)
    found = fit_logistic(values, labels, penalty=1.0)
    known = LogisticRegression(C=1.0, tol=1e-10, max_iter=10_000).fit(values, labels)
    assert found[:-1] == pytest.approx(known.coef_[0], abs=2e-4)
    assert found[-1] == pytest.approx(known.intercept_[0], abs=2e-4)


def test_true_labels_are_learned_and_dealt_ones_are_not() -> None:
    values, labels = draw(2, 80, 0.9)
    names = [f"{n:03d}" for n in range(80)]
    found = check_permuted(
        dict(zip(names, values, strict=True)),
        dict(zip(names, labels.tolist(), strict=True)),
        permutations=30,
    )
    assert found is not None
    assert (found.patients, found.malignant, found.permutations) == (80, 40, 30)
    assert found.auc > 0.8
    assert found.at_chance
    assert found.permuted_lower < 0.5 < found.permuted_upper
    assert found.p == pytest.approx(1 / 31)


def test_dealt_labels_have_a_mean_area_of_one_half() -> None:
    """Pooled scores would lie below: a fold with more of a label has fewer outside."""
    values, labels = draw(3, 40, 0.0)
    rng = np.random.default_rng(4)
    found = [cross_validate(values, rng.permutation(labels), rng) for _ in range(80)]
    assert np.mean(found) == pytest.approx(0.5, abs=3.3 * np.std(found) / 80**0.5)


def test_few_patients_are_not_judged() -> None:
    values, labels = draw(5, 8, 0.0)
    names = [str(n) for n in range(8)]
    assert check_permuted(
        dict(zip(names, values, strict=True)),
        dict(zip(names, labels.tolist(), strict=True)),
    ) is None  # fmt: skip


def test_a_patient_is_the_mean_of_her_exams() -> None:
    values = [np.array([1.0, 2.0]), np.array([3.0, 4.0]), np.array([5.0, 6.0])]
    found = average_by_patient(["a", "b", "a"], values)
    assert found["a"].tolist() == [3.0, 4.0]
    assert found["b"].tolist() == [3.0, 4.0]


def rows_of(women: int) -> list[ExamRow]:
    """Every third woman is malignant and has two exams, one of them benign."""
    rows = []
    for n in range(women):
        label = Label.BENIGN if n % 3 else Label.MALIGNANT
        rows.append(ExamRow(f"{n}-1", f"{n}", label=label, label_left=label))
        if not n % 3:
            rows.append(ExamRow(f"{n}-2", f"{n}", label=Label.BENIGN))
    return [*rows, ExamRow("x-1", "x")]


def test_labels_are_dealt_to_patients_and_their_numbers_stay() -> None:
    rows = rows_of(30)
    dealt = permute_labels(rows, 1)
    assert [row.exam_id for row in dealt] == [row.exam_id for row in rows]
    own: dict[str, set[Label]] = {}
    for row in dealt:
        own.setdefault(row.patient_id, set()).add(row.label)
        assert row.label_left is Label.UNKNOWN
    assert all(len(labels) == 1 for labels in own.values())
    assert own.pop("x") == {Label.UNKNOWN}
    assert sum(labels == {Label.MALIGNANT} for labels in own.values()) == 10
    assert dealt != tuple(rows)


def test_the_seed_decides_how_labels_are_dealt() -> None:
    rows = rows_of(30)
    assert permute_labels(rows, 1) == permute_labels(rows, 1)
    assert permute_labels(rows, 1) != permute_labels(rows, 2)


def test_every_patient_is_as_likely_to_get_a_malignant_label() -> None:
    rows = rows_of(12)
    times = dict.fromkeys((row.patient_id for row in rows), 0)
    for seed in range(300):
        for row in permute_labels(rows, seed):
            times[row.patient_id] += (
                row.label is Label.MALIGNANT and row.exam_id.endswith("-1")
            )
    del times["x"]
    # 300 draws of 1/3 each: 100, standard deviation 8.2.
    assert all(abs(number - 100) < 33 for number in times.values())


def test_one_label_cannot_be_dealt() -> None:
    with pytest.raises(CohortError, match="benign and malignant"):
        permute_labels([ExamRow("a-1", "a", label=Label.BENIGN)], 1)
