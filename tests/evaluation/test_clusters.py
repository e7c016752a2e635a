import numpy as np
import pytest
from scipy.stats import binom

from bsgi.evaluation.areas.auc import Placements, compute_placements
from bsgi.evaluation.clusters import (
    compute_clustered_covariance,
    compute_clustered_variance,
    count_effective,
    count_patients,
)
from bsgi.evaluation.rates.proportions import estimate_mean_share
from bsgi.evaluation.readers.mrmc import delong_covariance
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


def test_unequal_numbers_of_exams_count_as_fewer_patients() -> None:
    """Kish by hand: 29 exams of 20 women, 29^2 / (19 + 10^2)."""
    uneven = [*(f"p{number}" for number in range(19)), *(["often"] * 10)]
    every = np.ones(29, dtype=bool)
    assert count_patients(uneven, every) == 20
    assert count_effective(uneven, every) == pytest.approx(841 / 119)
    assert count_effective(uneven, np.arange(29) < 19) == 19
    even = [f"p{number % 7}" for number in range(21)]
    assert count_effective(even, np.ones(21, dtype=bool)) == 7
    assert count_effective(even, np.zeros(21, dtype=bool)) == 0


def test_wilson_at_the_effective_number_holds_its_level() -> None:
    """Exact coverage: 19 women with 1 exam, one with 10, all right or all wrong."""
    uneven = [*(f"p{number}" for number in range(19)), *(["often"] * 10)]
    number = count_effective(uneven, np.ones(29, dtype=bool))

    def cover(true: float, patients: float) -> float:
        held = 0.0
        for single in range(20):
            for often, weight in ((0, 1 - true), (10, true)):
                found = estimate_mean_share((single + often) / 29, patients)
                if found.lower <= true <= found.upper:
                    held += float(binom.pmf(single, 19, true)) * weight
        return held

    rates = np.linspace(0.5, 0.95, 46)
    ours = [cover(float(rate), number) for rate in rates]
    by_women = [cover(float(rate), 20.0) for rate in rates]
    assert np.mean(ours) >= 0.95
    assert np.mean(by_women) < 0.88


def test_the_covariance_of_trainings_is_delongs_with_one_exam_each() -> None:
    rng = np.random.default_rng(8)
    labels = np.repeat([1, 0], [12, 15])
    placed = [
        compute_placements(Scored(labels, rng.normal(size=27) + labels))
        for _ in range(3)
    ]
    names = [f"p{number}" for number in range(27)]
    found = compute_clustered_covariance(placed, names[:12], names[12:])
    assert found == pytest.approx(delong_covariance(placed))
    assert compute_clustered_covariance(placed, ["a"] * 12, names[12:]) is None
