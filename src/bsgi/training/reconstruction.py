"""What an autoencoder keeps of exams that it has not seen, in numbers and pictures.

Beside it stand two yardsticks that learned from the same training exams: the mean
training image, which knows nothing of the exam, and principal components of the same
patches, the best linear code of the same length.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, Float32
from torch import Tensor

from bsgi.files import save_bytes, save_json
from bsgi.models.network import Pretrained
from bsgi.models.stacked_autoencoder import StackedAutoencoder
from bsgi.training.batches import LabelledImages

SHOWN_PER_LABEL = 2
"""Test exams of each label whose pictures are kept."""

_BATCH = 8


@dataclass(frozen=True, slots=True)
class PatchComponents:
    """Principal components of the patches of some exams.

    Args:
        centre: Mean patch.
        axes: Directions of largest variance, in falling order, of length one.
    """

    centre: Float[Tensor, " pixel"]
    axes: Float[Tensor, "component pixel"]

    def give_back(
        self, patches: Float[Tensor, "*place pixel"]
    ) -> Float[Tensor, "*place pixel"]:
        """Patches from as many numbers each as there are components.

        Args:
            patches: Any patches.
        """
        away = patches - self.centre
        return away @ self.axes.T @ self.axes + self.centre


@dataclass(frozen=True, slots=True)
class Reconstructed:
    """Test exams as they are and as three methods give them back.

    Args:
        code_length: Numbers that autoencoder and components keep of a patch.
        original: The exams, pooled to the grid of the autoencoder.
        autoencoder: From its codes.
        pca: From principal components.
        mean_image: The mean training image, for every exam the same.
    """

    code_length: int
    original: Float32[Tensor, "exam view row col"]
    autoencoder: Float32[Tensor, "exam view row col"]
    pca: Float32[Tensor, "exam view row col"]
    mean_image: Float32[Tensor, "view row col"]

    @property
    def error_autoencoder(self) -> float:
        """Mean squared difference of a pixel."""
        return _mean_square(self.autoencoder - self.original)

    @property
    def error_pca(self) -> float:
        """Mean squared difference of a pixel."""
        return _mean_square(self.pca - self.original)

    @property
    def error_mean_image(self) -> float:
        """Mean squared difference of a pixel."""
        return _mean_square(self.mean_image - self.original)


def save_reconstruction(
    run: Path,
    network: Pretrained,
    train_images: LabelledImages,
    test_images: LabelledImages,
    exam_ids: Sequence[str],
) -> None:
    """Write ``reconstruction.json`` and ``reconstruction.npz`` of a RUN.

    The pictures are of the first two benign and the first two malignant test exams.

    Args:
        run: Folder of the run.
        network: The trained autoencoder.
        train_images: The training exams, for the yardsticks.
        test_images: The test exams.
        exam_ids: Names of the test exams, in the same order.

    Raises:
        ValueError: If there are not as many names as test exams.
    """
    if len(exam_ids) != len(test_images):
        raise ValueError(
            f"there must be one exam_id per test exam, got {len(exam_ids)} for "
            f"{len(test_images)}."
        )
    found = reconstruct(network, train_images, test_images)
    content = {
        "pixels": found.original.shape[-1],
        "code_length": found.code_length,
        "test_exams": len(test_images),
        "error_autoencoder": found.error_autoencoder,
        "error_mean_image": found.error_mean_image,
        "error_pca": found.error_pca,
    }
    labels = test_images.labels.numpy()
    shown = np.concatenate(
        [np.flatnonzero(labels == label)[:SHOWN_PER_LABEL] for label in (0, 1)]
    )
    stream = io.BytesIO()
    np.savez(
        stream,
        exam_ids=np.array([exam_ids[place] for place in shown]),
        original=found.original[shown].numpy(),
        autoencoder=found.autoencoder[shown].numpy(),
        pca=found.pca[shown].numpy(),
    )
    save_bytes(run / "reconstruction.npz", stream.getvalue())
    save_json(run / "reconstruction.json", content)


def reconstruct(
    network: Pretrained, train: LabelledImages, test: LabelledImages
) -> Reconstructed:
    """Test exams from their codes, and from what the yardsticks know.

    Args:
        network: A trained autoencoder of patches.
        train: Its training exams.
        test: Exams that it has not seen.

    Raises:
        TypeError: If the network is no autoencoder of patches.
    """
    if not isinstance(network, StackedAutoencoder):
        raise TypeError(f"no patches are known of a {type(network).__name__}.")
    with torch.inference_mode():
        seen, own = (each.shrink(network.grid).images() for each in (train, test))
        parts = [network.reconstruct(part) for part in torch.split(own, _BATCH)]
        components = fit_components(network.cut(seen), network.code)
        pca = components.give_back(network.cut(own).double()).float()
        return Reconstructed(
            code_length=network.code,
            original=own.contiguous(),
            autoencoder=torch.cat(parts),
            pca=network.join(pca),
            mean_image=seen.mean(dim=0),
        )


def fit_components(
    patches: Float[Tensor, "*place pixel"], number: int
) -> PatchComponents:
    """The principal components of patches, in double precision.

    Args:
        patches: Patches of the training exams.
        number: How many components to keep.

    References:
        Pearson: "On lines and planes of closest fit to systems of points in space",
        Philosophical Magazine 1901. https://doi.org/10.1080/14786440109462720
    """
    rows = patches.reshape(-1, patches.shape[-1]).double()
    centre = rows.mean(dim=0)
    away = rows - centre
    # Eigenvectors of the small scatter matrix, in rising order of their eigenvalues.
    _, vectors = torch.linalg.eigh(away.T @ away)
    return PatchComponents(centre, vectors.flip(1)[:, :number].T)


def _mean_square(difference: Float[Tensor, "exam view row col"]) -> float:
    return float(difference.double().square().mean())
