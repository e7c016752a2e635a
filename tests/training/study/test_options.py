from pathlib import Path

import pytest

from bsgi.errors import ConfigError
from bsgi.training.study.options import StudyOptions, apply_options
from tests.training.study.conftest import make_study, mlp_recipe, small_recipe

SINGLE = make_study(small_recipe("net"), mlp_recipe("mlp"), test_fraction=0.2)
CURVE = make_study(small_recipe("net"), design="sizes", sizes=(4, 8), repeats=3)


def test_nothing_asked_is_nothing_changed() -> None:
    assert apply_options(SINGLE, StudyOptions()) is SINGLE


def test_a_number_of_folds_takes_the_place_of_the_recipes_design() -> None:
    recipe = apply_options(SINGLE, StudyOptions(folds="4", repeats=7)).recipe
    assert (recipe.design, recipe.folds, recipe.repeats) == ("folds", 4, 7)
    assert recipe.test_fraction is None
    assert apply_options(CURVE, StudyOptions(folds="4")).recipe.sizes == ()


@pytest.mark.parametrize("word", ["site", "time"])
def test_folds_by_hospital_and_in_time(word: str) -> None:
    recipe = apply_options(SINGLE, StudyOptions(folds=word)).recipe
    assert (recipe.design, recipe.repeats) == (word, SINGLE.recipe.repeats)


def test_the_number_of_periods_can_be_given() -> None:
    recipe = apply_options(SINGLE, StudyOptions(folds="time:7")).recipe
    assert (recipe.design, recipe.folds) == ("time", 7)
    assert apply_options(SINGLE, StudyOptions(folds="time")).settle().folds == 5


def test_a_learning_curve_is_drawn_once_unless_asked() -> None:
    once = apply_options(SINGLE, StudyOptions(sizes="10, 20,40")).recipe
    assert (once.design, once.sizes, once.repeats) == ("sizes", (10, 20, 40), 1)
    more = apply_options(SINGLE, StudyOptions(sizes="10,20", repeats=4)).recipe
    assert more.repeats == 4
    assert apply_options(CURVE, StudyOptions(sizes="10,20")).recipe.repeats == 3


def test_seed_and_threshold() -> None:
    changed = apply_options(SINGLE, StudyOptions(seed=11, threshold="0.3")).recipe
    assert (changed.seed, changed.threshold) == (11, 0.3)
    youden = apply_options(SINGLE, StudyOptions(folds="3", threshold="youden"))
    assert youden.recipe.threshold == "youden"


def test_weights_go_to_the_methods_that_take_them(tmp_path: Path) -> None:
    path = tmp_path / "some.safetensors"
    path.touch()
    network, other = apply_options(SINGLE, StudyOptions(weights=str(path))).methods
    assert network.model.weights == str(path)  # type: ignore[union-attr]
    assert other == SINGLE.methods[1]
    alone = make_study(mlp_recipe("mlp"))
    with pytest.raises(ConfigError, match="but none of mlp does; leave it out"):
        apply_options(alone, StudyOptions(weights=str(path)))
    assert apply_options(alone, StudyOptions(weights="none")) == alone


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (StudyOptions(folds="5", sizes="10,20"), "--folds and --sizes are two designs"),
        (StudyOptions(folds="sites"), "--folds must be a number, site, time, or ti"),
        (StudyOptions(folds="-3"), "--folds must be a number, site, time, or time:N"),
        (StudyOptions(folds="time:"), "--folds must be a number, site, time, or ti"),
        (StudyOptions(folds="site:2"), "--folds must be a number, site, time, or ti"),
        (StudyOptions(folds="time:1"), "the command line: folds must be greater than"),
        (StudyOptions(folds="1"), "the command line: folds must be greater than or eq"),
        (StudyOptions(sizes="10;20"), "--sizes must be numbers of patients"),
        (StudyOptions(sizes="20,10"), "sizes must be numbers of patients that ascend"),
        (StudyOptions(threshold="half"), "--threshold must be a number or youden"),
        (StudyOptions(threshold="nan"), "the command line: threshold"),
        (StudyOptions(threshold="youden"), 'must go with design "folds"'),
        (StudyOptions(folds="site", threshold="youden"), "must go with design"),
        (StudyOptions(folds="2", threshold="youden"), "3 folds or more, got 2"),
        (StudyOptions(repeats=0), "the command line: repeats must be"),
        (StudyOptions(weights="missing.pth"), "weights must be none, "),
    ],
)
def test_what_makes_no_study_is_refused(options: StudyOptions, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        apply_options(SINGLE, options)
