import pytest
import torch

from bsgi.models.stacked_autoencoder import JOINT, StackedAutoencoder


def some_images(exams: int = 6, size: int = 32) -> torch.Tensor:
    generator = torch.Generator().manual_seed(2)
    return torch.rand(exams, 4, size, size, generator=generator)


def small(**settings: object) -> StackedAutoencoder:
    sizes = {"grid": 32, "patch": 8, "hidden": 12, "code": 5, "seed": 1} | settings
    return StackedAutoencoder(**sizes)  # type: ignore[arg-type]


def test_patches_are_squares_of_one_view_in_reading_order() -> None:
    images = some_images()
    patches = small().cut(images)
    assert patches.shape == (6, 4, 16, 64)
    square = images[2, 3, 8:16, 24:32]  # second row of patches, fourth column
    assert torch.equal(patches[2, 3, 7].reshape(8, 8), square)


@pytest.mark.parametrize("patch", [2, 4, 8, 16, 32])
def test_joining_undoes_cutting(patch: int) -> None:
    network = small(patch=patch)
    assert torch.equal(network.join(network.cut(some_images())), some_images())


def test_all_patches_share_one_autoencoder() -> None:
    """The same square anywhere, in any view, is given back as the same square."""
    network = small().eval()
    square = torch.rand(8, 8, generator=torch.Generator().manual_seed(5))
    images = torch.zeros(2, 4, 32, 32)
    images[0, 1, 8:16, 16:24] = square
    images[1, 3, 24:32, 0:8] = square
    with torch.no_grad():
        back = network.reconstruct(images)
    torch.testing.assert_close(back[0, 1, 8:16, 16:24], back[1, 3, 24:32, 0:8])


def test_pre_training_does_not_see_the_classifier_nor_the_labels_the_decoder() -> None:
    network = small()
    before = network.pretraining_loss(JOINT, some_images()).item()
    with torch.no_grad():
        for _, parameter in network.supervised_parameters():
            parameter.mul_(3.0)
    assert network.pretraining_loss(JOINT, some_images()).item() == before


def test_taking_over_copies_the_encoder_and_standardises_its_codes() -> None:
    network = small()
    network.take_over(some_images())
    own = dict(network.named_parameters())
    for name in ("0.weight", "0.bias", "1.weight", "1.bias"):
        assert torch.equal(own[f"tuned.{name}"], own[f"encoders.{name}"])
    reconstructed = network.reconstruct(some_images())
    with torch.no_grad():
        own["tuned.0.weight"].zero_()
    assert torch.equal(network.reconstruct(some_images()), reconstructed)


def test_what_the_classifier_sees_has_mean_zero_and_spread_one() -> None:
    network = small().eval()
    network.take_over(some_images())
    seen: list[torch.Tensor] = []
    network.classifier.register_forward_pre_hook(
        lambda module, inputs: seen.append(inputs[0].detach())
    )
    with torch.no_grad():
        network(some_images())
    torch.testing.assert_close(seen[0].mean(0), torch.zeros(30), atol=1e-4, rtol=0.0)
    spread = seen[0].std(0, correction=0)
    torch.testing.assert_close(spread, torch.ones(30), atol=1e-3, rtol=0.0)


def test_pooled_codes_do_not_know_place_or_side() -> None:
    """Moving patches about, or swapping breasts, changes nothing; side by side it does.

    That is what pooling is for: a lesion may lie anywhere in either breast.
    """
    images = some_images()
    moved = images.roll(8, dims=2)
    swapped = images[:, [1, 0, 3, 2]]
    with torch.no_grad():
        for pooling, place, side in (
            ("exam", True, True), ("view", True, False), ("none", False, False),
        ):  # fmt: skip
            network = small(pooling=pooling).eval()
            logits = network(images)
            assert torch.allclose(network(moved), logits, atol=1e-5) is place
            assert torch.allclose(network(swapped), logits, atol=1e-5) is side


@pytest.mark.parametrize("code", [1, 2, 5])
def test_the_code_is_a_bottleneck(code: int) -> None:
    """A patch can change what is given back in as many directions as the code has."""
    network = small(grid=8, patch=8, hidden=20, code=code).double().eval()
    image = some_images(1, 8).double()

    def give_back(pixels: torch.Tensor) -> torch.Tensor:
        return network.reconstruct(torch.cat([pixels[None, None], image[:, 1:]], 1))[0]

    slopes = torch.func.jacrev(give_back)(image[0, 0])
    assert torch.linalg.matrix_rank(slopes.reshape(-1, 64)).item() == code


@pytest.mark.parametrize(
    "settings", [{"grid": 30}, {"patch": 0}, {"code": 0}, {"hidden": -1}, {"views": 0}]
)
def test_impossible_settings_are_named(settings: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="must be positive and the grid a multiple"):
        small(**settings)
