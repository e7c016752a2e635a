"""The paired comparison against DeLong's formula written out pair by pair."""

import numpy as np
import pytest

from bsgi.evaluation.scored import Scored
from bsgi.physics.observers.paired import compare_areas


def _draw(rng: np.random.Generator, exams: int) -> tuple[Scored, Scored]:
    labels = np.arange(exams) % 2
    common = rng.normal(size=exams) + 1.2 * labels
    first, second = (common + rng.normal(0.0, s, exams) for s in (0.3, 0.9))
    return Scored(labels, first), Scored(labels, np.round(second, 1))


def test_it_is_delongs_covariance_of_all_pairs() -> None:
    first, second = _draw(np.random.default_rng(4), 90)
    wins = []
    for scored in (first, second):
        ill = scored.scores[scored.labels == 1][:, None]
        well = scored.scores[scored.labels == 0][None, :]
        wins.append((ill > well) + 0.5 * (ill == well))
    areas = [each.mean() for each in wins]
    ill = np.cov([each.mean(axis=1) for each in wins])
    well = np.cov([each.mean(axis=0) for each in wins])
    both = ill / ill_count(first) + well / ill_count(first)
    error = np.sqrt(both[0, 0] + both[1, 1] - 2 * both[0, 1])
    found = compare_areas(first, second)
    assert found.value == pytest.approx(areas[0] - areas[1])
    assert found.upper - found.value == pytest.approx(1.959964 * error)
    assert found.value - found.lower == pytest.approx(1.959964 * error)


def ill_count(scored: Scored) -> int:
    return scored.malignant  # as many as benign here


def test_the_interval_covers_as_often_as_it_says() -> None:
    rng = np.random.default_rng(5)
    true = np.mean([compare_areas(*_draw(rng, 4000)).value for _ in range(10)])
    hits = [x.lower <= true <= x.upper for x in (
        compare_areas(*_draw(rng, 120)) for _ in range(400)
    )]  # fmt: skip
    assert np.mean(hits) == pytest.approx(0.95, abs=0.035)


def test_other_exams_are_refused() -> None:
    first, second = _draw(np.random.default_rng(6), 20)
    other = Scored(1 - second.labels, second.scores)
    with pytest.raises(ValueError, match="same exams"):
        compare_areas(first, other)
