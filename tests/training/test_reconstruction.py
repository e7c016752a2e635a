import json
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA

from bsgi.models.catalogue import build_model
from bsgi.models.network import Pretrained
from bsgi.models.stacked_autoencoder import StackedAutoencoder
from bsgi.training.batches import LabelledImages
from bsgi.training.loop import fit
from bsgi.training.precision import Decision
from bsgi.training.recipe import Recipe, parse_recipe
from bsgi.training.reconstruction import (
    fit_components,
    reconstruct,
    save_reconstruction,
)
from tests.training.conftest import name_patients


def smooth_exams(exams: int, seed: int) -> LabelledImages:
    """Noisy exams of a few smooth waves, half of them with a bright round spot."""
    generator = torch.Generator().manual_seed(seed)
    side = torch.arange(64) / 64
    row, col = torch.meshgrid(side, side, indexing="ij")
    place = torch.rand(exams, 1, 1, 4, 3, generator=generator)
    waves = [
        torch.sin(3 * place[..., k] + (2 + 2 * k) * (row if k % 2 else col)[..., None])
        for k in range(3)
    ]
    labels = torch.arange(exams) % 2
    reach = (row[..., None] - place[..., 0]) ** 2 + (
        col[..., None] - place[..., 1]
    ) ** 2
    spots = 2 * labels[:, None, None, None] * torch.exp(-reach / 0.01)
    noise = 0.3 * torch.randn(spots.shape, generator=generator)
    pixels = torch.stack([*waves, spots, noise]).sum(dim=0)
    return LabelledImages(pixels.contiguous(), labels, name_patients(exams))


@pytest.fixture(scope="module")
def network(tiny_autoencoder: Recipe) -> StackedAutoencoder:
    tables = tiny_autoencoder.tables()
    tables["model"] |= {"hidden": 64, "code": 3}
    tables["pretraining"] |= {
        "epochs": 40, "learning_rate": 0.01, "schedule": "cosine",
    }  # fmt: skip
    recipe = parse_recipe(tables, "changed")
    decision = Decision("float32", 1, "recipe")
    fitted = fit(recipe, smooth_exams(40, 1), decision, seed=1)
    assert isinstance(fitted.network, StackedAutoencoder)
    return fitted.network


def test_components_are_those_of_scikit_learn() -> None:
    generator = torch.Generator().manual_seed(4)
    train = torch.rand(300, 16, generator=generator) @ torch.rand(16, 16)
    test = torch.rand(50, 16, generator=generator)
    peer = PCA(5, svd_solver="full").fit(train.double().numpy())
    expected = peer.inverse_transform(peer.transform(test.double().numpy()))
    ours = fit_components(train.reshape(3, 100, 16), 5).give_back(test.double())
    np.testing.assert_allclose(ours.numpy(), expected, atol=1e-9)


def test_it_gives_new_exams_back_better_than_a_mean_and_about_as_pca(
    network: StackedAutoencoder,
) -> None:
    found = reconstruct(network, smooth_exams(40, 1), smooth_exams(30, 2))
    assert found.error_autoencoder < 0.2 * found.error_mean_image
    assert found.error_autoencoder < 1.25 * found.error_pca
    assert found.error_pca < found.error_mean_image


def test_yardsticks_learn_from_the_training_exams_alone(
    network: StackedAutoencoder,
) -> None:
    """Each exam's reconstruction is the same whichever others are tested with it."""
    train, test = smooth_exams(40, 1), smooth_exams(30, 2)
    found = reconstruct(network, train, test)
    few = reconstruct(network, train, test.take([3, 17]))
    for name in ("original", "autoencoder", "pca"):
        one, two = getattr(few, name), getattr(found, name)[[3, 17]]
        torch.testing.assert_close(one, two, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(few.mean_image, found.mean_image)
    mean = train.shrink(32).images().mean(dim=0)
    torch.testing.assert_close(found.mean_image, mean)


def test_a_code_as_long_as_a_patch_loses_nothing() -> None:
    network = build_model("stacked-autoencoder", grid=32, patch=4, code=16)
    assert isinstance(network, Pretrained)
    found = reconstruct(network.eval(), smooth_exams(20, 1), smooth_exams(8, 2))
    assert found.error_pca < 1e-10


def test_what_is_written_is_what_was_measured(
    network: StackedAutoencoder, tmp_path: Path
) -> None:
    train, test = smooth_exams(40, 1), smooth_exams(9, 2)
    exam_ids = [f"e{number}" for number in range(9)]
    save_reconstruction(tmp_path, network, train, test, exam_ids)
    content = json.loads((tmp_path / "reconstruction.json").read_text("utf-8"))
    found = reconstruct(network, train, test)
    assert content == {
        "format_version": 1,
        "pixels": 32,
        "code_length": 3,
        "test_exams": 9,
        "error_autoencoder": found.error_autoencoder,
        "error_mean_image": found.error_mean_image,
        "error_pca": found.error_pca,
    }
    with np.load(tmp_path / "reconstruction.npz", allow_pickle=False) as stored:
        assert stored["exam_ids"].tolist() == ["e0", "e2", "e1", "e3"]
        for name in ("original", "autoencoder", "pca"):
            assert stored[name].dtype == np.float32
            expected = getattr(found, name)[[0, 2, 1, 3]].numpy()
            np.testing.assert_array_equal(stored[name], expected)
    first = (tmp_path / "reconstruction.npz").read_bytes()
    save_reconstruction(tmp_path, network, train, test, exam_ids)
    assert (tmp_path / "reconstruction.npz").read_bytes() == first


def test_names_and_exams_must_be_as_many(
    network: StackedAutoencoder, tmp_path: Path
) -> None:
    exams = smooth_exams(4, 1)
    with pytest.raises(ValueError, match="one exam_id per test exam, got 1 for 4"):
        save_reconstruction(tmp_path, network, exams, exams, ["e0"])
    assert list(tmp_path.iterdir()) == []
