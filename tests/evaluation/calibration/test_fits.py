"""Each recalibration against an independent program or a plain definition."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from jaxtyping import Float
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator
from sklearn.isotonic import IsotonicRegression

from bsgi.evaluation.calibration.isotonic import fit_isotonic
from bsgi.evaluation.calibration.platt import fit_platt
from bsgi.evaluation.calibration.temperature import LIMITS, fit_temperature
from bsgi.evaluation.calibration.venn_abers import fit_venn_abers
from tests.evaluation.calibration.test_calibrator import draw


class AsScored(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A classifier whose decision is its input."""

    classes_ = np.array([0, 1])
    n_features_in_ = 1

    def fit(self, features: object, labels: object) -> "AsScored":
        return self

    def decision_function(
        self, features: Float[np.ndarray, "exam 1"]
    ) -> Float[np.ndarray, " exam"]:
        return features[:, 0]

    def predict(
        self, features: Float[np.ndarray, "exam 1"]
    ) -> Float[np.ndarray, " exam"]:
        return (features[:, 0] > 0).astype(np.float64)

    def __sklearn_is_fitted__(self) -> bool:
        return True


@pytest.mark.parametrize("seed", range(6))
def test_platt_is_scikit_learn_1_9s_sigmoid(seed: int) -> None:
    scores, labels = draw(seed)
    scores = scores * 7 - 2
    theirs = CalibratedClassifierCV(FrozenEstimator(AsScored()), method="sigmoid")
    theirs.fit(scores[:, None], labels)
    grid = np.linspace(-3.0, 6.0, 50)
    mine = fit_platt(scores, labels).apply(grid).value
    assert mine == pytest.approx(theirs.predict_proba(grid[:, None])[:, 1], abs=2e-5)


def test_platt_of_any_scale_is_the_same_and_never_falls() -> None:
    scores, labels = draw(3)
    one = fit_platt(scores, labels).apply(scores).value
    other = fit_platt(1e6 * scores + 1e7, labels).apply(1e6 * scores + 1e7).value
    assert other == pytest.approx(one, abs=1e-7)
    against = fit_platt(-scores, labels)
    assert against.slope == 0.0
    malignant, benign = labels.sum(), (1 - labels).sum()
    smoothed = malignant * (malignant + 1) / (malignant + 2) + benign / (benign + 2)
    assert against.apply(scores).value == pytest.approx(smoothed / labels.size)


@pytest.mark.parametrize("seed", range(6))
def test_isotonic_is_scikit_learn_1_9s(seed: int) -> None:
    scores, labels = draw(seed)
    theirs = IsotonicRegression(out_of_bounds="clip").fit(scores, labels)
    grid = np.linspace(-0.2, 1.2, 200)
    mine = fit_isotonic(scores, labels).apply(grid).value
    assert mine == pytest.approx(theirs.predict(grid), abs=1e-12)


@pytest.mark.parametrize("seed", range(6))
def test_venn_abers_is_its_definition_with_scikit_learn_1_9(seed: int) -> None:
    """Each exam put to the others twice, and a whole isotonic regression each time."""
    scores, labels = draw(seed, exams=40)
    grid = np.unique(np.concatenate([np.arange(21) / 20, scores[:9]]))
    found = fit_venn_abers(scores, labels).apply(grid)
    for place, score in enumerate(grid):
        pair = []
        for label in (0, 1):
            fit = IsotonicRegression().fit(
                np.append(scores, score), np.append(labels, label)
            )
            pair.append(float(fit.predict([score])[0]))
        p0, p1 = pair
        assert (found.lower[place], found.upper[place]) == pytest.approx((p0, p1))
        assert found.value[place] == pytest.approx(p1 / (1 - p0 + p1))


def test_one_of_venn_abers_two_is_calibrated_by_simulation() -> None:
    """Over new exams the mean of the one with the true label is the malignant share."""
    apart = []
    for seed in range(150):
        scores, labels = draw(seed, exams=60)
        found = fit_venn_abers(scores[:30], labels[:30]).apply(scores[30:])
        chosen = np.where(labels[30:] == 1, found.upper, found.lower)
        apart.append(float(np.mean(chosen - labels[30:])))
    error = np.std(apart) / np.sqrt(len(apart))
    assert abs(np.mean(apart)) < 3.5 * error + 0.01


def test_temperature_is_r_4s_logistic_regression_without_an_intercept(
    require_program: Callable[[str], str], tmp_path: Path
) -> None:
    lines, mine = ["set,label,odds"], []
    for seed in range(8):
        scores, labels = draw(seed, decimals=6)
        mine.append(1.0 / fit_temperature(scores, labels).temperature)
        odds = np.log(scores / (1 - scores))
        lines += [
            f"{seed},{y},{x!r}" for y, x in zip(labels, map(float, odds), strict=True)
        ]
    (tmp_path / "t.csv").write_text("\n".join(lines), encoding="utf-8")
    program = """
        table <- read.csv(commandArgs(TRUE)[1], colClasses = "numeric")
        for (part in split(table, table$set))
            cat(formatC(coef(glm(label ~ 0 + odds, family = binomial, data = part,
                    control = glm.control(epsilon = 1e-14))), digits = 17), "\n")
    """
    (tmp_path / "t.R").write_text(program, encoding="utf-8")
    done = subprocess.run(
        [require_program("Rscript"), str(tmp_path / "t.R"), str(tmp_path / "t.csv")],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert mine == pytest.approx(
        [float(line) for line in done.stdout.split()], abs=1e-9
    )


def test_temperature_ends_at_its_limits_and_takes_what_a_softmax_rounds() -> None:
    labels = np.array([0, 1])
    assert fit_temperature(np.array([0.1, 0.9]), labels).temperature == LIMITS[0]
    assert fit_temperature(np.array([0.9, 0.1]), labels).temperature == LIMITS[1]
    found = fit_temperature(np.array([0.0, 1.0, 0.9]), np.array([0, 1, 0]))
    value = found.apply(np.array([0.0, 1.0])).value
    assert 0 < value[0] < value[1] < 1


@pytest.mark.parametrize(
    ("score", "exams"), [(0.1, 45), (0.2, 45), (0.37, 100), (0.7, 100), (1e-9, 45)]
)
def test_scores_that_are_all_the_same_are_no_crash(score: float, exams: int) -> None:
    """Their standard deviation is 1e-17 and not 0."""
    labels = (np.arange(exams) % 3 == 0).astype(np.int64)
    scores = np.full(exams, score)
    malignant = float(labels.mean())
    platt = fit_platt(scores, labels)
    assert platt.slope == 0.0
    assert platt.apply(scores).value == pytest.approx(malignant, abs=0.02)
    rounded = np.where(np.arange(exams) % 2 == 0, score, np.nextafter(score, 1.0))
    assert fit_platt(rounded, labels).slope == 0.0
    for values in (scores, rounded):
        assert fit_isotonic(values, labels).apply(values).value.mean() == (
            pytest.approx(malignant)
        )
        merged = fit_venn_abers(values, labels).apply(values)
        assert np.all(merged.lower <= merged.upper)
        fitted = fit_temperature(values, labels)
        assert LIMITS[0] <= fitted.temperature <= LIMITS[1]
