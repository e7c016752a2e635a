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


class Network(nn.Module, ABC):
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
