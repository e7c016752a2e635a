import json
from pathlib import Path

import numpy as np
import pytest
from jaxtyping import Float, Integer

from bsgi.errors import ConfigError, RunError
from bsgi.evaluation.calibration.calibrator import (
    CALIBRATORS,
    Calibration,
    fit_calibrator,
    load_calibration,
    save_calibration,
)
from bsgi.evaluation.calibration.probabilities import Probabilities

Scores = Float[np.ndarray, " exam"]
Labels = Integer[np.ndarray, " exam"]


def draw(seed: int, exams: int = 80, decimals: int = 2) -> tuple[Scores, Labels]:
    """Scores of a softmax that is too sure, with ties."""
    rng = np.random.default_rng(seed)
    labels = (rng.random(exams) < 0.4).astype(np.int64)
    labels[:2] = [0, 1]
    latent = 3.0 * (labels - 0.4) + 2.5 * rng.normal(size=exams)
    return (1 / (1 + np.exp(-latent))).round(decimals), labels


def calibrate(name: str, seed: int = 0) -> Calibration:
    scores, labels = draw(seed)
    fitted = fit_calibrator(name, scores, labels)
    malignant = int(labels.sum())
    return Calibration(
        "paper", fitted, malignant, 80 - malignant, 80, 5, simulated=True
    )


@pytest.mark.parametrize("name", CALIBRATORS)
def test_a_file_brings_back_the_same_probabilities(name: str, tmp_path: Path) -> None:
    path = tmp_path / "calibration.json"
    calibration = calibrate(name)
    save_calibration(path, calibration)
    content = json.loads(path.read_text(encoding="utf-8"))
    assert (content["format_version"], content["positive"]) == (1, "malignant")
    assert content["calibrator"]["name"] == name
    assert content["simulated"] is True
    loaded = load_calibration(path)
    assert loaded == calibration
    scores, _ = draw(1)
    one, other = (c.calibrator.apply(scores) for c in (calibration, loaded))
    for field in ("value", "lower", "upper"):
        assert np.array_equal(getattr(one, field), getattr(other, field))


@pytest.mark.parametrize("name", CALIBRATORS)
@pytest.mark.parametrize("seed", range(4))
def test_probabilities_rise_with_the_score_and_lie_in_their_interval(
    name: str, seed: int
) -> None:
    fitted = fit_calibrator(name, *draw(seed))
    found = fitted.apply(np.linspace(0.0, 1.0, 101))
    for values in (found.value, found.lower, found.upper):
        assert np.all(np.diff(values) >= -1e-12)
    if name == "venn-abers":
        assert np.all(found.lower < found.upper)
    else:
        assert np.array_equal(found.lower, found.upper)
    assert fitted.apply(np.array([])).value.size == 0


@pytest.mark.parametrize("name", CALIBRATORS)
def test_the_order_of_exams_changes_nothing_but_rounding(name: str) -> None:
    scores, labels = draw(2)
    grid = np.linspace(0.0, 1.0, 41)
    turned = fit_calibrator(name, scores[::-1].copy(), labels[::-1].copy())
    whole = fit_calibrator(name, scores, labels)
    assert turned.apply(grid).value == pytest.approx(whole.apply(grid).value, abs=1e-9)


@pytest.mark.parametrize("name", CALIBRATORS)
def test_two_exams_separated_labels_and_ties_everywhere_have_an_answer(
    name: str,
) -> None:
    labels = np.array([0, 1])
    cases = (
        (np.array([0.2, 0.7]), labels),
        (np.array([0.7, 0.2]), labels),
        (np.array([0.0, 1.0]), labels),
        (np.full(9, 0.3), np.array([0, 1, 0, 0, 1, 0, 0, 0, 0])),
        (np.repeat([0.1, 0.9], 20), np.repeat([0, 1], 20)),
    )
    for scores, known in cases:
        found = fit_calibrator(name, scores, known).apply(np.array([0.0, 0.5, 1.0]))
        assert np.all((found.value >= 0) & (found.value <= 1))


@pytest.mark.parametrize("name", CALIBRATORS)
def test_it_betters_scores_that_are_too_sure(name: str) -> None:
    """On 2,000 new exams the Brier score falls."""
    fitted = fit_calibrator(name, *draw(5, exams=400))
    scores, labels = draw(6, exams=2000)
    before = np.mean((scores - labels) ** 2)
    assert np.mean((fitted.apply(scores).value - labels) ** 2) < before


def test_what_cannot_be_fitted_is_refused() -> None:
    scores, labels = draw(0)
    with pytest.raises(
        ConfigError, match=r"must be one of temperature, platt, .*'beta'"
    ):
        fit_calibrator("beta", scores, labels)
    with pytest.raises(ValueError, match="malignant and benign exams, got 80 and 0"):
        fit_calibrator("platt", scores, np.ones_like(labels))
    with pytest.raises(ValueError, match="scores must be finite"):
        fit_calibrator("platt", np.full(80, np.nan), labels)
    with pytest.raises(ConfigError, match=r"from 0 to 1, .* got -3 to 2; choose platt"):
        fit_calibrator("temperature", np.array([-3.0, 2.0]), np.array([0, 1]))


FALLING = {"name": "isotonic", "scores": [1, 0], "probabilities": [0, 1]}
NEGATIVE = {"name": "platt", "slope": -1, "intercept": 0}
TOO_MANY = {"name": "venn-abers", "scores": [0], "malignant": [2], "exams": [1]}
COLD = {"name": "temperature", "temperature": 0}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"positive": "benign"}, "must have positive malignant, got 'benign'"),
        ({"format_version": 2}, "format_version 1, got 2"),
        ({"malignant": 0}, "a calibration must have exams of both labels"),
        ({"calibrator": {"name": "beta"}}, "as bsgi writes it, but calibrator"),
        ({"calibrator": NEGATIVE}, "slope must be finite"),
        ({"calibrator": FALLING}, "corners of an isotonic function must rise"),
        ({"calibrator": TOO_MANY}, "malignant exams must be some of"),
        ({"calibrator": COLD}, "temperature must be above 0"),
    ],
)
def test_a_damaged_file_is_refused_in_one_line(
    change: dict[str, object], message: str, tmp_path: Path
) -> None:
    path = tmp_path / "calibration.json"
    save_calibration(path, calibrate("platt"))
    content = json.loads(path.read_text(encoding="utf-8")) | change
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(RunError, match=message) as refusal:
        load_calibration(path)
    assert "\n" not in str(refusal.value)


def test_probabilities_are_checked() -> None:
    with pytest.raises(ValueError, match="0 <= lower <= value"):
        Probabilities.of(np.array([0.5, 1.5]))
    with pytest.raises(ValueError, match="0 <= lower <= value"):
        Probabilities.of(np.array([np.nan]))
