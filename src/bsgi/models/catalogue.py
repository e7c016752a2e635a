"""All networks by name: the only door through which the other rooms get one.

To add a network: write its file, then its settings and one entry of `MODELS` here. The
laws in ``tests/models/test_catalogue.py`` then run over it too.
"""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bsgi.errors import ConfigError
from bsgi.models.network import Network
from bsgi.models.paper_resnet import PaperResNet


class PaperResNetSettings(BaseModel):
    """Settings of the paper's network, as the table ``[model]`` of a recipe."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    name: Literal["paper-resnet"] = "paper-resnet"
    stages: Literal[3, 4] = 3
    """Residual stages: 3 is the default reading of the paper, 4 the whole trunk."""
    hidden: Annotated[int, Field(ge=1, le=4096)] = 128
    """Units between the two full layers."""


ModelSettings = PaperResNetSettings
"""Settings of any network of the catalogue; a union, once there are several."""


def _build_paper_resnet(settings: ModelSettings, seed: int) -> Network:
    return PaperResNet(stages=settings.stages, hidden=settings.hidden, seed=seed)


Builder = Callable[[ModelSettings, int], Network]

MODELS: Mapping[str, tuple[type[ModelSettings], Builder]] = MappingProxyType(
    {"paper-resnet": (PaperResNetSettings, _build_paper_resnet)}
)
"""Settings and builder of every network, by its name in recipes."""


def build_model(name: str, *, seed: int = 0, **settings: object) -> Network:
    """A network with its first weights, the same for the same seed.

    Args:
        name: A name of `MODELS`, as recipes write it.
        seed: Seed of the first weights.
        settings: What the network leaves to choose, such as ``stages=4``.

    Raises:
        ConfigError: If there is no such network, or a setting does not fit it.

    Example:
        >>> network = build_model("paper-resnet", seed=1, stages=3)
        >>> network.heat_map_layer
        'layer3'
    """
    if name not in MODELS:
        near = get_close_matches(name, MODELS, n=1)
        hint = f" did you mean {near[0]!r}?" if near else ""
        raise ConfigError(
            f"the network must be one of {', '.join(MODELS)}, got {name!r}.{hint}"
        )
    kind, _ = MODELS[name]
    try:
        return build_network(kind.model_validate(settings), seed=seed)
    except ValidationError as invalid:
        first = invalid.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        rule = first["msg"].replace("Input should", "must")
        raise ConfigError(f"network {name}: {key}: {rule}.") from None


def build_network(settings: ModelSettings, *, seed: int = 0) -> Network:
    """A network from settings that were checked, such as those of a recipe.

    Args:
        settings: Settings of one network of the catalogue.
        seed: Seed of the first weights.
    """
    _, builder = MODELS[settings.name]
    return builder(settings, seed)
