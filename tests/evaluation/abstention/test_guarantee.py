import numpy as np
import pytest
from scipy.stats import kstest, norm

from bsgi.evaluation.abstention.guarantee import (
    Basis,
    bound_folds,
    spread_error,
    state_guarantee,
)
from bsgi.evaluation.abstention.thresholds import count_strange, fit_thresholds
from bsgi.evaluation.scored import Scored

RATE = 0.1


def exclude_by_other_folds(strangeness: list[np.ndarray], rate: float) -> int:
    """By the definition: patients of one label excluded by those of other folds."""
    wrong = 0
    for fold, own in enumerate(strangeness):
        others = np.concatenate(strangeness[:fold] + strangeness[fold + 1 :])
        as_strange = (others[None] >= own[:, None]).sum(axis=1)
        wrong += int((as_strange + 1 <= count_strange(others.size, rate)).sum())
    return wrong


def test_the_bound_of_folds_holds_for_any_scores_and_is_reached() -> None:
    rng = np.random.default_rng(1)
    for _ in range(150):
        sizes = rng.integers(1, 30, size=rng.integers(2, 7))
        unlike = rng.choice([0.0, 1.0, 10.0])
        scores = [rng.normal(unlike * rng.normal(), size=n).round(1) for n in sizes]
        bound = bound_folds([sizes.tolist()], RATE)
        assert bound is not None
        wrong = exclude_by_other_folds(scores, RATE)
        assert wrong <= (1.0 - bound) * sizes.sum() + 1e-9
    # One fold beyond the others, but for the strangest of these.
    worst = [np.full(20, 1.0), *(np.append(np.zeros(18), [2.0, 2.0]) for _ in range(4))]
    worst[4] = np.append(np.zeros(19), 2.0)
    bound = bound_folds([[20] * 5], RATE)
    assert bound == pytest.approx(1.0 - (20 + 8 - 1) / 100)
    assert exclude_by_other_folds(worst, RATE) == 27


def test_the_bound_of_many_folds_comes_to_the_formula() -> None:
    bound = bound_folds([[1000] * 5, [400] * 5], RATE)
    assert bound == pytest.approx(1.0 - (RATE + (1.0 - RATE) / 5), abs=1e-3)
    assert bound_folds([], RATE) is None
    assert bound_folds([[2, 2, 2]], RATE) == 1.0  # no label can be excluded


@pytest.mark.parametrize("patients", [9, 45, 60])
def test_errors_of_sets_of_patients_spread_as_scipy_s_beta(patients: int) -> None:
    rng = np.random.default_rng(patients)
    errors = []
    for _ in range(400):
        scores = rng.normal(size=patients)
        labels = np.repeat([1, 0], [patients, 1])
        scored = Scored(labels, np.append(scores, 0.0))
        found = fit_thresholds(scored, [f"{n}" for n in range(patients + 1)], RATE)
        assert found.malignant_from is not None
        errors.append(float(norm.cdf(found.malignant_from)))
    strange = count_strange(patients, RATE)
    theory = kstest(errors, "beta", args=(strange, patients + 1 - strange))
    assert theory.pvalue > 0.01
    low, high = spread_error(patients, RATE, 0.9)
    assert np.mean([low <= error <= high for error in errors]) == pytest.approx(
        0.9, abs=0.045
    )
    deviation = np.std(errors) / 20.0
    assert np.mean(errors) <= RATE + 3.0 * deviation


def test_with_too_few_patients_nothing_is_excluded() -> None:
    assert spread_error(8, RATE) == (0.0, 0.0)


def test_each_source_of_scores_states_what_it_can() -> None:
    own = state_guarantee(Basis.SET_ASIDE, RATE)
    assert own.bound == 0.9
    assert "at most 10\N{NO-BREAK SPACE}%" in own.words
    folds = state_guarantee(Basis.OTHER_FOLDS, RATE, [[20] * 5, [30] * 5])
    assert folds.bound == bound_folds([[20] * 5, [30] * 5], RATE)
    assert folds.bound is not None
    assert folds.bound < 0.8
    assert "80\N{NO-BREAK SPACE}% for such scores (CV+ of Barber" in folds.words
    assert "at least 72.6\N{NO-BREAK SPACE}%" in folds.words
    unknown = state_guarantee(Basis.OTHER_FOLDS, RATE)
    assert unknown.bound is None
    assert "nothing is proved" in unknown.words
    for basis in (Basis.INNER_FOLDS, Basis.NOT_STATED, Basis.OTHER_PATIENTS):
        assert state_guarantee(basis, RATE).bound is None
        assert "measured error is what counts" in state_guarantee(basis, RATE).words
