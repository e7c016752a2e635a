"""The settings of one training, read from TOML and checked before anything runs.

A recipe is the name of one that we ship (`bsgi/training/recipes/*.toml`) or the path of
a file, such as the ``recipe.toml`` of an earlier RUN.
"""

import hashlib
import json
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from importlib import resources
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from bsgi.errors import ConfigError
from bsgi.exam.preprocess import Preprocessing
from bsgi.models.catalogue import ModelSettings

RUN_TABLES = ("run", "decided")
"""Tables that a RUN adds to the recipe it used; they are no part of the recipe."""

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Length = Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class PreprocessTable(_Table):
    """Table ``[preprocess]``: how an exam becomes an image."""

    size: Annotated[int, Field(ge=16, le=2048)] = 256
    """Rows and columns of each view."""
    intensity: Literal["uptake", "view-maximum"] = "uptake"
    """Scale of the pixels: relative to normal tissue, or to each view's maximum."""
    field_mm: Annotated[tuple[Length, Length], Field(strict=False)] = (240.0, 160.0)
    """Height and width that the image covers, with ``intensity = "uptake"``."""

    def settings(self) -> Preprocessing:
        """The same as the exam room takes them."""
        return Preprocessing(self.size, self.intensity, self.field_mm)


class SplitTable(_Table):
    """Table ``[split]``: which exams train and which test."""

    test_fraction: Annotated[float, Field(gt=0, lt=1)] = 0.2
    """Share of each class for the test, rounded down."""


class TrainingTable(_Table):
    """Table ``[training]``: stochastic gradient descent and the machine it runs on."""

    learning_rate: Positive = 0.001
    """Step size, the same in every epoch."""
    momentum: Annotated[float, Field(ge=0, lt=1)] = 0.9
    """Share of the last step that is kept."""
    weight_decay: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0005
    """Pull of all parameters towards zero."""
    batch_size: Annotated[int, Field(ge=2, le=1024)] = 8
    """Exams per step; batch normalisation needs two at least."""
    epochs: Annotated[int, Field(ge=1, le=100_000)] = 30
    """Passes over the training exams; the last one's network is used."""
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    """Arithmetic of the steps; auto measures once per run."""
    threads: Annotated[int, Field(ge=0, le=1024)] = 0
    """Processor threads; 0 takes every core that the process may use."""
    checkpoint_every: Annotated[int, Field(ge=1)] = 1
    """Epochs between two checkpoints."""


class Recipe(_Table):
    """All settings of one training; what a file leaves out has the paper's value."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
    """Name of the method in predictions and reports: a-z, 0-9, dot, dash, _ ."""
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 1
    """Seed of the split, of the first weights and of the order of the exams."""
    preprocess: PreprocessTable = PreprocessTable()
    split: SplitTable = SplitTable()
    model: ModelSettings = ModelSettings()
    training: TrainingTable = TrainingTable()

    def tables(self) -> dict[str, Any]:
        """Everything as plain TOML values, in the order of the fields."""
        return self.model_dump(mode="json")

    def settle(
        self, precision: Literal["float32", "bfloat16"], threads: int
    ) -> "Recipe":
        """The recipe as run: what it left to the machine is what was decided there.

        Args:
            precision: Arithmetic that was decided on; taken where this is ``auto``.
            threads: Threads that were decided on; taken where this is 0.
        """
        own = self.training
        settled = {
            "precision": precision if own.precision == "auto" else own.precision,
            "threads": own.threads or threads,
        }
        return self.model_copy(update={"training": own.model_copy(update=settled)})

    def fingerprint(self) -> str:
        """SHA-256 of all settings but the seed, which a run may replace."""
        content = {key: value for key, value in self.tables().items() if key != "seed"}
        text = json.dumps(content, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def shipped_recipes() -> tuple[str, ...]:
    """Names of the recipes that come with the package."""
    return tuple(sorted(_shipped()))


def load_recipe(name_or_path: str | Path) -> Recipe:
    """The settings of a training, from a recipe of ours or a file.

    Args:
        name_or_path: A name of `shipped_recipes`, or the path of a TOML file.

    Raises:
        ConfigError: If there is no such recipe, it is not TOML, or a key, type or range
            is wrong; the message names file and key.

    Example:
        >>> load_recipe("paper").training.batch_size
        8
    """
    text, source = _read_text(str(name_or_path))
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as reason:
        raise ConfigError(f"{source} must be TOML, but: {reason}.") from None
    return parse_recipe(tables, source)


def parse_recipe(tables: Mapping[str, Any], source: str) -> Recipe:
    """A recipe from the tables of a TOML file.

    Args:
        tables: What the file holds; the tables that a RUN adds are left out.
        source: What messages call the file.

    Raises:
        ConfigError: If a key, type or range is wrong.
    """
    own = {key: value for key, value in tables.items() if key not in RUN_TABLES}
    try:
        return Recipe.model_validate(own)
    except ValidationError as invalid:
        raise ConfigError(_explain(invalid, source)) from None


def _shipped() -> dict[str, str]:
    folder = resources.files("bsgi.training") / "recipes"
    return {
        entry.name.removesuffix(".toml"): entry.read_text(encoding="utf-8")
        for entry in folder.iterdir()
        if entry.name.endswith(".toml")
    }


def _read_text(name_or_path: str) -> tuple[str, str]:
    """The text of a recipe and what messages call it."""
    shipped = _shipped()
    if name_or_path in shipped:
        return shipped[name_or_path], f"the recipe {name_or_path}"
    path = Path(name_or_path)
    try:
        return path.read_text(encoding="utf-8-sig"), str(path)
    except FileNotFoundError:
        near = get_close_matches(name_or_path, shipped, n=1)
        hint = f" did you mean {near[0]!r}?" if near else ""
        raise ConfigError(
            f"the recipe must be one of {', '.join(sorted(shipped))} or a TOML file, "
            f"got {name_or_path!r}.{hint}"
        ) from None
    except (OSError, UnicodeDecodeError) as reason:
        raise ConfigError(f"the recipe {path} cannot be read: {reason}.") from None


def _explain(invalid: ValidationError, source: str) -> str:
    """The first fault in one line, a wrong name before a missing one."""
    faults = invalid.errors(include_url=False)
    faults.sort(key=lambda fault: fault["type"] == "missing")
    more = f" ({len(faults) - 1} more)" if len(faults) > 1 else ""
    return f"{source}: {_explain_fault(faults[0])}{more}"


def _explain_fault(fault: ErrorDetails) -> str:
    key = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "missing":
        return f"the key {key} must be there."
    if fault["type"] == "extra_forbidden":
        known = _known_keys(fault["loc"][:-1])
        near = get_close_matches(str(fault["loc"][-1]), known, n=1)
        hint = (
            f"did you mean {near[0]}?" if near else f"it may have {', '.join(known)}."
        )
        return f"{key} is not a key of a recipe; {hint}"
    if fault["type"] == "model_type":
        return f"{key} must be a table, got {fault['input']!r}."
    rule = fault["msg"].replace("Input should", "must").replace("String should", "must")
    value = fault["input"]
    shown = "a table" if isinstance(value, dict) else repr(value)
    return f"{key} {rule}, got {shown}."


def _known_keys(place: tuple[int | str, ...]) -> list[str]:
    """The keys that may stand in a table."""
    kinds: list[type[BaseModel]] = [Recipe]
    for part in place:
        kinds = [
            kind
            for parent in kinds
            if (field := parent.model_fields.get(str(part))) is not None
            for kind in _tables_of(field.annotation)
        ]
    return sorted({name for kind in kinds for name in kind.model_fields})


def _tables_of(annotation: object) -> Iterator[type[BaseModel]]:
    """The tables that a field may hold: one, or each of a union."""
    if get_origin(annotation) in (Union, UnionType):
        for choice in get_args(annotation):
            yield from _tables_of(choice)
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
