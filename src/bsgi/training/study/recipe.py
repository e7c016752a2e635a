"""The settings of a study, read from TOML and checked before anything runs.

A study recipe is the name of one that we ship (`studies/*.toml`) or the path of a file,
such as the ``study.toml`` of an earlier STUDY. The recipe of a training is one too: a
study of that method alone.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field, ValidationError

from bsgi.errors import ConfigError
from bsgi.evaluation.design import Design
from bsgi.training.recipe import (
    Recipe,
    SplitTable,
    load_recipe,
    parse_recipe,
    shipped_recipes,
)
from bsgi.training.settings_file import (
    SettingsTable,
    explain_invalid,
    read_settings,
    shipped_settings,
)

_PLACE: Final = ("bsgi.training.study", "studies")

STUDY_TABLES: Final = ("run", "decided", "method")
"""Tables that a STUDY adds to the recipe it used."""

DEFAULT_FOLDS: Final = 5
"""Folds of a cross-validation, and periods of a validation in time."""

YOUDEN_FOLDS: Final = 3
"""Folds of which the threshold of each can be chosen on the others; two are too few."""


class StudyRecipe(SettingsTable):
    """All settings of a study but those of its methods."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
    """Name of the study in reports: a-z, 0-9, dot, dash, _ ."""
    seed: Annotated[int, Field(ge=0, lt=2**63 - 1000)] = 1
    """Seed of the splits; a run has this plus the number of its repeat."""
    methods: Annotated[tuple[str, ...], Field(min_length=1, strict=False)]
    """Recipes of trainings: names of ours, or files beside that of the study."""
    repeats: Annotated[int, Field(ge=1, le=1000)] = 5
    """How often each method is trained on each fold, or how often folds are drawn."""
    design: Literal["single", "folds", "site", "time", "sizes"] = "single"
    """How patients are parted; see `bsgi.evaluation.design.Design`."""
    folds: Annotated[int, Field(ge=2, le=1000)] | None = None
    """Folds with ``design = "folds"``, periods with ``design = "time"``."""
    sizes: Annotated[tuple[int, ...], Field(strict=False)] = ()
    """Training patients of each point of a learning curve, with ``"sizes"``."""
    test_fraction: Annotated[float, Field(gt=0, lt=1)] | None = None
    """Share of each class for the test with ``"single"``; else that of the methods."""
    threshold: Annotated[float, Field(allow_inf_nan=False)] | Literal["youden"] = 0.5
    """A score of this or more is called malignant; youden chooses it, with folds."""
    canary: bool = False
    """Whether labels are dealt anew among the patients, so that they mean nothing."""


@dataclass(frozen=True, slots=True)
class Study:
    """A study with nothing left open but the precision of its methods.

    Args:
        recipe: Its settings.
        methods: The recipes of its methods, in order, with one thread each.

    Raises:
        ConfigError: If settings contradict each other, or two methods have one name.
    """

    recipe: StudyRecipe
    methods: tuple[Recipe, ...]

    def __post_init__(self) -> None:
        names = Counter(method.name for method in self.methods)
        twice = [name for name, number in names.items() if number > 1]
        if twice:
            raise ConfigError(
                f"every method of a study must have a name of its own, got {twice[0]} "
                "twice; rename one of the recipes."
            )
        _check_design(self.recipe)

    @property
    def design(self) -> Design:
        """How patients are parted."""
        return Design(self.recipe.design)

    @property
    def folds(self) -> int:
        """Folds or periods that were asked for, or our default."""
        return self.recipe.folds or DEFAULT_FOLDS

    @property
    def test_fraction(self) -> float:
        """Share of each class for the test of a single split.

        Raises:
            ConfigError: If the study leaves it to its methods and they differ.
        """
        if self.recipe.test_fraction is not None:
            return self.recipe.test_fraction
        shares = {method.split.test_fraction for method in self.methods}
        if len(shares) > 1:
            raise ConfigError(
                "all methods of a study must have one split.test_fraction, got "
                f"{', '.join(map(str, sorted(shares)))}; set test_fraction in the "
                "recipe of the study."
            )
        return shares.pop()

    def settle(self) -> "Study":
        """The study with every number that its design needs, and none that it does not.

        Its methods take over its seed and its share of the test, so that each of their
        recipes says what was done.

        Raises:
            ConfigError: If it leaves the share of the test to its methods and they
                differ.
        """
        folded = self.design in (Design.FOLDS, Design.PERIODS)
        single = self.design is Design.SINGLE
        recipe = self.recipe.model_copy(
            update={
                "folds": self.folds if folded else None,
                "test_fraction": self.test_fraction if single else None,
            }
        )
        methods = []
        for method in self.methods:
            own: dict[str, Any] = {"seed": recipe.seed}
            if single:
                own["split"] = SplitTable(test_fraction=self.test_fraction)
            methods.append(method.model_copy(update=own))
        return Study(recipe, tuple(methods))


def load_study(name_or_path: str | Path) -> Study:
    """The settings of a study, from a recipe of ours or a file.

    Args:
        name_or_path: A name of a recipe of ours, of a study or of a training, or the
            path of a TOML file of either kind.

    Raises:
        ConfigError: If there is no such recipe, it is not TOML, a key, type or range
            is wrong, or settings contradict each other.

    Example:
        >>> [method.name for method in load_study("paper").methods]
        ['neural-network', 'autoencoder', 'paper']
    """
    text = str(name_or_path)
    studies = shipped_settings(*_PLACE)
    if text in shipped_recipes() and text not in studies:
        return _study_of_one(load_recipe(text))
    # the other names too, for those who miss one by a letter
    known = dict.fromkeys(shipped_recipes(), "") | studies
    tables, source = read_settings(text, known)
    folder = None if text in known else Path(text).parent
    if not _is_study(tables):
        return _study_of_one(parse_recipe(tables, source, folder))
    return parse_study(tables, source, folder)


def change_study(study: Study, changes: Mapping[str, Any], source: str) -> Study:
    """A study with some settings replaced, checked like one that was read.

    Args:
        study: The study as its recipe says.
        changes: New values by key; None takes a key back to its default.
        source: What messages call the place that the changes come from.

    Raises:
        ConfigError: If a value is wrong or contradicts another.
    """
    own = study.recipe.model_dump(exclude_none=True) | dict(changes)
    recipe = _validate({k: v for k, v in own.items() if v is not None}, source)
    return Study(recipe, study.methods)


def _study_of_one(recipe: Recipe) -> Study:
    own = {"name": recipe.name, "seed": recipe.seed, "methods": (recipe.name,)}
    return Study(_validate(own, f"the recipe {recipe.name}"), (_on_one_thread(recipe),))


def parse_study(
    tables: Mapping[str, Any], source: str, folder: Path | None = None
) -> Study:
    """A study from the tables of a file; its methods are named there or stand in it.

    Args:
        tables: What the file holds.
        source: What messages call the file.
        folder: Where it lies: recipes that it names are looked for there besides ours,
            and files of weights.

    Raises:
        ConfigError: If a key, type or range is wrong, or settings contradict each
            other.
    """
    own = {key: value for key, value in tables.items() if key not in STUDY_TABLES}
    recipe = _validate(own, source)
    if "method" in tables:
        methods = _parse_methods(tables["method"], source, folder)
        _check_named(recipe.methods, methods, source)
    else:
        methods = tuple(_load_method(each, folder, source) for each in recipe.methods)
    named = tuple(method.name for method in methods)
    recipe = recipe.model_copy(update={"methods": named})
    return Study(recipe, tuple(map(_on_one_thread, methods)))


def _parse_methods(
    given: object, source: str, folder: Path | None
) -> tuple[Recipe, ...]:
    """The recipes that stand in a study in full."""
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise ConfigError(
            f"{source}: method must be tables [[method]], each the recipe of a "
            f"training, got {given!r}; names of recipes stand in methods."
        )
    return tuple(parse_recipe(each, source, folder) for each in given)


def _check_named(
    names: tuple[str, ...], methods: tuple[Recipe, ...], source: str
) -> None:
    """Refuse a list of methods that is not that of the recipes in the same file."""
    there = tuple(method.name for method in methods)
    if names != there:
        raise ConfigError(
            f"{source}: methods must name the tables [[method]] in their order, which "
            f"are {', '.join(there) or 'none'}, got {', '.join(names)}; change both, "
            "or take out the tables."
        )


def _load_method(name: str, folder: Path | None, source: str) -> Recipe:
    """The recipe of a method: one of ours, or a file beside that of the study."""
    if name in shipped_recipes() or folder is None:
        return load_recipe(name)
    path = folder / name
    try:
        return load_recipe(path if path.exists() else name)
    except ConfigError as reason:
        raise ConfigError(f"{source}: methods: {reason}") from None


def _on_one_thread(recipe: Recipe) -> Recipe:
    """Every run of a study has one thread, so that it computes alike everywhere."""
    training = recipe.training.model_copy(update={"threads": 1})
    return recipe.model_copy(update={"training": training})


def _validate(tables: Mapping[str, Any], source: str) -> StudyRecipe:
    try:
        return StudyRecipe.model_validate(dict(tables))
    except ValidationError as invalid:
        raise ConfigError(explain_invalid(invalid, source, StudyRecipe)) from None


def _is_study(tables: Mapping[str, Any]) -> bool:
    """Whether a file is the recipe of a study, also where its keys are misspelt."""
    own = set(StudyRecipe.model_fields) - set(Recipe.model_fields) | {"method"}
    foreign = [key for key in tables if key not in Recipe.model_fields]
    return any(get_close_matches(key, own, n=1, cutoff=0.75) for key in foreign)


def _check_design(recipe: StudyRecipe) -> None:
    """Refuse settings that contradict each other, in one line."""
    design = Design(recipe.design)
    folded = design in (Design.FOLDS, Design.PERIODS)
    if recipe.folds is not None and not folded:
        raise ConfigError(
            f'folds must go with design "folds" or "time", but the design is "{design}"'
            "; leave one of them out."
        )
    if recipe.sizes and design is not Design.SIZES:
        raise ConfigError(
            f'sizes must go with design "sizes", but the design is "{design}"; leave '
            "one of them out."
        )
    if design is Design.SIZES and not recipe.sizes:
        raise ConfigError(
            'the design "sizes" must have sizes, such as [50, 100, 186], got none.'
        )
    sizes = list(recipe.sizes)
    if sizes != sorted(set(sizes)) or (sizes and sizes[0] < 2):
        raise ConfigError(
            "sizes must be numbers of patients that ascend, each at least 2, got "
            f"{', '.join(map(str, sizes))}."
        )
    if recipe.test_fraction is not None and design is not Design.SINGLE:
        raise ConfigError(
            f'test_fraction must go with design "single", but the design is "{design}"'
            "; leave one of them out."
        )
    _check_youden(recipe, design)


def _check_youden(recipe: StudyRecipe, design: Design) -> None:
    """The rule needs scores of training patients by networks that did not see them."""
    if recipe.threshold != "youden":
        return
    if design is not Design.FOLDS:
        raise ConfigError(
            'the threshold "youden" must go with design "folds", on whose other folds '
            f'it is chosen, but the design is "{design}"; give a number such as 0.5.'
        )
    folds = recipe.folds or DEFAULT_FOLDS
    if folds < YOUDEN_FOLDS:
        raise ConfigError(
            f'the threshold "youden" must have {YOUDEN_FOLDS} folds or more, got '
            f"{folds}; ask for more folds, or give a number such as 0.5."
        )
