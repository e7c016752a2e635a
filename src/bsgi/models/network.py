"""What every network of the catalogue offers, whatever its architecture."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Output(IntEnum):
    """Place of each diagnosis among the outputs of a network; malignant is positive."""

    BENIGN = 0
    MALIGNANT = 1


class Classifier(nn.Module, ABC):
    """Whatever tells benign from malignant exams; a study needs no more of it.

    Before its first step a classifier may look at the training exams, without their
    labels, to learn the scale of its inputs. One that looks at small images says so in
    `grid`, so that a training shrinks its exams once and not in every step.
    """

    grid: int | None = None
    """Rows and columns to which each view is pooled first; None: all pixels count."""

    @abstractmethod
    def forward(
        self, images: Float[Tensor, "exam view row col"]
    ) -> Float[Tensor, "exam 2"]:
        """The logits of benign and malignant.

        Args:
            images: Preprocessed exams, LCC, RCC, LMLO, RMLO as channels.
        """

    def adapt(self, images: Float[Tensor, "exam view row col"]) -> None:
        """Learn the scale of the inputs from the training exams, without labels.

        Args:
            images: All training exams, and no others.
        """

    def supervised_parameters(self) -> list[tuple[str, nn.Parameter]]:
        """What learns from the labels, by name; unless said otherwise all."""
        return list(self.named_parameters())


class Network(Classifier):
    """A classifier of exams in two steps, so that heat maps can be drawn between them.

    A heat map shows where in the feature maps the evidence lies; so every network says
    which maps those are and how it decides from them.
    """

    heat_map_layer: str
    """Name of the layer whose maps `features` gives, as it is written in results."""

    @abstractmethod
    def features(
        self, images: Float[Tensor, "exam view row col"]
    ) -> Float[Tensor, "exam channel map_row map_col"]:
        """The last feature maps, from which the decision is made.

        Args:
            images: Preprocessed exams, LCC, RCC, LMLO, RMLO as channels.
        """

    @abstractmethod
    def classify(
        self, maps: Float[Tensor, "exam channel map_row map_col"]
    ) -> Float[Tensor, "exam 2"]:
        """The logits of benign and malignant, from the last feature maps."""

    def forward(
        self, images: Float[Tensor, "exam view row col"]
    ) -> Float[Tensor, "exam 2"]:
        """The logits of benign and malignant."""
        return self.classify(self.features(images))


class Pretrained(Classifier):
    """A classifier whose lower part first learns to reconstruct exams, without labels.

    Pre-training goes step by step, each step with parameters of its own. Afterwards the
    classifier takes a copy of what was learned, so that the labels do not change it and
    `reconstruct` goes on to show what pre-training saw in an exam.
    """

    pretraining_steps: int
    """How many steps pre-training has, one after the other."""

    @abstractmethod
    def pretraining_parameters(self, step: int) -> list[tuple[str, nn.Parameter]]:
        """What one step of pre-training changes, by name.

        Args:
            step: Number of the step, from 0.
        """

    @abstractmethod
    def pretraining_loss(
        self, step: int, images: Float[Tensor, "exam view row col"]
    ) -> Float[Tensor, ""]:
        """Mean squared error of the reconstruction that one step learns.

        Args:
            step: Number of the step, from 0.
            images: Preprocessed exams.
        """

    @abstractmethod
    def take_over(self, images: Float[Tensor, "exam view row col"]) -> None:
        """Start the classifier with a copy of what pre-training learned.

        Args:
            images: All training exams, to learn the scale of what the classifier sees.
        """

    @abstractmethod
    def reconstruct(
        self, images: Float[Tensor, "exam view row col"]
    ) -> Float[Tensor, "exam view grid grid"]:
        """Exams, pooled to the grid, as pre-training alone gives them back.

        Args:
            images: Preprocessed exams.
        """


def pool_to_grid(
    images: Float[Tensor, "exam view row col"], grid: int
) -> Float[Tensor, "exam view grid_row grid_col"]:
    """The mean of the pixels of each field of a grid laid over each view.

    Args:
        images: Preprocessed exams; those pooled before are given back as they are.
        grid: Rows and columns of the grid.
    """
    if images.shape[-2:] == (grid, grid):
        return images
    return nn.functional.adaptive_avg_pool2d(images, grid)


@contextmanager
def untouched_global_rng() -> Iterator[None]:
    """A block that may use PyTorch's global random numbers and leaves no trace of it.

    PyTorch's layers draw their first weights from the global generator while they are
    built; a caller's own random numbers must not depend on that.
    """
    state = torch.get_rng_state()
    try:
        yield
    finally:
        torch.set_rng_state(state)


def draw_weights(network: nn.Module, generator: torch.Generator) -> None:
    """He's first weights for every convolution and full layer, in order.

    Args:
        network: The network, changed in place.
        generator: Source of randomness.

    References:
        He, Zhang, Ren, Sun: "Delving deep into rectifiers", ICCV 2015.
        https://doi.org/10.1109/ICCV.2015.123
    """
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(
                module.weight, mode="fan_out", nonlinearity="relu", generator=generator
            )
        elif isinstance(module, nn.Linear):
            nn.init.kaiming_normal_(
                module.weight, nonlinearity="relu", generator=generator
            )
            nn.init.zeros_(module.bias)
