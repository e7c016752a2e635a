"""The settings of one training, read from TOML and checked before anything runs.

A recipe is the name of one that we ship (`bsgi/training/recipes/*.toml`) or the path of
a file, such as the ``recipe.toml`` of an earlier RUN.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, model_validator

from bsgi.errors import ConfigError
from bsgi.evaluation.calibration.calibrator import CalibratorName
from bsgi.exam.preprocess import Preprocessing
from bsgi.models.catalogue import (
    DEFAULT_MODEL,
    ModelSettings,
    PaperResNetSettings,
)
from bsgi.models.imagenet import NONE, place_weights
from bsgi.training.settings_file import (
    SettingsTable,
    explain_invalid,
    read_settings,
    shipped_settings,
)

_PLACE = ("bsgi.training", "recipes")
"""Where the recipes lie that we ship."""

RUN_TABLES = ("run", "decided")
"""Tables that a RUN adds to the recipe it used; they are no part of the recipe."""

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Length = Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False)]


class PreprocessTable(SettingsTable):
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


class SplitTable(SettingsTable):
    """Table ``[split]``: which exams train and which test."""

    test_fraction: Annotated[float, Field(gt=0, lt=1)] = 0.2
    """Share of each class for the test, rounded down."""


class DescentTable(SettingsTable):
    """How the parameters of one phase are changed, step by step."""

    optimizer: Literal["sgd", "adamw"] = "sgd"
    """Stochastic gradient descent with momentum, or Adam with decoupled decay."""
    learning_rate: Positive = 0.001
    """Step size, in the first epoch where there is a schedule."""
    schedule: Literal["constant", "cosine"] = "constant"
    """The same step size in every epoch, or half a cosine down to zero."""
    momentum: Annotated[float, Field(ge=0, lt=1)] = 0.9
    """Share of the last step that is kept; with adamw its first beta."""
    weight_decay: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0005
    """Pull of all parameters towards zero."""
    batch_size: Annotated[int, Field(ge=2, le=1024)] = 8
    """Exams per step; batch normalisation needs two at least."""
    epochs: Annotated[int, Field(ge=1, le=100_000)] = 30
    """Passes over the training exams; the last one's network is used."""


class PretrainingTable(DescentTable):
    """Table ``[pretraining]``: each step of learning without labels."""


class TrainingTable(DescentTable):
    """Table ``[training]``: learning from the labels, and the machine it runs on."""

    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    """Arithmetic of the steps; auto measures once per run."""
    threads: Annotated[int, Field(ge=0, le=1024)] = 0
    """Processor threads; 0 takes every core that the process may use."""
    checkpoint_every: Annotated[int, Field(ge=1)] = 1
    """Epochs between two checkpoints."""


class CalibrationTable(SettingsTable):
    """Table ``[calibration]``: how scores become probabilities, after the training."""

    method: CalibratorName
    """Recalibration that is fitted on scores of training patients not learned from."""
    folds: Annotated[int, Field(ge=2, le=100)] = 5
    """Folds of the training part; each is scored by a network of the others."""


class Recipe(SettingsTable):
    """All settings of one training; what a file leaves out has the paper's value."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
    """Name of the method in predictions and reports: a-z, 0-9, dot, dash, _ ."""
    title: Annotated[str, Field(max_length=100, pattern=r"^[^\n\r]*$")] = ""
    """Name of the method for readers; reports take the short name where it is empty."""
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 1
    """Seed of the split, of the first weights and of the order of the exams."""
    preprocess: PreprocessTable = PreprocessTable()
    split: SplitTable = SplitTable()
    model: Annotated[ModelSettings, Field(discriminator="name")] = PaperResNetSettings()
    pretraining: PretrainingTable | None = None
    """Learning without labels, for networks that begin so; others must not have it."""
    training: TrainingTable = TrainingTable()
    calibration: CalibrationTable | None = None
    """How scores become probabilities; without it nothing is calibrated."""

    @model_validator(mode="before")
    @classmethod
    def _fill_model(cls, tables: object) -> object:
        """A table ``[model]`` without a name is the paper's network."""
        if isinstance(tables, Mapping):
            model = tables.get("model")
            if isinstance(model, Mapping) and "name" not in model:
                return {**tables, "model": {"name": DEFAULT_MODEL, **model}}
        return tables

    @model_validator(mode="after")
    def _check_pretraining(self) -> "Recipe":
        if self.model.pretrains and self.pretraining is None:
            raise ValueError(
                f"the table pretraining must be there for the network {self.model.name}"
            )
        if self.pretraining is not None and not self.model.pretrains:
            raise ValueError(
                "the table pretraining must go with a network that learns without "
                f"labels first, got {self.model.name}; leave it out"
            )
        return self

    def tables(self) -> dict[str, Any]:
        """Everything as plain TOML values, in the order of the fields."""
        return self.model_dump(mode="json", exclude_none=True)

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
        """SHA-256 of all that decides about the weights but seed and first weights.

        A run may replace the seed, and the title is for readers alone. Where the file
        of first weights lies does not matter: its content has a hash of its own.
        """
        content = self.tables()
        del content["seed"], content["title"]
        if "weights" in content["model"]:
            content["model"]["weights"] = NONE
        text = json.dumps(content, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def shipped_recipes() -> tuple[str, ...]:
    """Names of the recipes that come with the package."""
    return tuple(sorted(shipped_settings(*_PLACE)))


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
    text, shipped = str(name_or_path), shipped_settings(*_PLACE)
    tables, source = read_settings(text, shipped)
    return parse_recipe(tables, source, None if text in shipped else Path(text).parent)


def parse_recipe(
    tables: Mapping[str, Any], source: str, folder: Path | None = None
) -> Recipe:
    """A recipe from the tables of a TOML file.

    Args:
        tables: What the file holds; the tables that a RUN adds are left out.
        source: What messages call the file.
        folder: Where the file lies; a file of weights that it names is looked for from
            there, and its path becomes an absolute one.

    Raises:
        ConfigError: If a key, type or range is wrong.
    """
    own = {key: value for key, value in tables.items() if key not in RUN_TABLES}
    try:
        recipe = Recipe.model_validate(own)
    except ValidationError as invalid:
        raise ConfigError(explain_invalid(invalid, source, Recipe)) from None
    if folder is None:
        return recipe
    return recipe.model_copy(update={"model": place_weights(recipe.model, folder)})
