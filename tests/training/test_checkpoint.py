import os
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load as unpack_tensors

from bsgi.errors import RunError
from bsgi.models.catalogue import build_model
from bsgi.training.batches import LabelledImages
from bsgi.training.checkpoint import (
    CheckpointFile,
    TrainingState,
    load_weights,
    save_weights,
)
from bsgi.training.loop import Progress, fit, predict
from bsgi.training.phases import build_optimizer
from bsgi.training.precision import Arithmetic, Decision
from bsgi.training.recipe import Recipe, parse_recipe
from tests.training.conftest import name_patients

FULL = Decision("float32", 1, "recipe")


@pytest.fixture(scope="module")
def exams() -> LabelledImages:
    pixels = torch.rand(13, 64, 64, 4, generator=torch.Generator().manual_seed(3))
    return LabelledImages(pixels, torch.arange(13) % 2, name_patients(13))


class StopError(Exception):
    """Stands for a power cut."""


def stop_at(step: int) -> Progress:
    def progress(done: int, total: int, text: str) -> None:
        if done == step:
            raise StopError

    return progress


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
@pytest.mark.parametrize("step", [1, 4, 7])
def test_a_stopped_training_ends_with_the_same_bits(
    exams: LabelledImages,
    tiny_recipe: Recipe,
    tmp_path: Path,
    step: int,
    precision: Arithmetic,
) -> None:
    decision = Decision(precision, 1, "recipe")
    whole = fit(tiny_recipe, exams, decision, seed=2)
    file = CheckpointFile(tmp_path / "last.safetensors", "this one")
    with pytest.raises(StopError):
        fit(
            tiny_recipe, exams, decision, seed=2, checkpoint=file,
            progress=stop_at(step),
        )  # fmt: skip
    steps: list[int] = []
    resumed = fit(
        tiny_recipe, exams, decision, seed=2, checkpoint=file,
        progress=lambda done, total, text: steps.append(done),
    )  # fmt: skip
    assert steps[0] == 1 + 3 * ((step - 1) // 3)  # the epochs before are not done twice
    for name, value in whole.network.state_dict().items():
        assert torch.equal(value, resumed.network.state_dict()[name]), name
    assert whole.history == resumed.history


@pytest.mark.parametrize("step", [1, 3, 4, 8, 13, 19, 20, 24])
def test_a_stopped_pre_training_ends_with_the_same_bits(
    exams: LabelledImages, tiny_autoencoder: Recipe, tmp_path: Path, step: int
) -> None:
    """Stopped between and within the epochs of every phase: 4 phases of 2 epochs."""
    whole = fit(tiny_autoencoder, exams, FULL, seed=2)
    file = CheckpointFile(tmp_path / "last.safetensors", "this one")
    with pytest.raises(StopError):
        fit(
            tiny_autoencoder, exams, FULL, seed=2, checkpoint=file,
            progress=stop_at(step),
        )  # fmt: skip
    steps: list[int] = []
    resumed = fit(
        tiny_autoencoder, exams, FULL, seed=2, checkpoint=file,
        progress=lambda done, total, text: steps.append(done),
    )  # fmt: skip
    assert steps == list(range(1 + 3 * ((step - 1) // 3), 25))
    for name, value in whole.network.state_dict().items():
        assert torch.equal(value, resumed.network.state_dict()[name]), name
    assert whole.history == resumed.history
    one, two = (predict(each.network, exams, threads=1) for each in (whole, resumed))
    np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("optimizer", ["sgd", "adamw"])
def test_an_optimiser_gets_all_its_memory_back(
    exams: LabelledImages, tiny_recipe: Recipe, tmp_path: Path, optimizer: str
) -> None:
    tables = tiny_recipe.tables()
    tables["training"] |= {"optimizer": optimizer}
    recipe = parse_recipe(tables, "changed")
    file = CheckpointFile(tmp_path / "last.safetensors", "this one")
    fitted = fit(recipe, exams, FULL, seed=2, checkpoint=file)
    state = file.load(fitted.network, fitted.learned_from)
    assert state is not None
    kinds = {key.partition(".")[0] for key in state.memory}
    sgd = optimizer == "sgd"
    assert kinds == ({"momentum_buffer"} if sgd else {"step", "exp_avg", "exp_avg_sq"})
    parameters = list(fitted.network.named_parameters())
    other = build_optimizer(recipe.training, parameters)
    state.fill_optimizer(other, parameters)
    again = TrainingState.of(fitted.network, other, parameters, fitted.history)
    assert again.memory.keys() == state.memory.keys()
    for name, value in state.memory.items():
        assert torch.equal(again.memory[name], value), name


def test_a_checkpoint_that_has_seen_other_patients_is_refused(
    exams: LabelledImages, tiny_autoencoder: Recipe, tmp_path: Path
) -> None:
    """Also where it was stopped in pre-training, before it saw any label."""
    file = CheckpointFile(tmp_path / "last.safetensors", "this one")
    with pytest.raises(StopError):
        fit(
            tiny_autoencoder, exams, FULL, seed=2, checkpoint=file,
            progress=stop_at(7),
        )  # fmt: skip
    fewer = exams.take(range(12))
    with pytest.raises(RunError, match="must have learned from the same patients"):
        fit(tiny_autoencoder, fewer, FULL, seed=2, checkpoint=file)
    assert exams.patients[12].encode() not in file.path.read_bytes()


def test_a_finished_training_is_read_and_not_done_again(
    exams: LabelledImages, tiny_recipe: Recipe, tmp_path: Path
) -> None:
    file = CheckpointFile(tmp_path / "last.safetensors", "this one")
    first = fit(tiny_recipe, exams, FULL, seed=2, checkpoint=file)
    again = fit(tiny_recipe, exams, FULL, seed=2, checkpoint=file, progress=stop_at(1))
    assert again.history == first.history
    for name, value in first.network.state_dict().items():
        assert torch.equal(value, again.network.state_dict()[name]), name


def test_a_checkpoint_of_another_training_is_refused(
    exams: LabelledImages, tiny_recipe: Recipe, tmp_path: Path
) -> None:
    path = tmp_path / "last.safetensors"
    fit(tiny_recipe, exams, FULL, seed=2, checkpoint=CheckpointFile(path, "this one"))
    with pytest.raises(RunError, match="must belong to this recipe, cohort and seed"):
        fit(tiny_recipe, exams, FULL, seed=2, checkpoint=CheckpointFile(path, "other"))


@pytest.mark.parametrize("keep", [0, 7, 1000, -1])
def test_a_damaged_file_is_refused_in_one_line(tmp_path: Path, keep: int) -> None:
    path = tmp_path / "final.safetensors"
    network = build_model("paper-resnet")
    save_weights(path, network, {})
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(RunError, match="cannot be read: ") as caught:
        load_weights(path, network)
    assert "\n" not in str(caught.value)


def test_final_weights_hold_nothing_else_and_return_as_they_were(
    tmp_path: Path,
) -> None:
    path = tmp_path / "final.safetensors"
    network = build_model("paper-resnet", seed=1)
    save_weights(path, network, {"recipe": "paper"})
    assert unpack_tensors(path.read_bytes()).keys() == network.state_dict().keys()
    other = build_model("paper-resnet", seed=2)
    load_weights(path, other)
    for name, value in network.state_dict().items():
        assert torch.equal(value, other.state_dict()[name]), name


def test_weights_of_another_network_are_refused_with_a_name(tmp_path: Path) -> None:
    path = tmp_path / "final.safetensors"
    save_weights(path, build_model("paper-resnet"), {})
    with pytest.raises(RunError, match=r"weights of this network; see fc1\.weight"):
        load_weights(path, build_model("paper-resnet", stages=4))
    with pytest.raises(RunError, match="is missing; is the training finished"):
        load_weights(tmp_path / "none.safetensors", build_model("paper-resnet"))


def test_a_full_disk_leaves_the_last_checkpoint_whole(
    exams: LabelledImages,
    tiny_recipe: Recipe,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = CheckpointFile(tmp_path / "last.safetensors", "this one")
    fit(tiny_recipe, exams, FULL, seed=2, checkpoint=file)
    before = file.path.read_bytes()

    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    network = build_model("paper-resnet")
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1)
    state = TrainingState.of(network, optimizer, [], ())
    with pytest.raises(OSError, match="No space left"):
        file.save(state, frozenset(exams.patients))
    assert file.path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["last.safetensors"]
