from pathlib import Path

import pytest

from bsgi.cohort.folds import plan_single
from bsgi.training.study.plan import hash_folds, list_tasks, plan_study
from tests.training.study.conftest import (
    make_rows,
    make_study,
    mlp_recipe,
    small_recipe,
)

METHODS = (small_recipe("net"), mlp_recipe("mlp"))
DESIGNS: tuple[tuple[dict[str, object], int], ...] = (
    ({}, 2),
    ({"design": "folds", "folds": 3}, 6),
    ({"design": "site"}, 4),
    ({"design": "time", "folds": 4}, 6),
    ({"design": "sizes", "sizes": (10, 20)}, 4),
)


@pytest.mark.parametrize(("settings", "splits"), DESIGNS)
def test_all_methods_share_all_splits(settings: dict[str, object], splits: int) -> None:
    study = make_study(*METHODS, **settings).settle()
    folds = plan_study(study, make_rows(80))
    tasks = list_tasks(study, folds)
    assert len(folds) == splits
    assert [task.recipe.name for task in tasks] == ["net"] * splits + ["mlp"] * splits
    for one, other in zip(tasks[:splits], tasks[splits:], strict=True):
        assert (one.repeat, one.fold, one.title) == (
            other.repeat, other.fold, other.title,
        )  # fmt: skip
        assert one.split is other.split
        assert one.seed == other.seed == 3 + one.repeat
    assert len({task.place for task in tasks}) == len(tasks)
    assert tasks[0].place == Path("runs/net/r0-f0")
    assert tasks[-1].name.startswith("mlp, repeat 1, fold ")


@pytest.mark.parametrize(("settings", "splits"), DESIGNS)
def test_the_hash_of_the_splits_tells_plans_apart(
    settings: dict[str, object], splits: int
) -> None:
    study = make_study(*METHODS, **settings).settle()
    folds = plan_study(study, make_rows(80))
    assert hash_folds(folds) == hash_folds(plan_study(study, make_rows(80)[::-1]))
    assert hash_folds(folds[:-1]) != hash_folds(folds)
    assert hash_folds(plan_study(study, make_rows(81))) != hash_folds(folds)
    assert len(folds) == splits


def test_the_papers_mode_has_one_split_in_all_repeats() -> None:
    rows = make_rows(40)
    study = make_study(*METHODS).settle()
    (fold,) = plan_single(rows, 3, 1, 0.2)
    assert {each.split for each in plan_study(study, rows)} == {fold.split}
