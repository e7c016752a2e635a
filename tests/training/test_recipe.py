import tomllib
from pathlib import Path
from typing import Any

import pytest

from bsgi.errors import ConfigError
from bsgi.exam.preprocess import Preprocessing
from bsgi.models.catalogue import build_network
from bsgi.training.recipe import (
    PreprocessTable,
    Recipe,
    load_recipe,
    parse_recipe,
    shipped_recipes,
)


@pytest.mark.parametrize("name", shipped_recipes())
def test_a_shipped_recipe_is_named_after_its_file_and_builds(name: str) -> None:
    recipe = load_recipe(name)
    assert recipe.name == name
    build_network(recipe.model, seed=recipe.seed)
    recipe.preprocess.settings()


def test_the_paper_has_its_numbers() -> None:
    recipe = load_recipe("paper")
    training = recipe.training
    assert (training.learning_rate, training.momentum) == (0.001, 0.9)
    assert (training.weight_decay, training.batch_size) == (5e-4, 8)
    assert recipe.preprocess.size == 256
    assert recipe.split.test_fraction == 0.2
    assert recipe.model.stages == 3
    assert training.epochs >= 20


def test_the_paper_states_every_setting() -> None:
    """Nothing is left to defaults that a reader of the file would not see."""
    folder = Path(__file__).parents[2] / "src/bsgi/training/recipes"
    stated = tomllib.loads((folder / "paper.toml").read_text(encoding="utf-8"))
    assert stated == load_recipe("paper").tables()


def test_defaults_of_preprocessing_are_those_of_the_exam_room() -> None:
    assert PreprocessTable().settings() == Preprocessing()


def test_a_file_is_read_like_a_shipped_recipe(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text('name = "own"\n[training]\nlearning_rate = 1\n', encoding="utf-8")
    recipe = load_recipe(path)
    assert recipe.training.learning_rate == 1.0
    assert recipe.training.momentum == 0.9


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        (
            {"training": {"learning_rat": 0.1}},
            r"^f.toml: training.learning_rat is not a key of a recipe; did you mean "
            r"learning_rate\?$",
        ),
        ({"trainig": {}}, r"trainig is not a key of a recipe; did you mean training\?"),
        ({"model": {"stage": 3}}, r"model.stage is not .* did you mean stages\?"),
        ({"split": {"zzz": 3}}, r"split.zzz is not .*; it may have test_fraction\."),
        (
            {"training": {"batch_size": "8"}},
            r"training.batch_size must be a valid integer, got '8'\.",
        ),
        (
            {"training": {"batch_size": 1}},
            r"training.batch_size must be greater than or equal to 2, got 1\.",
        ),
        (
            {"training": {"momentum": float("nan")}},
            r"training.momentum must be .*, got nan\.",
        ),
        ({"model": {"stages": 5}}, r"model.stages must be 3 or 4, got 5\."),
        ({"training": 3}, r"training must be a table, got 3\."),
        ({"preprocess": {"field_mm": [240.0]}}, r"the key preprocess.field_mm.1 must"),
        ({"seed": True}, r"seed must be a valid integer, got True\."),
        ({"training": {"epochs": 0, "threads": -1}}, r"epochs must be .* \(1 more\)$"),
    ],
)
def test_a_fault_is_named_in_one_line(tables: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        parse_recipe({"name": "own", **tables}, "f.toml")
    assert "\n" not in str(caught.value)


def test_a_recipe_must_have_a_name() -> None:
    with pytest.raises(ConfigError, match=r"^f.toml: the key name must be there\.$"):
        parse_recipe({}, "f.toml")


def test_an_unknown_recipe_is_answered_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match=r"got 'papr'. did you mean 'paper'\?"):
        load_recipe("papr")


def test_a_folder_and_a_broken_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_recipe(tmp_path)
    broken = tmp_path / "broken.toml"
    broken.write_text("name = \n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"broken.toml must be TOML, but: "):
        load_recipe(broken)


def test_the_fingerprint_follows_every_setting_but_the_seed() -> None:
    base = Recipe(name="own")
    other = parse_recipe({"name": "own", "training": {"epochs": 31}}, "f")
    assert Recipe(name="own", seed=9).fingerprint() == base.fingerprint()
    assert other.fingerprint() != base.fingerprint()
