"""Laws that every network of the catalogue obeys."""

import pytest
import torch

from bsgi.errors import ConfigError
from bsgi.models.catalogue import MODELS, build_model, build_network
from bsgi.models.network import Classifier, Network, Pretrained, pool_to_grid

ALL = pytest.mark.parametrize("name", MODELS)
WITH_MAPS = pytest.mark.parametrize(
    "name", [name for name in MODELS if isinstance(build_model(name), Network)]
)
PRETRAINED = pytest.mark.parametrize(
    "name", [name for name in MODELS if issubclass(MODELS[name].network, Pretrained)]
)


def some_images(exams: int = 3) -> torch.Tensor:
    return torch.randn(exams, 4, 64, 64, generator=torch.Generator().manual_seed(7))


def learned(loss: torch.Tensor, network: Classifier) -> set[str]:
    """The parameters that a loss changes; the others must have no gradient at all."""
    network.zero_grad(set_to_none=True)
    torch.autograd.backward(loss)
    found = {
        name: each.grad
        for name, each in network.named_parameters()
        if each.grad is not None
    }
    for name, gradient in found.items():
        assert gradient.abs().max() > 0, name
    return set(found)


@WITH_MAPS
def test_logits_are_what_the_two_steps_give(name: str) -> None:
    network = build_model(name, seed=1).eval()
    assert isinstance(network, Network)
    with torch.no_grad():
        logits = network(some_images())
        steps = network.classify(network.features(some_images()))
    assert torch.equal(logits, steps)


@ALL
@pytest.mark.parametrize("size", [64, 256])
def test_each_exam_has_two_logits(name: str, size: int) -> None:
    with torch.no_grad():
        assert build_model(name).eval()(torch.rand(3, 4, size, size)).shape == (3, 2)


@ALL
def test_same_seed_same_weights_other_seed_other_weights(name: str) -> None:
    first, again, other = (build_model(name, seed=seed) for seed in (5, 5, 6))
    for key, value in first.state_dict().items():
        assert torch.equal(value, again.state_dict()[key]), key
    with torch.no_grad():
        assert not torch.equal(first.eval()(some_images()), other.eval()(some_images()))


@ALL
def test_building_leaves_the_global_random_numbers_alone(name: str) -> None:
    before = torch.get_rng_state()
    build_model(name, seed=5)
    assert torch.equal(torch.get_rng_state(), before)


@ALL
def test_the_labels_teach_what_they_should_and_nothing_else(name: str) -> None:
    network = build_model(name, seed=1).train()
    labels = torch.tensor([0, 1, 0, 1])
    loss = torch.nn.functional.cross_entropy(network(some_images(4)), labels)
    assert learned(loss, network) == {
        name for name, _ in network.supervised_parameters()
    }


@PRETRAINED
def test_each_step_of_pre_training_changes_its_own_parameters(name: str) -> None:
    network = build_model(name, seed=1).train()
    assert isinstance(network, Pretrained)
    for step in range(network.pretraining_steps):
        loss = network.pretraining_loss(step, some_images(4))
        own = {name for name, _ in network.pretraining_parameters(step)}
        assert learned(loss, network) == own, step


@ALL
def test_every_parameter_learns_in_some_phase(name: str) -> None:
    network = build_model(name)
    changed = {name for name, _ in network.supervised_parameters()}
    if isinstance(network, Pretrained):
        for step in range(network.pretraining_steps):
            changed |= {name for name, _ in network.pretraining_parameters(step)}
    assert changed == {name for name, _ in network.named_parameters()}


@ALL
def test_a_network_says_to_what_it_shrinks_its_images(name: str) -> None:
    """Images that were pooled to the grid before are the same to it."""
    network = build_model(name, seed=1).eval()
    if network.grid is None:
        return
    images = torch.rand(3, 4, 256, 256, generator=torch.Generator().manual_seed(1))
    small = torch.nn.functional.adaptive_avg_pool2d(images, network.grid)
    assert torch.equal(pool_to_grid(images, network.grid), small)
    assert pool_to_grid(small, network.grid) is small
    with torch.no_grad():
        torch.testing.assert_close(network(small), network(images))


@ALL
def test_the_scale_of_the_inputs_is_that_of_the_training_exams(name: str) -> None:
    """A network that measures its inputs sees no difference where all are doubled."""
    network, other = (build_model(name, seed=1).eval() for _ in range(2))
    if network.grid is None:
        return
    network.adapt(some_images(9))
    other.adapt(3 * some_images(9) + 7)
    with torch.no_grad():
        one, two = network(some_images()), other(3 * some_images() + 7)
    torch.testing.assert_close(one, two, rtol=1e-3, atol=1e-4)


@ALL
def test_exams_do_not_act_on_each_other(name: str) -> None:
    network = build_model(name, seed=1).eval()
    with torch.no_grad():
        together = network(some_images())
        alone = torch.cat([network(each[None]) for each in some_images()])
    torch.testing.assert_close(together, alone, rtol=1e-4, atol=1e-5)


@WITH_MAPS
def test_the_heat_map_layer_is_one_of_its_layers(name: str) -> None:
    network = build_model(name)
    assert isinstance(network, Network)
    assert network.heat_map_layer in dict(network.named_modules())


@ALL
def test_default_settings_build(name: str) -> None:
    settings = MODELS[name]()
    assert settings.name == name
    network = build_network(settings, seed=2)
    assert isinstance(network, Pretrained) is settings.pretrains
    assert isinstance(network, Network) is settings.has_maps
    assert type(network) is settings.network


def test_an_unknown_network_is_answered_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match=r"got 'paper_resnet'. did you mean 'paper-"):
        build_model("paper_resnet")


def test_a_wrong_setting_is_named() -> None:
    with pytest.raises(ConfigError, match="network paper-resnet: stages: must be 3 or"):
        build_model("paper-resnet", stages=5)
    with pytest.raises(ConfigError, match="network paper-resnet: depth: "):
        build_model("paper-resnet", depth=5)
    with pytest.raises(ConfigError, match="autoencoder: the grid must be a multiple"):
        build_model("stacked-autoencoder", grid=30, patch=8)
    with pytest.raises(ConfigError, match="neural-network: hidden: "):
        build_model("neural-network", hidden=[])
