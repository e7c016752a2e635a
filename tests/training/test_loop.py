import math

import numpy as np
import pytest
import torch

from bsgi.errors import RunError
from bsgi.models.catalogue import build_model
from bsgi.models.network import Network
from bsgi.training.batches import LabelledImages, shuffle_batches
from bsgi.training.loop import decide, fit, predict
from bsgi.training.precision import Decision
from bsgi.training.recipe import Recipe, parse_recipe

FULL = Decision("float32", 1, "recipe")
HALF = Decision("bfloat16", 1, "recipe")


@pytest.fixture(scope="module")
def exams() -> LabelledImages:
    """13 exams of noise, the malignant ones with a bright square."""
    generator = torch.Generator().manual_seed(3)
    pixels = torch.rand(13, 64, 64, 4, generator=generator)
    labels = torch.arange(13) % 2
    pixels[labels == 1, 20:30, 20:30] += 3.0
    return LabelledImages(pixels, labels)


def with_training(recipe: Recipe, **changes: object) -> Recipe:
    tables = recipe.tables()
    tables["training"] |= changes
    return parse_recipe(tables, "changed")


def weights_of(network: Network) -> dict[str, torch.Tensor]:
    return {name: each.clone() for name, each in network.state_dict().items()}


def assert_same_bits(one: Network, other: Network) -> None:
    for name, value in one.state_dict().items():
        assert torch.equal(value, other.state_dict()[name]), name


@pytest.mark.parametrize("decision", [FULL, HALF, Decision("float32", 2, "recipe")])
def test_same_seed_same_bits(
    exams: LabelledImages, tiny_recipe: Recipe, decision: Decision
) -> None:
    recipe = with_training(tiny_recipe, epochs=2)
    first = fit(recipe, exams, decision, seed=4)
    torch.rand(7)  # what else uses random numbers must not matter
    again = fit(recipe, exams, decision, seed=4)
    assert_same_bits(first.network, again.network)
    assert [each.loss for each in first.history] == [
        each.loss for each in again.history
    ]


def test_another_seed_gives_other_weights(
    exams: LabelledImages, tiny_recipe: Recipe
) -> None:
    one = fit(tiny_recipe, exams, FULL, seed=4).network.state_dict()["fc2.weight"]
    two = fit(tiny_recipe, exams, FULL, seed=5).network.state_dict()["fc2.weight"]
    assert not torch.equal(one, two)


def test_steps_are_those_of_a_plain_pytorch_loop(
    exams: LabelledImages, tiny_recipe: Recipe
) -> None:
    """Contiguous tensors and PyTorch's plain SGD, with the same order of exams.

    Rounding turns a few ReLUs the other way, so the way that each weight went is
    compared, with 2 % of its length as the limit.
    """
    network = build_model("paper-resnet", seed=4).train()
    first = weights_of(network)
    optimizer = torch.optim.SGD(
        network.parameters(), lr=1e-3, momentum=0.9, weight_decay=0.1
    )
    images = exams.images().contiguous()
    for chosen in shuffle_batches(13, 6, seed=4, epoch=0):
        index = torch.from_numpy(chosen)
        loss = torch.nn.CrossEntropyLoss()(network(images[index]), exams.labels[index])
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        optimizer.step()
    recipe = with_training(tiny_recipe, epochs=1, weight_decay=0.1)
    ours = fit(recipe, exams, FULL, seed=4).network.state_dict()
    for name, value in network.state_dict().items():
        way = (value - first[name]).double().norm()
        assert float((ours[name] - value).double().norm()) <= 0.02 * float(way), name


def test_it_learns_and_the_curve_says_so(
    exams: LabelledImages, tiny_recipe: Recipe
) -> None:
    recipe = with_training(tiny_recipe, epochs=12)
    fitted = fit(recipe, exams, FULL, seed=1)
    losses = [each.loss for each in fitted.history]
    assert [each.epoch for each in fitted.history] == list(range(1, 13))
    assert losses[-1] < 0.5 * losses[0]
    assert fitted.history[-1].accuracy > 0.9
    assert fitted.history[0].learning_rate == 0.001
    scores = predict(fitted.network, exams, threads=1)
    labels = exams.labels.numpy()
    assert scores[labels == 1].min() > scores[labels == 0].max()


def test_bfloat16_ends_near_float32(exams: LabelledImages, tiny_recipe: Recipe) -> None:
    full = predict(fit(tiny_recipe, exams, FULL, seed=1).network, exams, threads=1)
    half = predict(fit(tiny_recipe, exams, HALF, seed=1).network, exams, threads=1)
    assert not np.array_equal(full, half)
    assert np.abs(full - half).max() < 0.1


def test_scores_are_the_softmax_of_malignant_and_ignore_labels(
    exams: LabelledImages,
) -> None:
    network = build_model("paper-resnet", seed=2).eval()
    scores = predict(network, exams, threads=1)
    with torch.no_grad():
        expected = torch.softmax(network(exams.images()), dim=1)[:, 1].numpy()
    np.testing.assert_allclose(scores, expected, rtol=1e-4)
    flipped = LabelledImages(exams.pixels, 1 - exams.labels)
    np.testing.assert_array_equal(predict(network, flipped, threads=1), scores)


def test_progress_counts_every_step(exams: LabelledImages, tiny_recipe: Recipe) -> None:
    seen: list[tuple[int, int, str]] = []
    recipe = with_training(tiny_recipe, epochs=2)
    fit(recipe, exams, FULL, seed=1, progress=lambda *each: seen.append(each))
    assert [done for done, _, _ in seen] == list(range(1, 7))
    assert {total for _, total, _ in seen} == {6}
    assert seen[-1][2].startswith("epoch 2 of 2, loss ")


def test_a_loss_that_is_not_finite_stops_with_its_epoch(
    exams: LabelledImages, tiny_recipe: Recipe
) -> None:
    recipe = with_training(tiny_recipe, learning_rate=1e30)
    with pytest.raises(RunError, match=r"stay finite, got (nan|inf) in epoch 1; lower"):
        fit(recipe, exams, FULL, seed=1)


def test_settings_of_the_process_are_left_alone(
    exams: LabelledImages, tiny_recipe: Recipe
) -> None:
    threads, rng = torch.get_num_threads(), torch.get_rng_state()
    decision = decide(tiny_recipe, exams)
    fit(with_training(tiny_recipe, epochs=1), exams, decision, seed=1)
    assert (decision.precision, decision.threads) == ("float32", 1)
    assert torch.get_num_threads() == threads
    assert torch.equal(torch.get_rng_state(), rng)
    assert not torch.are_deterministic_algorithms_enabled()
    assert math.isclose(torch.get_num_threads(), threads)
