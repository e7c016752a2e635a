"""ImageNet weights as the start of a ResNet-18 trunk: transfer learning.

A file has torchvision's names (timm's ResNet-18 has the same): ``.pth`` and ``.pt`` are
read as tables of numbers only, never as pickled objects, or it is a ``.safetensors``.
The trunk takes ``conv1``, ``bn1`` and the residual stages that the network has; the
file's last layer, which names ImageNet's classes, is left aside, and our full layers
keep the first weights that their seed gave them. A file that does not fit is refused
with the names that differ, so that nothing is transferred by halves.

ImageNet's three channels are colours, ours are four views: each of C views gets the
mean of the three kernels times 3 / C. So no view is favoured, and C equal views give
the same maps as a grey picture, three equal colours, gave before.

References:
    Deng et al.: "ImageNet: a large-scale hierarchical image database", CVPR 2009,
    doi 10.1109/CVPR.2009.5206848. He, Zhang, Ren, Sun: "Deep residual learning for
    image recognition", CVPR 2016, doi 10.1109/CVPR.2016.90.
"""

from difflib import get_close_matches
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor

from bsgi.errors import ConfigError
from bsgi.models.catalogue import ModelSettings, build_network
from bsgi.models.hub import HUB, Progress, default_cache, fetch
from bsgi.models.network import Classifier
from bsgi.models.weight_files import SUFFIXES, Tensors, read_tensors, show_name
from bsgi.provenance import hash_file

NONE = "none"
"""The setting of a network that starts from its own first weights."""

COLOURS = 3
"""Input channels of a network that was trained on photographs."""

_TRUNK = ("conv1", "bn1", "relu", "maxpool", *(f"layer{n}" for n in range(1, 5)))
_HEAD = ("fc1", "fc2")
_LAST_LAYER = "fc"
_STEM = "conv1.weight"
_COUNTER = "num_batches_tracked"
_SHOWN = 6


def takes_weights(settings: ModelSettings) -> bool:
    """Whether a method can start from weights of a file."""
    return "weights" in type(settings).model_fields


def choose_weights(settings: ModelSettings, weights: str) -> ModelSettings:
    """The settings of a network with other weights to start from.

    Args:
        settings: Settings of any network of the catalogue.
        weights: `NONE`, a name of `HUB`, or a path, which becomes an absolute one: a
            run may be taken up again from elsewhere.

    Raises:
        ConfigError: If the network takes none.
    """
    if not takes_weights(settings):
        raise ConfigError(
            f"weights must go with a network that can start from ImageNet, got "
            f"{settings.name}, which takes none."
        )
    if weights != NONE and weights not in HUB:
        weights = str(_check_file(weights).absolute())
    return settings.model_copy(update={"weights": weights})


def place_weights(settings: ModelSettings, folder: Path) -> ModelSettings:
    """The settings of a network whose file of weights is named from a folder.

    Args:
        settings: Settings of any network of the catalogue.
        folder: Where a relative path begins; an absolute one takes its place.
    """
    weights = str(getattr(settings, "weights", NONE))
    if weights == NONE or weights in HUB:
        return settings
    path = (folder / Path(weights).expanduser()).absolute()
    return settings.model_copy(update={"weights": str(path)})


def find_weights(
    settings: ModelSettings, progress: Progress | None = None
) -> Path | None:
    """The file that a network starts from, fetched where need be; None without one.

    Args:
        settings: Settings of any network of the catalogue.
        progress: Called now and then while bytes arrive.

    Raises:
        ConfigError: As `resolve_weights`.
    """
    return resolve_weights(str(getattr(settings, "weights", NONE)), progress=progress)


def check_weights(settings: ModelSettings, progress: Progress | None = None) -> None:
    """Make sure, before exams are read, that a network can start as it shall.

    Args:
        settings: Settings of any network of the catalogue.
        progress: Called now and then while bytes arrive.

    Raises:
        ConfigError: If the file is missing, cannot be fetched or read, or does not fit.
    """
    path = find_weights(settings, progress)
    if path is not None:
        start_from(build_network(settings), path)


def hash_weights(settings: ModelSettings) -> str:
    """SHA-256 of the file that a network starts from; empty without one.

    Args:
        settings: Settings of any network of the catalogue.

    Raises:
        ConfigError: As `resolve_weights`.
    """
    path = find_weights(settings)
    return "" if path is None else hash_file(path)


def resolve_weights(
    setting: str, cache: Path | None = None, progress: Progress | None = None
) -> Path | None:
    """The file that a setting stands for, fetched if it is the name of one.

    Args:
        setting: `NONE`, a name of `HUB`, or the path of a file.
        cache: Folder for files that are fetched; None takes PyTorch's own.
        progress: Called now and then while bytes arrive.

    Raises:
        ConfigError: If there is no such file, it cannot be fetched, or one that was
            fetched has another hash than it should.
    """
    if setting == NONE:
        return None
    if setting in HUB:
        return fetch(HUB[setting], cache or default_cache(), progress)
    return _check_file(setting)


def load_trunk(path: Path) -> Tensors:
    """The tensors of a ResNet's stem and stages in a file, by torchvision's names.

    A prefix that all names share, as a wrapper of the network leaves it, is taken off.
    Numbers of any precision become float32.

    Args:
        path: A ``.pth`` or ``.pt`` file, read with weights only, or a ``.safetensors``.

    Raises:
        ConfigError: If the file is missing, damaged, holds anything but a table of
            names and tensors, none of a ResNet, or others besides.
    """
    tensors = read_tensors(_check_file(str(path)))
    trunk = {
        name: each.float() if each.is_floating_point() else each
        for name, each in tensors.items()
        if name.partition(".")[0] in _TRUNK
    }
    if not trunk:
        names = _list([show_name(name) for name in tensors], _SHOWN) or "none"
        raise ConfigError(
            f"{path} must hold a ResNet-18 in torchvision's names, such as conv1.weight"
            f" and layer1.0.bn1.bias, but it has the names: {names}."
        )
    foreign = [
        show_name(name)
        for name in tensors
        if name not in trunk and name.partition(".")[0] != _LAST_LAYER
    ]
    if foreign:
        raise ConfigError(
            f"{path} must hold a ResNet-18 in torchvision's names and nothing else, "
            f"but it also has: {_list(foreign, _SHOWN)}."
        )
    return trunk


def start_from(network: Classifier, path: Path | None) -> None:
    """Give a network's trunk the weights of a file; its full layers keep theirs.

    Args:
        network: A network with a ResNet-18 trunk in torchvision's names, changed in
            place.
        path: The file; with None nothing is done.

    Raises:
        ConfigError: If the file cannot be read or does not fit: a name is missing, one
            of the network's modules has more of them, a shape differs, or a number is
            not finite.
    """
    if path is None:
        return
    modules = {name for name, _ in network.named_children() if name not in _HEAD}
    own = {
        name: each
        for name, each in network.state_dict().items()
        if name.partition(".")[0] in modules
    }
    found = {
        name: each
        for name, each in load_trunk(path).items()
        if name.partition(".")[0] in modules
    }
    _check_fit(own, found, path)
    _check_numbers(found, path)
    with torch.no_grad():
        for name, each in found.items():
            # copied into place, which keeps the layout of the network's own tensor
            given = spread_stem(each, own[name].shape[1]) if name == _STEM else each
            own[name].copy_(given)


def spread_stem(
    kernels: Float[Tensor, "out colour row col"], views: int
) -> Float[Tensor, "out view row col"]:
    """Kernels for views from kernels for colours: their mean times colours / views.

    Args:
        kernels: First convolution of a network that was trained on colour pictures.
        views: Channels that it shall have.
    """
    exact = kernels.double()
    mean = exact.mean(dim=1, keepdim=True) * (kernels.shape[1] / views)
    return mean.to(kernels.dtype).repeat(1, views, 1, 1)


def _check_file(setting: str) -> Path:
    """The path of a file that is there and of a kind that we read."""
    path = Path(setting).expanduser()
    names = ", ".join((NONE, *HUB))
    if not path.exists():
        near = get_close_matches(setting, (NONE, *HUB), n=1)
        hint = f" did you mean {near[0]!r}?" if near else ""
        raise ConfigError(
            f"weights must be {names}, or a file that is there, got {setting!r}.{hint}"
        )
    if not path.is_file():
        raise ConfigError(f"weights must be {names}, or a file, got the folder {path}.")
    if path.suffix.lower() not in SUFFIXES:
        raise ConfigError(
            f"a file of weights must end in {', '.join(SUFFIXES)}, got {path}."
        )
    return path


def _check_fit(own: Tensors, found: Tensors, path: Path) -> None:
    """Refuse a file whose names or shapes differ from the network's, in one line."""
    wanted = {name: tuple(each.shape) for name, each in own.items()}
    stem = wanted[_STEM]
    wanted[_STEM] = (stem[0], COLOURS, *stem[2:])
    shapes = {name: tuple(each.shape) for name, each in found.items()}
    missing = [
        name for name in wanted if name not in shapes and not name.endswith(_COUNTER)
    ]
    foreign = [name for name in shapes if name not in wanted]
    reshaped = [
        f"{name} ({_cross(shapes[name])}, not {_cross(shape)})"
        for name, shape in wanted.items()
        if name in shapes and shapes[name] != shape
    ]
    kinds = {
        "missing": missing,
        "not in the network": [show_name(name) for name in foreign],
        "of another shape": reshaped,
    }
    faults = {kind: names for kind, names in kinds.items() if names}
    if faults:
        listed = [
            f"{kind}: {_list(names, _SHOWN // len(faults))}"
            for kind, names in faults.items()
        ]
        raise ConfigError(
            f"{path} must hold a ResNet-18 in torchvision's names, but "
            f"{'; '.join(listed)}."
        )


def _check_numbers(found: Tensors, path: Path) -> None:
    """Refuse numbers with which no network computes anything."""
    for name, each in found.items():
        if name.endswith(_COUNTER):
            continue
        # Not finite, or no floating point at all: whole numbers would be a code book.
        if not each.is_floating_point() or not bool(torch.isfinite(each).all()):
            raise ConfigError(
                f"{path} must hold finite numbers, but {name} does not; it is damaged."
            )
        if name.endswith("running_var") and bool((each < 0).any()):
            raise ConfigError(
                f"{path} must hold variances of 0 or more, but {name} does not; it is "
                "damaged."
            )


def _list(names: list[str], shown: int) -> str:
    more = f" and {len(names) - shown} more" if len(names) > shown else ""
    return ", ".join(names[:shown]) + more


def _cross(shape: tuple[int, ...]) -> str:
    return " x ".join(str(length) for length in shape) or "one number"
