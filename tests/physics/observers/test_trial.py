"""Trials: the same women under several conditions, in one table and one file."""

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from bsgi.errors import ConfigError
from bsgi.physics.observers.lesion_prior import count_lesions
from bsgi.physics.observers.normal import observe_normal
from bsgi.physics.observers.trial import Condition, Trial, observe_trial
from bsgi.physics.observers.trial_table import (
    TrialTable,
    load_table,
    save_table,
    stack_trials,
)
from bsgi.physics.population.population import Population
from bsgi.physics.population.woman import draw_woman

POPULATION = Population("paper", "dilon-6800-gp", 40, 20, 740.0, 3)
CONDITIONS = (Condition(740.0), Condition(300.0), Condition(300.0, 0.5))


@pytest.fixture(scope="module")
def trials() -> list[Trial]:
    return [observe_trial(POPULATION, index, CONDITIONS) for index in range(4)]


def test_dose_and_time_show_in_the_counts(trials: list[Trial]) -> None:
    for trial in trials:
        full, low, half = (each.counts for each in trial.evidence)
        assert low / full == pytest.approx(300 / 740, rel=0.03)
        assert half / low == pytest.approx(0.5, rel=0.03)


def test_a_trial_depends_on_its_number_alone(trials: list[Trial]) -> None:
    other = replace(POPULATION, exams=400, malignant=200)
    again = observe_trial(other, 2, CONDITIONS)
    for mine, theirs in zip(trials[2].evidence, again.evidence, strict=True):
        assert np.array_equal(mine.outputs, theirs.outputs)
    assert trials[2].hottest == again.hottest


def test_two_heads_give_twice_the_looks() -> None:
    population = replace(POPULATION, camera="ge-nm750b-wide")
    trial = observe_trial(population, 1, CONDITIONS[:1])
    assert trial.evidence[0].outputs.shape[0] == 4
    assert len(trial.setting.noise) == 4


def test_a_table_comes_back_from_its_file(trials: list[Trial], tmp_path: Path) -> None:
    normal = [observe_normal(replace(POPULATION, seed=4), index) for index in range(2)]
    table = stack_trials(trials, normal)
    save_table(tmp_path / "table.npz", table)
    again = load_table(tmp_path / "table.npz")
    for field in fields(TrialTable):
        assert np.array_equal(getattr(table, field.name), getattr(again, field.name))
    for index, (lesions, node) in enumerate(
        zip(table.lesions, table.node, strict=True)
    ):
        hers = draw_woman(POPULATION, index).lesions
        assert (lesions, node) == count_lesions(hers)
    assert table.search(0).scores.shape == (4,)


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "table.npz"
    path.write_bytes(b"no table")
    with pytest.raises(ConfigError, match="must be a table of trials"):
        load_table(path)


@pytest.mark.parametrize(
    ("dose_mbq", "share"), [(0.0, 1.0), (300.0, 0.0), (300.0, 2.0)]
)
def test_an_impossible_condition_is_refused(dose_mbq: float, share: float) -> None:
    with pytest.raises(ValueError, match="must be positive"):
        Condition(dose_mbq, share)
