"""The patient-clustered BCa bootstrap, against SciPy 1.17 and draws one by one."""

import time
from typing import Any

import numpy as np
import pytest
from jaxtyping import Float, Int64
from scipy.stats import bootstrap, norm, rankdata
from sklearn.metrics import roc_auc_score

from bsgi.evaluation.areas.auc import newcombe_interval
from bsgi.evaluation.areas.bootstrap import BCA, bootstrap_auc

Labels = Int64[np.ndarray, " exam"]
Scores = Float[np.ndarray, " exam"]


def draw(
    seed: int, malignant: int, benign: int, step: float = 0.1
) -> tuple[Labels, Scores, list[str]]:
    """Rounded scores, each exam of another patient."""
    rng = np.random.default_rng(seed)
    labels = np.repeat([1, 0], [malignant, benign])
    scores = np.round((rng.normal(size=labels.size) + 1.3 * labels) / step) * step
    return labels, scores, [f"p{number:04d}" for number in range(labels.size)]


def area(first: Any, second: Any, axis: int = -1) -> Any:
    """Mann-Whitney area by mean ranks, for SciPy."""
    size, other = first.shape[axis], second.shape[axis]
    ranks = rankdata(np.concatenate([first, second], axis=axis), axis=axis)
    total = ranks[..., :size].sum(axis=-1)
    return (total - size * (size + 1) / 2) / (size * other)


@pytest.mark.parametrize(("malignant", "benign"), [(17, 28), (60, 40)])
def test_agrees_with_scipy(malignant: int, benign: int) -> None:
    """scipy.stats.bootstrap, BCa, on 20,000 other draws."""
    labels, scores, patients = draw(malignant, malignant, benign)
    found = bootstrap_auc(labels, scores, patients, seed=1, replicates=20_000)
    known = bootstrap(
        (scores[labels == 1], scores[labels == 0]), area, vectorized=True, batch=5000,
        n_resamples=20_000, method="BCa", rng=np.random.default_rng(9),
    ).confidence_interval  # fmt: skip
    assert found.method == BCA
    assert found.value == pytest.approx(roc_auc_score(labels, scores))
    assert (found.lower, found.upper) == pytest.approx(
        (known.low, known.high), abs=3e-3
    )


def test_patients_are_drawn_with_all_their_exams() -> None:
    """Every step by hand: draws patient by patient, jackknife by leaving her out."""
    rng = np.random.default_rng(5)
    patients = np.array([f"p{number:02d}" for number in range(24) for _ in range(3)])
    own = np.repeat(rng.normal(size=24), 3)
    labels = np.repeat((np.arange(24) % 2), 3)
    labels[:6] = [1, 0, 0, 0, 1, 1]  # two women have exams of both labels
    scores = np.round(own + 0.3 * rng.normal(size=72) + labels, 1)

    def measure(chosen: list[str]) -> float:
        taken = np.concatenate([np.flatnonzero(patients == name) for name in chosen])
        ill, well = (scores[taken][labels[taken] == label] for label in (1, 0))
        apart = ill[:, None] - well[None, :]
        return float(np.mean((apart > 0) + 0.5 * (apart == 0)))

    names = sorted(set(patients.tolist()))
    kinds = [set(labels[patients == name].tolist()) for name in names]
    strata = [
        [name for name, kind in zip(names, kinds, strict=True) if kind == wanted]
        for wanted in ({1}, {0}, {0, 1})
    ]
    observed = measure(names)
    drawn = np.array(
        [
            measure([name for each in strata for name in rng.choice(each, len(each))])
            for _ in range(1500)
        ]
    )
    influence = []
    for stratum in strata:
        left = np.array([measure([x for x in names if x != name]) for name in stratum])
        influence.append((1 - 1 / len(left)) * (left.mean() - left))
    cubes, squares = (sum(np.sum(each**k) for each in influence) for k in (3, 2))
    acceleration = cubes / (6 * squares**1.5)
    bias = norm.ppf(np.mean(drawn < observed) + np.mean(drawn == observed) / 2)
    shifted = bias + norm.ppf([0.025, 0.975])
    tails = norm.cdf(bias + shifted / (1 - acceleration * shifted))
    found = bootstrap_auc(labels, scores, patients.tolist(), seed=2)
    assert found.method == BCA
    limits = np.quantile(drawn, tails)
    assert (found.lower, found.upper) == pytest.approx(limits, abs=0.02)
    alone = bootstrap_auc(labels, scores, [str(x) for x in range(72)], seed=2)
    assert found.upper - found.lower > 1.3 * (alone.upper - alone.lower)


def test_the_acceleration_counts() -> None:
    """Skewed areas near 1: the interval reaches further down than up."""
    labels, scores, patients = draw(3, 30, 40)
    found = bootstrap_auc(labels, scores + 1.2 * labels, patients, seed=1)
    assert found.value > 0.95
    assert found.value - found.lower > 1.5 * (found.upper - found.value)


def test_a_seed_gives_the_same_draws_in_any_order_of_exams() -> None:
    labels, scores, patients = draw(4, 20, 30)
    order = np.random.default_rng(0).permutation(50)
    found = bootstrap_auc(labels, scores, patients, seed=3, replicates=2000)
    shuffled = bootstrap_auc(
        labels[order], scores[order], [patients[place] for place in order],
        seed=3, replicates=2000,
    )  # fmt: skip
    assert found == shuffled
    other = bootstrap_auc(labels, scores, patients, seed=4, replicates=2000)
    assert other != found
    assert (other.lower, other.upper) == pytest.approx(
        (found.lower, found.upper), abs=0.02
    )


def test_swapped_labels_mirror_the_interval() -> None:
    labels, scores, patients = draw(6, 20, 20)
    found = bootstrap_auc(labels, scores, patients, seed=3)
    mirrored = bootstrap_auc(1 - labels, scores, patients, seed=3)
    assert mirrored.value == pytest.approx(1 - found.value)
    assert mirrored.lower == pytest.approx(1 - found.upper, abs=0.01)


@pytest.mark.parametrize("step", [1.0, -1.0])
def test_perfect_separation_has_newcombes_interval(step: float) -> None:
    labels, _, patients = draw(1, 17, 28)
    found = bootstrap_auc(labels, step * labels, patients, seed=1)
    assert found == newcombe_interval(max(step, 0.0), 17, 28)


def test_ties_everywhere_have_newcombes_interval() -> None:
    labels, _, patients = draw(1, 17, 28)
    found = bootstrap_auc(labels, np.ones(45), patients, seed=1)
    assert found == newcombe_interval(0.5, 17, 28)


def test_one_patient_of_a_label_has_newcombes_interval() -> None:
    labels = np.array([1, 1, 0, 0, 0])
    scores = np.array([0.4, 0.9, 0.3, 0.5, 0.1])
    found = bootstrap_auc(labels, scores, ["a", "a", "b", "c", "d"], seed=1)
    assert found.value == pytest.approx(5 / 6)
    assert found == newcombe_interval(found.value, 1, 3)
    two = bootstrap_auc(np.array([1, 0]), np.array([0.1, 0.9]), ["a", "b"], seed=1)
    assert two == newcombe_interval(0.0, 1, 1)


def test_undefined_corrections_leave_newcombes_interval() -> None:
    """Two patients: no draw has less than the area, so that its bias is infinite."""
    labels = np.array([0, 1, 1, 1, 1, 1, 0])
    scores = np.array([2.0, 2.0, 3.0, 2.0, 2.0, 2.0, 0.0])
    found = bootstrap_auc(labels, scores, list("0101111"), seed=1)
    assert found.value == pytest.approx(0.8)
    assert found == newcombe_interval(found.value, 2, 2)


def test_refuses_nonsense() -> None:
    labels, scores, patients = draw(1, 5, 5)
    with pytest.raises(ValueError, match="malignant and benign exams, got 10 and 0"):
        bootstrap_auc(np.ones(10, np.int64), scores, patients, seed=1)
    with pytest.raises(ValueError, match="scores must be finite"):
        bootstrap_auc(labels, scores * np.nan, patients, seed=1)
    with pytest.raises(ValueError, match="every exam must have its patient"):
        bootstrap_auc(labels, scores, patients[:-1], seed=1)
    with pytest.raises(ValueError, match="100 replicates"):
        bootstrap_auc(labels, scores, patients, seed=1, replicates=10)


def test_10_000_draws_of_231_patients_take_less_than_a_second() -> None:
    labels, scores, patients = draw(1, 87, 144)
    begun = time.process_time()
    bootstrap_auc(labels, scores, patients, seed=1)
    assert time.process_time() - begun < 1.0
