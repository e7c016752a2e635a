import math
from collections.abc import Sequence

import numpy as np
import pytest
import torch

from bsgi.errors import CohortError, RunError
from bsgi.models.catalogue import build_model
from bsgi.models.network import Classifier, Pretrained
from bsgi.training.batches import LabelledImages, shuffle_batches
from bsgi.training.loop import decide, fit, predict
from bsgi.training.precision import Decision
from bsgi.training.recipe import Recipe, parse_recipe
from tests.training.conftest import name_patients

FULL = Decision("float32", 1, "recipe")
HALF = Decision("bfloat16", 1, "recipe")


@pytest.fixture(scope="module")
def exams() -> LabelledImages:
    """13 exams of noise, the malignant ones with a bright square."""
    generator = torch.Generator().manual_seed(3)
    pixels = torch.rand(13, 64, 64, 4, generator=generator)
    labels = torch.arange(13) % 2
    pixels[labels == 1, 20:30, 20:30] += 3.0
    return LabelledImages(pixels, labels, name_patients(13))


def with_training(recipe: Recipe, **changes: object) -> Recipe:
    tables = recipe.tables()
    tables["training"] |= changes
    return parse_recipe(tables, "changed")


def weights_of(network: Classifier) -> dict[str, torch.Tensor]:
    return {name: each.clone() for name, each in network.state_dict().items()}


def assert_same_bits(one: Classifier, other: Classifier) -> None:
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
    assert first.history == again.history


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
    assert {each.phase for each in fitted.history} == {"train"}
    assert (fitted.history[-1].accuracy or 0.0) > 0.9
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
    flipped = LabelledImages(exams.pixels, 1 - exams.labels, exams.patients)
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


def test_all_phases_stand_in_the_curve(
    exams: LabelledImages, tiny_autoencoder: Recipe
) -> None:
    history = fit(tiny_autoencoder, exams, FULL, seed=1).history
    assert [each.epoch for each in history] == list(range(1, 9))
    names = ["pre-train 1", "pre-train 2", "pre-train 3", "train"]
    assert [each.phase for each in history] == [name for name in names for _ in "ab"]
    for record in history:
        assert (record.accuracy is None) is (record.phase != "train")


def test_a_cosine_ends_small_and_starts_each_phase_anew(
    exams: LabelledImages, tiny_autoencoder: Recipe
) -> None:
    tables = tiny_autoencoder.tables()
    tables["pretraining"] |= {"schedule": "cosine", "epochs": 4}
    recipe = parse_recipe(tables, "changed")
    history = fit(recipe, exams, FULL, seed=1).history
    rates = [each.learning_rate for each in history]
    expected = [0.001 * (1 + math.cos(math.pi * each / 4)) / 2 for each in range(4)]
    assert rates == pytest.approx([*expected * 3, 0.001, 0.001])


def test_patients_are_remembered_and_may_not_be_tested(
    exams: LabelledImages, tiny_recipe: Recipe
) -> None:
    recipe = with_training(tiny_recipe, epochs=1)
    fitted = fit(recipe, exams, FULL, seed=1)
    assert fitted.learned_from == frozenset(exams.patients)
    fitted.check_unseen(["p0013", "p0014"])
    with pytest.raises(CohortError, match=r"from her, got 1 such patient; put all"):
        fitted.check_unseen(["p0014", "p0003"])
    with pytest.raises(CohortError, match=r"got 2 such patients; put all") as caught:
        fitted.check_unseen(["p0003", "p0002", "p0002"])
    assert "p000" not in str(caught.value)  # messages end up in logs


def test_who_was_seen_in_pre_training_only_may_not_be_tested(
    exams: LabelledImages, tiny_autoencoder: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first exam is kept from the phase with labels, and its patient counts."""
    first = exams.patients[0]
    taken: dict[bool, set[str]] = {True: set(), False: set()}
    labels_are_read = False
    take = LabelledImages.take

    def without_first(
        number: int, batch_size: int, *, seed: int, epoch: int
    ) -> list[np.ndarray]:
        nonlocal labels_are_read
        labels_are_read = epoch >= 3 * 2
        batches = shuffle_batches(number, batch_size, seed=seed, epoch=epoch)
        return [each[each > 0] if labels_are_read else each for each in batches]

    def watch(
        self: LabelledImages, chosen: Sequence[int] | np.ndarray
    ) -> LabelledImages:
        some = take(self, chosen)
        taken[labels_are_read].update(some.patients)
        return some

    monkeypatch.setattr("bsgi.training.loop.shuffle_batches", without_first)
    monkeypatch.setattr(LabelledImages, "take", watch)
    fitted = fit(tiny_autoencoder, exams, FULL, seed=1)
    assert taken[False] - taken[True] == {first}
    assert taken[False] == fitted.learned_from
    with pytest.raises(CohortError, match="a patient must not be tested by a network"):
        fitted.check_unseen([first])


@pytest.mark.parametrize("name", ["tiny_recipe", "tiny_autoencoder", "perceptron"])
def test_what_is_tested_has_no_part_in_the_training(
    exams: LabelledImages,
    tiny_recipe: Recipe,
    tiny_autoencoder: Recipe,
    name: str,
) -> None:
    """Whatever the test exams hold, in pixels or labels, the weights are the same.

    The exams lie in one tensor, as in a run; all of its test part is changed.
    """
    recipe = {
        "tiny_recipe": with_training(tiny_recipe, epochs=1),
        "tiny_autoencoder": tiny_autoencoder,
        "perceptron": parse_recipe(
            tiny_recipe.tables() | {"model": {"name": "neural-network", "grid": 8}},
            "changed",
        ),
    }[name]
    pixels = exams.pixels.clone()
    pixels[9:] = 1e6 * torch.rand(4, 64, 64, 4, generator=torch.Generator())
    labels = torch.cat([exams.labels[:9], 1 - exams.labels[9:]])
    changed = LabelledImages(pixels, labels, exams.patients)
    one, two = (
        fit(recipe, each.take(range(9)), FULL, seed=1) for each in (exams, changed)
    )
    assert_same_bits(one.network, two.network)
    assert one.history == two.history
    assert one.learned_from == frozenset(exams.patients[:9])


def test_pre_training_reads_no_labels(
    exams: LabelledImages, tiny_autoencoder: Recipe
) -> None:
    """Other labels leave the autoencoder as it is and change the classifier alone."""
    flipped = LabelledImages(exams.pixels, 1 - exams.labels, exams.patients)
    one, two = (
        fit(tiny_autoencoder, each, FULL, seed=1).network for each in (exams, flipped)
    )
    assert isinstance(one, Pretrained)
    assert isinstance(two, Pretrained)
    other = two.state_dict()
    supervised = {name for name, _ in one.supervised_parameters()}
    for key, value in one.state_dict().items():
        assert torch.equal(value, other[key]) is (key not in supervised), key
    images = exams.images()
    assert torch.equal(one.reconstruct(images), two.reconstruct(images))


def test_a_method_can_learn_to_give_exams_back_and_to_tell_them_apart(
    exams: LabelledImages, tiny_autoencoder: Recipe
) -> None:
    tables = tiny_autoencoder.tables()
    for table in ("pretraining", "training"):
        tables[table] |= {"epochs": 30, "learning_rate": 0.01}
    fitted = fit(parse_recipe(tables, "changed"), exams, FULL, seed=1)
    losses = {each.phase: each.loss for each in reversed(fitted.history)}
    last = {each.phase: each.loss for each in fitted.history}
    for phase, first in losses.items():
        # The joint step starts from what the two before it have learned.
        assert last[phase] < (0.95 if phase == "pre-train 3" else 0.7) * first, phase
    scores = predict(fitted.network, exams, threads=1)
    labels = exams.labels.numpy()
    assert scores[labels == 1].min() > scores[labels == 0].max()


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
