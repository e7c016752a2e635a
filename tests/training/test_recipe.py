import tomllib
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from bsgi.errors import ConfigError
from bsgi.exam.preprocess import Preprocessing
from bsgi.models.catalogue import PaperResNetSettings, build_network
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
    assert recipe.title
    build_network(recipe.model, seed=recipe.seed)
    recipe.preprocess.settings()


def test_the_paper_has_its_numbers() -> None:
    recipe = load_recipe("paper")
    training = recipe.training
    assert (training.learning_rate, training.momentum) == (0.001, 0.9)
    assert (training.weight_decay, training.batch_size) == (5e-4, 8)
    assert recipe.preprocess.size == 256
    assert recipe.split.test_fraction == 0.2
    assert (training.optimizer, training.schedule) == ("sgd", "constant")
    assert isinstance(recipe.model, PaperResNetSettings)
    assert recipe.model.stages == 3
    assert training.epochs >= 30


def test_both_readings_of_the_paper_differ_in_their_stages_alone() -> None:
    three, four = (
        load_recipe("paper").tables(),
        load_recipe("paper-whole-trunk").tables(),
    )
    assert four["model"].pop("stages") == 4
    assert three["model"].pop("stages") == 3
    for tables in (three, four):
        del tables["name"], tables["title"]
    assert three == four


@pytest.mark.parametrize("name", shipped_recipes())
def test_a_shipped_recipe_states_every_setting(name: str) -> None:
    """Nothing is left to defaults that a reader of the file would not see."""
    folder = Path(__file__).parents[2] / "src/bsgi/training/recipes"
    text = (folder / f"{name}.toml").read_text(encoding="utf-8")
    assert tomllib.loads(text) == load_recipe(name).tables()


def test_all_methods_of_the_paper_see_the_same_images() -> None:
    shown = {str(load_recipe(name).preprocess) for name in shipped_recipes()}
    assert len(shown) == 1


def test_a_model_without_a_name_is_the_papers() -> None:
    recipe = parse_recipe({"name": "own", "model": {"stages": 4}}, "f")
    assert recipe.model == PaperResNetSettings(stages=4)
    assert parse_recipe({"name": "own"}, "f").model == PaperResNetSettings()


@pytest.mark.parametrize("name", shipped_recipes())
def test_a_recipe_returns_from_its_own_tables(name: str) -> None:
    recipe = load_recipe(name)
    text = tomli_w.dumps(recipe.tables())
    assert parse_recipe(tomllib.loads(text), "f") == recipe


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
        (
            {"model": {"name": "neural-netwrk"}},
            r"^f.toml: model.name must be one of 'paper-resnet', .*, got "
            r"'neural-netwrk'\. did you mean 'neural-network'\?$",
        ),
        (
            {"model": {"name": "neural-network", "hiden": [3]}},
            r"^f.toml: model.hiden is not a key of a recipe; did you mean hidden\?$",
        ),
        (
            {"model": {"name": "neural-network", "stages": 3}},
            r"model.stages is not .*; it may have grid, hidden, name\.$",
        ),
        (
            {"model": {"name": "neural-network", "hidden": [0]}},
            r"model.hidden.0 must be greater than or equal to 1, got 0\.",
        ),
        (
            {"model": {"name": "stacked-autoencoder", "grid": 30}, "pretraining": {}},
            r"^f.toml: model: the grid must be a multiple of the patch, got 30 and 8\.",
        ),
        (
            {"model": {"name": "stacked-autoencoder"}},
            r"^f.toml: the table pretraining must be there for the network stacked-",
        ),
        (
            {"pretraining": {}},
            r"^f.toml: the table pretraining must go with .*, got paper-resnet; leave",
        ),
        (
            {"pretraining": {"epoch": 3}},
            r"pretraining.epoch is not a key of a recipe; did you mean epochs\?$",
        ),
        ({"model": 3}, r"^f.toml: model must be a table, got 3\."),
        ({"title": "two\nlines"}, r"^f.toml: title must match pattern"),
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


def test_the_fingerprint_follows_every_setting_but_seed_and_title() -> None:
    base = Recipe(name="own")
    assert Recipe(name="own", title="Mine").fingerprint() == base.fingerprint()
    other = parse_recipe({"name": "own", "training": {"epochs": 31}}, "f")
    assert Recipe(name="own", seed=9).fingerprint() == base.fingerprint()
    assert other.fingerprint() != base.fingerprint()


def test_where_a_file_of_weights_lies_is_not_in_the_fingerprint() -> None:
    tables = {"name": "own", "model": {"name": "paper-resnet", "weights": "a.pth"}}
    recipe = parse_recipe(tables, "own")
    assert recipe.fingerprint() == Recipe(name="own").fingerprint()


def test_a_file_of_weights_is_looked_for_beside_the_recipe(tmp_path: Path) -> None:
    for given, placed in (
        ("w.pth", str(tmp_path / "w.pth")),
        ("/w.pth", "/w.pth"),
        ("none", "none"),
        ("resnet18-imagenet1k-v1", "resnet18-imagenet1k-v1"),
    ):
        path = tmp_path / "own.toml"
        path.write_text(f'name = "own"\n[model]\nweights = "{given}"\n')
        assert load_recipe(path).tables()["model"]["weights"] == placed
