from itertools import pairwise
from pathlib import Path

import pytest
import torch
from safetensors import safe_open

from bsgi.models.paper_resnet import STAGE_CHANNELS, PaperResNet


def torchvision_names(stages: int) -> dict[str, tuple[int, ...]]:
    """Names and shapes of a ResNet-18 trunk by torchvision's scheme, with 4 inputs."""
    shapes: dict[str, tuple[int, ...]] = {"conv1.weight": (64, 4, 7, 7)}

    def norm(name: str, channels: int) -> None:
        for part in ("weight", "bias", "running_mean", "running_var"):
            shapes[f"{name}.{part}"] = (channels,)
        shapes[f"{name}.num_batches_tracked"] = ()

    norm("bn1", 64)
    for stage, (before, width) in enumerate(
        pairwise((64, *STAGE_CHANNELS[:stages])), start=1
    ):
        for block in (0, 1):
            name = f"layer{stage}.{block}"
            entry = before if block == 0 else width
            shapes[f"{name}.conv1.weight"] = (width, entry, 3, 3)
            shapes[f"{name}.conv2.weight"] = (width, width, 3, 3)
            norm(f"{name}.bn1", width)
            norm(f"{name}.bn2", width)
        if stage > 1:
            shapes[f"layer{stage}.0.downsample.0.weight"] = (width, before, 1, 1)
            norm(f"layer{stage}.0.downsample.1", width)
    return shapes


def trunk_of(network: PaperResNet) -> dict[str, tuple[int, ...]]:
    return {
        name: tuple(value.shape)
        for name, value in network.state_dict().items()
        if not name.startswith(("fc1.", "fc2."))
    }


@pytest.mark.parametrize("stages", [3, 4])
def test_trunk_has_torchvisions_names_and_shapes(stages: int) -> None:
    assert trunk_of(PaperResNet(stages=stages)) == torchvision_names(stages)


@pytest.mark.parametrize("stages", [3, 4])
def test_trunk_fits_a_real_file_of_imagenet_weights(
    stages: int, shared_folder: Path
) -> None:
    path = next((shared_folder / "weights").glob("resnet18*.safetensors"))
    with safe_open(path, framework="pt") as stored:
        names = [name for name in stored.keys() if not name.startswith("fc.")]  # noqa: SIM118
        found = {name: tuple(stored.get_slice(name).get_shape()) for name in names}
    found["conv1.weight"] = (64, 4, 7, 7)  # three colours there, four views here
    ours = trunk_of(PaperResNet(stages=stages))
    assert ours == {name: found[name] for name in ours}
    if stages == 4:
        assert ours.keys() == found.keys()


def test_parameters_are_those_of_a_resnet18_with_our_head() -> None:
    # torchvision's resnet18 has 11,689,512 parameters, 513,000 of them in its fc; a
    # fourth input channel adds 64 * 7 * 7.
    head = 512 * 128 + 128 + 128 * 2 + 2
    network = PaperResNet(stages=4)
    count = sum(parameter.numel() for parameter in network.parameters())
    assert count == 11_689_512 - 513_000 + 64 * 49 + head


def test_feature_maps_are_a_sixteenth_and_a_thirtysecond_of_the_image() -> None:
    images = torch.zeros(2, 4, 256, 256)
    with torch.no_grad():
        assert PaperResNet(stages=3).eval().features(images).shape == (2, 256, 16, 16)
        assert PaperResNet(stages=4).eval().features(images).shape == (2, 512, 8, 8)


def test_pooling_before_relu_gives_the_same_bits_as_after() -> None:
    network = PaperResNet(seed=3).eval()
    images = torch.randn(2, 4, 64, 64, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        textbook = network.maxpool(torch.relu(network.bn1(network.conv1(images))))
        for name in network.stage_names:
            textbook = network.get_submodule(name)(textbook)
        assert torch.equal(network.features(images), textbook)


def test_first_weights_have_hes_spread() -> None:
    weight = PaperResNet(seed=0).get_parameter("layer3.1.conv2.weight")
    assert weight.std().item() == pytest.approx((2 / (256 * 9)) ** 0.5, rel=0.01)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"stages": 2}, "stages must be 3 or 4, got 2"),
        ({"hidden": 0}, "hidden and views must be positive, got 0 and 4"),
        ({"views": -1}, "hidden and views must be positive, got 128 and -1"),
    ],
)
def test_impossible_settings_are_named(settings: dict[str, int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        PaperResNet(**settings)
