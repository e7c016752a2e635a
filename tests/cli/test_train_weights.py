"""`bsgi train --weights`: where the trunk starts, and what is refused in one line."""

import tomllib
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from bsgi.cli.app import run as run_program
from bsgi.models.catalogue import build_model
from bsgi.models.hub import HUB
from bsgi.models.imagenet import spread_stem
from bsgi.models.paper_resnet import PaperResNet

RECIPE = """\
name = "still"
[preprocess]
size = 64
[training]
epochs = 1
learning_rate = 1e-12
precision = "float32"
threads = 1
"""


@pytest.fixture
def still(tmp_path: Path) -> Path:
    """A training that hardly moves, so that its end shows its start."""
    path = tmp_path / "still.toml"
    path.write_text(RECIPE)
    return path


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """A trunk with three colours that no seed of the recipe would draw."""
    table = PaperResNet(stages=3, views=3, seed=99).state_dict()
    trunk = {name: each for name, each in table.items() if name[:2] != "fc"}
    torch.save(trunk, tmp_path / "trunk.pth")
    return tmp_path / "trunk.pth"


def test_a_training_starts_from_the_file(
    cohort: Path,
    still: Path,
    weights: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["train", str(cohort), "--recipe", str(still), "--out", "run"]
    assert run_program([*words, "--weights", weights.name]) == 0
    recipe = tomllib.loads((tmp_path / "run" / "recipe.toml").read_text())
    assert recipe["model"]["weights"] == str(weights)
    found = load_file(tmp_path / "run" / "checkpoints" / "final.safetensors")
    table = torch.load(weights, weights_only=True)
    table["conv1.weight"] = spread_stem(table["conv1.weight"], 4)
    own = build_model("paper-resnet", seed=1).state_dict()
    for name, each in found.items():
        if name.endswith("weight") or name.endswith("bias"):
            start = own[name] if name.startswith("fc") else table[name]
            assert torch.allclose(each, start, rtol=0, atol=1e-6), name


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--weights", "resnet18-imagenet1k-v2"], "did you mean"),
        (["--weights", "gone.pth"], "a file that is there, got 'gone.pth'"),
        (["--weights", "."], "got the folder ."),
        (["--weights", ""], "got the folder ."),
        (["--weights", "still.toml"], "must end in .pth, .pt, .safetensors"),
    ],
)
def test_a_wrong_file_is_one_line_before_anything_is_read(
    words: list[str],
    says: str,
    still: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    status = run_program(["train", "no-cohort", "--recipe", "paper", "--out", "run", *words])  # fmt: skip  # noqa: E501
    lines = capsys.readouterr().err.splitlines()
    assert status == 2
    assert len(lines) == 1
    assert says in lines[0]
    assert list(tmp_path.iterdir()) == [still]


def test_a_file_that_does_not_fit_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    part, run = tmp_path / "part.pth", tmp_path / "run"
    torch.save({"conv1.weight": torch.ones(64, 3, 7, 7)}, part)
    status = run_program(
        ["train", "no-cohort", "--weights", str(part), "--out", str(run)]
    )
    lines = capsys.readouterr().err.splitlines()
    assert status == 2
    assert len(lines) == 1
    assert "missing: bn1.weight, " in lines[0]
    assert not run.exists()


@pytest.mark.parametrize("recipe", ["neural-network", "autoencoder"])
def test_a_method_that_takes_no_weights_says_so(
    recipe: str, weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["train", "no-cohort", "--recipe", recipe, "--weights", str(weights)]
    assert run_program([*words, "--out", str(tmp_path / "run")]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "which takes none" in line


def test_a_name_without_a_network_says_where_to_put_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")  # nobody listens there
    monkeypatch.delenv("no_proxy", raising=False)
    words = ["train", "no-cohort", "--out", str(tmp_path / "run")]
    assert run_program([*words, "--weights", next(iter(HUB))]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "download it and put it into" in line
    assert str(tmp_path / "cache") in line
