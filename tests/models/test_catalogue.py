"""Laws that every network of the catalogue obeys."""

import pytest
import torch

from bsgi.errors import ConfigError
from bsgi.models.catalogue import MODELS, build_model, build_network

ALL = pytest.mark.parametrize("name", MODELS)


def some_images(exams: int = 3) -> torch.Tensor:
    return torch.randn(exams, 4, 64, 64, generator=torch.Generator().manual_seed(7))


@ALL
def test_logits_are_what_the_two_steps_give(name: str) -> None:
    network = build_model(name, seed=1).eval()
    with torch.no_grad():
        logits = network(some_images())
        assert logits.shape == (3, 2)
        steps = network.classify(network.features(some_images()))
    assert torch.equal(logits, steps)


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
def test_every_parameter_learns(name: str) -> None:
    network = build_model(name, seed=1).train()
    labels = torch.tensor([0, 1, 0, 1])
    loss = torch.nn.functional.cross_entropy(network(some_images(4)), labels)
    torch.autograd.backward(loss)
    for key, parameter in network.named_parameters():
        assert parameter.grad is not None, key
        assert parameter.grad.abs().max() > 0, key


@ALL
def test_exams_do_not_act_on_each_other(name: str) -> None:
    network = build_model(name, seed=1).eval()
    with torch.no_grad():
        together = network(some_images())
        alone = torch.cat([network(each[None]) for each in some_images()])
    torch.testing.assert_close(together, alone, rtol=1e-4, atol=1e-5)


@ALL
def test_the_heat_map_layer_is_one_of_its_layers(name: str) -> None:
    network = build_model(name)
    assert network.heat_map_layer in dict(network.named_modules())


@ALL
def test_default_settings_build(name: str) -> None:
    kind, _ = MODELS[name]
    assert kind().name == name
    build_network(kind(), seed=2)


def test_an_unknown_network_is_answered_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match=r"got 'paper_resnet'. did you mean 'paper-"):
        build_model("paper_resnet")


def test_a_wrong_setting_is_named() -> None:
    with pytest.raises(ConfigError, match="network paper-resnet: stages: must be 3 or"):
        build_model("paper-resnet", stages=5)
    with pytest.raises(ConfigError, match="network paper-resnet: depth: "):
        build_model("paper-resnet", depth=5)
