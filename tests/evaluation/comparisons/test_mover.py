import numpy as np
import pytest
from scipy.stats import norm

from bsgi.evaluation.areas.auc import estimate_auc
from bsgi.evaluation.comparisons.area_evidence import find_unpaired_evidence
from bsgi.evaluation.comparisons.areas import AreaTest, compare_unpaired_areas
from bsgi.evaluation.comparisons.mover import combine_intervals, invert_intervals
from bsgi.evaluation.scored import Scored


def draw(seed: int, malignant: int, benign: int, shift: float) -> Scored:
    labels = np.repeat([1, 0], [malignant, benign])
    scores = np.random.default_rng(seed).normal(size=labels.size) + shift * labels
    return Scored(labels, scores)


def test_limits_are_those_of_two_intervals_by_hand() -> None:
    one, other = draw(1, 17, 28, 1.5), draw(2, 87, 144, 1.5)
    first, second = estimate_auc(one), estimate_auc(other)
    assert first is not None
    assert second is not None
    apart = first.value - second.value
    lower, upper = combine_intervals(find_unpaired_evidence(one, other), 0.95)
    assert lower == pytest.approx(
        apart - np.hypot(first.value - first.lower, second.upper - second.value)
    )
    assert upper == pytest.approx(
        apart + np.hypot(first.upper - first.value, second.value - second.lower)
    )


@pytest.mark.parametrize("seed", range(12))
def test_p_is_the_level_at_which_the_interval_touches_zero(seed: int) -> None:
    one, other = draw(seed, 17, 28, 2.4), draw(seed + 99, 87, 144, 0.2 * seed)
    found = compare_unpaired_areas(one, other)
    swapped = compare_unpaired_areas(other, one)
    assert found.method == AreaTest.BOTH.value
    assert found.p is not None
    assert found.statistic is not None
    assert found.difference is not None
    assert swapped.p == pytest.approx(found.p, rel=1e-6)
    assert swapped.statistic == pytest.approx(-found.statistic, rel=1e-6)
    assert found.p == pytest.approx(2 * norm.sf(abs(found.statistic)), rel=1e-9)
    held = found.difference.lower <= 0 <= found.difference.upper
    assert held == (found.p > 0.05)
    evidence = find_unpaired_evidence(one, other)
    _, alone = invert_intervals(evidence)
    student = compare_unpaired_areas(one, other, test=AreaTest.STUDENT)
    assert student.p is not None
    assert found.p == pytest.approx(max(alone, student.p))
    if 1e-12 < alone < 0.99:
        lower, upper = combine_intervals(evidence, 1 - alone)
        assert min(abs(lower), abs(upper)) < 1e-6
    lower, upper = combine_intervals(evidence, 0.95)
    assert found.difference.lower <= max(lower, -1.0)
    assert found.difference.upper >= min(upper, 1.0)


def test_equal_areas_and_perfect_ones_have_a_p() -> None:
    perfect = Scored(np.array([1, 1, 0, 0]), np.array([4.0, 3.0, 2.0, 1.0]))
    assert invert_intervals(find_unpaired_evidence(perfect, perfect)) == (0.0, 1.0)
    # No standard error at all; the intervals by counts still tell of four exams.
    wrong = Scored(perfect.labels, -perfect.scores)
    found = compare_unpaired_areas(perfect, wrong)
    assert found.difference is not None
    assert found.difference.value == 1.0
    assert found.p is not None
    assert found.difference.method == "mover"
    assert 0.001 < found.p < 0.5
    assert found.note == ""
    big, low = draw(1, 200, 200, 6.0), draw(2, 200, 200, -6.0)
    surest = compare_unpaired_areas(big, low).p
    assert surest is not None
    assert 0 < surest < 1e-12


def test_few_patients_near_one_do_not_prove_a_difference_too_often() -> None:
    rng = np.random.default_rng(4)
    labels = [np.repeat([1, 0], sizes) for sizes in ((17, 28), (87, 144))]
    shift = np.sqrt(2) * norm.ppf(0.95)
    mover = student = 0
    for _ in range(400):
        first, second = (
            Scored(own, rng.normal(size=own.size) + shift * own) for own in labels
        )
        lower, upper = combine_intervals(find_unpaired_evidence(first, second), 0.95)
        mover += not lower <= 0 <= upper
        p = compare_unpaired_areas(first, second, test=AreaTest.STUDENT).p
        student += p is not None and p <= 0.05
    assert mover <= 22
    assert student > 28
