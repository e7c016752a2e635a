"""Files of network weights from elsewhere, read as tables of numbers only.

``.pth`` and ``.pt`` are pickles, which could run code; PyTorch's reader for weights
alone builds tensors and plain containers and refuses all else. ``.safetensors`` cannot
hold anything but numbers.
"""

import pickle
import struct
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from bsgi.errors import ConfigError
from bsgi.files import NPZ_DAMAGE

SUFFIXES = (".pth", ".pt", ".safetensors")
"""How the name of a file of weights may end."""

Tensors = dict[str, Tensor]
"""Tensors by name, as a network's ``state_dict`` has them."""

_PREFIXES = ("module.", "model.", "backbone.")
_LONGEST_NAME = 60

# All that reading a damaged file was seen to raise.
_DAMAGE = (*NPZ_DAMAGE, AssertionError, SafetensorError, struct.error)


def read_tensors(path: Path) -> Tensors:
    """Names and tensors of a file, without a prefix that all names share.

    Such a prefix is what a wrapper of the network leaves, for example ``module.``.

    Args:
        path: A file whose name ends in one of `SUFFIXES`.

    Raises:
        ConfigError: If it is damaged, or holds anything but a table of names and plain
            tensors.
    """
    table = _read_table(path)
    if not isinstance(table, Mapping):
        raise ConfigError(
            f"{path} must hold a table of names and tensors, got a "
            f"{type(table).__name__}; save the network's state_dict."
        )
    for name, each in table.items():
        plain = isinstance(each, Tensor) and each.layout == torch.strided
        if not isinstance(name, str) or not plain or each.device.type != "cpu":
            raise ConfigError(
                f"{path} must hold names and plain tensors only, got "
                f"{show_name(str(name))}: {type(each).__name__}; save the network's "
                "state_dict alone."
            )
    return _strip_prefix(dict(table))


def show_name(name: str) -> str:
    """A name from a file in one short line, whatever characters it has."""
    plain = name.encode("unicode_escape").decode("ascii")
    return plain if len(plain) <= _LONGEST_NAME else plain[:_LONGEST_NAME] + "..."


def _read_table(path: Path) -> Any:  # noqa: ANN401 - a file may hold anything
    """What a file holds, made of tensors and plain containers alone."""
    try:
        with warnings.catch_warnings():
            # An old format is no fault of the user's.
            warnings.simplefilter("ignore")
            if path.suffix.lower() == ".safetensors":
                table: Any = load_file(path, device="cpu")
            else:
                table = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError:
        raise ConfigError(
            f"{path} must hold names and tensors only, but it holds other objects or "
            "code, which are never run, or is damaged; save the network's state_dict."
        ) from None
    except _DAMAGE as reason:
        raise ConfigError(
            f"{path} must hold the weights of a network, but it cannot be read: it is "
            f"damaged or another kind of file ({_shorten(reason)})."
        ) from None
    return table


def _shorten(reason: BaseException) -> str:
    """The first sentence of what a library says, in one line."""
    first = " ".join(str(reason).split()).partition(". ")[0].rstrip(".")
    return f"{type(reason).__name__}: {first[:100]}" if first else type(reason).__name__


def _strip_prefix(tensors: Tensors) -> Tensors:
    """The same tensors without a prefix that every name has."""
    for prefix in _PREFIXES:
        if tensors and all(name.startswith(prefix) for name in tensors):
            bare = {name.removeprefix(prefix): each for name, each in tensors.items()}
            return _strip_prefix(bare)
    return tensors
