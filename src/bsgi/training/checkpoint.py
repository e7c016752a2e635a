"""The state of a training on disk, from which it goes on bit for bit.

Files are safetensors, which hold numbers and nothing that could be executed. They are
made in memory and written by our own writer, beside their place and then renamed.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as pack_tensors
from torch import Tensor, nn

from bsgi.files import FORMAT_VERSION, save_bytes
from bsgi.training.damage import DamageError
from bsgi.training.history import EpochRecord

_NETWORK = "network."
_OPTIMIZER = "optimizer."
_FACTS = "bsgi"

NamedParameters = Sequence[tuple[str, nn.Parameter]]
"""What an optimiser changes, by the names that the network has for it."""


@dataclass(frozen=True, slots=True)
class TrainingState:
    """All that a training needs to go on after an epoch.

    Args:
        weights: Parameters and statistics of the network.
        memory: What the optimiser keeps from step to step, by kind and parameter, such
            as ``momentum_buffer.fc1.weight``.
        history: The epochs that were done.
    """

    weights: Mapping[str, Tensor]
    memory: Mapping[str, Tensor]
    history: tuple[EpochRecord, ...]

    @classmethod
    def of(
        cls,
        network: nn.Module,
        optimizer: torch.optim.Optimizer,
        parameters: NamedParameters,
        history: tuple[EpochRecord, ...],
    ) -> "TrainingState":
        """The state at the end of the last epoch of `history`; nothing is copied.

        Args:
            network: The network.
            optimizer: The optimiser of the phase that the epoch belongs to.
            parameters: What the optimiser changes.
            history: The epochs that were done.
        """
        memory = {
            f"{kind}.{name}": value
            for name, parameter in parameters
            for kind, value in optimizer.state[parameter].items()
            if value is not None
        }
        return cls(_tensors(network), memory, history)

    def fill_network(self, network: nn.Module) -> None:
        """Put a network into this state.

        Args:
            network: A network of the same architecture.
        """
        network.load_state_dict(self.weights)

    def fill_optimizer(
        self, optimizer: torch.optim.Optimizer, parameters: NamedParameters
    ) -> None:
        """Give an optimiser its memory back.

        Args:
            optimizer: A new optimiser of the same phase.
            parameters: What it changes.
        """
        named = dict(parameters)
        for key, value in self.memory.items():
            kind, _, name = key.partition(".")
            parameter = named[name]
            kept = value.clone()
            if value.shape == parameter.shape:
                # In the layout of the parameter, as the optimiser itself makes it.
                kept = torch.empty_like(parameter).copy_(value).detach()
            optimizer.state[parameter][kind] = kept


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

    def save(self, state: TrainingState, learned_from: frozenset[str]) -> None:
        """Write a state.

        Args:
            state: The state after an epoch.
            learned_from: The patients of the training exams.
        """
        tensors = {_NETWORK + name: each for name, each in state.weights.items()}
        tensors |= {_OPTIMIZER + name: each for name, each in state.memory.items()}
        facts = {
            "identity": self.identity,
            "learned_from": _hash_names(learned_from),
            "history": [asdict(record) for record in state.history],
        }
        save_bytes(self.path, _pack(tensors, facts))

    def load(
        self, network: nn.Module, learned_from: frozenset[str]
    ) -> TrainingState | None:
        """Read the saved state; None if there is none yet.

        Args:
            network: The network that it must fit.
            learned_from: The patients of the training exams, which must be the same: a
                state that has seen others would bring them in by the back door.

        Raises:
            DamageError: If the file is damaged or belongs to another training.
        """
        if not self.path.exists():
            return None
        tensors, facts = _unpack(self.path)
        if facts.get("identity") != self.identity:
            raise DamageError(
                f"{self.path} must belong to this recipe, cohort and seed, but it does "
                "not; train into another folder."
            )
        if facts.get("learned_from") != _hash_names(learned_from):
            raise DamageError(
                f"{self.path} must have learned from the same patients, but it has "
                "not; train into another folder."
            )
        weights = _with_prefix(tensors, _NETWORK)
        _check_fit(network, weights, self.path)
        memory = _with_prefix(tensors, _OPTIMIZER)
        return TrainingState(weights, memory, _parse_history(self.path, facts))


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
        DamageError: If the file is missing, damaged, or fits another network.
    """
    if not path.exists():
        raise DamageError(f"{path} is missing; is the training finished?")
    tensors, _ = _unpack(path)
    _check_fit(network, tensors, path)
    network.load_state_dict(tensors)


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
        raise DamageError(f"{path} cannot be read: {reason}.") from None
    if facts.get("format_version") != FORMAT_VERSION:
        raise DamageError(
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


def _check_fit(network: nn.Module, tensors: Mapping[str, Tensor], path: Path) -> None:
    expected = {name: each.shape for name, each in _tensors(network).items()}
    found = {name: each.shape for name, each in tensors.items()}
    if expected != found:
        names = expected.keys() | found.keys()
        wrong = min(name for name in names if expected.get(name) != found.get(name))
        raise DamageError(f"{path} must hold the weights of this network; see {wrong}.")


def _hash_names(names: frozenset[str]) -> str:
    """One text for a set of names, which tells none of them."""
    return hashlib.sha256(json.dumps(sorted(names)).encode()).hexdigest()


def _parse_history(path: Path, facts: Mapping[str, Any]) -> tuple[EpochRecord, ...]:
    try:
        return tuple(EpochRecord(**entry) for entry in facts["history"])
    except (KeyError, TypeError, ValueError) as reason:
        raise DamageError(f"{path} must hold its history, but: {reason!r}.") from None
