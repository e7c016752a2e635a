"""All networks by name: the only door through which the other rooms get one.

To add a network: write its file, then its settings and one entry of `MODELS` here. The
laws in ``tests/models/test_catalogue.py`` then run over it too.
"""

from abc import abstractmethod
from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from bsgi.errors import ConfigError
from bsgi.models.network import Classifier, Network, Pretrained
from bsgi.models.neural_network import NeuralNetwork
from bsgi.models.paper_resnet import PaperResNet
from bsgi.models.stacked_autoencoder import Pooling, StackedAutoencoder

Units = Annotated[int, Field(ge=1, le=4096)]
Grid = Annotated[int, Field(ge=2, le=256)]


class NetworkSettings(BaseModel):
    """What the settings of all networks share; a table ``[model]`` of a recipe."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    network: ClassVar[type[Classifier]]
    """The network that they describe."""

    @property
    def pretrains(self) -> bool:
        """Whether it learns without labels first, which a recipe must then describe."""
        return issubclass(self.network, Pretrained)

    @property
    def has_maps(self) -> bool:
        """Whether it has feature maps, from which heat maps are made."""
        return issubclass(self.network, Network)

    @abstractmethod
    def build(self, seed: int) -> Classifier:
        """The network with its first weights.

        Args:
            seed: Seed of the first weights.
        """


class PaperResNetSettings(NetworkSettings):
    """Settings of the paper's network."""

    network: ClassVar[type[Classifier]] = PaperResNet

    name: Literal["paper-resnet"] = "paper-resnet"
    stages: Literal[3, 4] = 3
    """Residual stages: 3 is the default reading of the paper, 4 the whole trunk."""
    hidden: Units = 128
    """Units between the two full layers."""
    weights: Annotated[str, Field(min_length=1)] = "none"
    """Start of the trunk: "none", a name of `bsgi.models.hub.HUB`, or a file."""

    def build(self, seed: int) -> Classifier:
        """The network with its first weights; those of a file come in training."""
        return PaperResNet(stages=self.stages, hidden=self.hidden, seed=seed)


class NeuralNetworkSettings(NetworkSettings):
    """Settings of the multilayer perceptron, the paper's first baseline."""

    network: ClassVar[type[Classifier]] = NeuralNetwork

    name: Literal["neural-network"] = "neural-network"
    grid: Grid = 16
    """Rows and columns to which each view is pooled."""
    hidden: Annotated[tuple[Units, ...], Field(strict=False, min_length=1)] = (32,)
    """Units of each hidden layer."""

    def build(self, seed: int) -> Classifier:
        """The network with its first weights."""
        return NeuralNetwork(grid=self.grid, hidden=self.hidden, seed=seed)


class StackedAutoencoderSettings(NetworkSettings):
    """Settings of the stacked patched autoencoder, the paper's second baseline."""

    network: ClassVar[type[Classifier]] = StackedAutoencoder

    name: Literal["stacked-autoencoder"] = "stacked-autoencoder"
    grid: Grid = 64
    """Rows and columns to which each view is pooled."""
    patch: Annotated[int, Field(ge=2, le=64)] = 8
    """Rows and columns of a patch; the grid must be a multiple of it."""
    hidden: Units = 64
    """Units of the first autoencoder, on the pixels of a patch."""
    code: Units = 8
    """Units of the second autoencoder: the numbers that stand for a patch."""
    pooling: Pooling = "exam"
    """What the classifier sees: the codes of all patches, or pooled ones."""

    @model_validator(mode="after")
    def _patches_must_fill_the_grid(self) -> "StackedAutoencoderSettings":
        if self.grid % self.patch:
            raise ValueError(
                f"the grid must be a multiple of the patch, got {self.grid} and "
                f"{self.patch}"
            )
        return self

    def build(self, seed: int) -> Classifier:
        """The network with its first weights."""
        return StackedAutoencoder(
            grid=self.grid,
            patch=self.patch,
            hidden=self.hidden,
            code=self.code,
            pooling=self.pooling,
            seed=seed,
        )


ModelSettings = PaperResNetSettings | NeuralNetworkSettings | StackedAutoencoderSettings
"""Settings of any network of the catalogue, told apart by their name."""

DEFAULT_MODEL = "paper-resnet"
"""The network of a recipe that names none."""

MODELS: Mapping[str, type[ModelSettings]] = MappingProxyType(
    {
        "paper-resnet": PaperResNetSettings,
        "neural-network": NeuralNetworkSettings,
        "stacked-autoencoder": StackedAutoencoderSettings,
    }
)
"""Settings of every network, by its name in recipes."""


def build_model(name: str, *, seed: int = 0, **settings: object) -> Classifier:
    """A network with its first weights, the same for the same seed.

    Args:
        name: A name of `MODELS`, as recipes write it.
        seed: Seed of the first weights.
        settings: What the network leaves to choose, such as ``stages=4``.

    Raises:
        ConfigError: If there is no such network, or a setting does not fit it.

    Example:
        >>> network = build_model("paper-resnet", seed=1, stages=3)
        >>> sum(each.numel() for each in network.parameters())
        2819074
    """
    if name not in MODELS:
        near = get_close_matches(name, MODELS, n=1)
        hint = f" did you mean {near[0]!r}?" if near else ""
        raise ConfigError(
            f"the network must be one of {', '.join(MODELS)}, got {name!r}.{hint}"
        )
    try:
        return build_network(MODELS[name].model_validate(settings), seed=seed)
    except ValidationError as invalid:
        first = invalid.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        rule = first["msg"].replace("Input should", "must")
        rule = rule.replace("Value error, ", "")
        fault = f"{key}: {rule}" if key else rule
        raise ConfigError(f"network {name}: {fault}.") from None


def build_network(settings: ModelSettings, *, seed: int = 0) -> Classifier:
    """A network from settings that were checked, such as those of a recipe.

    Args:
        settings: Settings of one network of the catalogue.
        seed: Seed of the first weights.
    """
    return settings.build(seed)
