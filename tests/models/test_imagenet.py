"""ImageNet weights: what changes, what stays, and which files are refused."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from monai.networks.nets.resnet import resnet18
from safetensors.torch import load_file
from torch import Tensor

from bsgi.errors import ConfigError
from bsgi.models import imagenet
from bsgi.models.catalogue import MODELS, PaperResNetSettings, build_model
from bsgi.models.hub import HUB, HubFile
from bsgi.models.imagenet import (
    NONE,
    check_weights,
    choose_weights,
    find_weights,
    hash_weights,
    load_trunk,
    resolve_weights,
    spread_stem,
    start_from,
    takes_weights,
)
from bsgi.models.network import Classifier
from bsgi.models.paper_resnet import PaperResNet
from bsgi.provenance import hash_file
from bsgi.training.batches import LabelledImages
from bsgi.training.checkpoint import CheckpointFile
from bsgi.training.loop import fit
from bsgi.training.precision import Decision
from bsgi.training.recipe import parse_recipe

Tensors = dict[str, Tensor]
Change = Callable[[Tensors], Tensors]


def half(table: Tensors) -> Tensors:
    return {
        name: each.half() if each.is_floating_point() else each
        for name, each in table.items()
    }


def without(*parts: str) -> Change:
    def change(table: Tensors) -> Tensors:
        return {
            name: each
            for name, each in table.items()
            if not any(part in name for part in parts)
        }

    return change


def with_tensor(name: str, value: Tensor) -> Change:
    return lambda table: table | {name: value}


@pytest.fixture(scope="module")
def made() -> Tensors:
    """A made ResNet-18 with torchvision's names: three colours, 1000 classes."""
    generator = torch.Generator().manual_seed(8)
    table = {
        name: torch.rand(each.shape, generator=generator) + name.endswith("running_var")
        if each.is_floating_point()
        else each + 7
        for name, each in PaperResNet(stages=4).state_dict().items()
        if not name.startswith(("fc1.", "fc2."))
    }
    table["conv1.weight"] = torch.rand(64, 3, 7, 7, generator=generator)
    return table | {"fc.weight": torch.ones(1000, 512), "fc.bias": torch.ones(1000)}


@pytest.fixture
def save(made: Tensors, tmp_path: Path) -> Callable[..., Path]:
    """Writes the made file, changed; without layer4, to be quick. Gives its path."""

    def write(
        change: Change = dict, name: str = "weights.pth", *, whole: bool = False
    ) -> Path:
        kept = made if whole else without("layer4")(made)
        torch.save(change(dict(kept)), tmp_path / name)
        return tmp_path / name

    return write


@pytest.fixture
def real_file(shared_folder: Path) -> Path:
    """A real file of ImageNet weights, for measurements only."""
    return next((shared_folder / "weights").glob("resnet18*.safetensors"))


def state_of(network: Classifier) -> Tensors:
    return {name: each.clone() for name, each in network.state_dict().items()}


def check_start(path: Path, table: Tensors, stages: int) -> None:
    """All tensors of the trunk are the file's, to the bit, and no others changed."""
    network = build_model("paper-resnet", seed=3, stages=stages)
    before = state_of(network)
    torch.manual_seed(0)
    start_from(network, path)
    after = state_of(network)
    assert after.keys() == before.keys()
    for name, each in after.items():
        assert each.dtype == before[name].dtype
        if name.startswith(("fc1.", "fc2.")):
            assert torch.equal(each, before[name]), name
        elif name == "conv1.weight":
            kernels = table[name].numpy().astype(np.float64)
            mean = (0.75 * kernels.mean(axis=1)).astype(np.float32)
            for view in range(4):
                assert np.array_equal(each[:, view].numpy(), mean)
        else:
            assert torch.equal(each, table[name].to(each.dtype)), name
    kept = {name for name in after if torch.equal(after[name], before[name])}
    assert {name for name in kept if not name.endswith("num_batches_tracked")} == {
        "fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias",
    }  # fmt: skip


@pytest.mark.parametrize("stages", [3, 4])
def test_a_real_file_changes_exactly_the_trunk(stages: int, real_file: Path) -> None:
    check_start(real_file, load_file(real_file), stages)


@pytest.mark.parametrize("stages", [3, 4])
def test_a_made_file_changes_exactly_the_trunk(
    stages: int, made: Tensors, save: Callable[..., Path]
) -> None:
    check_start(save(whole=True), made, stages)


@pytest.mark.parametrize("stages", [3, 4])
def test_equal_views_give_the_maps_of_a_grey_picture(
    stages: int, real_file: Path
) -> None:
    """MONAI's ResNet-18, with the file's own three channels, saw the same before."""
    ours = PaperResNet(stages=stages).eval()
    start_from(ours, real_file)
    theirs = resnet18(
        spatial_dims=2, n_input_channels=3, conv1_t_stride=2, num_classes=1000,
        shortcut_type="B", bias_downsample=False,
    ).eval()  # fmt: skip
    theirs.load_state_dict(
        {name: each.float() for name, each in load_file(real_file).items()}
    )
    seen: list[Tensor] = []
    theirs.get_submodule(f"layer{stages}").register_forward_hook(
        lambda _, __, maps: seen.append(maps)
    )
    generator = torch.Generator().manual_seed(2)
    grey = 5 * torch.rand(2, 1, 128, 128, generator=generator)
    with torch.no_grad():
        theirs(grey.repeat(1, 3, 1, 1))
        found = ours.features(grey.repeat(1, 4, 1, 1))
    error = (found - seen[0]).abs().max() / seen[0].abs().max()
    assert float(seen[0].std()) > 0.1
    assert float(error) < 1e-4


@pytest.mark.parametrize("views", [1, 2, 3, 4, 7])
def test_equal_views_give_what_equal_colours_gave(views: int) -> None:
    generator = torch.Generator().manual_seed(views)
    kernels = torch.randn(8, 3, 7, 7, generator=generator, dtype=torch.float64)
    grey = torch.randn(1, 1, 32, 32, generator=generator, dtype=torch.float64)
    before = torch.conv2d(grey.repeat(1, 3, 1, 1), kernels)
    spread = spread_stem(kernels, views)
    after = torch.conv2d(grey.repeat(1, views, 1, 1), spread)
    assert torch.allclose(before, after, rtol=1e-12, atol=1e-12)
    assert all(torch.equal(spread[:, 0], spread[:, view]) for view in range(views))


def test_half_precision_and_missing_counters_fit(
    made: Tensors, save: Callable[..., Path]
) -> None:
    path = save(lambda table: half(without("num_batches_tracked")(table)))
    network = build_model("paper-resnet")
    start_from(network, path)
    found = network.state_dict()["layer3.1.conv2.weight"]
    assert found.dtype == torch.float32
    assert torch.equal(found, made["layer3.1.conv2.weight"].half().float())
    assert int(network.state_dict()["bn1.num_batches_tracked"]) == 0


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (without("layer1.0.bn1.bias"), "missing: layer1.0.bn1.bias."),
        (without("layer3"), "missing: layer3.0.conv1.weight, .* and 19 more."),
        (
            with_tensor("layer1.2.conv1.weight", torch.ones(1)),
            "not in the network: layer1.2.conv1.weight.",
        ),
        (
            with_tensor("maxpool.filt", torch.ones(1)),
            "not in the network: maxpool.filt.",
        ),
        (
            with_tensor("conv1.weight", torch.ones(64, 4, 7, 7)),
            r"of another shape: conv1.weight \(64 x 4 x 7 x 7, not 64 x 3 x 7 x 7\).",
        ),
        (
            with_tensor("bn1.bias", torch.ones(())),
            r"of another shape: bn1.bias \(one number, not 64\).",
        ),
        (
            lambda table: (
                without("layer1.0.bn1.bias")(table)
                | {"layer1.a\nb": torch.ones(1), "bn1.weight": torch.ones(32)}
            ),
            r"missing: layer1.0.bn1.bias; not in the network: layer1.a\\nb; "
            r"of another shape: bn1.weight \(32, not 64\).",
        ),
        (
            lambda table: {f"resnet.{name}": each for name, each in table.items()},
            "has the names: resnet.conv1.weight, resnet.bn1.weight, .* and 86 more.",
        ),
        (
            lambda table: (
                table | {"fc.bias": torch.ones(9), "decoder.0": torch.ones(1)}
            ),
            "in torchvision's names and nothing else, but it also has: decoder.0.",
        ),
        (lambda _: {}, "has the names: none"),
        (
            with_tensor("layer2.0.bn1.weight", torch.full((128,), np.nan)),
            "finite numbers, but layer2.0.bn1.weight",
        ),
        (
            with_tensor("bn1.weight", torch.full((64,), 1e300, dtype=torch.float64)),
            "finite numbers, but bn1.weight",
        ),
        (
            with_tensor("bn1.weight", torch.ones(64, dtype=torch.int64)),
            "finite numbers, but bn1.weight",
        ),
        (
            with_tensor("bn1.running_var", -torch.ones(64)),
            "variances of 0 or more, but bn1.running_var",
        ),
    ],
)
def test_a_file_that_does_not_fit_changes_nothing(
    change: Change, says: str, save: Callable[..., Path]
) -> None:
    path = save(change)
    network = build_model("paper-resnet", seed=1)
    before = state_of(network)
    with pytest.raises(ConfigError, match=says) as refused:
        start_from(network, path)
    message = str(refused.value)
    assert message.startswith(str(path))
    assert "\n" not in message
    assert len(message) < 500 + len(str(path))
    assert all(torch.equal(each, before[n]) for n, each in state_of(network).items())
    settings = PaperResNetSettings()
    with pytest.raises(ConfigError, match=says):
        check_weights(choose_weights(settings, str(path)))


def test_a_fault_in_a_stage_that_the_network_lacks_does_not_matter(
    save: Callable[..., Path],
) -> None:
    path = save()
    start_from(build_model("paper-resnet", stages=3), path)
    with pytest.raises(ConfigError, match="missing: layer4"):
        start_from(build_model("paper-resnet", stages=4), path)


def test_the_trunk_of_a_file_is_float32_and_without_its_last_layer(
    save: Callable[..., Path],
) -> None:
    trunk = load_trunk(save(half, whole=True))
    assert {name.partition(".")[0] for name in trunk} == {
        "conv1", "bn1", "layer1", "layer2", "layer3", "layer4",
    }  # fmt: skip
    assert {each.dtype for each in trunk.values()} == {torch.float32, torch.int64}


def test_settings_stand_for_a_file_or_none(
    save: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save()
    settings = MODELS["paper-resnet"]()
    assert find_weights(settings) is None
    assert hash_weights(settings) == ""
    monkeypatch.chdir(tmp_path)
    chosen = choose_weights(settings, path.name)
    assert chosen.model_dump()["weights"] == str(path)  # absolute
    monkeypatch.chdir("/")
    assert find_weights(chosen) == path
    assert hash_weights(chosen) == hash_file(path)
    assert choose_weights(chosen, NONE) == settings
    name = next(iter(HUB))
    assert choose_weights(settings, name).model_dump()["weights"] == name


@pytest.mark.parametrize("name", MODELS)
def test_a_network_takes_weights_or_says_that_it_does_not(name: str) -> None:
    settings = MODELS[name]()
    if takes_weights(settings):
        assert choose_weights(settings, NONE) == settings
        return
    assert find_weights(settings) is None
    assert hash_weights(settings) == ""
    with pytest.raises(ConfigError, match=f"got {name}, which takes none"):
        choose_weights(settings, NONE)


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ("gone.pth", "a file that is there, got 'gone.pth'"),
        ("resnet18-imagenet1k-v2", "did you mean 'resnet18-imagenet1k-v1'"),
        ("folder.pth", "or a file, got the folder folder.pth"),
        ("weights.bin", "must end in .pth, .pt, .safetensors, got weights.bin"),
    ],
)
def test_a_setting_that_is_no_file_is_refused(
    setting: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.pth").mkdir()
    (tmp_path / "weights.bin").write_bytes(b"")
    for refuse in (resolve_weights, lambda each: load_trunk(Path(each))):
        with pytest.raises(ConfigError, match=says):
            refuse(setting)


def test_a_name_of_the_hub_is_fetched_and_checked(
    save: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = save(name="source.pth")
    file = HubFile(source.as_uri(), hash_file(source), source.stat().st_size)
    monkeypatch.setattr(imagenet, "HUB", {"mine": file})
    found = resolve_weights("mine", tmp_path / "cache")
    assert found == tmp_path / "cache" / "source.pth"
    assert found.read_bytes() == source.read_bytes()
    found.write_bytes(b"other")
    with pytest.raises(ConfigError, match="must have the SHA-256"):
        resolve_weights("mine", tmp_path / "cache")


def test_a_training_starts_from_the_file_and_goes_on_without_it(
    save: Callable[..., Path], tmp_path: Path
) -> None:
    path = save()
    training = {
        "epochs": 1, "learning_rate": 1e-12, "momentum": 0.0, "weight_decay": 0.0,
    }  # fmt: skip
    tables = {
        "name": "still",
        "model": {"name": "paper-resnet", "weights": str(path)},
        "training": training,
    }
    exams = LabelledImages(
        torch.rand(4, 32, 32, 4, generator=torch.Generator().manual_seed(1)),
        torch.tensor([0, 1, 0, 1]),
        ("a", "b", "c", "d"),
    )
    decision = Decision("float32", 1, "recipe")
    checkpoint = CheckpointFile(tmp_path / "last.safetensors", "still")
    recipe = parse_recipe(tables, "test")
    fitted = fit(recipe, exams, decision, seed=5, checkpoint=checkpoint)
    expected = build_model("paper-resnet", seed=5)
    start_from(expected, path)
    for name, each in expected.named_parameters():
        found = fitted.network.get_parameter(name)
        assert torch.allclose(found, each, rtol=0, atol=1e-6), name
    path.unlink()
    again = fit(recipe, exams, decision, seed=5, checkpoint=checkpoint)
    for name, each in fitted.network.state_dict().items():
        assert torch.equal(again.network.state_dict()[name], each)
