"""Files of all kinds, whole, damaged and hostile: tensors or one line, never code."""

import pickle
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from bsgi.errors import ConfigError
from bsgi.models.weight_files import read_tensors, show_name

Save = Callable[[Path, dict[str, Tensor]], None]


def old_format(path: Path, table: dict[str, Tensor]) -> None:
    torch.save(table, path, _use_new_zipfile_serialization=False)


def safetensors(path: Path, table: dict[str, Tensor]) -> None:
    save_file(table, path)


KINDS: dict[str, tuple[str, Save]] = {
    "zip": (".pth", lambda path, table: torch.save(table, path)),
    "before 1.6": (".pt", old_format),
    "safetensors": (".safetensors", safetensors),
    "capitals": (".PTH", lambda path, table: torch.save(table, path)),
}


@pytest.fixture
def table() -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(5)
    return {
        "conv1.weight": torch.randn(4, 3, 5, 5, generator=generator),
        "bn1.weight": torch.randn(4, generator=generator).half(),
        "bn1.num_batches_tracked": torch.tensor(7),
    }


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("prefix", ["", "module.", "backbone.", "module.model."])
def test_every_kind_and_prefix_gives_the_same_tensors(
    kind: str, prefix: str, table: dict[str, Tensor], tmp_path: Path
) -> None:
    suffix, save = KINDS[kind]
    path = tmp_path / f"weights{suffix}"
    save(path, {prefix + name: each for name, each in table.items()})
    found = read_tensors(path)
    assert found.keys() == table.keys()
    for name, each in table.items():
        assert found[name].dtype == each.dtype
        assert torch.equal(found[name], each)


def test_a_prefix_that_some_names_lack_stays(
    table: dict[str, Tensor], tmp_path: Path
) -> None:
    path = tmp_path / "weights.pth"
    torch.save({"module.fc.weight": torch.ones(1)} | table, path)
    assert "module.fc.weight" in read_tensors(path)


def test_a_state_dict_of_a_module_is_read(tmp_path: Path) -> None:
    """It is an OrderedDict with a hidden attribute, unlike a plain table."""
    state = torch.nn.BatchNorm2d(3).state_dict()
    assert isinstance(state, OrderedDict)
    torch.save(state, tmp_path / "weights.pth")
    assert read_tensors(tmp_path / "weights.pth").keys() == state.keys()


class Hostile:
    """Leaves a file behind if it is ever unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.mark,)


@pytest.mark.parametrize("how", ["pickle", "zip", "old"])
def test_code_is_never_run(how: str, tmp_path: Path) -> None:
    mark, path = tmp_path / "mark", tmp_path / "weights.pth"
    table = {"conv1.weight": Hostile(mark)}
    if how == "pickle":
        path.write_bytes(pickle.dumps(table))
    else:
        torch.save(table, path, _use_new_zipfile_serialization=how == "zip")
    with pytest.raises(ConfigError, match="are never run") as refused:
        read_tensors(path)
    assert "\n" not in str(refused.value)
    assert not mark.exists()
    # the file is as dangerous as it looks: a plain reader would have run it
    torch.load(path, weights_only=False) if how != "pickle" else pickle.loads(  # noqa: S301
        path.read_bytes()
    )
    assert mark.exists()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ([torch.ones(1)], "a table of names and tensors, got a list"),
        (torch.ones(1), "a table of names and tensors, got a Tensor"),
        ({"state_dict": {"a": torch.ones(1)}}, "got state_dict: dict"),
        ({1: torch.ones(1)}, "got 1: Tensor"),
        ({"a": 3.0}, "got a: float"),
        ({"a": torch.eye(3).to_sparse()}, "plain tensors only, got a: Tensor"),
        ({"a": torch.ones(1, device="meta")}, "plain tensors only, got a: Tensor"),
        (torch.nn.Linear(1, 1), "save the network's state_dict"),
    ],
)
def test_what_is_no_table_of_tensors_is_named(
    content: object, says: str, tmp_path: Path
) -> None:
    torch.save(content, tmp_path / "weights.pth")
    with pytest.raises(ConfigError, match=says):
        read_tensors(tmp_path / "weights.pth")


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
@pytest.mark.parametrize("content", [b"", b"hello, these are no weights", b"\0" * 400])
def test_a_file_of_another_kind(suffix: str, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / f"weights{suffix}"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match="is damaged") as refused:
        read_tensors(path)
    assert str(path) in str(refused.value)
    assert "\n" not in str(refused.value)


def message_of(path: Path) -> str:
    """Why a file is refused; empty if it is read."""
    try:
        read_tensors(path)
    except ConfigError as reason:
        return str(reason)
    return ""


@pytest.mark.parametrize("kind", ["zip", "before 1.6", "safetensors"])
def test_damage_is_one_line_or_other_numbers(
    kind: str, table: dict[str, Tensor], tmp_path: Path
) -> None:
    """Cut short, it is refused; other bytes may be other numbers, never a crash."""
    suffix, save = KINDS[kind]
    whole, path = tmp_path / f"whole{suffix}", tmp_path / f"damaged{suffix}"
    save(whole, table)
    content = whole.read_bytes()
    rng = np.random.default_rng(3)
    for length in rng.integers(0, len(content), 20):
        path.write_bytes(content[:length])
        with pytest.raises(ConfigError):
            read_tensors(path)
    refused = 0
    for _ in range(100):
        damaged = bytearray(content)
        for place in rng.integers(0, len(content), 12):
            damaged[place] = rng.integers(256)
        path.write_bytes(damaged)
        message = message_of(path)
        assert "\n" not in message
        refused += bool(message)
    assert refused > 10


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="FileNotFoundError"):
        read_tensors(tmp_path / "gone.pth")


def test_a_strange_name_is_shown_in_one_short_line() -> None:
    assert show_name("layer1.0.conv1.weight") == "layer1.0.conv1.weight"
    assert show_name("a\nb\u202e\ud800") == "a\\nb\\u202e\\ud800"
    assert len(show_name("x" * 1000)) < 80
