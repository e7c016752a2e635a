"""The state of a training on disk, from which it goes on bit for bit.

Files are safetensors, which hold numbers and nothing that could be executed. They are
made in memory and written by our own writer, beside their place and then renamed.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as pack_tensors
from torch import Tensor, nn

from bsgi.errors import RunError
from bsgi.files import FORMAT_VERSION, save_bytes
from bsgi.training.history import EpochRecord

_NETWORK = "network."
_MOMENTUM = "momentum."
_FACTS = "bsgi"


@dataclass(frozen=True, slots=True)
class CheckpointFile:
    """Where a training keeps its state, and which training that is.

    Args:
        path: The file.
        identity: What the training depends on, such as a hash of recipe, exams and
            seed; a state of another identity is refused.
    """

    path: Path
    identity: str

    def save(
        self,
        network: nn.Module,
        optimizer: torch.optim.SGD,
        history: tuple[EpochRecord, ...],
    ) -> None:
        """Write the state after the last epoch of `history`."""
        tensors = {_NETWORK + name: each for name, each in _tensors(network).items()}
        for name, parameter in network.named_parameters():
            buffer = optimizer.state[parameter].get("momentum_buffer")
            if buffer is not None:
                tensors[_MOMENTUM + name] = buffer
        facts = {
            "identity": self.identity,
            "history": [asdict(record) for record in history],
        }
        save_bytes(self.path, _pack(tensors, facts))

    def restore(
        self, network: nn.Module, optimizer: torch.optim.SGD
    ) -> tuple[EpochRecord, ...]:
        """Put network and optimiser into the saved state.

        Returns:
            The epochs that were done; none if there is no checkpoint.

        Raises:
            RunError: If the file is damaged or belongs to another training.
        """
        if not self.path.exists():
            return ()
        tensors, facts = _unpack(self.path)
        if facts.get("identity") != self.identity:
            raise RunError(
                f"{self.path} must belong to this recipe, cohort and seed, but it does "
                "not; train into another folder."
            )
        weights = _with_prefix(tensors, _NETWORK)
        _fill(network, weights, self.path)
        momentum = _with_prefix(tensors, _MOMENTUM)
        for name, parameter in network.named_parameters():
            if name in momentum:
                # In the layout of the parameter, as the optimiser itself makes it.
                buffer = torch.empty_like(parameter).copy_(momentum[name])
                optimizer.state[parameter]["momentum_buffer"] = buffer.detach()
        return _parse_history(self.path, facts)


def save_weights(path: Path, network: nn.Module, facts: Mapping[str, str]) -> None:
    """Write the weights of a trained network and nothing else.

    Args:
        path: The file to make or replace.
        network: The network, with its batch statistics.
        facts: What a reader should know of it, such as the recipe's name.
    """
    save_bytes(path, _pack(_tensors(network), facts))


def load_weights(path: Path, network: nn.Module) -> None:
    """Put saved weights into a network of the same architecture.

    Args:
        path: A file of `save_weights`.
        network: The network to fill.

    Raises:
        RunError: If the file is missing, damaged, or fits another network.
    """
    if not path.exists():
        raise RunError(f"{path} is missing; is the training finished?")
    tensors, _ = _unpack(path)
    _fill(network, tensors, path)


def _tensors(network: nn.Module) -> dict[str, Tensor]:
    return dict(network.state_dict())


def _pack(tensors: Mapping[str, Tensor], facts: Mapping[str, Any]) -> bytes:
    plain = {name: each.detach().contiguous() for name, each in tensors.items()}
    # One key, since safetensors writes several in an order that changes by chance.
    content = {"format_version": FORMAT_VERSION, **facts}
    return pack_tensors(plain, {_FACTS: json.dumps(content)})


def _unpack(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    try:
        with safe_open(path, framework="pt") as stored:
            facts = json.loads((stored.metadata() or {}).get(_FACTS, "{}"))
            tensors = {name: stored.get_tensor(name) for name in stored.keys()}  # noqa: SIM118 - no mapping
    except (SafetensorError, OSError, ValueError) as reason:
        raise RunError(f"{path} cannot be read: {reason}.") from None
    if facts.get("format_version") != FORMAT_VERSION:
        raise RunError(
            f"{path} must have format_version {FORMAT_VERSION}, got "
            f"{facts.get('format_version')!r}; another version of bsgi wrote it."
        )
    return tensors, facts


def _with_prefix(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {
        name.removeprefix(prefix): each
        for name, each in tensors.items()
        if name.startswith(prefix)
    }


def _fill(network: nn.Module, tensors: Mapping[str, Tensor], path: Path) -> None:
    expected = {name: each.shape for name, each in _tensors(network).items()}
    found = {name: each.shape for name, each in tensors.items()}
    if expected != found:
        names = expected.keys() | found.keys()
        wrong = min(name for name in names if expected.get(name) != found.get(name))
        raise RunError(f"{path} must hold the weights of this network; see {wrong}.")
    network.load_state_dict(tensors)


def _parse_history(path: Path, facts: Mapping[str, Any]) -> tuple[EpochRecord, ...]:
    try:
        return tuple(EpochRecord(**entry) for entry in facts["history"])
    except (KeyError, TypeError, ValueError) as reason:
        raise RunError(f"{path} must hold its history, but: {reason!r}.") from None
