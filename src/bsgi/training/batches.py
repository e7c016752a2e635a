"""The cohort as one tensor in memory, and shuffled batches of it.

Order and size of the batches follow from seed and epoch alone, so that a resumed
training needs no state of a random generator.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float32, Int64
from torch import Tensor

from bsgi.models.network import pool_to_grid

_ORDER_STREAM = 1
"""Keeps the order of exams apart from other uses of the same seed."""


@dataclass(frozen=True, slots=True)
class LabelledImages:
    """Preprocessed exams with their labels, pixel by pixel in memory.

    Args:
        pixels: The four views of a pixel lie together (channels last), the layout in
            which convolutions are fastest; so a batch is copied in one piece.
        labels: 1 malignant, 0 benign.
        patients: Pseudonym of the patient of each exam, so that a training knows whom
            it has seen.

    Raises:
        ValueError: If there are not as many labels and patients as exams, or a
            patient has no name.
    """

    pixels: Float32[Tensor, "exam row col view"]
    labels: Int64[Tensor, " label"]
    patients: tuple[str, ...]

    def __post_init__(self) -> None:
        if not len(self.pixels) == len(self.labels) == len(self.patients):
            raise ValueError(
                "there must be one label and one patient per exam, got "
                f"{len(self.labels)} labels and {len(self.patients)} patients for "
                f"{len(self.pixels)} exams."
            )
        if not all(self.patients):
            place = self.patients.index("")
            raise ValueError(f"every exam must have a patient, exam {place} has none.")

    def __len__(self) -> int:
        return len(self.labels)

    def take(
        self, exams: Sequence[int] | Int64[np.ndarray, " some"]
    ) -> "LabelledImages":
        """Some of the exams, in the order given."""
        chosen = np.asarray(exams, np.int64)
        index = torch.as_tensor(chosen)
        return LabelledImages(
            self.pixels.index_select(0, index),
            self.labels.index_select(0, index),
            tuple(self.patients[exam] for exam in chosen),
        )

    def shrink(self, grid: int | None) -> "LabelledImages":
        """The exams as small images: the mean of the pixels of each field of a grid.

        Args:
            grid: Rows and columns of each view; None leaves the exams as they are.
        """
        if grid is None:
            return self
        # Exam by exam, so that the result of one does not depend on the others.
        small = [pool_to_grid(each[None], grid) for each in self.images()]
        pixels = torch.cat(small).permute(0, 2, 3, 1).contiguous()
        return LabelledImages(pixels, self.labels, self.patients)

    def images(self) -> Float32[Tensor, "exam view row col"]:
        """The exams as a network takes them, without a copy."""
        return self.pixels.permute(0, 3, 1, 2)


@dataclass(frozen=True, slots=True)
class ReservedImages:
    """Memory for exams, made once and filled exam by exam with `place_exam`.

    Args:
        pixels: As in `LabelledImages`.
        labels: As in `LabelledImages`.
        patients: As in `LabelledImages`; empty where no exam was placed yet.
    """

    pixels: Float32[Tensor, "exam row col view"]
    labels: Int64[Tensor, " exam"]
    patients: list[str]

    def finish(self) -> LabelledImages:
        """The exams, all placed; their memory is handed over, not copied.

        Raises:
            ValueError: If an exam was not placed.
        """
        return LabelledImages(self.pixels, self.labels, tuple(self.patients))


def reserve_images(exams: int, size: int, views: int = 4) -> ReservedImages:
    """Memory for a cohort, to be filled exam by exam with `place_exam`.

    Args:
        exams: Number of exams.
        size: Rows and columns of each view.
        views: Channels.
    """
    return ReservedImages(
        torch.zeros(exams, size, size, views),
        torch.zeros(exams, dtype=torch.int64),
        [""] * exams,
    )


def place_exam(
    images: ReservedImages,
    place: int,
    stack: Float32[np.ndarray, "view row col"],
    label: int,
    patient: str,
) -> None:
    """Put one preprocessed exam into its place.

    Args:
        images: Memory from `reserve_images`.
        place: Number of the exam, from 0.
        stack: Its views.
        label: 1 malignant, 0 benign.
        patient: Pseudonym of the patient.
    """
    images.pixels[place] = torch.from_numpy(stack).permute(1, 2, 0)
    images.labels[place] = label
    images.patients[place] = patient


def count_batches(exams: int, batch_size: int) -> int:
    """Steps per epoch.

    Args:
        exams: Number of training exams, at least two.
        batch_size: The most exams in a batch, at least two; where exams are few, one
            batch may have one more.

    Raises:
        ValueError: If there are fewer than two exams or places in a batch.
    """
    if exams < 2 or batch_size < 2:
        raise ValueError(
            "exams and batch_size must be at least 2 for batch normalisation, got "
            f"{exams} and {batch_size}."
        )
    batches = -(-exams // batch_size)
    return batches if exams >= 2 * batches else batches - 1


def shuffle_batches(
    exams: int, batch_size: int, *, seed: int, epoch: int
) -> Iterator[Int64[np.ndarray, " batch"]]:
    """The batches of one epoch: every exam once, in an order of its own.

    Batches differ by one exam at most. Cutting off full batches would leave a rest, in
    the paper's case two exams, sometimes one: batch normalisation has no statistics of
    one exam, and the last batch has the largest say in its running averages.

    Args:
        exams: Number of training exams.
        batch_size: The most exams in a batch.
        seed: Seed of the training.
        epoch: Number of the epoch, from 0.

    Yields:
        Numbers of the exams of each batch.
    """
    rng = np.random.default_rng((seed, _ORDER_STREAM, epoch))
    order = rng.permutation(exams).astype(np.int64)
    yield from np.array_split(order, count_batches(exams, batch_size))
