"""The Hotelling observer against normal data whose answer is known."""

import numpy as np
import pytest
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from bsgi.physics.observers.hotelling import measure_hotelling

MEAN = np.array([0.8, -0.3, 0.4, 0.0, 0.2])
MIX = np.array(
    [
        [1.0, 0.3, 0.0, 0.0, 0.2],
        [0.0, 0.8, 0.4, 0.0, 0.0],
        [0.0, 0.0, 1.2, 0.1, 0.0],
        [0.0, 0.0, 0.0, 0.7, 0.3],
        [0.0, 0.0, 0.0, 0.0, 1.0],
    ]
)


def _draw(rng: np.random.Generator, images: int) -> tuple[np.ndarray, np.ndarray]:
    absent = rng.standard_normal((images, 5)) @ MIX
    return rng.standard_normal((images, 5)) @ MIX + MEAN, absent


def test_few_images_give_no_bias_and_an_honest_error() -> None:
    true = float(np.sqrt(MEAN @ np.linalg.solve(MIX.T @ MIX, MEAN)))
    rng = np.random.default_rng(2)
    found = [measure_hotelling(*_draw(rng, 60)) for _ in range(400)]
    squares = np.array([each.d_prime**2 for each in found])
    limit = 3 * squares.std() / np.sqrt(len(squares))
    assert squares.mean() == pytest.approx(true**2, abs=limit)
    spread = np.std([each.d_prime for each in found])
    errors = np.mean([each.standard_error for each in found])
    assert errors == pytest.approx(spread, rel=0.15)


def test_many_images_give_the_distance_of_linear_discriminant_analysis() -> None:
    """Scikit-learn's direction; its own distance of the means in deviations."""
    present, absent = _draw(np.random.default_rng(3), 5000)
    labels = np.repeat([1, 0], 5000)
    other = LinearDiscriminantAnalysis().fit(np.vstack([present, absent]), labels)
    scores = [each @ other.coef_[0] for each in (present, absent)]
    spread = np.sqrt(np.mean([score.var(ddof=1) for score in scores]))
    distance = (scores[0].mean() - scores[1].mean()) / spread
    found = measure_hotelling(present, absent)
    assert found.d_prime == pytest.approx(distance, rel=0.002)


def test_too_few_images_are_refused() -> None:
    with pytest.raises(ValueError, match="more than 10 images"):
        measure_hotelling(np.ones((4, 5)), np.ones((4, 5)))
