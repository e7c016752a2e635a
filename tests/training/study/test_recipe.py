from pathlib import Path

import pytest
import tomli_w

from bsgi.errors import ConfigError
from bsgi.evaluation.design import Design
from bsgi.training.recipe import load_recipe
from bsgi.training.study.recipe import Study, load_study
from tests.training.study.conftest import make_study, mlp_recipe, small_recipe


@pytest.mark.parametrize("name", ["paper", "both-readings"])
def test_a_shipped_study_is_the_papers_mode_with_one_thread(name: str) -> None:
    study = load_study(name).settle()
    assert study.recipe.name == name
    assert (study.design, study.recipe.repeats) == (Design.SINGLE, 5)
    assert (study.test_fraction, study.recipe.threshold) == (0.2, 0.5)
    assert {method.training.threads for method in study.methods} == {1}
    named = [method.name for method in study.methods]
    assert list(study.recipe.methods) == named
    assert named[:3] == ["neural-network", "autoencoder", "paper"]


def test_the_second_study_adds_the_second_reading() -> None:
    whole = load_study("both-readings").methods[-1]
    assert (whole.name, whole.model.name) == ("paper-whole-trunk", "paper-resnet")


def test_a_recipe_of_a_training_is_a_study_of_that_method(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('name = "mine"\nseed = 9\n[training]\nthreads = 2\n')
    study = load_study(path)
    assert [method.name for method in study.methods] == ["mine"]
    assert (study.recipe.name, study.recipe.seed) == ("mine", 9)
    assert study.methods[0].training.threads == 1
    alone = load_study("neural-network")
    assert alone.methods[0].model == load_recipe("neural-network").model


def test_files_are_found_beside_the_study(tmp_path: Path) -> None:
    (tmp_path / "deep.toml").write_text('name = "deep"\n[model]\nstages = 4\n')
    (tmp_path / "mine.toml").write_text('name = "m"\nmethods = ["deep.toml", "paper"]')
    study = load_study(tmp_path / "mine.toml")
    assert study.recipe.methods == ("deep", "paper")
    assert study.methods[0].name == "deep"


def test_what_a_study_leaves_open_is_settled_by_its_design() -> None:
    method = small_recipe("a", split={"test_fraction": 0.3})
    single = make_study(method).settle()
    assert (single.recipe.folds, single.recipe.test_fraction) == (None, 0.3)
    folds = make_study(method, design="folds").settle()
    assert (folds.recipe.folds, folds.recipe.test_fraction) == (5, None)
    given = make_study(method, test_fraction=0.4).settle()
    assert given.methods[0].split.test_fraction == 0.4
    assert given.methods[0].seed == given.recipe.seed
    assert given.settle() == given


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"folds": 5}, 'folds must go with design "folds" or "time"'),
        ({"sizes": (10, 20)}, 'sizes must go with design "sizes"'),
        ({"design": "sizes"}, 'the design "sizes" must have sizes'),
        (
            {"design": "sizes", "sizes": (20, 10)},
            "that ascend, each at least 2",
        ),
        ({"design": "sizes", "sizes": (1, 10)}, "each at least 2, got 1, 10"),
        ({"design": "site", "test_fraction": 0.2}, "test_fraction must go with"),
        ({"design": "folds", "folds": 5, "sizes": (10,)}, "sizes must go with"),
        ({"threshold": "youden"}, 'must go with design "folds"'),
        ({"design": "time", "threshold": "youden"}, 'must go with design "folds"'),
        ({"design": "site", "threshold": "youden"}, 'must go with design "folds"'),
        (
            {"design": "folds", "folds": 2, "threshold": "youden"},
            "must have 3 folds or more, got 2",
        ),
    ],
)
def test_settings_that_contradict_each_other_are_refused(
    settings: dict[str, object], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        make_study(small_recipe("a"), **settings)


def test_methods_must_differ_in_name_and_agree_on_the_test() -> None:
    one, two = small_recipe("a"), mlp_recipe("a")
    with pytest.raises(ConfigError, match="a name of its own, got a twice"):
        make_study(one, two)
    other = small_recipe("b", split={"test_fraction": 0.3})
    with pytest.raises(ConfigError, match=r"one split\.test_fraction, got 0\.2, 0\.3"):
        make_study(one, other).settle()
    assert make_study(one, other, design="folds").settle().folds == 5


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('methods = ["paper"]', "the key name must be there"),
        ('name = "m"\nmethod = 3\nrepeat = 2', "the key methods|repeat is not a key"),
        ('name = "m"\nmethods = []', "methods .* at least 1 item"),
        ('name = "m"\nmethods = ["paper"]\nrepeat = 2', "did you mean repeats"),
        ('name = "m"\nmethods = ["paper"]\nrepeats = "5"', "repeats must be"),
        ('name = "m"\nmethods = ["paper"]\nrepeats = 0', "repeats must be"),
        ('name = "m"\nmethods = ["paper"]\ndesign = "fold"', "design must be"),
        ('name = "m"\nmethods = ["paper"]\nthreshold = nan', "threshold"),
        ('name = "m"\nmethods = ["papr"]', "methods: .* did you mean 'paper'"),
        ('name = "m"\nmetods = ["paper"]', "metods is not a key .* did you mean meth"),
        (
            'name = "m"\nmethods = ["paper"]\nthreshold = "high"',
            "toml: threshold must be a valid number or 'youden', got 'high'.$",
        ),
        (
            'name = "m"\nmethods = ["paper"]\nmethod = 5',
            r"method must be tables \[\[method\]\], each the recipe .*, got 5;",
        ),
        (
            'name = "m"\nmethods = ["paper"]\nmethod = ["paper"]',
            r"method must be tables \[\[method\]\], .* got \['paper'\];",
        ),
        (
            'name = "m"\nmethods = ["a", "b"]\n[[method]]\nname = "b"\n[[method]]\n'
            'name = "a"',
            "methods must name the tables .* which are b, a, got a, b; change both",
        ),
        (
            'name = "m"\nmethods = ["a", "b"]\n[[method]]\nname = "a"',
            "methods must name the tables .* which are a, got a, b; change both",
        ),
        ('name = "m"\n[training]\nepoch = 3', "did you mean epochs"),
        ("methods = ", "must be TOML"),
    ],
)
def test_a_wrong_file_is_explained_in_one_line(
    tmp_path: Path, text: str, message: str
) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=message) as caught:
        load_study(path)
    assert "mine.toml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_name_that_nobody_has_is_answered_with_those_there_are() -> None:
    with pytest.raises(ConfigError, match=r"both-readings.* did you mean 'paper'"):
        load_study("papr")


def test_a_study_can_hold_its_methods_in_full(tmp_path: Path) -> None:
    study: Study = make_study(small_recipe("a"), mlp_recipe("b")).settle()
    tables = study.recipe.model_dump(mode="json", exclude_none=True)
    tables["method"] = [method.tables() for method in study.methods]
    path = tmp_path / "study.toml"
    path.write_text(tomli_w.dumps(tables))
    assert load_study(path).settle() == study


def test_weights_are_looked_for_beside_the_file_that_names_them(tmp_path: Path) -> None:
    method = 'name = "deep"\n[model]\nweights = "w.pth"\n'
    (tmp_path / "deep.toml").write_text(method)
    (tmp_path / "named.toml").write_text('name = "m"\nmethods = ["deep.toml"]')
    whole = 'name = "m"\nmethods = ["deep"]\n[[method]]\nname = "deep"\n'
    whole += '[method.model]\nname = "paper-resnet"\nweights = "w.pth"\n'
    (tmp_path / "whole.toml").write_text(whole)
    for name in ("deep", "named", "whole"):
        (recipe,) = load_study(tmp_path / f"{name}.toml").methods
        assert recipe.tables()["model"]["weights"] == str(tmp_path / "w.pth")
