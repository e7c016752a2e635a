import numpy as np
import pytest

from bsgi.evaluation.auc import Placements, compute_placements
from bsgi.evaluation.clusters import compute_clustered_variance
from bsgi.evaluation.scored import Scored


def of_label(scored: Scored, patients: list[str], label: int) -> list[str]:
    return [patients[place] for place in np.flatnonzero(scored.labels == label)]


def variance(scored: Scored, patients: list[str]) -> float:
    found = compute_clustered_variance(
        compute_placements(scored),
        of_label(scored, patients, 1),
        of_label(scored, patients, 0),
    )
    assert found is not None
    return found


def test_one_exam_per_patient_gives_delongs() -> None:
    rng = np.random.default_rng(1)
    for _ in range(10):
        labels = np.repeat([1, 0], rng.integers(2, 40, size=2))
        scored = Scored(labels, np.round(rng.normal(size=labels.size) + labels, 1))
        patients = [str(number) for number in range(labels.size)]
        placements = compute_placements(scored)
        assert variance(scored, patients) == pytest.approx(placements.variance)


def test_exams_seen_twice_tell_nothing_more() -> None:
    rng = np.random.default_rng(2)
    labels = np.repeat([1, 0], [17, 28])
    once = Scored(labels, rng.normal(size=45) + labels)
    twice = Scored(np.tile(labels, 2), np.tile(once.scores, 2))
    patients = [str(number) for number in range(45)]
    alone = compute_placements(once).variance
    assert variance(twice, patients * 2) == pytest.approx(alone)
    assert compute_placements(twice).variance == pytest.approx(alone / 2, rel=0.03)  # type: ignore[operator]


def test_is_unbiased_for_several_exams_per_patient() -> None:
    """Variance over 800 data sets of 30 patients, a third with exams of both labels;
    DeLong's, which takes exams as independent, is not near it.
    """
    rng = np.random.default_rng(3)
    labels = np.array([0] * 30 + [1] * 30 + [0, 1] * 10)
    owner = np.array([*np.repeat(range(10), 3), *np.repeat(range(10, 20), 3),
                      *np.repeat(range(20, 30), 2)])  # fmt: skip
    patients = [str(number) for number in owner]
    areas, ours, plain = [], [], []
    for _ in range(800):
        own = rng.normal(size=30)[owner]
        scored = Scored(labels, labels + own + 0.5 * rng.normal(size=labels.size))
        placements = compute_placements(scored)
        areas.append(placements.auc)
        ours.append(variance(scored, patients))
        plain.append(placements.variance or 0.0)
    true = np.var(areas)
    assert np.mean(ours) == pytest.approx(true, rel=0.15)
    assert np.mean(plain) < 0.75 * true


def test_needs_two_patients_of_each_label() -> None:
    scored = Scored(np.array([1, 1, 0, 0]), np.array([0.5, 0.6, 0.4, 0.6]))
    placements = compute_placements(scored)
    assert compute_clustered_variance(placements, ["a", "a"], ["b", "c"]) is None
    assert compute_clustered_variance(placements, ["a", "d"], ["b", "c"]) is not None


def test_is_never_negative() -> None:
    """Two women with exams of both labels, whose covariance outweighs the rest."""
    placements = Placements(np.array([1.0, 0.0]), np.array([0.0, 1.0]))
    assert compute_clustered_variance(placements, ["a", "b"], ["a", "b"]) == 0.0


def test_every_exam_has_a_patient() -> None:
    placements = Placements(np.array([1.0, 0.5]), np.array([0.5, 1.0]))
    with pytest.raises(ValueError, match="every exam must have its patient"):
        compute_clustered_variance(placements, ["a"], ["b", "c"])
